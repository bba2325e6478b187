"""Attendance in words, for staff. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.contacts.status_words import STATUS_WORDS


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many patients have one status."""

    words: str
    number: int


def attendance(by_status: Mapping[str, int]) -> tuple[Attendance, ...]:
    """Return the statuses that somebody has, in words and in a fixed order."""
    return tuple(
        Attendance(words, by_status[status])
        for status, words in STATUS_WORDS.items()
        if by_status.get(status, 0)
    )


def attendance_line(by_status: Mapping[str, int]) -> str:
    """Return the same in one line: `Attended on time 8, late but seen 1, did not attend 3`."""
    line = ", ".join(f"{each.words.lower()} {each.number}" for each in attendance(by_status))
    return line[:1].upper() + line[1:]
