from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.contacts.months import Month
from server.errors import Refused

LONDON = ZoneInfo("Europe/London")


def test_a_month_is_written_as_year_and_month_and_read_back() -> None:
    assert str(Month.parse("2026-11")) == "2026-11"
    assert Month.parse("2026-11") == Month(2026, 11)
    assert Month(2026, 11).spoken == "November 2026"


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-13", "2026-00", "2026-1", "26-11", "November", "2026-11-01", "0001-01", "٢٠٢٦-١١"],
)
def test_what_is_no_month_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Refused) as refused:
        Month.parse(text)
    assert "2026-11" in refused.value.words


def test_a_month_begins_and_ends_at_midnight_of_the_service_not_of_utc() -> None:
    assert Month(2026, 7).starts(LONDON) == datetime(2026, 6, 30, 23, 0, tzinfo=UTC)
    assert Month(2026, 7).ends(LONDON) == datetime(2026, 7, 31, 23, 0, tzinfo=UTC)
    assert Month(2026, 12).starts(LONDON) == datetime(2026, 12, 1, tzinfo=UTC)


def test_the_months_of_the_clock_changes_are_an_hour_short_and_an_hour_long() -> None:
    march, october = Month(2026, 3), Month(2026, 10)
    assert march.ends(LONDON) - march.starts(LONDON) == timedelta(days=31, hours=-1)
    assert october.ends(LONDON) - october.starts(LONDON) == timedelta(days=31, hours=1)


def test_every_moment_lies_in_exactly_the_month_whose_bounds_hold_it() -> None:
    moment = datetime(2025, 1, 1, tzinfo=UTC)
    while moment < datetime(2027, 1, 1, tzinfo=UTC):
        month = Month.of(moment, LONDON)
        assert month.starts(LONDON) <= moment < month.ends(LONDON)
        moment += timedelta(minutes=30)


def test_months_follow_one_another_over_the_turn_of_the_year() -> None:
    assert Month(2026, 12).next() == Month(2027, 1)
    assert Month(2027, 1).previous() == Month(2026, 12)
    assert Month(2026, 11).next().previous() == Month(2026, 11)
    assert Month(2026, 12) < Month(2027, 1)
