"""A clock for a whole demo service, which a test sets: see `set_clock/sitecustomize.py`."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path


class SetServiceClock:
    """The service's time: begins at `now`, and runs as fast as the true time unless told otherwise."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self._file = folder / "clock.txt"
        self._set(now, 1)

    @property
    def environment(self) -> dict[str, str]:
        """For the processes that are to go by this clock."""
        return {
            "SET_CLOCK_FILE": str(self._file),
            "PYTHONPATH": str(Path(__file__).parent / "set_clock"),
        }

    def __call__(self) -> datetime:
        return self._then + (time.time() - self._true_then) * self._rate * timedelta(seconds=1)

    async def pass_quickly(self, *, rate: float = 100, **by: float) -> None:
        """Let so much time pass, `rate` times as fast as usual."""
        now, by_s = self(), timedelta(**by).total_seconds()
        self._set(now, rate)
        await asyncio.sleep(by_s / rate)
        self._set(self(), 1)

    def _set(self, now: datetime, rate: float) -> None:
        self._true_then, self._then, self._rate = time.time(), now.astimezone(UTC), rate
        new = self._file.with_suffix(".new")
        new.write_text(f"{self._true_then} {now.timestamp()} {rate}")
        new.replace(self._file)
