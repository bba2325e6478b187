"""The course before the one that goes on: over, with people of its own, for last month's figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.demo.classes import CLASS_COUNT, CLASS_LASTS, classes_back_from
from server.demo.courses import LAST_TITLE
from server.demo.service import COMMISSIONER_CODE, NHS_PATIENT, referral
from server.people.nhs_number import read_test_nhs_number
from server.people.roles import Role
from server.storage.tables import ClassSession, Course, CourseMember, Patient, Person, Programme

LAST_COURSE_TIME = time(14)
ENDED_BEFORE = timedelta(days=3)
"""How long before the first class of the next course the last one of this course was, at least."""

PATIENTS = (
    ("Irene Walsh", "07700 900511", "999 000 0131"),
    ("Harold Bains", "07700 900523", "999 000 0158"),
    ("Dorothy Quinn", "07700 900537", "999 000 0166"),
    ("Amir Siddiqui", "07700 900549", "999 000 0174"),
    ("Edna Brook", "07700 900558", "999 000 0182"),
    ("Leonard Osei", "07700 900562", "999 000 0190"),
    ("Kathleen Byrne", "07700 900574", "999 000 0204"),
    ("Stanley Novak", "07700 900586", "999 000 0212"),
)


async def make_last_course(
    session: AsyncSession, current: Course, id_source: Callable[[], str], zone: ZoneInfo
) -> Course:
    """Put the course, its people and its classes into the demo; nobody of it has a link any more."""
    programme = await session.get_one(Programme, current.programme_id)
    staff = list(
        await session.scalars(
            select(Person)
            .where(Person.service_id == programme.service_id, Person.role != Role.PATIENT.value)
            .order_by(Person.full_name)
        )
    )
    lead = next(each for each in staff if each.role == Role.PHYSIO and each.id != current.lead_id)
    course = Course(id=id_source(), programme_id=programme.id, title=LAST_TITLE, lead_id=lead.id)
    patients = [
        Person(
            id=id_source(),
            service_id=programme.service_id,
            role=Role.PATIENT,
            full_name=name,
            shown_name=name.split()[0],
            phone=phone,
        )
        for name, phone, _number in PATIENTS
    ]
    session.add_all([course, *patients])
    await session.flush()
    session.add_all(
        Patient(person_id=person.id, nhs_number=read_test_nhs_number(number), subject_id=id_source())
        for person, (_name, _phone, number) in zip(patients, PATIENTS, strict=True)
    )
    session.add_all(CourseMember(course_id=course.id, person_id=each.id, seat=None) for each in staff)
    session.add_all(
        CourseMember(
            course_id=course.id,
            person_id=person.id,
            seat=seat,
            service_request_id=referral(LAST_TITLE, seat),
            commissioner_code=COMMISSIONER_CODE,
            admin_category=NHS_PATIENT,
        )
        for seat, person in enumerate(patients)
    )
    session.add_all(_classes(course, await _before(session, current), id_source, zone))
    await session.flush()
    return course


async def _before(session: AsyncSession, current: Course) -> datetime:
    first = await session.scalar(
        select(func.min(ClassSession.starts_at)).where(ClassSession.course_id == current.id)
    )
    assert first is not None
    return first - ENDED_BEFORE


def _classes(
    course: Course, before: datetime, id_source: Callable[[], str], zone: ZoneInfo
) -> list[ClassSession]:
    starts = classes_back_from(before, CLASS_COUNT, zone, LAST_COURSE_TIME)
    return [
        ClassSession(
            id=id_source(),
            course_id=course.id,
            number=number,
            starts_at=starts_at,
            ends_at=starts_at + CLASS_LASTS,
            ended_at=starts_at + CLASS_LASTS,
        )
        for number, starts_at in enumerate(starts, start=1)
    ]
