"""What a patient does between Join and the waiting room, and in which order.

| step | who, and how often |
|---|---|
| date of birth | whose record has one; once per device |
| device check | patients of programmes with a check-in; once per device, may be left out |
| agreement | the same; once per course and version |
| check-in | the same; before each class (staff who have asked aloud that day may let one do without) |
| class room | everybody |

`next_step` is the rule and pure; `next_step_of` asks the tables for what it rests on. The class page sends
the browser to the step that is missing, and the socket refuses whoever has not come so far. When the page
of a step is done (or the device check left out, which is kept as a check in which nothing was tried) it leads
on to `/me/{link_id}/on`, which sends the browser to the next step; before the doors open, to my page.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.device_checks import was_tried
from server.people.roles import Role
from server.storage.tables import (
    AgreementAccepted,
    CheckIn,
    ClassSession,
    Course,
    LinkSession,
    Patient,
    Person,
    PersonalLink,
    Programme,
)
from server.timetable.agreement import VERSION
from server.timetable.check_in_rules import Stage, State, is_asked_aloud


class Step(StrEnum):
    """The values end the addresses of their pages: `/me/{link_id}/check-in`."""

    BIRTH_DATE = "birth"
    DEVICE_CHECK = "device-check"
    AGREEMENT = "agreement"
    CHECK_IN = "check-in"
    CLASS_ROOM = "class"


MAY_WAIT = frozenset({State.READY, State.HELD, State.ALLOWED})
"""In the waiting room. In the other states the check-in's own pages have something to say: questions that are
open, to call 999, or why not today. Whoever is held for the physio waits for her in the waiting room."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far somebody has come."""

    is_patient: bool = True
    has_check_in: bool = True
    """Of the programme."""
    birth_date_due: bool = False
    """The record has a date of birth, and it was not given in this browser."""
    device_checked: bool = False
    """Asked already in this browser: the check was made, or the patient chose to leave it out."""
    device_tried: bool = False
    """In this browser, and not left out."""
    agreed: bool = False
    """To the agreement as it is now, for this course."""
    check_in: State | None = None
    """The state of the check-in for this class; None before it was begun."""
    all_answered: bool = False
    """Its last page was sent, or staff have asked aloud and let the patient take part."""


def next_step(standing: Standing) -> Step:
    """The first step that is missing."""
    if standing.birth_date_due:
        return Step.BIRTH_DATE
    if not standing.is_patient or not standing.has_check_in:
        return Step.CLASS_ROOM
    if not standing.device_checked:
        return Step.DEVICE_CHECK
    if not standing.agreed:
        return Step.AGREEMENT
    may_wait = standing.all_answered and standing.check_in in MAY_WAIT
    return Step.CLASS_ROOM if may_wait else Step.CHECK_IN


async def next_step_of(session: AsyncSession, session_id: str, class_id: str | None) -> Step:
    """The step that is missing in this browser (`LinkSession`) on the way into this class. One statement."""
    return next_step(await standing_of(session, session_id, class_id))


async def standing_of(session: AsyncSession, session_id: str, class_id: str | None) -> Standing:
    """How far the holder of this browser's link has come on the way into this class."""
    query = (
        select(
            Person.role,
            Programme.has_check_in,
            Patient.date_of_birth,
            LinkSession.proven_at,
            LinkSession.checked_at,
            LinkSession.checked,
            AgreementAccepted.accepted_at,
            CheckIn.state,
            CheckIn.stage,
            CheckIn.decided_at,
            ClassSession.starts_at,
        )
        .select_from(LinkSession)
        .join(PersonalLink, PersonalLink.id == LinkSession.link_id)
        .join(Person, Person.id == PersonalLink.person_id)
        .join(Course, Course.id == PersonalLink.course_id)
        .join(Programme, Programme.id == Course.programme_id)
        .outerjoin(Patient, Patient.person_id == Person.id)
        .outerjoin(
            AgreementAccepted,
            and_(
                AgreementAccepted.course_id == Course.id,
                AgreementAccepted.person_id == Person.id,
                AgreementAccepted.version == VERSION,
            ),
        )
        .outerjoin(CheckIn, and_(CheckIn.person_id == Person.id, CheckIn.class_id == class_id))
        .outerjoin(ClassSession, ClassSession.id == CheckIn.class_id)
        .where(LinkSession.id == session_id)
    )
    row = (await session.execute(query)).one()
    (
        role,
        has_check_in,
        born,
        proven_at,
        checked_at,
        checked,
        agreed_at,
        state,
        stage,
        decided_at,
        starts_at,
    ) = row
    is_asked = state is not None and is_asked_aloud(State(state), decided_at, starts_at)
    return Standing(
        is_patient=role == Role.PATIENT,
        has_check_in=has_check_in,
        birth_date_due=born is not None and proven_at is None,
        device_checked=checked_at is not None,
        device_tried=was_tried(checked),
        agreed=agreed_at is not None,
        check_in=State(state) if state is not None else None,
        all_answered=stage == Stage.DONE or is_asked,
    )
