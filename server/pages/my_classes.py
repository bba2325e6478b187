"""The classes of a course as its patient sees them: been to, missed, next, to come. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from server.contacts.rules import SEEN, Status
from server.pages.after_words import Numbered
from server.timetable.doors import Doors, doors
from server.timetable.spoken import clock_time, full_date


class Mark(StrEnum):
    """How a class stands in the list; the values end the names of style classes."""

    BEEN = "been"
    MISSED = "missed"
    TOLD = "told"
    """The patient said beforehand that they could not, or cannot, come."""
    CANCELLED = "cancelled"
    NEXT = "next"
    TO_COME = "to-come"
    OVER = "over"
    """Who came is not written yet."""


WORDS: Mapping[Mark, str] = {
    Mark.BEEN: "You were there",
    Mark.MISSED: "You missed it",
    Mark.TOLD: "You told us that you cannot come",
    Mark.CANCELLED: "Cancelled",
    Mark.NEXT: "Your next class",
    Mark.TO_COME: "To come",
    Mark.OVER: "Over",
}


@dataclass(frozen=True, slots=True)
class OwnClass:
    """A class of one's course."""

    number: int
    when: str
    """`Tuesday 24 November, 10am`."""
    mark: Mark

    @property
    def words(self) -> str:
        """What the mark says."""
        return WORDS[self.mark]


def own_classes(
    classes: Sequence[Numbered],
    statuses: Mapping[str, str],
    told: Collection[str],
    meant: str | None,
    now: datetime,
    zone: ZoneInfo,
) -> tuple[OwnClass, ...]:
    """Return the course's classes by number.

    `statuses`: of the patient's care contacts, by class id (`contacts.rules.Status`); `told`: the classes to
    which they cannot come; `meant`: the class that is on or comes next.
    """
    return tuple(
        OwnClass(
            each.number,
            f"{full_date(each.starts_at, zone)}, {clock_time(each.starts_at, zone)}",
            _mark(each, statuses.get(each.id), each.id in told, meant, now),
        )
        for each in sorted(classes, key=lambda each: each.number)
    )


def _mark(each: Numbered, status: str | None, told: bool, meant: str | None, now: datetime) -> Mark:
    if each.cancelled_at is not None or status == Status.SERVICE_CANCELLED:
        return Mark.CANCELLED
    if status in SEEN:
        return Mark.BEEN
    if told or status == Status.PATIENT_CANCELLED:
        return Mark.TOLD
    if status is not None:
        return Mark.MISSED
    if doors(each, now) is Doors.CLOSED:
        return Mark.OVER
    return Mark.NEXT if each.id == meant else Mark.TO_COME


def summed_up(classes: Sequence[OwnClass]) -> str:
    """Return `You have been to 3 of 4. You missed class 3.`; nothing before the first is over."""
    been = [each for each in classes if each.mark is Mark.BEEN]
    missed = [each for each in classes if each.mark is Mark.MISSED]
    if not been and not missed:
        return ""
    return " ".join(_sentences(len(been), [each.number for each in missed]))


def _sentences(been: int, missed: Sequence[int]) -> Iterator[str]:
    of = been + len(missed)
    yield (
        f"You have been to {'all' if been == of and of > 1 else been} of {of}."
        if of > 1
        else ("You have been to the first." if been else "You have not been to a class yet.")
    )
    if missed:
        numbers = [str(number) for number in missed]
        listed = " and ".join([", ".join(numbers[:-1]), numbers[-1]]) if len(numbers) > 1 else numbers[0]
        yield f"You missed {'classes' if len(missed) > 1 else 'class'} {listed}."
