"""What the pages of a course and of a class show: their values, each read in few statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from server.storage.tables import (
    Absence,
    ClassSession,
    Course,
    CourseMember,
    Patient,
    Person,
    Programme,
    Service,
    Site,
    WaitingPlace,
)
from server.timetable.courses import MOST_PATIENTS


@dataclass(frozen=True, slots=True)
class CourseOverview:
    """A course, its programme and service, and who leads and helps."""

    id: str
    title: str
    kind: str
    archived_at: datetime | None
    programme_id: str
    programme_title: str
    places: int
    class_minutes: int
    service_id: str
    service_name: str
    service_phone: str
    lead_id: str
    lead_name: str
    helper_id: str | None
    helper_name: str | None
    site_name: str | None
    waiting: int
    """How many wait for a place in the programme."""


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class in the list of its course."""

    id: str
    number: int
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    cancelled_at: datetime | None
    cancelled_reason: str | None
    topic: str | None
    lead_id: str | None
    """Who covers it; None when the course's lead does."""
    covered_by: str | None
    """Their name."""


@dataclass(frozen=True, slots=True)
class PatientLine:
    """A patient of the course."""

    person_id: str
    full_name: str
    phone: str
    email: str | None
    seat: int
    gets_email: bool
    """Whether letters go to them: there is an address, and they did not ask us not to."""
    told_absent: bool = False
    """Whether they said that they cannot come to the class that is looked at."""


async def course_overview(session: AsyncSession, course_id: str) -> CourseOverview | None:
    """A course by its id; None when there is none. One statement."""
    helper = aliased(Person)
    waiting = (
        select(func.count())
        .select_from(WaitingPlace)
        .where(WaitingPlace.programme_id == Programme.id)
        .correlate(Programme)
        .scalar_subquery()
    )
    row = (
        await session.execute(
            select(Course, Programme, Service, Person.full_name, helper.full_name, Site.name, waiting)
            .join(Programme, Programme.id == Course.programme_id)
            .join(Service, Service.id == Programme.service_id)
            .join(Person, Person.id == Course.lead_id)
            .outerjoin(helper, helper.id == Course.helper_id)
            .outerjoin(Site, Site.id == Course.site_id)
            .where(Course.id == course_id)
        )
    ).one_or_none()
    if row is None:
        return None
    course, programme, service, lead_name, helper_name, site_name, waiting_count = row
    return CourseOverview(
        id=course.id,
        title=course.title,
        kind=course.kind,
        archived_at=course.archived_at,
        programme_id=programme.id,
        programme_title=programme.title,
        places=min(programme.max_patients, MOST_PATIENTS),
        class_minutes=programme.class_minutes,
        service_id=service.id,
        service_name=service.name,
        service_phone=service.phone,
        lead_id=course.lead_id,
        lead_name=lead_name,
        helper_id=course.helper_id,
        helper_name=helper_name,
        site_name=site_name,
        waiting=waiting_count,
    )


async def class_lines(session: AsyncSession, course_id: str) -> list[ClassLine]:
    """A course's classes in order of time. One statement."""
    rows = await session.execute(
        select(ClassSession, Person.full_name)
        .outerjoin(Person, Person.id == ClassSession.lead_id)
        .where(ClassSession.course_id == course_id)
        .order_by(ClassSession.starts_at, ClassSession.number)
    )
    return [_line(row, covered_by) for row, covered_by in rows]


async def class_line(session: AsyncSession, class_id: str) -> tuple[str, ClassLine] | None:
    """The course's id and a class by its id; None when there is none. One statement."""
    found = (
        await session.execute(
            select(ClassSession, Person.full_name)
            .outerjoin(Person, Person.id == ClassSession.lead_id)
            .where(ClassSession.id == class_id)
        )
    ).one_or_none()
    return None if found is None else (found[0].course_id, _line(found[0], found[1]))


async def patient_lines(
    session: AsyncSession, course_id: str, class_id: str | None = None
) -> list[PatientLine]:
    """A course's patients by seat, and whether they said that they cannot come to a class. One statement."""
    rows = await session.execute(
        select(
            Person.id,
            Person.full_name,
            Person.phone,
            Patient.email,
            CourseMember.seat,
            Patient.refuses_email,
            Absence.person_id,
        )
        .join(CourseMember, CourseMember.person_id == Person.id)
        .outerjoin(Patient, Patient.person_id == Person.id)
        .outerjoin(Absence, (Absence.person_id == Person.id) & (Absence.class_id == class_id))
        .where(CourseMember.course_id == course_id, CourseMember.seat.is_not(None))
        .order_by(CourseMember.seat)
    )
    return [
        PatientLine(person_id, full_name, phone, email, seat, bool(email) and not refuses, absent is not None)
        for person_id, full_name, phone, email, seat, refuses, absent in rows
        if seat is not None
    ]


def _line(row: ClassSession, covered_by: str | None) -> ClassLine:
    return ClassLine(
        id=row.id,
        number=row.number,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        ended_at=row.ended_at,
        cancelled_at=row.cancelled_at,
        cancelled_reason=row.cancelled_reason,
        topic=row.topic,
        lead_id=row.lead_id,
        covered_by=covered_by,
    )
