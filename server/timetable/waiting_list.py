"""Patients who wait for a place on a course of a programme, first come first shown; staff choose who is next.

A place on the list keeps the referral, which goes on the course list with its patient.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.people.auditing import audit
from server.people.roles import Role
from server.people.staff import StaffMember
from server.storage.tables import ClassSession, Course, CourseMember, Patient, Person, Programme, WaitingPlace
from server.timetable.enrolment import Newcomer, NewMember, put_on_course
from server.timetable.referrals import AdminCategory, Referral

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody on the list."""

    place_id: str
    person_id: str
    full_name: str
    phone: str
    gets_email: bool
    added_at: datetime


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """One page of a programme's list."""

    people: tuple[Waiting, ...]
    total: int
    page: int
    """From 1."""

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // ON_A_PAGE))

    @property
    def first(self) -> int:
        """The number of the first on this page, from 1."""
        return (self.page - 1) * ON_A_PAGE + 1


@dataclass(frozen=True, slots=True)
class GoingOn:
    """A course of the programme on which a patient could have a place."""

    course_id: str
    title: str
    next_at: datetime
    taken: int


async def waiting_page(session: AsyncSession, programme_id: str, page: int) -> WaitingPage:
    """A programme's waiting list, who waits longest first, in two statements."""
    total = await session.scalar(
        select(func.count()).select_from(WaitingPlace).where(WaitingPlace.programme_id == programme_id)
    )
    page = min(max(page, 1), max(1, -(-(total or 0) // ON_A_PAGE)))
    rows = await session.execute(
        select(
            WaitingPlace.id,
            Person.id,
            Person.full_name,
            Person.phone,
            Patient.email,
            Patient.refuses_email,
            WaitingPlace.added_at,
        )
        .join(Person, Person.id == WaitingPlace.person_id)
        .join(Patient, Patient.person_id == Person.id)
        .where(WaitingPlace.programme_id == programme_id)
        .order_by(WaitingPlace.added_at, WaitingPlace.id)
        .limit(ON_A_PAGE)
        .offset((page - 1) * ON_A_PAGE)
    )
    people = (
        Waiting(place_id, person_id, name, phone, bool(email) and not refuses, added_at)
        for place_id, person_id, name, phone, email, refuses, added_at in rows
    )
    return WaitingPage(tuple(people), total or 0, page)


async def programmes_to_wait_for(session: AsyncSession, service_id: str) -> dict[str, str]:
    """Titles by id of the programmes of a service that are not in the archive."""
    rows = await session.execute(
        select(Programme.id, Programme.title)
        .where(Programme.service_id == service_id, Programme.archived_at.is_(None))
        .order_by(Programme.title)
    )
    return {row.id: row.title for row in rows}


async def courses_going_on(session: AsyncSession, programme_id: str, now: datetime) -> list[GoingOn]:
    """The programme's courses with a class to come, the soonest first; how full, `enrolment` decides."""
    taken = (
        select(func.count())
        .select_from(CourseMember)
        .where(CourseMember.course_id == Course.id, CourseMember.seat.is_not(None))
        .correlate(Course)
        .scalar_subquery()
    )
    next_at = func.min(ClassSession.starts_at)
    rows = await session.execute(
        select(Course.id, Course.title, next_at, taken)
        .join(ClassSession, ClassSession.course_id == Course.id)
        .where(
            Course.programme_id == programme_id,
            Course.archived_at.is_(None),
            ClassSession.ended_at.is_(None),
            ClassSession.cancelled_at.is_(None),
            ClassSession.ends_at > now,
        )
        .group_by(Course.id, Course.title)
        .order_by(next_at, Course.id)
    )
    return [GoingOn(course_id, title, starts_at, count) for course_id, title, starts_at, count in rows]


async def add_to_waiting_list(
    session: AsyncSession,
    member: StaffMember,
    programme_id: str,
    person_id: str,
    referral: Referral,
    now: datetime,
    *,
    new_id: Callable[[], str],
) -> None:
    """Put a patient of the programme's service on its list.

    Raises `Refused` (not_a_patient, waits_already).
    """
    programme = await session.get(Programme, programme_id)
    person = await session.get(Person, person_id)
    if programme is None or person is None or person.role != Role.PATIENT:
        raise Refused("not_a_patient", "There is no such patient or programme in this service.")
    if person.service_id != programme.service_id:
        raise Refused("not_a_patient", "There is no such patient or programme in this service.")
    there = await session.scalar(
        select(WaitingPlace.id).where(
            WaitingPlace.programme_id == programme_id, WaitingPlace.person_id == person_id
        )
    )
    if there is not None:
        raise Refused("waits_already", "This patient is on this waiting list already.")
    session.add(
        WaitingPlace(
            id=new_id(),
            programme_id=programme_id,
            person_id=person_id,
            added_at=now,
            service_request_id=referral.service_request_id,
            commissioner_code=referral.commissioner_code,
            admin_category=referral.admin_category,
        )
    )
    _note(session, member, "add_to_waiting_list", programme, person_id, now, new_id)


async def remove_from_waiting_list(
    session: AsyncSession,
    member: StaffMember,
    programme: Programme,
    place_id: str,
    now: datetime,
    *,
    new_id: Callable[[], str],
) -> bool:
    """Take a patient off a programme's list; return whether they were on it."""
    row = await _place(session, programme, place_id)
    if row is None:
        return False
    await session.delete(row)
    _note(session, member, "remove_from_waiting_list", programme, row.person_id, now, new_id)
    return True


async def give_place(
    session: AsyncSession,
    member: StaffMember,
    programme: Programme,
    place_id: str,
    course_id: str,
    now: datetime,
    *,
    new_id: Callable[[], str],
    new_secret: Callable[[], str],
) -> list[NewMember]:
    """Move a patient from the list onto a course of the programme, referral and all.

    Raises `Refused`: no_longer_waits, no_such_course, and what `enrolment.put_on_course` refuses.
    """
    row = await _place(session, programme, place_id)
    if row is None:
        raise Refused("no_longer_waits", "This patient is not on the waiting list any more.")
    course = await session.get(Course, course_id)
    if course is None or course.programme_id != programme.id:
        raise Refused("no_such_course", "There is no such course. Choose another.")
    category = AdminCategory(row.admin_category) if row.admin_category else None
    referral = Referral(row.service_request_id, row.commissioner_code, category)
    members = await put_on_course(
        session, course_id, [Newcomer(row.person_id, referral)], now, new_id=new_id, new_secret=new_secret
    )
    await session.delete(row)
    _note(session, member, "put_on_course", programme, row.person_id, now, new_id, course_id)
    return members


async def _place(session: AsyncSession, programme: Programme, place_id: str) -> WaitingPlace | None:
    row = await session.get(WaitingPlace, place_id)
    return row if row is not None and row.programme_id == programme.id else None


def _note(
    session: AsyncSession,
    member: StaffMember,
    action: str,
    programme: Programme,
    person_id: str,
    now: datetime,
    new_id: Callable[[], str],
    course_id: str | None = None,
) -> None:
    detail = {"programme_id": programme.id} | ({"course_id": course_id} if course_id else {})
    audit(
        session,
        member,
        action,
        now,
        new_id(),
        service_id=programme.service_id,
        subject_id=person_id,
        detail=detail,
    )
