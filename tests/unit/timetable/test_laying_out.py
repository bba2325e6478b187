from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.timetable.laying_out import (
    LaidOut,
    NoEnd,
    Skipped,
    WeeklyPlace,
    bank_holiday,
    lay_out,
    overlap,
    starts_at,
)
from server.timetable.spoken import LONDON

TUESDAY, THURSDAY, MONDAY, FRIDAY = 1, 3, 0, 4
TEN = time(10)
TWICE_A_WEEK = (WeeklyPlace(TUESDAY, TEN), WeeklyPlace(THURSDAY, TEN))


def local(laid: LaidOut) -> list[tuple[date, time]]:
    moments = (each.astimezone(LONDON) for each in laid.starts)
    return [(each.date(), each.time()) for each in moments]


def days(laid: LaidOut) -> list[date]:
    return [day for day, _at in local(laid)]


def test_twelve_classes_twice_a_week_take_six_weeks() -> None:
    laid = lay_out(date(2027, 1, 12), TWICE_A_WEEK, 12)
    assert days(laid)[:3] == [date(2027, 1, 12), date(2027, 1, 14), date(2027, 1, 19)]
    assert days(laid)[-1] == date(2027, 2, 18)
    assert laid.skipped == ()


def test_a_first_day_between_places_begins_at_the_next_place() -> None:
    assert days(lay_out(date(2027, 1, 13), TWICE_A_WEEK, 1)) == [date(2027, 1, 14)]


def test_ten_stays_ten_when_the_clocks_go_forward_and_back() -> None:
    spring = lay_out(date(2027, 3, 23), TWICE_A_WEEK, 4)
    assert {at for _day, at in local(spring)} == {TEN}
    assert [each.hour for each in spring.starts] == [10, 10, 9, 9]
    autumn = lay_out(date(2027, 10, 26), TWICE_A_WEEK, 4)
    assert {at for _day, at in local(autumn)} == {TEN}
    assert [each.hour for each in autumn.starts] == [9, 9, 10, 10]


def test_a_class_on_a_bank_holiday_moves_on_and_the_holiday_is_named() -> None:
    mondays = (WeeklyPlace(MONDAY, TEN),)
    laid = lay_out(date(2027, 4, 26), mondays, 3)
    assert days(laid) == [date(2027, 4, 26), date(2027, 5, 10), date(2027, 5, 17)]
    assert laid.skipped == (Skipped(date(2027, 5, 3), "May Day"),)


def test_a_substitute_day_is_a_bank_holiday_too() -> None:
    """25 December 2027 is a Saturday, so Monday 27 and Tuesday 28 are holidays in England."""
    assert bank_holiday(date(2027, 12, 27)) is not None
    assert bank_holiday(date(2027, 12, 28)) is not None
    laid = lay_out(date(2027, 12, 27), (WeeklyPlace(MONDAY, TEN), WeeklyPlace(TUESDAY, TEN)), 1)
    assert days(laid) == [date(2028, 1, 4)]


def test_easter_monday_is_englands_and_st_andrews_day_is_not() -> None:
    assert bank_holiday(date(2027, 3, 29)) == "Easter Monday"
    assert bank_holiday(date(2027, 11, 30)) is None


def test_classes_are_held_on_bank_holidays_when_that_is_wanted() -> None:
    laid = lay_out(date(2027, 5, 3), (WeeklyPlace(MONDAY, TEN),), 1, on_bank_holidays=True)
    assert (days(laid), laid.skipped) == ([date(2027, 5, 3)], ())


def test_a_day_off_moves_the_class_on() -> None:
    laid = lay_out(date(2027, 1, 12), TWICE_A_WEEK, 2, days_off={date(2027, 1, 14), date(2027, 1, 13)})
    assert days(laid) == [date(2027, 1, 12), date(2027, 1, 19)]
    assert laid.skipped == (Skipped(date(2027, 1, 14), None),)


