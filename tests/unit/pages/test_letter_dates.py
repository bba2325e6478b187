from __future__ import annotations

from datetime import UTC, datetime

from server.pages.letter_dates import dates_in_short
from server.timetable.spoken import LONDON


def at(month: int, day: int, hour: int = 10, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=LONDON).astimezone(UTC)


def said(*starts: datetime) -> str:
    return dates_in_short(starts, LONDON)


def test_dates_are_gathered_by_month() -> None:
    assert said(at(11, 3), at(11, 5), at(11, 10), at(12, 1)) == (
        "at 10am on Tue 3, Thu 5 and Tue 10 November; Tue 1 December"
    )


def test_one_class_is_one_date() -> None:
    assert said(at(11, 3)) == "at 10am on Tue 3 November"


def test_times_are_local_across_the_change_of_clocks() -> None:
    assert said(at(10, 20), at(10, 27)) == "at 10am on Tue 20 and Tue 27 October"


def test_different_times_are_said_with_each_day() -> None:
    assert said(at(11, 3), at(11, 5, 14)) == "on Tue 3 (10am) and Thu 5 (2pm) November"


def test_months_of_two_years_stay_apart_and_in_order() -> None:
    assert said(at(1, 5, year=2027), at(12, 29)) == "at 10am on Tue 29 December; Tue 5 January"


def test_no_class_no_words() -> None:
    assert said() == ""
