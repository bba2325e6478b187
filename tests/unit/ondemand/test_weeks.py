from __future__ import annotations

from datetime import UTC, datetime, timedelta

from server.ondemand.weeks import week_of_course
from server.timetable.spoken import LONDON

TUESDAY = datetime(2026, 11, 10, 10, tzinfo=UTC)
TWICE_A_WEEK = [TUESDAY + timedelta(days=7 * week + more) for week in range(6) for more in (0, 2)]


def test_the_week_is_counted_from_monday_to_sunday() -> None:
    def at(**later: float) -> int | None:
        return week_of_course(TWICE_A_WEEK, TUESDAY + timedelta(**later), LONDON)

    assert at(days=0) == 1
    assert at(days=5) == 1  # Sunday
    assert at(days=6) == 2  # Monday
    assert at(days=14) == 3


def test_before_the_course_it_is_week_1_and_after_it_the_last() -> None:
    assert week_of_course(TWICE_A_WEEK, TUESDAY - timedelta(days=30), LONDON) == 1
    assert week_of_course(TWICE_A_WEEK, TUESDAY + timedelta(days=300), LONDON) == 6


def test_a_week_without_class_is_not_counted() -> None:
    with_break = [TUESDAY, TUESDAY + timedelta(days=21)]
    assert week_of_course(with_break, TUESDAY + timedelta(days=14), LONDON) == 1
    assert week_of_course(with_break, TUESDAY + timedelta(days=21), LONDON) == 2


def test_the_day_is_that_of_the_zone() -> None:
    sunday_in_utc = datetime(2026, 6, 7, 23, 30, tzinfo=UTC)  # Monday, half past midnight, in London
    assert week_of_course([sunday_in_utc - timedelta(days=7), sunday_in_utc], sunday_in_utc, LONDON) == 2
    assert (
        week_of_course(
            [sunday_in_utc - timedelta(days=7), sunday_in_utc], sunday_in_utc - timedelta(hours=1), LONDON
        )
        == 1
    )


def test_a_course_without_classes_has_no_week() -> None:
    assert week_of_course([], TUESDAY, LONDON) is None
