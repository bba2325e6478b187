"""A class with everything a page or a room needs to know about it, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.roles import Role
from server.storage.tables import ClassSession, Course, CourseMember, Person, Programme, Service
from server.timetable.doors import current_of

JUST_FINISHED = timedelta(hours=12)
MOST_PATIENTS = 16
"""Seats on the physio's wall; seen in ESCAPE-pain classes."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A person on the course."""

    person_id: str
    role: Role
    shown_name: str
    """First or chosen name, what the group sees."""
    full_name: str
    """For staff only."""
    phone: str
    """For staff only."""
    seat: int | None
    """A patient's place on the physio's wall, 0 to 15; None for staff."""


@dataclass(frozen=True, slots=True)
class ClassDetails:
    """One class of a course. Times are aware UTC."""

    id: str
    course_id: str
    title: str
    number: int
    of: int
    """How many classes the course has."""
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    service_name: str
    service_phone: str
    lead_id: str
    """Who leads this class: the course's lead, or whoever covers."""
    people: tuple[Enrolled, ...]
    """Patients by seat, then staff, the lead first. Who covers is among them, on the course or not."""
    max_patients: int = MOST_PATIENTS
    """More are not let in (a setting of the programme)."""
    cancelled_at: datetime | None = None
    cancelled_reason: str | None = None
    """A value of `cancelling.Reason` once it is cancelled."""
    ended_unattended: bool = False
    """No staff were there any more, and the system ended it."""

    def person(self, person_id: str) -> Enrolled | None:
        """Return who this is on the course; None for a stranger."""
        return next((each for each in self.people if each.person_id == person_id), None)

    @property
    def lead(self) -> Enrolled | None:
        """Return the physio who leads this class."""
        return self.person(self.lead_id)


async def class_details(session: AsyncSession, class_id: str) -> ClassDetails | None:
    """Return a class by its id; None when there is none."""
    row = await session.get(ClassSession, class_id)
    return None if row is None else await _details(session, row)


async def current_class(session: AsyncSession, course_id: str, now: datetime) -> ClassDetails | None:
    """Return the class of a course that is meant at `now` (see `doors.current_of`)."""
    row = current_of(await classes_of(session, course_id), now)
    return None if row is None else await _details(session, row)


async def classes_of(session: AsyncSession, course_id: str) -> list[ClassSession]:
    """Return all classes of a course by number."""
    query = select(ClassSession).where(ClassSession.course_id == course_id).order_by(ClassSession.number)
    return list(await session.scalars(query))


async def class_just_finished(session: AsyncSession, course_id: str, now: datetime) -> int | None:
    """Return the number of the class that staff ended within the last 12 hours; None when there is none."""
    query = (
        select(ClassSession.number)
        .where(ClassSession.course_id == course_id, ClassSession.ended_at > now - JUST_FINISHED)
        .order_by(ClassSession.ended_at.desc())
        .limit(1)
    )
    return await session.scalar(query)


async def _details(session: AsyncSession, row: ClassSession) -> ClassDetails:
    course, programme, service = (
        await session.execute(
            select(Course, Programme, Service)
            .join(Programme, Programme.id == Course.programme_id)
            .join(Service, Service.id == Programme.service_id)
            .where(Course.id == row.course_id)
        )
    ).one()
    lead_id = row.lead_id or course.lead_id
    last_number = await session.scalar(
        select(func.max(ClassSession.number)).where(ClassSession.course_id == row.course_id)
    )
    return ClassDetails(
        id=row.id,
        course_id=row.course_id,
        title=course.title,
        number=row.number,
        of=max(programme.class_count, last_number or 0),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        ended_at=row.ended_at,
        ended_unattended=row.ended_unattended,
        service_name=service.name,
        service_phone=service.phone,
        lead_id=lead_id,
        people=await _people(session, row.course_id, lead_id, covering=row.lead_id),
        max_patients=programme.max_patients,
        cancelled_at=row.cancelled_at,
        cancelled_reason=row.cancelled_reason,
    )


async def enrolled(session: AsyncSession, course_id: str, person_id: str) -> Enrolled | None:
    """Return who a person is on a course; None when not (any more) on it.

    Staff who cover one of its classes are on it for that class alone (see `ClassDetails.people`).
    """
    row = (
        await session.execute(_ENROLLED.where(CourseMember.course_id == course_id, Person.id == person_id))
    ).one_or_none()
    if row is not None:
        return _enrolled(*row)
    covers = exists().where(ClassSession.course_id == course_id, ClassSession.lead_id == person_id)
    person = await session.scalar(select(Person).where(Person.id == person_id, covers))
    return None if person is None else _enrolled(person, None)


_ENROLLED = select(Person, CourseMember.seat).join(CourseMember, CourseMember.person_id == Person.id)


async def _people(
    session: AsyncSession, course_id: str, lead_id: str, covering: str | None
) -> tuple[Enrolled, ...]:
    rows = await session.execute(_ENROLLED.where(CourseMember.course_id == course_id))
    people = [_enrolled(*row) for row in rows]
    if covering is not None and all(each.person_id != covering for each in people):
        people.append(_enrolled(await session.get_one(Person, covering), None))
    return tuple(sorted(people, key=lambda each: _place_in_list(each, lead_id)))


def _enrolled(person: Person, seat: int | None) -> Enrolled:
    return Enrolled(person.id, Role(person.role), person.shown_name, person.full_name, person.phone, seat)


def _place_in_list(person: Enrolled, lead_id: str) -> tuple[bool, int, bool, str]:
    seat = -1 if person.seat is None else person.seat
    return (person.role.is_staff, seat, person.person_id != lead_id, person.full_name)


async def names_on_course(session: AsyncSession, course_id: str) -> dict[str, str]:
    """Return the shown names by person id, also of staff who cover one of the course's classes."""
    covers = select(ClassSession.lead_id).where(ClassSession.course_id == course_id)
    on_it = select(CourseMember.person_id).where(CourseMember.course_id == course_id)
    rows = await session.execute(
        select(Person.id, Person.shown_name).where(or_(Person.id.in_(on_it), Person.id.in_(covers)))
    )
    return {row.id: row.shown_name for row in rows}
