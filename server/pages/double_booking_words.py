"""In words: who has another class at the same time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from server.pages.courses_words import when
from server.timetable.double_booking import Booked

MOST = 5
"""Lines; of a course whose every class is in the way of another course's, the rest is counted."""


def double_booking_lines(booked: Sequence[Booked], names: Mapping[str, str], zone: ZoneInfo) -> list[str]:
    """Return a line for each class that is in the way; `names` by person."""
    lines = [
        f"{names[each.person_id]} has {_what(each)} on {when(each.starts_at, zone)}" for each in booked[:MOST]
    ]
    more = len(booked) - len(lines)
    return [*lines, f"And {more} more"] if more > 0 else lines


def _what(each: Booked) -> str:
    if each.title is None:
        return "a class of another service"
    return f"class {each.number} of {each.title}"
