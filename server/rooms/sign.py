"""What patients say without words. Values only; what can be done with them stands in `signs`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SignalKind(StrEnum):
    """A short sign. `REPEAT` stands until staff settle it, the others are over by themselves."""

    REPEAT = "repeat"
    WELL_DONE = "well_done"
    THANKS = "thanks"
    SMILE = "smile"


@dataclass(frozen=True, slots=True)
class Signal:
    """The last sign of somebody."""

    kind: SignalKind
    at: datetime
