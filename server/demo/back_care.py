"""The demo's course whose patients check in: from the date of birth to the three pages before class.

It is of the same service as the first one and led by the same physio, whose account reads the check-ins. Put
in once; people in the browser may change it as they like, and it is not made again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.demo.classes import classes_back_from, open_class_of, plan_after
from server.demo.courses import current_course
from server.demo.links import link_token
from server.demo.service import COMMISSIONER_CODE, NHS_PATIENT, demo_link
from server.ids import Clock, new_id
from server.people.links import hash_of
from server.people.nhs_number import read_test_nhs_number
from server.people.roles import Role
from server.storage.database import Database
from server.storage.tables import (
    ClassSession,
    Course,
    CourseMember,
    Patient,
    Person,
    PersonalLink,
    Programme,
)
from server.timetable.spoken import LONDON

COURSE_ID, TITLE = "demo-back-care", "Back care group"
CONDITION = "back"
"""So that the check-in asks about the back too (`timetable.symptoms`)."""
CLASS_COUNT, CLASSES_HELD, CLASS_LASTS = 8, 2, timedelta(minutes=60)
MAX_PATIENTS = 12
STARTS_IN = timedelta(minutes=10)
"""Counted from the last full five minutes: the doors are open, and there is time to check in."""

PATIENTS = (
    ("Eileen Carter", "07700 900601", "999 000 0220", date(1949, 5, 8)),
    ("Norman Adeyemi", "07700 900615", "999 000 0239", date(1952, 11, 23)),
    ("Sylvia Kowalska", "07700 900628", "999 000 0247", date(1946, 2, 14)),
    ("Raymond Singh", "07700 900637", "999 000 0255", date(1955, 9, 30)),
)


async def ensure_back_care(
    database: Database,
    clock: Clock,
    secret: bytes,
    *,
    id_source: Callable[[], str] = new_id,
    zone: ZoneInfo = LONDON,
) -> None:
    """Put the course in where it never was, renew its links to the secret, and have a class of it open."""

    async def work(session: AsyncSession) -> None:
        now = clock()
        course = await session.get(Course, COURSE_ID)
        if course is None:
            course = await _make(session, now, id_source, zone)
        links = select(PersonalLink).where(
            PersonalLink.course_id == COURSE_ID, PersonalLink.id.startswith(COURSE_ID)
        )
        for link in await session.scalars(links):
            link.token_hash = hash_of(link_token(secret, link.id))
        if course.archived_at is None:
            starts_at = now.replace(minute=now.minute - now.minute % 5, second=0, microsecond=0) + STARTS_IN
            await open_class_of(session, course.id, now, zone, id_source, starts_at)

    await database.write(work)


async def _make(session: AsyncSession, now: datetime, id_source: Callable[[], str], zone: ZoneInfo) -> Course:
    first = await current_course(session)
    service_id = (await session.get_one(Programme, first.programme_id)).service_id
    helper_id = await session.scalar(
        select(Person.id)
        .where(Person.service_id == service_id, Person.role == Role.HELPER.value)
        .order_by(Person.full_name)
    )
    programme = Programme(
        id=id_source(),
        service_id=service_id,
        title=TITLE,
        condition=CONDITION,
        has_check_in=True,
        class_count=CLASS_COUNT,
        class_minutes=int(CLASS_LASTS.total_seconds() // 60),
        max_patients=MAX_PATIENTS,
    )
    course = Course(
        id=COURSE_ID,
        programme_id=programme.id,
        title=TITLE,
        lead_id=first.lead_id,
        helper_id=helper_id,
        created_at=now,
    )
    people = [
        Person(
            id=id_source(),
            service_id=service_id,
            role=Role.PATIENT,
            full_name=name,
            shown_name=name.split()[0],
            phone=phone,
        )
        for name, phone, _number, _born in PATIENTS
    ]
    session.add_all([programme, *people])
    await session.flush()
    session.add(course)
    await session.flush()
    session.add_all(_rows_of(course, people, helper_id, now, id_source))
    session.add_all(_classes(now, id_source, zone))
    await session.flush()
    return course


def _rows_of(
    course: Course, people: list[Person], helper_id: str | None, now: datetime, id_source: Callable[[], str]
) -> list[Patient | CourseMember | PersonalLink]:
    rows: list[Patient | CourseMember | PersonalLink] = [
        CourseMember(course_id=course.id, person_id=each, seat=None)
        for each in (course.lead_id, helper_id)
        if each is not None
    ]
    for seat, (person, (_name, _phone, number, born)) in enumerate(zip(people, PATIENTS, strict=True)):
        rows += [
            Patient(
                person_id=person.id,
                nhs_number=read_test_nhs_number(number),
                date_of_birth=born,
                subject_id=id_source(),
            ),
            CourseMember(
                course_id=course.id,
                person_id=person.id,
                seat=seat,
                service_request_id=f"DEMO-REFERRAL-{seat + 71:02}",
                commissioner_code=COMMISSIONER_CODE,
                admin_category=NHS_PATIENT,
            ),
        ]
    members = [each.person_id for each in rows if isinstance(each, CourseMember)]
    rows += [demo_link(f"{COURSE_ID}-{at}", course.id, each, now) for at, each in enumerate(members)]
    return rows


def _classes(now: datetime, id_source: Callable[[], str], zone: ZoneInfo) -> list[ClassSession]:
    held = classes_back_from(now - timedelta(days=1), CLASSES_HELD, zone)
    starts = [*held, *plan_after(now, CLASS_COUNT - CLASSES_HELD, zone)]
    return [
        ClassSession(
            id=id_source(),
            course_id=COURSE_ID,
            number=number,
            starts_at=starts_at,
            ends_at=starts_at + CLASS_LASTS,
            ended_at=starts_at + CLASS_LASTS if number <= CLASSES_HELD else None,
            settled_at=starts_at + CLASS_LASTS if number <= CLASSES_HELD else None,
        )
        for number, starts_at in enumerate(starts, start=1)
    ]
