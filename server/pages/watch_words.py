"""What the pages for watching say about lengths, places and days. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from server.timetable.spoken import full_date


def minutes(length_ms: int) -> str:
    """Return a length in whole minutes, at least one: `8 minutes`."""
    count = max(1, round(length_ms / 60_000))
    return "1 minute" if count == 1 else f"{count} minutes"


def place(position_ms: int) -> str:
    """Return a place in a video as players show it: `3:36`, `1:02:05`."""
    total_minutes, seconds = divmod(position_ms // 1000, 60)
    hours, minutes_ = divmod(total_minutes, 60)
    return f"{hours}:{minutes_:02}:{seconds:02}" if hours else f"{minutes_}:{seconds:02}"


def past_day(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return the day of something past, to stand in a sentence: `today`, `yesterday`, `on Sunday`.

    Older than six days with its date: `on Sunday 1 November`.
    """
    then, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    days = (today - then).days
    if days <= 1:
        return "yesterday" if days == 1 else "today"
    if days < 7:
        return f"on {then:%A}"
    return f"on {full_date(at, zone, with_year=then.year != today.year)}"


def resumed(last_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Say that the player starts where the person stopped."""
    return f"You were here {past_day(last_at, now, zone)}. We started again where you stopped."


def stopped(position_ms: int, last_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Say in the list where the person stopped, and when."""
    return f"You stopped at {place(position_ms)} {past_day(last_at, now, zone)}."


def times(count: int) -> str:
    """Return how often it was watched: `watched once`, `watched twice`, `watched 3 times`; "" for never."""
    return {0: "", 1: "watched once", 2: "watched twice"}.get(count, f"watched {count} times")
