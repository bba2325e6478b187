"""Dates, times and durations as the NHS writes them.

"10am", "9:50am", "midday" and "midnight" rather than 12, "Tuesday 24 November", "today at 10am"
(NHS digital service manual, content: numbers, measurements, dates and time,
service-manual.nhs.uk/content/numbers-measurements-dates-time). Times come in as UTC and are said in the
zone of the service.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def clock_time(at: datetime, zone: ZoneInfo = LONDON) -> str:
    """Return the time of day: `10am`, `9:50am`, `midday`, `12:30pm`."""
    local = at.astimezone(zone)
    if local.minute == 0 and local.hour in (0, 12):
        return "midday" if local.hour else "midnight"
    hour = local.hour % 12 or 12
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{hour}{minutes}{'am' if local.hour < 12 else 'pm'}"


def day(at: datetime, now: datetime, zone: ZoneInfo = LONDON) -> str:
    """Return the day: `today`, `tomorrow`, `Tuesday 24 November`, with the year when it is another."""
    date, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    if date == today:
        return "today"
    if date == today + timedelta(days=1):
        return "tomorrow"
    return full_date(at, zone, with_year=date.year != today.year)


def full_date(at: datetime, zone: ZoneInfo = LONDON, *, with_year: bool = False) -> str:
    """Return the date with its weekday: `Tuesday 24 November`."""
    date = at.astimezone(zone).date()
    return f"{date:%A} {date.day} {date:%B}" + (f" {date.year}" if with_year else "")


def day_and_time(at: datetime, now: datetime, zone: ZoneInfo = LONDON) -> str:
    """Return both: `today at 10am`, `Tuesday 24 November at 9:50am`."""
    return f"{day(at, now, zone)} at {clock_time(at, zone)}"


def date_and_time(at: datetime, now: datetime, zone: ZoneInfo = LONDON) -> str:
    """Return both with the date always: `today, Tuesday 24 November, at 10am`.

    A page may still be open on a tablet the day after: "tomorrow" alone would then be wrong.
    """
    near, dated = day(at, now, zone), full_date(at, zone)
    if near in ("today", "tomorrow"):
        return f"{near}, {dated}, at {clock_time(at, zone)}"
    return f"{near} at {clock_time(at, zone)}"


def weekday_near(at: datetime, now: datetime, zone: ZoneInfo = LONDON) -> str | None:
    """Return the name of the weekday, `Tuesday`, when it says which one is meant: within 6 days of `now`."""
    apart = at.astimezone(zone).date() - now.astimezone(zone).date()
    return f"{at.astimezone(zone):%A}" if abs(apart.days) <= 6 else None


def duration(span: timedelta) -> str:
    """Return a length of time in whole minutes: `45 minutes`, `1 hour`, `1 hour 30 minutes`."""
    hours, minutes = divmod(round(span.total_seconds() / 60), 60)
    parts = [_counted(hours, "hour"), _counted(minutes, "minute")]
    return " ".join(part for part in parts if part) or "0 minutes"


def _counted(number: int, unit: str) -> str:
    if number == 0:
        return ""
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
