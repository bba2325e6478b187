"""Attendance in words, for staff. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.contacts.rules import Status
from server.contacts.status_words import STATUS_WORDS

CAME_NOT_SEEN = "Came, but could not be seen"


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many patients have one status."""

    words: str
    number: int


def attendance(by_status: Mapping[str, int], *, not_seen: int = 0) -> tuple[Attendance, ...]:
    """Return the statuses that somebody has, in words and in a fixed order.

    `not_seen`: so many of those cancelled by the service came on time, and nobody saw them. The class was
    held, and staff would not know what was cancelled: they get words of their own.
    """
    cancelled = by_status.get(Status.SERVICE_CANCELLED, 0) - not_seen
    counts = {**by_status, Status.SERVICE_CANCELLED: cancelled}
    known = [Attendance(words, counts.get(status, 0)) for status, words in STATUS_WORDS.items()]
    return tuple(each for each in (*known, Attendance(CAME_NOT_SEEN, not_seen)) if each.number)


def attendance_line(by_status: Mapping[str, int]) -> str:
    """Return the same in one line: `Attended on time 8, late but seen 1, did not attend 3`."""
    line = ", ".join(f"{each.words.lower()} {each.number}" for each in attendance(by_status))
    return line[:1].upper() + line[1:]
