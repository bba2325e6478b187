"""A clock for a whole demo service, which a test moves: see `shifted_clock/sitecustomize.py`."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path


class ShiftedClock:
    """The service's time, as far from the true time as its file says."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self._file = folder / "shift.txt"
        self._shift = now - datetime.now(UTC)
        self._write()

    @property
    def environment(self) -> dict[str, str]:
        """For the processes that are to go by this clock."""
        return {
            "SHIFT_FILE": str(self._file),
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent / "shifted_clock"), os.getcwd()]),
        }

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._shift

    def move(self, **by: float) -> None:
        """Let so much time pass at once."""
        self._shift += timedelta(**by)
        self._write()

    def _write(self) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(str(self._shift.total_seconds()))
        new.replace(self._file)
