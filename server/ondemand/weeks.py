"""Which week of a course it is. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from statistics import median_low
from typing import Protocol
from zoneinfo import ZoneInfo

from server.timetable.doors import OPEN_BEFORE


class Planned(Protocol):
    """What is needed of a class."""

    @property
    def number(self) -> int: ...  # noqa: D102
    @property
    def starts_at(self) -> datetime: ...  # noqa: D102


def week_of_course(classes: Sequence[Planned], now: datetime, zone: ZoneInfo) -> int | None:
    """Return the week of the course at `now`, from 1; None for a course without classes.

    Only weeks (Monday to Sunday, in `zone`) with classes in them are counted, so that a week's break puts
    nobody's exercises ahead. A class that was moved forward takes its week along: when the doors of class 5
    of a course with two classes a week have opened, it is week 3. Before the first it is 1; after the last
    it stays.
    """
    if not classes:
        return None
    mondays = Counter(_monday(each.starts_at.astimezone(zone).date()) for each in classes)
    this_week = _monday(now.astimezone(zone).date())
    by_calendar = sum(monday <= this_week for monday in mondays)
    a_week = median_low(mondays.values())
    begun = max((each.number for each in classes if each.starts_at - OPEN_BEFORE <= now), default=1)
    return max(1, by_calendar, -(-begun // a_week))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
