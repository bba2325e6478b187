"""What is to happen after a while, unless its owner is closed before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """Something that will happen unless it is cancelled."""

    def cancel(self) -> None:
        """Let it not happen."""


Later = Callable[[float, Callable[[], None]], Timer]
"""Calls back once after so many seconds."""


class Timers:
    """The timers of one owner."""

    def __init__(self, later: Later) -> None:
        self._later = later
        self._running: set[Timer] = set()

    def start(self, seconds: float, what: Callable[[], None]) -> None:
        """Do `what` after so many seconds."""

        def ring() -> None:
            self._running.discard(timer)
            what()

        timer = self._later(seconds, ring)
        self._running.add(timer)

    def close(self) -> None:
        """Let none of them happen. Idempotent."""
        for timer in self._running:
            timer.cancel()
        self._running.clear()
