"""Reads the audit: who did what to whom and when, with names as they are now, the newest first.

Entries know ids only. An entry belongs to a service by itself, or by who did it or whom it was done to; an
administrator of services reads what belongs to them. A page takes seven statements at most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from server.people.roles import Role
from server.storage.tables import (
    AuditEntry,
    ClassSession,
    Course,
    Person,
    Programme,
    Service,
    Site,
    StaffAccount,
)

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to read."""

    scope: frozenset[str] | None
    """The services; None: all, and what belongs to none."""
    account_id: str | None = None
    subject_id: str | None = None
    action: str | None = None
    names_in: frozenset[str] | None = None
    """The services whose patients are named; None: all. Elsewhere their ids stand."""
    before: str | None = None
    """The id of an entry: only what is older."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, with names."""

    id: str
    at: datetime
    action: str
    account_id: str | None
    who: str | None
    """None for what the server did by itself."""
    subject_id: str | None
    whom: str | None
    service: str | None
    course: str | None
    class_number: int | None
    class_starts_at: datetime | None
    about: tuple[str, ...]
    """Names of what the detail names by id: a course, a programme, a site, an account."""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of the audit."""

    lines: tuple[Line, ...]
    has_older: bool


async def read_trail(session: AsyncSession, asked: Asked) -> Trail:
    """Return a page of the audit."""
    actor, subject = aliased(Person), aliased(Person)
    service_id = func.coalesce(AuditEntry.service_id, actor.service_id, subject.service_id)
    query = (
        select(
            AuditEntry,
            StaffAccount.full_name,
            actor,
            subject,
            select(Service.name).where(Service.id == service_id).scalar_subquery(),
            ClassSession.number,
            ClassSession.starts_at,
            Course.title,
        )
        .outerjoin(StaffAccount, StaffAccount.id == AuditEntry.account_id)
        .outerjoin(actor, actor.id == AuditEntry.actor_id)
        .outerjoin(subject, subject.id == AuditEntry.subject_id)
        .outerjoin(ClassSession, ClassSession.id == AuditEntry.class_id)
        .outerjoin(Course, Course.id == ClassSession.course_id)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(ON_A_PAGE + 1)
    )
    if asked.scope is not None:
        query = query.where(service_id.in_(sorted(asked.scope)))
    if asked.account_id is not None:
        query = query.where(AuditEntry.account_id == asked.account_id)
    if asked.subject_id is not None:
        query = query.where(AuditEntry.subject_id == asked.subject_id)
    if asked.action is not None:
        query = query.where(AuditEntry.action == asked.action)
    if asked.before is not None:
        at = select(AuditEntry.at).where(AuditEntry.id == asked.before).scalar_subquery()
        older = or_(AuditEntry.at < at, AuditEntry.id < asked.before)
        query = query.where(AuditEntry.at <= at, older)
    rows = (await session.execute(query)).all()
    names = await _names(session, [row[0] for row in rows[:ON_A_PAGE]])
    lines = [
        Line(
            id=entry.id,
            at=entry.at,
            action=entry.action,
            account_id=entry.account_id,
            who=account_name or _called(by, asked),
            subject_id=entry.subject_id,
            whom=_called(to, asked),
            service=service,
            course=course,
            class_number=number,
            class_starts_at=starts_at,
            about=_about(entry, names),
            detail=entry.detail or {},
        )
        for entry, account_name, by, to, service, number, starts_at, course in rows[:ON_A_PAGE]
    ]
    return Trail(tuple(lines), has_older=len(rows) > ON_A_PAGE)


def _called(person: Person | None, asked: Asked) -> str | None:
    """Return somebody's name, or a patient's id where patients are not named."""
    if person is None:
        return None
    is_named = asked.names_in is None or person.service_id in asked.names_in
    return person.full_name if is_named or person.role != Role.PATIENT else f"Patient {person.id}"


_NAMED: Mapping[str, tuple[InstrumentedAttribute[str], InstrumentedAttribute[str]]] = {
    "account": (StaffAccount.id, StaffAccount.full_name),
    "course": (Course.id, Course.title),
    "programme": (Programme.id, Programme.title),
    "site": (Site.id, Site.name),
}
"""What a detail may name by id, under this key or with `_id` after it."""


async def _names(session: AsyncSession, entries: Sequence[AuditEntry]) -> dict[str, str]:
    """Return the names of what these entries name by id: a statement for each kind that occurs."""
    names: dict[str, str] = {}
    for kind, (id_column, name_column) in _NAMED.items():
        ids = {found for entry in entries if (found := _id_in(entry, kind)) is not None}
        if ids:
            rows = await session.execute(select(id_column, name_column).where(id_column.in_(sorted(ids))))
            names.update((f"{kind}:{found}", name) for found, name in rows)
    return names


def _id_in(entry: AuditEntry, kind: str) -> str | None:
    detail = entry.detail or {}
    found = detail.get(f"{kind}_id", detail.get(kind))
    return found if isinstance(found, str) else None


def _about(entry: AuditEntry, names: Mapping[str, str]) -> tuple[str, ...]:
    found = (names.get(f"{kind}:{_id_in(entry, kind)}") for kind in _NAMED)
    return tuple(name for name in found if name is not None)
