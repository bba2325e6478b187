from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.pages.invitation import Invitation, invitation
from server.pages.situation import CalledOff, Situation
from server.people.roles import Role
from server.timetable.cancelling import Reason
from server.timetable.courses import ClassDetails, Enrolled
from server.timetable.spoken import LONDON

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
HANNAH = Enrolled("h", Role.PHYSIO, "Hannah", "Hannah Okafor", "", None)
TOM = Enrolled("t", Role.HELPER, "Tom", "Tom Hartley", "", None)
MARGARET = Enrolled("m", Role.PATIENT, "Margaret", "Margaret Ellis", "", 0)
CLASS = ClassDetails(
    id="c",
    course_id="k",
    title="Knee and hip group",
    number=5,
    of=12,
    starts_at=TEN,
    ends_at=TEN + timedelta(hours=1),
    ended_at=None,
    service_name="Riverside MSK groups",
    service_phone="01632 960123",
    lead_id="h",
    people=(MARGARET, HANNAH, TOM),
    max_patients=1,
)
CALLED_OFF = CalledOff("c", 5, TEN, TEN + timedelta(hours=1), TEN - timedelta(days=1), Reason.STAFF_ILL)
NEXT = replace(CLASS, number=6, starts_at=TEN + timedelta(days=2), ends_at=TEN + timedelta(days=2, hours=1))


def said(person: Enrolled, minutes: float = 0, details: ClassDetails | None = CLASS, **more) -> Invitation:
    return invitation(Situation(details, **more), person, TEN + timedelta(minutes=minutes), LONDON)


def test_with_the_doors_open_a_patient_can_join() -> None:
    words = said(MARGARET, -10)
    assert words.can_join
    assert words.heading == "Your next class is today, Tuesday 24 November, at 10am"
    assert words.note == "The doors are open. Class starts at 10am."


def test_before_that_nobody_can_staff_neither() -> None:
    for person in (MARGARET, HANNAH, TOM):
        words = said(person, -11)
        assert not words.can_join
        assert words.lines[1].startswith("The doors open at 9:50am on Tuesday 24 November. Open this page")


def test_days_before_the_date_is_said() -> None:
    words = said(MARGARET, -60 * 24 * 3)
    assert words.heading == "Your next class is Tuesday 24 November at 10am"
    assert "The doors open at 9:50am on Tuesday 24 November." in words.lines[1]


def test_doors_that_open_before_midnight_say_on_which_day() -> None:
    midnight = replace(CLASS, starts_at=TEN.replace(hour=0), ends_at=TEN.replace(hour=1))
    words = said(MARGARET, -60 * 24, midnight)
    assert words.lines[1].startswith("The doors open at 11:50pm on Monday 23 November.")


def test_the_lead_is_told_that_she_leads() -> None:
    assert "You lead it." in said(HANNAH, -5).lines[0]
    assert "with Hannah." in said(TOM, -5).lines[0]


def test_a_course_whose_lead_has_left_names_nobody() -> None:
    without = replace(CLASS, people=(MARGARET, TOM))
    assert said(MARGARET, -5, without).lines[0].startswith("Knee and hip group, class 5 of 12. It lasts")


def test_a_class_that_is_on_says_since_when_with_the_date() -> None:
    evening = replace(CLASS, starts_at=TEN.replace(hour=22), ends_at=TEN.replace(hour=23))
    assert (
        said(MARGARET, 60 * 15, evening)
        .lines[1]
        .startswith("Your class started at 10pm on Tuesday 24 November.")
    )


def test_patients_are_told_well_done_and_staff_are_not() -> None:
    assert said(MARGARET, 70, NEXT, just_finished=5).notices == (
        "Class 5 has finished. Well done, Margaret.",
    )
    assert said(HANNAH, 70, NEXT, just_finished=5).notices == ("Class 5 has finished.",)
    over = replace(CLASS, ended_at=TEN + timedelta(hours=1))
    assert said(MARGARET, 70, over).heading == "Class has finished. Well done, Margaret."
    assert said(TOM, 70, over).heading == "Class has finished"


def test_a_course_without_classes_asks_for_patience() -> None:
    words = said(MARGARET, details=None)
    assert words.heading == "There is no class for you yet"
    assert not words.can_join


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        (Reason.STAFF_ILL, " because a member of staff is ill."),
        (Reason.TECHNICAL, " because of a technical fault."),
        (Reason.TOO_FEW, " because too few people could come."),
        (Reason.OTHER, "."),
        (None, "."),
    ],
)
def test_a_cancelled_class_is_said_first_with_the_reason_and_the_next_one(
    reason: Reason | None, why: str
) -> None:
    off = replace(CALLED_OFF, reason=reason)
    words = said(MARGARET, -60 * 24, NEXT, called_off=(off,))
    assert words.heading == "Tuesday’s class is cancelled"
    assert words.lines[0] == f"We are sorry. We had to cancel class 5 on Tuesday 24 November at 10am{why}"
    assert words.lines[1].startswith("Your next class is Thursday 26 November at 10am.")
    assert "The doors open at 9:50am on Thursday 26 November." in words.lines[2]
    assert not words.can_join


