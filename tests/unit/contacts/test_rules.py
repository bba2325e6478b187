"""The rules of docs/contacts.md, each a sentence. Times are minutes after the planned start."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.contacts.rules import (
    NOT_HELD,
    NOT_SEEN,
    SEEN,
    ClassTimes,
    Contact,
    ContactRules,
    Staff,
    Status,
    contact_of,
)
from server.contacts.stays import Stay
from server.rooms.state import Place

START = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
RULES = ContactRules(timedelta(minutes=5), timedelta(minutes=1), ZoneInfo("Europe/London"))


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


PLANNED = ClassTimes(START, at(60))
ENDED = replace(PLANNED, ended_at=at(62))
CANCELLED = replace(PLANNED, cancelled_at=at(-120), cancelled_reason="staff_ill")


def waiting(start: float, end: float) -> Stay:
    return Stay(Place.WAITING, at(start), at(end), at(end))


def in_class(start: float, end: float) -> Stay:
    return Stay(Place.IN_CLASS, at(start), at(end), at(end))


def outcome(
    *patient: Stay,
    staff: tuple[Stay, ...] = (in_class(-10, 62),),
    helpers: tuple[Stay, ...] = (),
    times: ClassTimes = ENDED,
    told: float | None = None,
    now: float = 62,
    rules: ContactRules = RULES,
) -> Contact:
    told_at = None if told is None else at(told)
    there = Staff(physios=staff, everybody=(*staff, *helpers))
    return contact_of(times, told_at=told_at, patient=patient, staff=there, rules=rules, now=at(now))


def test_who_was_there_from_the_start_attended_on_time() -> None:
    assert outcome(waiting(-5, -1), in_class(-1, 62)) == Contact(Status.ON_TIME, at(-1), at(62), 63)


def test_who_came_five_minutes_after_the_start_is_on_time_a_second_later_is_late() -> None:
    assert outcome(waiting(5, 7), in_class(7, 62)).status is Status.ON_TIME
    assert outcome(waiting(5 + 1 / 60, 7), in_class(7, 62)).status is Status.LATE


def test_who_waits_is_not_late_however_long_staff_let_them_wait() -> None:
    assert outcome(waiting(-2, 20), in_class(20, 62)).status is Status.ON_TIME


def test_who_came_late_but_before_staff_were_ready_is_on_time() -> None:
    staff = (in_class(15, 62),)
    assert outcome(waiting(14, 15), in_class(15, 62), staff=staff).status is Status.ON_TIME
    assert outcome(waiting(20, 21), in_class(21, 62), staff=staff).status is Status.ON_TIME
    assert outcome(waiting(20.1, 21), in_class(21, 62), staff=staff).status is Status.LATE


def test_any_of_the_staff_is_enough_to_be_ready_and_to_see_people() -> None:
    tom, hannah = in_class(0, 30), in_class(30, 62)
    contact = outcome(in_class(10, 50), staff=(hannah,), helpers=(tom,))
    assert contact == Contact(Status.LATE, at(10), at(50), 40)


def test_a_class_in_which_no_physio_was_is_no_contact_whoever_else_was_there() -> None:
    tom = in_class(-5, 62)
    not_held = Contact(Status.SERVICE_CANCELLED, START, cancelled_at=START, cancelled_reason=NOT_HELD)
    assert outcome(in_class(0, 62), staff=(), helpers=(tom,)) == not_held
    assert outcome(in_class(0, 62), staff=(waiting(-5, 62),), helpers=(tom,)) == not_held
    assert outcome(staff=(), helpers=(tom,)) == not_held
    assert outcome(staff=(), helpers=(tom,), told=-60).status is Status.PATIENT_CANCELLED


def test_time_with_a_helper_counts_when_a_physio_was_in_class_at_another_time() -> None:
    contact = outcome(in_class(0, 30), staff=(in_class(40, 62),), helpers=(in_class(-5, 62),))
    assert contact == Contact(Status.ON_TIME, at(0), at(30), 30)


def test_the_contact_lasts_from_the_first_moment_with_staff_to_the_last() -> None:
    staff = (in_class(2, 20), in_class(25, 58))
    contact = outcome(in_class(-5, 70), staff=staff)
    assert (contact.starts_at, contact.ends_at, contact.duration_minutes) == (at(2), at(58), 56)


def test_dropping_out_and_coming_back_is_one_contact() -> None:
    contact = outcome(in_class(0, 10), in_class(12, 30), in_class(31, 62))
    assert (contact.starts_at, contact.duration_minutes) == (at(0), 62)


def test_two_devices_at_the_same_time_count_once() -> None:
    contact = outcome(
        in_class(0, 40), in_class(20, 62), rules=replace(RULES, seen_after=timedelta(minutes=70))
    )
    assert contact.status not in SEEN, "62 minutes together, not 82"


def test_minutes_are_whole_and_rounded_down() -> None:
    assert outcome(in_class(0, 44.99)).duration_minutes == 44
    assert outcome(in_class(0, 45)).duration_minutes == 45


def test_who_was_with_staff_for_less_than_a_minute_was_not_seen() -> None:
    assert outcome(in_class(0, 1)).status is Status.ON_TIME
    assert outcome(in_class(0, 0.99)) == Contact(Status.MISSED, START), "and went by themselves"


def test_who_came_on_time_and_stayed_and_was_not_let_in_could_not_be_seen_by_the_service() -> None:
    not_seen = Contact(Status.SERVICE_CANCELLED, START, cancelled_at=START, cancelled_reason=NOT_SEEN)
    assert outcome(waiting(-5, 62)) == not_seen
    assert outcome(waiting(-5, 20), waiting(40, 62)) == not_seen, "who came back has not gone"


def test_who_came_on_time_and_went_away_while_staff_were_there_or_to_come_did_not_attend() -> None:
    assert outcome(waiting(-5, 30)) == Contact(Status.MISSED, START)
    assert outcome(waiting(-5, -3)).status is Status.MISSED
    assert outcome(waiting(-5, 10), staff=(in_class(20, 62),)).status is Status.MISSED
    assert outcome(waiting(-5, 10), told=-60).status is Status.PATIENT_CANCELLED, "and had told"


def test_who_went_when_all_staff_had_gone_could_not_be_seen_by_the_service() -> None:
    gone = (in_class(-10, 30),)
    assert outcome(waiting(-5, 40), staff=gone).cancelled_reason == NOT_SEEN
    assert outcome(waiting(-5, 29.7), staff=gone).status is Status.MISSED
    assert outcome(waiting(-5, 29.8), staff=gone).cancelled_reason == NOT_SEEN, "known to 15 s"
    with_tom = outcome(waiting(-5, 40), staff=gone, helpers=(in_class(0, 62),))
    assert with_tom.status is Status.MISSED, "tom could have let them in"


def test_the_time_with_staff_adds_up_over_several_stays() -> None:
    assert outcome(in_class(0, 0.5), in_class(10, 10.5)).status is Status.ON_TIME


def test_waiting_with_staff_in_class_is_not_being_seen() -> None:
    assert outcome(waiting(0, 62)).status is Status.SERVICE_CANCELLED


def test_who_came_late_and_was_not_let_in_arrived_late_and_could_not_be_seen() -> None:
    assert outcome(waiting(20, 40)) == Contact(Status.TOO_LATE, START)


def test_who_did_not_come_did_not_attend() -> None:
    assert outcome() == Contact(Status.MISSED, START)


def test_who_did_not_come_and_had_told_has_cancelled() -> None:
    assert outcome(told=-60) == Contact(Status.PATIENT_CANCELLED, START, cancelled_at=at(-60))


def test_who_tells_after_the_class_has_not_told() -> None:
    assert outcome(told=63, now=100).status is Status.MISSED


def test_who_had_told_but_came_after_all_attended() -> None:
    assert outcome(in_class(0, 62), told=-60).status is Status.ON_TIME
    assert outcome(in_class(30, 62), told=-60).status is Status.LATE


def test_a_class_that_was_cancelled_was_cancelled_by_the_service() -> None:
    assert outcome(times=CANCELLED, staff=(), now=-100) == Contact(
        Status.SERVICE_CANCELLED, START, cancelled_at=at(-120), cancelled_reason="staff_ill"
    )


def test_who_had_told_before_the_class_was_cancelled_has_cancelled() -> None:
    assert outcome(times=CANCELLED, told=-180).status is Status.PATIENT_CANCELLED
    assert outcome(times=CANCELLED, told=-60).status is Status.SERVICE_CANCELLED


@pytest.mark.parametrize("patient", [(), (waiting(0, 40),), (in_class(0, 40),)])
def test_a_class_to_which_nobody_of_the_staff_came_did_not_take_place(patient: tuple[Stay, ...]) -> None:
    assert outcome(*patient, staff=()) == Contact(
        Status.SERVICE_CANCELLED, START, cancelled_at=START, cancelled_reason=NOT_HELD
    )
    assert outcome(staff=(), told=-60).status is Status.PATIENT_CANCELLED


def test_a_class_that_staff_ended_before_its_start_did_not_take_place() -> None:
    early = replace(PLANNED, ended_at=at(-2))
    assert outcome(times=early, staff=(in_class(-10, -2),)).cancelled_reason == NOT_HELD
    assert outcome(in_class(-9, -2), times=early, staff=(in_class(-10, -2),)).status is Status.ON_TIME


def test_what_lies_ahead_or_goes_on_is_not_yet_known() -> None:
    assert outcome(times=PLANNED, now=-1000) == Contact(Status.NOT_YET, START)
    assert outcome(in_class(0, 59), times=PLANNED, now=61).status is Status.NOT_YET


def test_a_class_that_nobody_ended_is_over_twelve_hours_after_its_planned_end() -> None:
    last = 60 + 12 * 60
    assert outcome(in_class(0, 59), times=PLANNED, now=last - 1).status is Status.NOT_YET
    forgotten = outcome(in_class(0, 59), staff=(in_class(0, 61),), times=PLANNED, now=last)
    assert forgotten == Contact(Status.ON_TIME, START, at(59), 59)


def test_pages_left_open_in_a_class_that_nobody_ends_count_until_half_an_hour_after_its_planned_end() -> None:
    last = 60 + 12 * 60
    left_open = in_class(0, last)
    assert outcome(left_open, staff=(left_open,), times=PLANNED, now=last).duration_minutes == 90
    short = replace(RULES, talk_after=timedelta(minutes=5))
    contact = outcome(left_open, staff=(left_open,), times=PLANNED, now=last, rules=short)
    assert (contact.ends_at, contact.duration_minutes) == (at(65), 65)
    ended = replace(PLANNED, ended_at=at(70))
    assert outcome(left_open, staff=(left_open,), times=ended, now=70).duration_minutes == 70


def test_who_comes_later_than_that_did_not_come_and_a_physio_who_does_holds_no_class() -> None:
    last = 60 + 12 * 60
    assert outcome(in_class(91, 120), staff=(in_class(0, 130),), times=PLANNED, now=last).status is (
        Status.MISSED
    )
    contact = outcome(in_class(0, 120), staff=(in_class(91, 130),), times=PLANNED, now=last)
    assert contact.cancelled_reason == NOT_HELD


def test_what_comes_after_a_class_closed_by_itself_does_not_count() -> None:
    last = 60 + 12 * 60
    contact = outcome(
        in_class(0, last + 30),
        staff=(in_class(0, last + 30),),
        times=replace(PLANNED, ended_at=at(last + 30)),
        now=last + 30,
    )
    assert contact.ends_at == at(90)
    too_late = outcome(in_class(last + 1, last + 5), times=PLANNED, now=last + 10)
    assert too_late.status is Status.MISSED
    for_hours = replace(RULES, talk_after=timedelta(hours=20))
    stay = in_class(0, last + 30)
    contact = outcome(stay, staff=(stay,), times=PLANNED, now=last + 30, rules=for_hours)
    assert contact.ends_at == at(last)


def test_a_stay_that_still_goes_on_ended_when_last_seen() -> None:
    open_stay = Stay(Place.IN_CLASS, at(0), at(30))
    assert outcome(open_stay).duration_minutes == 30


def test_an_hour_is_an_hour_when_the_clocks_change() -> None:
    for start in (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)):
        end = start + timedelta(hours=1)
        stay = Stay(Place.IN_CLASS, start, end, end)
        contact = contact_of(
            ClassTimes(start, end, end),
            told_at=None,
            patient=[stay],
            staff=Staff([stay], [stay]),
            rules=RULES,
            now=end,
        )
        assert contact.duration_minutes == 60


def test_with_seen_after_nothing_any_time_together_counts_but_none_does_not() -> None:
    at_once = replace(RULES, seen_after=timedelta())
    assert outcome(in_class(0, 0.1), rules=at_once).status is Status.ON_TIME
    assert outcome(waiting(0, 62), rules=at_once).status is Status.SERVICE_CANCELLED