def test_two_classes_on_one_day_are_in_order_and_its_holiday_is_named_once() -> None:
    places = (WeeklyPlace(MONDAY, time(14)), WeeklyPlace(MONDAY, TEN))
    laid = lay_out(date(2027, 5, 3), places, 2)
    assert local(laid) == [(date(2027, 5, 10), TEN), (date(2027, 5, 10), time(14))]
    assert len(laid.skipped) == 1


def test_days_off_without_end_are_refused() -> None:
    start = date(2027, 1, 12)
    with pytest.raises(NoEnd):
        lay_out(start, TWICE_A_WEEK, 1, days_off={start + timedelta(days=n) for n in range(400)})


def test_a_course_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="weekly place"):
        lay_out(date(2027, 1, 12), (), 1)


@pytest.mark.parametrize(("weekday", "at"), [(7, TEN), (-1, TEN), (0, time(1, 30)), (0, time(23))])
def test_a_place_at_night_or_on_no_day_of_the_week_is_none(weekday: int, at: time) -> None:
    with pytest.raises(ValueError):
        WeeklyPlace(weekday, at)


def test_places_overlap_when_a_class_is_not_over_before_the_next() -> None:
    close = (WeeklyPlace(MONDAY, time(10, 30)), WeeklyPlace(MONDAY, TEN))
    assert overlap(close, 45)
    assert not overlap(close, 30)
    assert not overlap(TWICE_A_WEEK, 600)


PLACES = st.sets(
    st.builds(
        WeeklyPlace,
        st.integers(0, 6),
        st.times(time(6), time(22)).map(lambda at: at.replace(second=0, microsecond=0)),
    ),
    min_size=1,
    max_size=3,
)
FIRST_DAYS = st.dates(date(2026, 1, 1), date(2036, 12, 31))


@settings(deadline=None, max_examples=300)
@given(
    FIRST_DAYS,
    PLACES,
    st.integers(1, 60),
    st.sets(st.integers(0, 200), max_size=20),
    st.booleans(),
)
def test_whatever_is_asked_for_all_classes_stand_where_they_may(
    first_day: date, places: set[WeeklyPlace], count: int, offs: set[int], on_bank_holidays: bool
) -> None:
    days_off = {first_day + timedelta(days=off) for off in offs}
    laid = lay_out(first_day, places, count, days_off=days_off, on_bank_holidays=on_bank_holidays)
    assert len(laid.starts) == count
    assert all(earlier < later for earlier, later in zip(laid.starts, laid.starts[1:], strict=False))
    wanted = {(place.weekday, place.at) for place in places}
    for moment, (day, at) in zip(laid.starts, local(laid), strict=True):
        assert moment.utcoffset() == timedelta(0)
        assert day >= first_day
        assert (day.weekday(), at) in wanted
        assert day not in days_off
        assert on_bank_holidays or bank_holiday(day) is None
    left_out = {each.day for each in laid.skipped}
    assert left_out.isdisjoint(days(laid))
    _nothing_is_left_out_without_reason(first_day, laid, wanted, left_out)


def _nothing_is_left_out_without_reason(
    first_day: date, laid: LaidOut, wanted: set[tuple[int, time]], left_out: set[date]
) -> None:
    """Between the first day and the last class every place is a class or on a day that was left out."""
    held = set(local(laid))
    last = local(laid)[-1]
    day = first_day
    while day <= last[0]:
        for weekday, at in wanted:
            if weekday == day.weekday() and (day, at) <= last:
                assert (day, at) in held or day in left_out
        day += timedelta(days=1)


@given(FIRST_DAYS, st.times(time(6), time(22)))
def test_a_local_time_is_the_same_local_time_in_utc(day: date, at: time) -> None:
    moment = starts_at(day, at)
    assert moment.tzinfo is UTC
    assert moment.astimezone(LONDON).replace(tzinfo=None) == datetime.combine(day, at)
