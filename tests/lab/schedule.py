"""What is to happen at which moment, with one timer of the loop for all of it."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from typing import Any


class Schedule:
    """Calls in the order of their moments; of equal moments, in the order of being told."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: list[tuple[float, int, Callable[..., Any], tuple[Any, ...]]] = []
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    def at(self, due_s: float, call: Callable[..., Any], *arguments: object) -> None:
        """Call it at `due_s` of the loop's time."""
        heapq.heappush(self._waiting, (due_s, next(self._numbers), call, arguments))
        if self._waiting[0][0] == due_s and (self._timer is None or self._timer.when() > due_s):
            self._set()

    def close(self) -> None:
        """Nothing more happens."""
        self._waiting.clear()
        self._set()

    def _set(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._waiting[0][0], self._run) if self._waiting else None

    def _run(self) -> None:
        self._timer = None
        now_s = self._loop.time()
        while self._waiting and self._waiting[0][0] <= now_s:
            _due_s, _number, call, arguments = heapq.heappop(self._waiting)
            call(*arguments)
        if self._timer is None:
            self._set()
