"""Which week of a course it is. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def week_of_course(class_starts: Iterable[datetime], now: datetime, zone: ZoneInfo) -> int | None:
    """Return the week of the course at `now`, from 1; None for a course without classes.

    Only weeks (Monday to Sunday, in `zone`) with classes in them are counted, so that a week's break puts
    nobody's exercises ahead. Before the first it is 1; after the last it stays.
    """
    mondays = sorted({_monday(start.astimezone(zone).date()) for start in class_starts})
    if not mondays:
        return None
    this_week = _monday(now.astimezone(zone).date())
    return max(1, sum(monday <= this_week for monday in mondays))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
