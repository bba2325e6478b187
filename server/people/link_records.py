"""A course's links as staff see them: how each stands, and on which devices it was opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.people.patients import Need
from server.storage.tables import (
    Course,
    CourseMember,
    LinkSession,
    Patient,
    Person,
    PersonalLink,
    Programme,
    Service,
)


@dataclass(frozen=True, slots=True)
class LinkedCourse:
    """The course that the links are for, and whom its patients ring."""

    course_id: str
    title: str
    service_id: str
    service_name: str
    service_phone: str
    opening: str


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """A patient's link to a course."""

    link_id: str
    person_id: str
    full_name: str
    shown_name: str
    gets_email: bool
    """There is an address, and no wish to be left alone."""
    needs_large_print: bool
    has_birth_date: bool
    created_at: datetime
    letter_at: datetime | None
    """When the letter was last printed; None when there is none that works."""
    revoked_at: datetime | None
    expires_at: datetime | None
    birth_locked_until: datetime | None
    devices: int
    """In how many browsers it was opened."""

    def is_locked(self, now: datetime) -> bool:
        """Whether no date of birth is taken just now."""
        return self.birth_locked_until is not None and now < self.birth_locked_until

    def opens(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class Device:
    """A browser in which the link was opened."""

    session_id: str
    since: datetime
    proven_at: datetime | None
    """When the date of birth was given in it."""
    checked_at: datetime | None
    """When its camera and sound were last tried."""


async def linked_course(session: AsyncSession, course_id: str) -> LinkedCourse | None:
    """Return a course and its service; None when there is none."""
    row = (
        await session.execute(
            select(Course.id, Course.title, Service.id, Service.name, Service.phone, Service.opening)
            .join(Programme, Programme.id == Course.programme_id)
            .join(Service, Service.id == Programme.service_id)
            .where(Course.id == course_id)
        )
    ).one_or_none()
    return None if row is None else LinkedCourse(*row)


async def links_of_course(session: AsyncSession, course_id: str, now: datetime) -> list[LinkRecord]:
    """Return the links of the patients who are on a course, by seat. One statement."""
    return await _records(session, PersonalLink.course_id == course_id, now)


async def link_of_patient(
    session: AsyncSession, course_id: str, person_id: str, now: datetime
) -> LinkRecord | None:
    """Return a patient's link to a course; None when they are not on it, or have none."""
    where = (PersonalLink.course_id == course_id) & (PersonalLink.person_id == person_id)
    found = await _records(session, where, now)
    return found[0] if found else None


async def _records(session: AsyncSession, where: ColumnElement[bool], now: datetime) -> list[LinkRecord]:
    devices = (
        select(func.count(LinkSession.id))
        .where(LinkSession.link_id == PersonalLink.id, LinkSession.expires_at > now)
        .correlate(PersonalLink)
        .scalar_subquery()
    )
    rows = await session.execute(
        select(PersonalLink, Person, Patient, devices)
        .join(Person, Person.id == PersonalLink.person_id)
        .join(Patient, Patient.person_id == Person.id)
        .join(
            CourseMember,
            (CourseMember.course_id == PersonalLink.course_id)
            & (CourseMember.person_id == PersonalLink.person_id),
        )
        .where(where, CourseMember.seat.is_not(None))
        .order_by(CourseMember.seat)
    )
    return [_record(link, person, patient, count) for link, person, patient, count in rows]


def _record(link: PersonalLink, person: Person, patient: Patient, devices: int) -> LinkRecord:
    return LinkRecord(
        link_id=link.id,
        person_id=person.id,
        full_name=person.full_name,
        shown_name=person.shown_name,
        gets_email=bool(patient.email) and not patient.refuses_email,
        needs_large_print=Need.LARGE_PRINT in patient.needs,
        has_birth_date=patient.date_of_birth is not None,
        created_at=link.created_at,
        letter_at=link.letter_at,
        revoked_at=link.revoked_at,
        expires_at=link.expires_at,
        birth_locked_until=link.birth_locked_until,
        devices=devices,
    )


async def devices_of(session: AsyncSession, link_id: str, now: datetime) -> Sequence[Device]:
    """Return the browsers in which a link was opened and which it still lets in, the newest first."""
    rows = await session.scalars(
        select(LinkSession)
        .where(LinkSession.link_id == link_id, LinkSession.expires_at > now)
        .order_by(LinkSession.created_at.desc(), LinkSession.id)
    )
    return [Device(row.id, row.created_at, row.proven_at, row.checked_at) for row in rows]


async def end_device(session: AsyncSession, link_id: str, session_id: str) -> None:
    """Have one browser come by the link again, and give the date of birth. Raises `Refused` (gone)."""
    ended = await session.scalars(
        delete(LinkSession)
        .where(LinkSession.id == session_id, LinkSession.link_id == link_id)
        .returning(LinkSession.id)
    )
    if not ended.all():
        raise Refused("gone", "This device is no longer there. Go back and look again.")