def test_a_cancelled_class_that_is_far_off_is_named_by_its_date() -> None:
    assert said(MARGARET, -60 * 24 * 8, NEXT, called_off=(CALLED_OFF,)).heading == (
        "The class on Tuesday 24 November is cancelled"
    )


@pytest.mark.parametrize(
    ("hours", "heading"),
    [
        (-24, "Tuesday’s class is cancelled"),
        (-9, "Today’s class is cancelled"),
        (13, "Today’s class is cancelled"),
        (14, "Tuesday’s class is cancelled"),
    ],
)
def test_on_the_day_itself_it_is_todays_class_that_is_cancelled(hours: int, heading: str) -> None:
    assert said(MARGARET, hours * 60, NEXT, called_off=(CALLED_OFF,)).heading == heading


def test_a_later_class_that_is_cancelled_does_not_hide_the_next_one() -> None:
    later = replace(CALLED_OFF, number=6, starts_at=TEN + timedelta(days=2), ends_at=TEN + timedelta(days=3))
    words = said(MARGARET, -5, called_off=(later,))
    assert words.can_join
    assert words.heading == "Your next class is today, Tuesday 24 November, at 10am"
    assert words.notices[0].startswith("Thursday’s class is cancelled. We are sorry.")


def test_when_the_last_class_is_cancelled_no_other_is_promised() -> None:
    words = said(MARGARET, -5, replace(CLASS, cancelled_at=TEN), called_off=(CALLED_OFF,))
    assert words.heading == "Today’s class is cancelled"
    assert words.lines[1] == "No other class is planned. We will tell you when there is one."
    long_past = said(MARGARET, 60 * 24 * 30, replace(CLASS, cancelled_at=TEN))
    assert long_past.heading == "No class is planned"


def test_a_full_class_says_so_to_a_patient_who_is_not_in_it_and_to_nobody_else() -> None:
    dennis = replace(MARGARET, person_id="d", shown_name="Dennis")
    group = replace(CLASS, people=(MARGARET, dennis, HANNAH, TOM))
    here = frozenset({"d", "h", "t"})
    words = said(MARGARET, 5, group, here=here)
    assert words.heading == "The class is full"
    assert words.lines[0] == "All the places in this class are taken."
    assert not any("call" in line.lower() for line in words.lines)
    assert not words.can_join
    assert words.call_when == "To ask for a place,"
    for person in (dennis, HANNAH, TOM):
        assert said(person, 5, group, here=here).can_join
    assert said(MARGARET, 5, group, here=frozenset({"h", "t"})).can_join


def test_a_patient_can_say_that_they_cannot_come_until_class_starts() -> None:
    assert said(MARGARET, -60 * 24).choices.tell_absence
    assert said(MARGARET, -1).choices.tell_absence
    assert not said(MARGARET, 0).choices.tell_absence
    assert not said(HANNAH, -60 * 24).choices.tell_absence
    assert said(MARGARET, -60, absent=frozenset({"m"})).choices.told_absence


def test_who_told_that_they_cannot_come_reads_that_first_and_is_not_asked_to_join() -> None:
    words = said(MARGARET, -60, absent=frozenset({"m"}))
    assert words.heading == "You have told us that you cannot come"
    assert words.lines == (
        "Knee and hip group, class 5 of 12, with Hannah. It is today, Tuesday 24 November, at 10am.",
        "You do not have to do anything else. You keep your place on the course.",
    )
    assert not words.can_join


def test_with_the_doors_open_they_can_still_join() -> None:
    words = said(MARGARET, -5, absent=frozenset({"m"}))
    assert words.heading == "You have told us that you cannot come"
    assert words.lines[1] == "The doors are open. If you can come after all, press Join class."
    assert words.can_join


def test_once_class_is_on_what_they_told_does_not_matter() -> None:
    words = said(MARGARET, 1, absent=frozenset({"m"}))
    assert words.heading == "Your class is on now"
    assert not words.choices.told_absence


def test_who_cannot_come_to_the_class_after_a_cancelled_one_is_not_asked_to_come_back_for_it() -> None:
    words = said(MARGARET, -60 * 24, NEXT, called_off=(CALLED_OFF,), absent=frozenset({"m"}))
    assert words.heading == "Tuesday’s class is cancelled"
    assert words.choices.told_absence
    assert words.lines[2:] == ("You have told us that you cannot come to class 6.",)


def test_staff_see_how_many_cannot_come_and_only_the_physio_can_cancel() -> None:
    absent = frozenset({"m"})
    assert said(HANNAH, -60, absent=absent).choices.absent == 1
    assert said(TOM, -60, absent=absent).choices.absent == 1
    assert said(MARGARET, -60, absent=absent).choices.absent is None
    assert [said(each, -60).choices.cancel for each in (HANNAH, TOM, MARGARET)] == [True, False, False]


def test_only_the_physio_can_put_a_class_back_on_and_only_while_it_lies_ahead() -> None:
    def offered(person: Enrolled, minutes: float) -> tuple[CalledOff, ...]:
        return said(person, minutes, NEXT, called_off=(CALLED_OFF,)).choices.put_back

    assert offered(HANNAH, -1) == (CALLED_OFF,)
    assert offered(HANNAH, 0) == ()
    assert offered(TOM, -1) == offered(MARGARET, -1) == ()
