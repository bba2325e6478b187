from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.timetable.spoken import (
    clock_time,
    date_and_time,
    day,
    day_and_time,
    duration,
    full_date,
    weekday_near,
)


def winter(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (winter(10), "10am"),
        (winter(9, 50), "9:50am"),
        (winter(14, 5), "2:05pm"),
        (winter(12), "midday"),
        (winter(12, 30), "12:30pm"),
        (winter(0), "midnight"),
        (winter(0, 15), "12:15am"),
    ],
)
def test_times_are_said_the_way_the_nhs_writes_them(at: datetime, said: str) -> None:
    assert clock_time(at) == said


def test_times_are_london_times_in_summer_too() -> None:
    assert clock_time(datetime(2026, 7, 7, 9, 0, tzinfo=UTC)) == "10am"


def test_another_zone_can_be_set() -> None:
    assert clock_time(winter(10), ZoneInfo("America/New_York")) == "5am"


def test_days_nearby_have_names() -> None:
    assert day(winter(10), now=winter(8)) == "today"
    assert day(winter(10), now=winter(8) - timedelta(days=1)) == "tomorrow"
    assert day(winter(10), now=winter(8) - timedelta(days=2)) == "Tuesday 24 November"
    assert day(winter(10), now=winter(8) + timedelta(days=1)) == "Tuesday 24 November"


def test_the_year_is_said_when_it_is_another() -> None:
    assert day(datetime(2027, 1, 5, 10, tzinfo=UTC), now=winter(8)) == "Tuesday 5 January 2027"
    assert full_date(winter(10)) == "Tuesday 24 November"


def test_today_is_counted_in_london() -> None:
    half_past_midnight_in_london = datetime(2026, 7, 6, 23, 30, tzinfo=UTC)
    assert day(datetime(2026, 7, 7, 9, tzinfo=UTC), now=half_past_midnight_in_london) == "today"


def test_day_and_time_go_together() -> None:
    assert day_and_time(winter(10), now=winter(8)) == "today at 10am"
    assert day_and_time(winter(9, 50), now=winter(8) - timedelta(days=5)) == "Tuesday 24 November at 9:50am"


def test_a_page_that_is_still_open_tomorrow_is_not_wrong_then() -> None:
    at = winter(10)
    assert date_and_time(at, now=winter(8)) == "today, Tuesday 24 November, at 10am"
    assert date_and_time(at, now=winter(8) - timedelta(days=1)) == "tomorrow, Tuesday 24 November, at 10am"
    assert date_and_time(at, now=winter(8) - timedelta(days=9)) == "Tuesday 24 November at 10am"
    assert date_and_time(at, now=winter(8) - timedelta(days=900)) == "Tuesday 24 November 2026 at 10am"


def test_a_weekday_says_which_one_within_six_days_only() -> None:
    assert weekday_near(winter(10), now=winter(23)) == "Tuesday"
    assert weekday_near(winter(10), now=winter(8) - timedelta(days=6)) == "Tuesday"
    assert weekday_near(winter(10), now=winter(8) + timedelta(days=6)) == "Tuesday"
    assert weekday_near(winter(10), now=winter(8) - timedelta(days=7)) is None


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (60, "1 hour"),
        (45, "45 minutes"),
        (90, "1 hour 30 minutes"),
        (121, "2 hours 1 minute"),
        (0, "0 minutes"),
    ],
)
def test_durations_are_said_in_hours_and_minutes(minutes: int, said: str) -> None:
    assert duration(timedelta(minutes=minutes)) == said
