"""The demo's service, its people and its programme, and putting them into an empty database."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.config import SettingsError
from server.demo.classes import (
    CLASS_COUNT,
    CLASS_LASTS,
    first_plan,
    planned_class,
)
from server.demo.courses import CURRENT_TITLE, LAST_TITLE
from server.demo.links import link_token
from server.ids import Clock, new_id
from server.people.links import hash_of
from server.people.nhs_number import read_test_nhs_number
from server.people.roles import Role
from server.storage.database import Database
from server.storage.tables import (
    Course,
    CourseMember,
    Patient,
    Person,
    PersonalLink,
    Programme,
    Service,
)
from server.timetable.spoken import LONDON

SERVICE_NAME = "Riverside MSK groups"
SERVICE_PHONE = "01632 960123"
MAX_PATIENTS = 16
SITE_CODE, TEAM_CODE, COMMISSIONER_CODE = "Z9Z01", "DEMO-MSK-1", "Z9Z"
"""Codes that no organisation has."""
NHS_PATIENT = "01"
"""NHS Data Dictionary: ADMINISTRATIVE CATEGORY CODE."""
CONTACTS_TARGET = 80
EXPERIENCE_TARGET_PERCENT = 90

STAFF = (
    (Role.PHYSIO, "Hannah Okafor", "Hannah", "01632 960124"),
    (Role.PHYSIO, "Daniel Price", "Daniel", "01632 960125"),
    (Role.HELPER, "Tom Hartley", "Tom", "01632 960126"),
)
"""The first leads the course."""

PATIENTS = (
    ("Margaret Ellis", "07700 900142", "999 000 0018"),
    ("Dennis Whittle", "07700 900188", "999 000 0026"),
    ("Sheila Marsh", "07700 900203", "999 000 0034"),
    ("Yusuf Rahman", "07700 900231", "999 000 0042"),
    ("Pauline Grant", "07700 900417", "999 000 0050"),
    ("Winston Clarke", "07700 900264", "999 000 0069"),
    ("Jean Tully", "07700 900275", "999 000 0077"),
    ("Brian Hobbs", "07700 900318", "999 000 0085"),
    ("Gurpreet Sandhu", "07700 900346", "999 000 0093"),
    ("Maureen Foley", "07700 900379", "999 000 0107"),
    ("Alan Pickering", "07700 900452", "999 000 0115"),
    ("Rosa Mendes", "07700 900498", "999 000 0123"),
)
"""In the order of the course list, which is that of the seats on the physio's wall."""


async def seed(
    database: Database,
    clock: Clock,
    secret: bytes,
    *,
    id_source: Callable[[], str] = new_id,
    zone: ZoneInfo = LONDON,
) -> None:
    """Put the demo service into an empty database; in one that has it, only renew its links to a new secret,
    and fill in what an earlier version did not know of.

    Refuses a database with services in it that is no demo's: patients in it would be real. A demo's is one
    in which its service stands under its own name, or a link that was made from its secret.
    """

    async def work(session: AsyncSession) -> None:
        services = list(await session.scalars(select(Service)))
        links = list(await session.scalars(select(PersonalLink).where(_of_demo)))
        is_known = any(link.token_hash == hash_of(link_token(secret, link.id)) for link in links)
        is_named = any((each.name, each.phone) == (SERVICE_NAME, SERVICE_PHONE) for each in services)
        if services and not (is_known or is_named):
            raise SettingsError(
                "MOVEROOM_DATABASE_URL names a database with another service in it; the demo needs its own"
            )
        if not services:
            await _make_service(session, clock(), id_source, zone)
            links = list(await session.scalars(select(PersonalLink)))
        elif service := await _demo_service(session):
            await _fill_in(session, service)
        if not is_known:
            for link in links:
                link.token_hash = hash_of(link_token(secret, link.id))

    await database.write(work)


_of_demo = PersonalLink.course_id.in_(select(Course.id).where(Course.created_at.is_(None)))
"""Of courses that nobody has planned in the browser."""


async def _demo_service(session: AsyncSession) -> Service | None:
    query = (
        select(Service)
        .join(Programme, Programme.service_id == Service.id)
        .join(Course, Course.programme_id == Programme.id)
        .where(Course.created_at.is_(None))
    )
    return (await session.scalars(query.limit(1))).first()


