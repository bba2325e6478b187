"""What `moveroom serve` is: starts the web process and the media workers, and starts again whichever dies.

| a child ends                                     | then                                               |
|--------------------------------------------------|----------------------------------------------------|
| while we are stopping                            | it is not started again                            |
| with exit code 2, and it has never run properly  | a setting is wrong: everything stops, with code 2  |
| otherwise                                        | it is started at once; if it ends again soon after |
|                                                  | its start, later and later (up to 2 s)             |

SIGTERM or SIGINT stops everything: SIGTERM to the children, SIGKILL after 20 s or on a second signal.
The exit code is then 1 if a child had to be killed, otherwise 0.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import ssl
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from server.lifeline import SUPERVISED

log = structlog.get_logger()

BAD_CONFIGURATION = 2
CHILD_KILLED = 1
PROPER_RUN_S = 40.0
"""A child that has run this long has run properly: its next end is no sign of a wrong setting. Longer than it
waits for a port that is taken (8 s), also where starting takes a machine that is busy another ten."""
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 2.0
KILL_AFTER_S = 20.0
"""Longer than everything that an orderly end may wait for: requests under way (3 s and twice 1 s), and a
locked database, 2 s each for what presence, classes, contacts and the line of the writer have to store."""


@dataclass(frozen=True)
class ChildCommand:
    """A process to keep running. `env` is its whole environment."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]


async def supervise(
    children: Sequence[ChildCommand],
    *,
    ready_url: str | None = None,
    when_ready: Callable[[], None] | None = None,
    proper_run_s: float = PROPER_RUN_S,
    kill_after_s: float = KILL_AFTER_S,
) -> int:
    """Keep the children running until told to stop; returns the exit code.

    `when_ready` is called once, when `ready_url` first answers with success.
    """
    supervisor = _Supervisor(proper_run_s, kill_after_s)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, supervisor.stop)
    try:
        return await supervisor.run(children, ready_url, when_ready)
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


class _Supervisor:
    def __init__(self, proper_run_s: float, kill_after_s: float) -> None:
        self._proper_run_s = proper_run_s
        self._kill_after_s = kill_after_s
        self._stopping = asyncio.Event()
        self._kill_now = asyncio.Event()
        self._code = 0

    def stop(self) -> None:
        """A signal: stop; a second one: at once."""
        (self._kill_now if self._stopping.is_set() else self._stopping).set()

    async def run(
        self, children: Sequence[ChildCommand], ready_url: str | None, when_ready: Callable[[], None] | None
    ) -> int:
        waiting = None
        if ready_url is not None and when_ready is not None:
            waiting = asyncio.create_task(_tell_when_ready(ready_url, when_ready), name="readiness")
        try:
            async with asyncio.TaskGroup() as group:
                for child in children:
                    group.create_task(self._keep_running(child), name=f"child {child.name}")
        finally:
            if waiting is not None:
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)
        log.info("supervisor_ended", code=self._code)
        return self._code

    async def _keep_running(self, child: ChildCommand) -> None:
        loop = asyncio.get_running_loop()
        pause_s, proven = 0.0, False
        while not self._stopping.is_set():
            started = loop.time()
            code = await self._run_once(child)
            if self._stopping.is_set():
                return
            ran_properly = loop.time() - started >= self._proper_run_s
            proven = proven or ran_properly
            if code == BAD_CONFIGURATION and not proven:
                log.error("child_cannot_start", name=child.name, code=code)
                self._code = code
                self._stopping.set()
                return
            pause_s = 0.0 if ran_properly else pause_s
            log.warning("child_ended", name=child.name, code=code, again_in_s=pause_s)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause_s)
            pause_s = min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, 2 * pause_s))

    async def _run_once(self, child: ChildCommand) -> int:
        """Start the child and wait for its end; its standard input is the lifeline (`server.lifeline`)."""
        process = await asyncio.create_subprocess_exec(
            *child.argv,
            env={**child.env, SUPERVISED: "1"},
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C in a terminal reaches us alone; we stop the children in order
        )
        log.info("child_started", name=child.name, pid=process.pid)
        ended = asyncio.create_task(process.wait())
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait((ended, stopping), return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                await self._end(child, process, ended)
            return await ended
        finally:
            stopping.cancel()
            if not ended.done():
                _signal(process, signal.SIGKILL)
                await ended
            assert process.stdin is not None
            process.stdin.close()

    async def _end(
        self, child: ChildCommand, process: asyncio.subprocess.Process, ended: asyncio.Task[int]
    ) -> None:
        _signal(process, signal.SIGTERM)
        kill_now = asyncio.create_task(self._kill_now.wait())
        try:
            await asyncio.wait(
                (ended, kill_now), timeout=self._kill_after_s, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            kill_now.cancel()
        if not ended.done():
            log.error("child_killed", name=child.name, pid=process.pid)
            self._code = self._code or CHILD_KILLED
            _signal(process, signal.SIGKILL)


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):  # it may have ended by itself
        process.send_signal(number)


async def _tell_when_ready(url: str, when_ready: Callable[[], None]) -> None:
    while not await asyncio.to_thread(_answers, url):  # noqa: ASYNC110 - it is another process's readiness
        await asyncio.sleep(0.05)
    try:
        when_ready()
    except Exception:
        log.exception("when_ready_failed")


def _answers(url: str) -> bool:
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"not an HTTP address: {url}")
    # Our own process on this machine is asked whether it is up: nothing is told, and the certificate need not
    # be for the loopback's address.
    unproven = ssl.create_default_context()
    unproven.check_hostname, unproven.verify_mode = False, ssl.CERT_NONE
    direct = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=unproven)
    )
    try:
        with direct.open(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
