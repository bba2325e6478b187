"""Lays a course's classes out: from its first day on, at its weekly places, until there are enough. Pure.

Places are local times: 10am stays 10am when the clocks change. Bank holidays of England (the `holidays`
package, after the Banking and Financial Dealings Act 1971 and the proclamations made under it) have no class
unless that is wanted, nor have days off: the class moves on to the next place, so that the course ends later
and keeps its number of classes. A bank holiday that is proclaimed after this version is given as a day off.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import holidays

from server.timetable.spoken import LONDON

EARLIEST, LATEST = time(6), time(22)
"""Classes begin between these times of day, when no clock changes."""
LONGEST_BREAK = timedelta(days=366)
"""Days off may not put a course off for longer than that."""


@dataclass(frozen=True, slots=True, order=True)
class WeeklyPlace:
    """A weekday (0 is Monday) and a local time at which a class begins each week."""

    weekday: int
    at: time

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError("a weekday is 0 (Monday) to 6 (Sunday)")
        if self.at.tzinfo is not None or not EARLIEST <= self.at <= LATEST:
            raise ValueError("a class begins at a local time between 6am and 10pm")

    def as_json(self) -> dict[str, int | str]:
        """As it stands in `courses.weekly`."""
        return {"weekday": self.weekday, "time": f"{self.at:%H:%M}"}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A day on which there would have been a class."""

    day: date
    holiday: str | None
    """The bank holiday's name; None for a day off."""


@dataclass(frozen=True, slots=True)
class LaidOut:
    """When the classes begin, and the days that were left out among them."""

    starts: tuple[datetime, ...]
    """Aware UTC, rising."""
    skipped: tuple[Skipped, ...]


class NoEnd(ValueError):
    """The days off leave no place for a class for longer than `LONGEST_BREAK`."""


@cache
def _of_year(year: int) -> Mapping[date, str]:
    return dict(holidays.country_holidays("GB", subdiv="ENG", years=year))


def bank_holiday(day: date) -> str | None:
    """The name of England's bank holiday on this day; None when there is none."""
    return _of_year(day.year).get(day)


def starts_at(day: date, at: time, zone: ZoneInfo = LONDON) -> datetime:
    """The moment, in UTC, at which it is `at` on `day` in `zone`."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def lay_out(
    first_day: date,
    places: Collection[WeeklyPlace],
    count: int,
    *,
    zone: ZoneInfo = LONDON,
    days_off: Collection[date] = frozenset(),
    on_bank_holidays: bool = False,
) -> LaidOut:
    """Lay out `count` classes at these weekly places from `first_day` on.

    Raises `ValueError` without a place, and `NoEnd`.
    """
    if not places:
        raise ValueError("a course needs a weekly place")
    starts: list[datetime] = []
    skipped: dict[date, Skipped] = {}
    last = first_day
    for day, place in _places_from(first_day, sorted(set(places))):
        if len(starts) == count:
            break
        if day - last > LONGEST_BREAK:
            raise NoEnd("there is no day left for a class")
        holiday = None if on_bank_holidays else bank_holiday(day)
        if holiday is not None or day in days_off:
            skipped[day] = Skipped(day, holiday)
            continue
        starts.append(starts_at(day, place.at, zone))
        last = day
    return LaidOut(tuple(starts), tuple(skipped.values()))


def _places_from(first_day: date, places: Sequence[WeeklyPlace]) -> Iterator[tuple[date, WeeklyPlace]]:
    day = first_day
    while True:
        for place in places:
            if place.weekday == day.weekday():
                yield day, place
        day += timedelta(days=1)


def overlap(places: Collection[WeeklyPlace], minutes: int) -> bool:
    """Whether a class of this length is not over when the next place of the same day begins."""
    ordered = sorted(places)
    return any(
        first.weekday == second.weekday and _minutes(second.at) - _minutes(first.at) < minutes
        for first, second in pairwise(ordered)
    )


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
