"""Letters about a course: who reads them, what they are about, and putting one into the outbox."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.post.letterhead import Letterhead
from server.post.letters import write_letter
from server.storage.tables import ClassSession, Course, CourseMember, Patient, Person, Programme, Service
from server.timetable.calendar import Entry, Method, Parties, calendar_stream
from server.timetable.letter_words import Group, Words, entry_description, entry_summary

DROP_IN = "drop_in"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads our e-mails."""

    person_id: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class About:
    """The course that letters are about."""

    course_id: str
    service_id: str
    group: Group
    classes: Sequence[ClassSession]
    """All of it, by time."""


async def readers(
    session: AsyncSession, course_id: str, among: Collection[str] | None = None
) -> list[Reader]:
    """Return the patients of a course (`among` these people) whom an e-mail reaches, by seat."""
    query = (
        select(Person.id, Person.shown_name, Patient.email)
        .join(Patient, Patient.person_id == Person.id)
        .join(CourseMember, CourseMember.person_id == Person.id)
        .where(
            CourseMember.course_id == course_id,
            CourseMember.seat.is_not(None),
            Patient.email.is_not(None),
            Patient.refuses_email.is_(False),
        )
        .order_by(CourseMember.seat)
    )
    if among is not None:
        query = query.where(Person.id.in_(among))
    rows = await session.execute(query)
    return [Reader(person_id, name, address) for person_id, name, address in rows if address]


async def about_course(session: AsyncSession, course_id: str) -> About:
    """Return what letters about a course need."""
    course, programme, service = (
        await session.execute(
            select(Course, Programme, Service)
            .join(Programme, Programme.id == Course.programme_id)
            .join(Service, Service.id == Programme.service_id)
            .where(Course.id == course_id)
        )
    ).one()
    classes = await session.scalars(
        select(ClassSession).where(ClassSession.course_id == course_id).order_by(ClassSession.starts_at)
    )
    rows = classes.all()
    group = Group(
        of=max([programme.class_count, *(row.number for row in rows)]),
        is_talk=course.kind == DROP_IN,
        service=service.name,
        phone=service.phone,
        opening=service.opening,
    )
    return About(course_id, service.id, group, rows)


async def write_about(
    session: AsyncSession,
    about: About,
    reader: Reader,
    kind: str,
    key: str,
    words: Words,
    letterhead: Letterhead,
    now: datetime,
    method: Method,
    rows: Sequence[ClassSession],
    link: str | None = None,
) -> bool:
    """Put a letter with the entries of these classes into the outbox, unless its key is there."""
    parties = Parties(about.group.service, letterhead.address, reader.address, letterhead.base_url + "/")
    entries = [
        Entry(
            class_id=row.id,
            person_id=reader.person_id,
            sequence=row.sequence,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            summary=entry_summary(row.number, about.group),
            description=entry_description(about.group, link),
        )
        for row in rows
    ]
    return await write_letter(
        session,
        letter_id=letterhead.new_id(),
        key=key,
        kind=kind,
        to_address=reader.address,
        subject=words.subject,
        text=words.text,
        now=now,
        service_id=about.service_id,
        person_id=reader.person_id,
        course_id=about.course_id,
        calendar=calendar_stream(method, entries, parties, letterhead.zone, now) if entries else None,
        method=method if entries else None,
    )
