from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from server.timetable.doors import Doors, current_of, doors, doors_open_at

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class AClass:
    starts_at: datetime = TEN
    ends_at: datetime = TEN + timedelta(hours=1)
    ended_at: datetime | None = None
    cancelled_at: datetime | None = None


def on(day: int, ended: bool = False, cancelled: bool = False) -> AClass:
    starts_at = TEN.replace(day=day)
    ends_at = starts_at + timedelta(hours=1)
    return AClass(starts_at, ends_at, ends_at if ended else None, starts_at if cancelled else None)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def test_doors_open_ten_minutes_before_class() -> None:
    assert doors_open_at(AClass()) == TEN - minutes(10)
    assert doors(AClass(), TEN - minutes(10) - timedelta(seconds=1)) is Doors.NOT_YET
    assert doors(AClass(), TEN - minutes(10)) is Doors.OPEN


def test_a_class_that_runs_late_stays_open_until_staff_end_it() -> None:
    late = TEN + minutes(100)
    assert doors(AClass(), late) is Doors.OPEN
    assert doors(replace(AClass(), ended_at=late), late) is Doors.CLOSED


def test_a_class_that_nobody_ended_closes_twelve_hours_after_its_planned_end() -> None:
    end = TEN + timedelta(hours=1)
    assert doors(AClass(), end + timedelta(hours=12) - minutes(1)) is Doors.OPEN
    assert doors(AClass(), end + timedelta(hours=12)) is Doors.CLOSED


def test_the_open_class_is_the_current_one() -> None:
    classes = [on(19, ended=True), on(24), on(26)]
    assert current_of(classes, TEN) == classes[1]


def test_between_classes_the_next_to_come_is_the_current_one() -> None:
    classes = [on(26), on(19, ended=True), on(24)]
    assert current_of(classes, TEN - timedelta(days=1)) == on(24)


def test_once_a_class_has_ended_the_next_one_is_the_current_one() -> None:
    assert current_of([on(24, ended=True), on(26)], TEN + minutes(61)) == on(26)


def test_after_the_last_class_that_one_is_the_current_one() -> None:
    classes = [on(24, ended=True), on(26, ended=True)]
    assert current_of(classes, TEN + timedelta(days=30)) == classes[1]


def test_a_class_that_was_never_ended_does_not_hide_the_one_that_opens_later_that_day() -> None:
    morning = AClass()
    afternoon = AClass(TEN + timedelta(hours=4), TEN + timedelta(hours=5))
    assert current_of([morning, afternoon], TEN + timedelta(hours=3)) == morning
    assert current_of([morning, afternoon], TEN + timedelta(hours=4)) == afternoon


def test_a_course_without_classes_has_no_current_one() -> None:
    assert current_of([], TEN) is None


def test_a_cancelled_class_lets_nobody_in_at_any_time() -> None:
    for now in (TEN - timedelta(days=2), TEN, TEN + timedelta(days=2)):
        assert doors(on(24, cancelled=True), now) is Doors.CANCELLED


def test_a_cancelled_class_makes_way_for_the_next_one() -> None:
    classes = [on(19, ended=True), on(24, cancelled=True), on(26, cancelled=True), on(28)]
    assert current_of(classes, TEN) == classes[3]


def test_when_no_other_is_planned_the_cancelled_class_is_the_current_one() -> None:
    classes = [on(19, ended=True), on(24, cancelled=True)]
    assert current_of(classes, TEN) == classes[1]
