from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from server.pages.courses_words import MOST_DAYS_OFF, day_words, read_days, read_time, when, why_skipped
from server.timetable.laying_out import Skipped
from server.timetable.spoken import LONDON


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("10:00", time(10)),
        ("10am", time(10)),
        (" 2.30 PM ", time(14, 30)),
        ("14:30", time(14, 30)),
        ("12pm", time(12)),
        ("12am", time(0)),
        ("midday", time(12)),
        ("9:05", time(9, 5)),
    ],
)
def test_a_time_is_read_as_people_write_it(text: str, at: time) -> None:
    assert read_time(text) == at


@pytest.mark.parametrize("text", ["", "10", "25:00", "10:60", "13pm", "0am", "ten", "10:00:00", "١٠:٠٠x"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert read_time(text) is None


def test_days_are_read_one_a_line() -> None:
    days, problem = read_days("24/12/2026\n\n 31 December 2026, \r\n1-1-2027\n2 Jan 2027")
    assert problem is None
    assert days == {date(2026, 12, 24), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)}


@pytest.mark.parametrize("line", ["31/2/2027", "Christmas", "24/12/26", "1 Janvier 2027", "0/1/2027"])
def test_a_day_that_is_none_is_named(line: str) -> None:
    assert read_days(f"24/12/2026\n{line}") == (
        frozenset(),
        f"“{line}” must be a real date, like 24 December 2026",
    )


def test_there_are_only_so_many_days_off() -> None:
    lines = "\n".join(f"{1 + number % 28}/{1 + number // 28}/2027" for number in range(MOST_DAYS_OFF + 1))
    assert read_days(lines)[1] == f"Enter {MOST_DAYS_OFF} days or fewer"


def test_a_skipped_day_is_named_with_its_holiday() -> None:
    day = date(2027, 5, 3)
    assert day_words(day) == "Monday 3 May 2027"
    assert why_skipped(Skipped(day, "May Day")) == "bank holiday (May Day)"
    assert why_skipped(Skipped(day, None)) == "day off"
    assert why_skipped(Skipped(day, "Boxing Day (observed)")) == "bank holiday (Boxing Day, substitute day)"


def test_a_class_is_named_by_its_day_and_local_time() -> None:
    assert when(datetime(2027, 7, 6, 9, tzinfo=UTC), LONDON) == "Tuesday 6 July 2027 at 10am"
