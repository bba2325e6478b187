"""Keeps a bug in one step of a tick from taking the others with it, or a worker from living on half dead."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from server.media.counts import Counts

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
_log = logging.getLogger(__name__)


class Guard:
    """Of one worker, or one peer. Exceptions are counted, and logged the 1st, 2nd, 4th, 8th ... time."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._failures: dict[str, int] = {}

    def run(
        self, what: str, step: Callable[_Given, _Result], *given: _Given.args, **named: _Given.kwargs
    ) -> _Result | None:
        """Do the step named `what`; None when it threw."""
        try:
            return step(*given, **named)
        except Exception:
            self._counts.failures += 1
            times = self._failures[what] = self._failures.get(what, 0) + 1
            if times & (times - 1) == 0:
                _log.exception("%s met a bug, %d times by now", what, times)
            return None


def outlive(task: asyncio.Task[None], died: Callable[[], None]) -> None:
    """Call `died` should this task, which is to go on until it is cancelled, end by itself."""

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            _log.critical("%s ended", task.get_name(), exc_info=task.exception())
            died()

    task.add_done_callback(ended)


def end_the_process() -> None:
    """End with exit code 1, from a callback of the event loop; the supervisor starts another worker."""
    raise SystemExit(1)
