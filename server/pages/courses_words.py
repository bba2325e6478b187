"""Days, times and skipped days of a course, as staff write and read them. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from server.timetable.laying_out import EARLIEST, LATEST, Skipped
from server.timetable.spoken import clock_time, full_date

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MOST_DAYS_OFF = 60

_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?", re.IGNORECASE)
_DAY = re.compile(r"(\d{1,2})[\s./-]+(\d{1,2}|[A-Za-z]{3,9})[\s./-]+(\d{4})")
_OBSERVED = " (observed)"


def read_time(text: str) -> time | None:
    """A time of day as people write it: `10:00`, `10am`, `2.30 pm`, `14:30`; None when it is none.

    Without am or pm the minutes are needed, and the clock has 24 hours.
    """
    words = {"midday": "12:00", "noon": "12:00"}
    found = _TIME.fullmatch(words.get(text.strip().lower(), text.strip()))
    if found is None or not (found[2] or found[3]):
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def time_problem(at: time | None) -> str | None:
    """What is wrong with the time of a class, in words; None when it is right."""
    if at is None:
        return "Enter a time, like 10:00 or 2:30pm"
    if not EARLIEST <= at <= LATEST:
        return "A class must begin between 6am and 10pm"
    return None


def read_days(text: str) -> tuple[frozenset[date], str | None]:
    """Dates, one a line, as people write them: `24/12/2026`, `24 December 2026`; else what is wrong."""
    days: set[date] = set()
    for line in filter(None, (each.strip().rstrip(",;") for each in text.splitlines())):
        day = _read_day(line)
        if day is None:
            return frozenset(), f"“{line[:40]}” must be a real date, like 24 December 2026"
        days.add(day)
    if len(days) > MOST_DAYS_OFF:
        return frozenset(), f"Enter {MOST_DAYS_OFF} days or fewer"
    return frozenset(days), None


def _read_day(line: str) -> date | None:
    found = _DAY.fullmatch(line)
    if found is None:
        return None
    month = found[2].lower()
    names = [name for name in MONTHS if not month.isdigit() and name.startswith(month)]
    try:
        return date(
            int(found[3]), int(month) if month.isdigit() else MONTHS.index(names[0]) + 1, int(found[1])
        )
    except (ValueError, IndexError):
        return None


def day_words(day: date) -> str:
    """`Monday 3 May 2027`."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def why_skipped(skipped: Skipped) -> str:
    """Why there is no class on a day: `bank holiday (May Day)`."""
    if skipped.holiday is None:
        return "day off"
    name = skipped.holiday.removesuffix(_OBSERVED)
    return f"bank holiday ({name}{', substitute day' if name != skipped.holiday else ''})"


def when(at: datetime, zone: ZoneInfo) -> str:
    """`Tuesday 12 January 2027 at 10am`."""
    return f"{full_date(at, zone, with_year=True)} at {clock_time(at, zone)}"
