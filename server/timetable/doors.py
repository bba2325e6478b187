"""When a class can be joined, and which class of a course is the one that matters now. Pure.

before starts_at - 10 min                     NOT_YET
then, until staff end it                      OPEN
ended, or 12 hours after ends_at              CLOSED
called off by staff, whenever                 CANCELLED
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol, TypeVar

OPEN_BEFORE = timedelta(minutes=10)
FORGOTTEN_AFTER = timedelta(hours=12)
"""A class that nobody ended closes by itself this long after its planned end."""


class Doors(Enum):
    """Whether people can come in."""

    NOT_YET = "not_yet"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Timed(Protocol):
    """What the rules need to know of a class."""

    @property
    def starts_at(self) -> datetime: ...  # noqa: D102
    @property
    def ends_at(self) -> datetime: ...  # noqa: D102
    @property
    def ended_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def cancelled_at(self) -> datetime | None: ...  # noqa: D102


T = TypeVar("T", bound=Timed)


def doors_open_at(session: Timed) -> datetime:
    """Return when the doors open: 10 minutes before the class starts."""
    return session.starts_at - OPEN_BEFORE


def doors(session: Timed, now: datetime) -> Doors:
    """Return whether the class can be joined at `now`."""
    if session.cancelled_at is not None:
        return Doors.CANCELLED
    if session.ended_at is not None or now >= session.ends_at + FORGOTTEN_AFTER:
        return Doors.CLOSED
    return Doors.OPEN if now >= doors_open_at(session) else Doors.NOT_YET


def current_of(classes: Sequence[T], now: datetime) -> T | None:
    """Return the class people mean by "my class" at `now`.

    The open one (the latest, should an earlier one never have been ended); else the next to come that is not
    cancelled; else the last one there was or was to be. None when the course has no class.
    """
    in_order = sorted(classes, key=lambda each: each.starts_at)
    by_doors = {state: [each for each in in_order if doors(each, now) is state] for state in Doors}
    if by_doors[Doors.OPEN]:
        return by_doors[Doors.OPEN][-1]
    if by_doors[Doors.NOT_YET]:
        return by_doors[Doors.NOT_YET][0]
    return in_order[-1] if in_order else None
