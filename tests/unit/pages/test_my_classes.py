from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from server.pages.my_classes import Mark, OwnClass, own_classes, summed_up
from server.timetable.spoken import LONDON

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@dataclass
class Class:
    id: str
    number: int
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None
    cancelled_at: datetime | None = None


def course(now: datetime, of: int = 5) -> list[Class]:
    """One class a day, the third today."""
    classes = []
    for number in range(1, of + 1):
        starts_at = TEN + timedelta(days=number - 3)
        ended_at = starts_at + timedelta(hours=1) if starts_at + timedelta(hours=1) < now else None
        classes.append(Class(f"c{number}", number, starts_at, starts_at + timedelta(hours=1), ended_at))
    return classes


def marks(statuses: Mapping[str, str], told: tuple[str, ...] = (), **changed: datetime) -> list[Mark]:
    classes = course(TEN)
    for name, at in changed.items():
        next(each for each in classes if each.id == name).cancelled_at = at
    return [each.mark for each in own_classes(classes, statuses, told, "c3", TEN, LONDON)]


def test_each_class_says_how_it_was_or_that_it_is_to_come() -> None:
    assert marks({"c1": "5", "c2": "3"}) == [Mark.BEEN, Mark.MISSED, Mark.NEXT, Mark.TO_COME, Mark.TO_COME]


def test_late_but_seen_counts_as_been_and_late_and_not_seen_as_missed() -> None:
    assert marks({"c1": "6", "c2": "7"})[:2] == [Mark.BEEN, Mark.MISSED]


def test_what_was_told_beforehand_is_not_called_missed() -> None:
    assert marks({"c1": "2"}, told=("c2", "c4")) == [
        Mark.TOLD,
        Mark.TOLD,
        Mark.NEXT,
        Mark.TOLD,
        Mark.TO_COME,
    ]


def test_a_class_called_off_is_cancelled_whoever_was_to_come() -> None:
    assert marks({"c1": "4"}, told=("c4",), c4=TEN) == [
        Mark.CANCELLED,
        Mark.OVER,
        Mark.NEXT,
        Mark.CANCELLED,
        Mark.TO_COME,
    ]


def test_a_class_whose_attendance_is_not_written_yet_is_over() -> None:
    assert marks({})[:2] == [Mark.OVER, Mark.OVER]


def said(*marks: Mark) -> str:
    return summed_up([OwnClass(number, "", mark) for number, mark in enumerate(marks, 1)])


def test_the_sum_is_in_words() -> None:
    been, missed, to_come = Mark.BEEN, Mark.MISSED, Mark.TO_COME
    assert said(to_come) == ""
    assert said(been, to_come) == "You have been to the first."
    assert said(been, been) == "You have been to all of 2."
    assert said(been, missed, been, been) == "You have been to 3 of 4. You missed class 2."
    assert said(missed, missed, been, missed) == "You have been to 1 of 4. You missed classes 1, 2 and 4."
    assert said(missed) == "You have not been to a class yet. You missed class 1."