async def _make_service(
    session: AsyncSession, now: datetime, id_source: Callable[[], str], zone: ZoneInfo
) -> None:
    service = Service(
        id=id_source(),
        name=SERVICE_NAME,
        phone=SERVICE_PHONE,
        site_code=SITE_CODE,
        team_code=TEAM_CODE,
        contacts_target=CONTACTS_TARGET,
        experience_target_percent=EXPERIENCE_TARGET_PERCENT,
    )
    staff = [
        Person(
            id=id_source(), service_id=service.id, role=role, full_name=name, shown_name=shown, phone=phone
        )
        for role, name, shown, phone in STAFF
    ]
    patients = [
        Person(
            id=id_source(),
            service_id=service.id,
            role=Role.PATIENT,
            full_name=name,
            shown_name=name.split()[0],
            phone=phone,
        )
        for name, phone, _number in PATIENTS
    ]
    programme = Programme(
        id=id_source(),
        service_id=service.id,
        title=CURRENT_TITLE,
        class_count=CLASS_COUNT,
        class_minutes=int(CLASS_LASTS.total_seconds() // 60),
        max_patients=MAX_PATIENTS,
    )
    course = Course(id=id_source(), programme_id=programme.id, title=CURRENT_TITLE, lead_id=staff[0].id)
    await _store(session, [service], [*staff, *patients, programme], [course])
    numbers = (read_test_nhs_number(number) for _name, _phone, number in PATIENTS)
    await _store(
        session,
        [
            Patient(person_id=person.id, nhs_number=number, subject_id=id_source())
            for person, number in zip(patients, numbers, strict=True)
        ],
        [CourseMember(course_id=course.id, person_id=person.id, seat=None) for person in staff],
        [
            CourseMember(
                course_id=course.id,
                person_id=person.id,
                seat=seat,
                service_request_id=referral(CURRENT_TITLE, seat),
                commissioner_code=COMMISSIONER_CODE,
                admin_category=NHS_PATIENT,
            )
            for seat, person in enumerate(patients)
        ],
        [
            planned_class(id_source(), course.id, number, at)
            for number, at in enumerate(first_plan(now, zone), start=1)
        ],
        [demo_link(id_source(), course.id, person.id, now) for person in [*staff, *patients]],
    )


async def _fill_in(session: AsyncSession, service: Service) -> None:
    """Give the demo's service and its patients what they lack: targets, codes, and their referrals."""
    service.site_code = service.site_code or SITE_CODE
    service.team_code = service.team_code or TEAM_CODE
    if service.contacts_target is None:
        service.contacts_target = CONTACTS_TARGET
    if service.experience_target_percent is None:
        service.experience_target_percent = EXPERIENCE_TARGET_PERCENT
    of_service = select(Course.id).join(Programme, Programme.id == Course.programme_id)
    patients = await session.execute(
        select(CourseMember, Course.title)
        .join(Course, Course.id == CourseMember.course_id)
        .where(
            CourseMember.course_id.in_(of_service.where(Programme.service_id == service.id)),
            CourseMember.seat.is_not(None),
        )
    )
    for member, title in patients:
        assert member.seat is not None
        member.service_request_id = member.service_request_id or referral(title, member.seat)
        member.commissioner_code = member.commissioner_code or COMMISSIONER_CODE
        member.admin_category = member.admin_category or NHS_PATIENT


def referral(course_title: str, seat: int) -> str:
    """Return the made-up referral that brought a patient to one of the demo's courses."""
    first = 51 if course_title == LAST_TITLE else 1
    return f"DEMO-REFERRAL-{seat + first:02}"


async def _store(session: AsyncSession, *rows: Sequence[Any]) -> None:
    for together in rows:
        session.add_all(together)
        await session.flush()


def demo_link(link_id: str, course_id: str, person_id: str, now: datetime) -> PersonalLink:
    """Return a link that opens nothing yet: its token is made from the demo's secret."""
    # Never an empty or guessable hash, not even until the secret's token is put in.
    placeholder = hash_of(secrets.token_urlsafe(32))
    return PersonalLink(
        id=link_id, course_id=course_id, person_id=person_id, token_hash=placeholder, created_at=now
    )
