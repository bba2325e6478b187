from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.pages.after_words import after_class, heading, what_next
from server.people.roles import Role
from server.timetable.courses import Enrolled
from server.timetable.spoken import LONDON
from tests.integration.storage.databases import TUESDAY_10AM

MARGARET = Enrolled("margaret", Role.PATIENT, "Margaret", "Margaret Ellis", "", 0)
HANNAH = Enrolled("hannah", Role.PHYSIO, "Hannah", "Hannah Okafor", "", None)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class PlannedClass:
    number: int
    starts_at: datetime
    ended_at: datetime | None = None
    cancelled_at: datetime | None = None

    @property
    def id(self) -> str:
        return f"class{self.number}"

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + HOUR


def test_a_second_class_of_the_day_whose_doors_are_open_is_the_next_and_not_the_one_that_was_left() -> None:
    now = TUESDAY_10AM + HOUR
    first = PlannedClass(5, TUESDAY_10AM, ended_at=now)
    second = PlannedClass(6, now + timedelta(minutes=5))
    about = after_class([first, second], now)
    assert (about.just_over, about.still_on, about.next) == (first, None, second)
    assert heading(about, MARGARET, left=True, was_there=True) == "Class has finished. Well done, Margaret."
    assert (
        what_next(about, 12, now, LONDON)[0] == "Your next class is today, Tuesday 24 November, at 11:05am."
    )


def test_when_that_one_has_begun_it_is_on() -> None:
    now = TUESDAY_10AM + HOUR + timedelta(minutes=6)
    first = PlannedClass(5, TUESDAY_10AM, ended_at=TUESDAY_10AM + HOUR)
    second = PlannedClass(6, TUESDAY_10AM + HOUR + timedelta(minutes=5))
    assert after_class([first, second], now).still_on == second


def test_a_class_that_staff_forgot_to_end_is_still_on_and_a_forgotten_one_is_not_just_over() -> None:
    forgotten = PlannedClass(5, TUESDAY_10AM)
    assert after_class([forgotten], TUESDAY_10AM + 3 * HOUR).still_on == forgotten
    later = after_class([forgotten], TUESDAY_10AM + 14 * HOUR)
    assert (later.just_over, later.still_on, later.next) == (None, None, None)


def test_a_class_that_was_called_off_is_neither_on_nor_next() -> None:
    off = PlannedClass(5, TUESDAY_10AM, cancelled_at=TUESDAY_10AM - HOUR)
    for now in (TUESDAY_10AM - HOUR, TUESDAY_10AM):
        about = after_class([off], now)
        assert (about.just_over, about.still_on, about.next) == (None, None, None)


def test_staff_are_not_praised() -> None:
    about = after_class([PlannedClass(5, TUESDAY_10AM, ended_at=TUESDAY_10AM + HOUR)], TUESDAY_10AM + HOUR)
    assert heading(about, HANNAH, left=True, was_there=True) == "Class has finished"
