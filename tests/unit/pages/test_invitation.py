from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from server.pages.invitation import Invitation, invitation
from server.people.roles import Role
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
)


def said(
    person: Enrolled, minutes: float = 0, details: ClassDetails | None = CLASS, just: int | None = None
) -> Invitation:
    return invitation(details, person, TEN + timedelta(minutes=minutes), LONDON, just)


def test_with_the_doors_open_a_patient_can_join() -> None:
    words = said(MARGARET, -10)
    assert words.can_join
    assert words.heading == "Your next class is today at 10am"
    assert words.note == "The doors are open. Class starts at 10am."


def test_before_that_nobody_can_staff_neither() -> None:
    for person in (MARGARET, HANNAH, TOM):
        words = said(person, -11)
        assert not words.can_join
        assert "The doors open at 9:50am. Open this page again then" in words.lines[1]


def test_days_before_the_day_is_said_as_well() -> None:
    words = said(MARGARET, -60 * 24 * 3)
    assert words.heading == "Your next class is Tuesday 24 November at 10am"
    assert "The doors open at 9:50am on Tuesday 24 November." in words.lines[1]


def test_the_lead_is_told_that_she_leads() -> None:
    assert "You lead it." in said(HANNAH, -5).lines[0]
    assert "with Hannah." in said(TOM, -5).lines[0]


def test_a_course_whose_lead_has_left_names_nobody() -> None:
    without = replace(CLASS, people=(MARGARET, TOM))
    assert said(MARGARET, -5, without).lines[0].startswith("Knee and hip group, class 5 of 12. It lasts")


def test_a_class_that_began_yesterday_evening_is_told_apart_from_today() -> None:
    evening = replace(CLASS, starts_at=TEN.replace(hour=22), ends_at=TEN.replace(hour=23))
    assert said(MARGARET, 60 * 15, evening).lines[1].startswith("It started at 10pm on Tuesday 24 November.")


def test_patients_are_told_well_done_and_staff_are_not() -> None:
    coming = replace(
        CLASS, number=6, starts_at=TEN + timedelta(days=2), ends_at=TEN + timedelta(days=2, hours=1)
    )
    assert said(MARGARET, 70, coming, just=5).finished == "Class 5 has finished. Well done, Margaret."
    assert said(HANNAH, 70, coming, just=5).finished == "Class 5 has finished."
    over = replace(CLASS, ended_at=TEN + timedelta(hours=1))
    assert said(MARGARET, 70, over).heading == "Class has finished. Well done, Margaret."
    assert said(TOM, 70, over).heading == "Class has finished"


def test_a_course_without_classes_asks_for_patience() -> None:
    words = said(MARGARET, details=None)
    assert words.heading == "There is no class for you yet"
    assert not words.can_join
