"""How a child of the supervisor ends when the supervisor has died: in order if it can, and certainly.

The supervisor holds the writing end of a pipe that is the child's standard input. However it dies, even by
SIGKILL, the kernel closes that end, and the child stops instead of lingering with the ports open.

A child whose loop is stuck, or that is stopped (SIGSTOP), does not notice. So each has a guard, a process
forked at its start that only waits: for the end of its child, which ends it too, or for the end of the
lifeline. After that it kills the child when that has not ended within `ORDERLY_END_S`.

A child that hangs while its supervisor lives is found by the guard, too, once it has begun to beat (`Heart`).
The guard counts the beats that it waited for in vain: where the whole machine stands still, so does it,
and nothing is counted. Only the guard can kill, and only its own parent: never another process.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import time
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
BEAT_S = 1.0
"""How often a child that beats does so."""
BEATS_IN_VAIN = 10
"""After so many beats that did not come, one after the other, a child is killed and so started anew. Longer
than a worker is given to answer (`REPLY_TIMEOUT_S`): its classes are on another one by then."""


class Heart:
    """How a child shows its guard that its loop runs. Without a guard (`descriptor` None) nobody looks."""

    def __init__(self, descriptor: int | None = None, beat_s: float = BEAT_S) -> None:
        self._descriptor, self._beat_s = descriptor, beat_s

    async def beat(self) -> None:
        """Beat until cancelled. From the first beat on, this process is killed should its loop hang."""
        while self._descriptor is not None:
            try:
                os.write(self._descriptor, b".")
            except BlockingIOError:  # it does not read for the moment
                pass
            except OSError:
                log.error("guard_is_gone")
                return
            await asyncio.sleep(self._beat_s)


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


def end_with_supervisor(
    *,
    descriptor: int = 0,
    orderly_end_s: float = ORDERLY_END_S,
    beat_s: float = BEAT_S,
    beats_in_vain: int = BEATS_IN_VAIN,
) -> Heart:
    """Have this process killed when it lives on for longer than `orderly_end_s` after its supervisor, or when
    the heart that is returned has begun to beat and then stops.

    To be called before there is a loop, a thread or anything opened: it forks. Does nothing in a process that
    was not started by the supervisor.
    """
    if os.environ.get(SUPERVISED) != "1":
        return Heart()
    guarded = os.getpid()
    ours, held = os.pipe()  # the guarded process holds `held` for as long as it lives
    if os.fork():
        os.close(ours)
        os.set_blocking(held, False)
        return Heart(held, beat_s)
    try:
        os.close(held)
        _guard(guarded, ours, descriptor, orderly_end_s, beat_s, beats_in_vain)
    finally:
        os._exit(0)


def _guard(
    guarded: int, own_end: int, lifeline: int, orderly_end_s: float, beat_s: float, beats_in_vain: int
) -> NoReturn:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # it may be sent to all of us; the guard ends with the guarded
    has_beaten, missed = False, 0
    while missed < beats_in_vain:
        readable, _, _ = select.select([own_end, lifeline], [], [], beat_s if has_beaten else None)
        missed += 1
        if own_end in readable:
            _exit_if_ended(own_end)
            has_beaten, missed = True, 0
        if lifeline in readable and _has_ended(lifeline):
            _kill_later(guarded, own_end, orderly_end_s)
    _kill(guarded, "killed_because_it_hung")


def _kill_later(guarded: int, own_end: int, orderly_end_s: float) -> NoReturn:
    until_s = time.monotonic() + orderly_end_s
    while (left_s := until_s - time.monotonic()) > 0:
        if select.select([own_end], [], [], left_s)[0]:
            _exit_if_ended(own_end)
    _kill(guarded, "killed_after_its_supervisor")


def _exit_if_ended(own_end: int) -> None:
    if _has_ended(own_end):
        os._exit(0)


def _kill(guarded: int, event: str) -> NoReturn:
    if os.getppid() == guarded:  # otherwise it has ended, and its number may be another's
        with contextlib.suppress(ProcessLookupError):
            os.kill(guarded, signal.SIGKILL)
        log.error(event, pid=guarded)
    os._exit(0)


def _has_ended(descriptor: int) -> bool:
    try:
        return not os.read(descriptor, 1024)
    except BlockingIOError:
        return False
    except OSError:
        return True
