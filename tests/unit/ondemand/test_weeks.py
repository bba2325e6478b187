from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from server.ondemand.weeks import week_of_course
from server.timetable.spoken import LONDON

TUESDAY = datetime(2026, 11, 10, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Planned:
    number: int
    starts_at: datetime


def classes(*days: float, first: datetime = TUESDAY) -> list[Planned]:
    """Classes so many days after the first."""
    return [Planned(number, first + timedelta(days=day)) for number, day in enumerate(days, 1)]


TWICE_A_WEEK = classes(*(7 * week + day for week in range(6) for day in (0, 2)))


def week(days: float, plan: list[Planned] = TWICE_A_WEEK) -> int | None:
    return week_of_course(plan, plan[0].starts_at + timedelta(days=days), LONDON)


def test_the_week_is_counted_from_monday_to_sunday() -> None:
    assert [week(0), week(5), week(6), week(14)] == [1, 1, 2, 3]


def test_before_the_course_it_is_week_1_and_after_it_the_last() -> None:
    assert [week(-30), week(300)] == [1, 6]


def test_a_week_without_class_is_not_counted() -> None:
    with_break = classes(0, 2, 21, 23)
    assert [week(14, with_break), week(21, with_break)] == [1, 2]


def test_a_class_that_was_moved_forward_takes_its_week_along_when_its_doors_open() -> None:
    days = [7 * week + day for week in range(6) for day in (0, 2)]
    days[4] = 12  # class 5 on Sunday instead of Tuesday
    moved = classes(*days)
    ten_minutes = 10 / (24 * 60)
    assert [week(11, moved), week(12 - 2 * ten_minutes, moved), week(12 - ten_minutes, moved)] == [2, 2, 3]
    assert [week(13, moved), week(20, moved)] == [3, 4]


def test_the_day_is_that_of_the_zone() -> None:
    half_past_midnight = datetime(2026, 6, 7, 23, 30, tzinfo=UTC)  # on Monday, in London
    plan = classes(0, 7, first=half_past_midnight)
    assert [week(7 - 1 / 24, plan), week(7, plan)] == [1, 2]


def test_a_course_without_classes_has_no_week() -> None:
    assert week_of_course([], TUESDAY, LONDON) is None
