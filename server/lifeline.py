"""How a child of the supervisor ends when the supervisor has died: in order if it can, and certainly.

The supervisor holds the writing end of a pipe that is the child's standard input. However it dies, even by
SIGKILL, the kernel closes that end, and the child stops instead of lingering with the ports open.

A child whose loop is stuck, or that is stopped (SIGSTOP), does not notice. So each has a guard, a process
forked at its start that only waits: for the end of its child, which ends it too, or for the end of the
lifeline. After that it kills the child when that has not ended within `ORDERLY_END_S`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
from collections.abc import Callable
from typing import NoReturn

import structlog

log = structlog.get_logger()

SUPERVISED = "MOVEROOM_SUPERVISED"
"""Environment variable that is 1 in children of the supervisor, where standard input is the lifeline."""
ORDERLY_END_S = 4.0
"""How long a child may take to end after its supervisor. A new start waits longer than this for the ports
(`PORT_PATIENCE_S`) and for the lock of a PostgreSQL database."""
PORT_PATIENCE_S = 8.0
"""How long a new process waits for a port that another one still has: more than `ORDERLY_END_S`."""


def watch_supervisor(stop: Callable[[], None], *, descriptor: int = 0) -> Callable[[], None]:
    """Call `stop` once, on the running loop, when the supervisor is gone. Returns how to stop watching.

    Does nothing in a process that was not started by the supervisor.
    """
    if os.environ.get(SUPERVISED) != "1":
        return lambda: None
    loop = asyncio.get_running_loop()

    def read() -> None:
        if _has_ended(descriptor):
            loop.remove_reader(descriptor)
            stop()

    loop.add_reader(descriptor, read)

    def unwatch() -> None:
        loop.remove_reader(descriptor)

    return unwatch


def end_with_supervisor(*, descriptor: int = 0, orderly_end_s: float = ORDERLY_END_S) -> None:
    """Have this process killed when it lives on for longer than `orderly_end_s` after its supervisor.

    To be called before there is a loop, a thread or anything opened: it forks. Does nothing in a process that
    was not started by the supervisor.
    """
    if os.environ.get(SUPERVISED) != "1":
        return
    guarded = os.getpid()
    ours, held = os.pipe()  # the guarded process holds `held` for as long as it lives
    if os.fork():
        os.close(ours)
        return
    try:
        os.close(held)
        _guard(guarded, ours, descriptor, orderly_end_s)
    finally:
        os._exit(0)


def _guard(guarded: int, own_end: int, lifeline: int, orderly_end_s: float) -> NoReturn:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # it may be sent to all of us; the guard ends with the guarded
    while True:
        readable, _, _ = select.select([own_end, lifeline], [], [])
        if own_end in readable:
            os._exit(0)
        if _has_ended(lifeline):
            break
    readable, _, _ = select.select([own_end], [], [], orderly_end_s)
    if not readable and os.getppid() == guarded:
        with contextlib.suppress(ProcessLookupError):
            os.kill(guarded, signal.SIGKILL)
        log.error("killed_after_its_supervisor", pid=guarded)
    os._exit(0)


def _has_ended(descriptor: int) -> bool:
    try:
        return not os.read(descriptor, 1024)
    except BlockingIOError:
        return False
    except OSError:
        return True
