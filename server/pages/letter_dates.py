"""The dates of a course in few words, so that a letter in large print is one page. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from server.timetable.spoken import clock_time


def dates_in_short(starts: Sequence[datetime], zone: ZoneInfo) -> str:
    """Return `at 10am on Tue 3, Thu 5 and Tue 10 November; Tue 1 December`.

    Where not all begin at the same time of day, each has its own: `Tue 3 (10am), Thu 5 (2pm) November`.
    """
    local = sorted(each.astimezone(zone) for each in starts)
    times = {clock_time(each, zone) for each in local}
    with_times = len(times) > 1
    months = []
    for _, days in groupby(local, key=lambda each: (each.year, each.month)):
        in_month = list(days)
        months.append(f"{_listed([_day(each, zone, with_times) for each in in_month])} {in_month[0]:%B}")
    return ("on " if with_times else f"at {min(times)} on ") + "; ".join(months) if local else ""


def _day(at: datetime, zone: ZoneInfo, with_time: bool) -> str:
    return f"{at:%a} {at.day}" + (f" ({clock_time(at, zone)})" if with_time else "")


def _listed(days: Sequence[str]) -> str:
    return " and ".join([", ".join(days[:-1]), days[-1]]) if len(days) > 1 else days[0]
