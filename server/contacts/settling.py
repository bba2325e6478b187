"""Writes the ledger: for each class that is over or cancelled, one care contact per patient.

A class is settled in the transaction that ends it, and by whoever looks for those that are due: cancelled, or
forgotten by staff and over by themselves. Settling again changes nothing that has not changed underneath.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.contacts.beside import subjects_by_proxy, who_sat_beside
from server.contacts.presence import end_stale, read_stays
from server.contacts.rules import (
    GROUP_THERAPY,
    PATIENT,
    PROXY,
    SEEN,
    VIDEO,
    ClassTimes,
    Consultation,
    Contact,
    ContactRules,
    Dated,
    Staff,
    Status,
    consultations,
    contact_of,
)
from server.contacts.stays import Stay
from server.people.roles import Role
from server.storage import tables as t
from server.timetable.doors import FORGOTTEN_AFTER

log = structlog.get_logger(__name__)

LETTER = "C"
"""Every CareContactID begins with it: a random id may begin with a sign that a spreadsheet takes for sums."""


NOBODY = ""
"""Stands for whoever is not on the course list any more."""


async def due_classes(session: AsyncSession, now: datetime) -> list[str]:
    """Return the classes that are over or cancelled and have not been settled, the earliest first."""
    over = or_(
        t.ClassSession.ended_at.is_not(None),
        t.ClassSession.cancelled_at.is_not(None),
        t.ClassSession.ends_at <= now - FORGOTTEN_AFTER,
    )
    query = select(t.ClassSession.id).where(t.ClassSession.settled_at.is_(None), over)
    return list(await session.scalars(query.order_by(t.ClassSession.starts_at, t.ClassSession.id)))


async def settle_class(
    session: AsyncSession, class_id: str, *, rules: ContactRules, now: datetime, new_id: Callable[[], str]
) -> bool:
    """Write a class's care contacts, if it is over or cancelled by `now`; return whether it is.

    In a writing transaction: those take turns, also with other processes' (docs/storage.md), so that nothing
    comes between what is read here and what is written.
    """
    planned = await _planned(session, class_id)
    if planned is None or not planned.times.is_settled_by(now):
        return False
    await end_stale(session, class_id, now)
    contacts = await _contacts(session, planned, rules, now)
    proxies = await subjects_by_proxy(session, class_id)
    await _store(session, planned, contacts, proxies, now, new_id)
    await _set_consultations(session, planned.course_id)
    await session.execute(update(t.ClassSession).where(t.ClassSession.id == class_id).values(settled_at=now))
    return True


@dataclass(frozen=True, slots=True)
class _Planned:
    """A class, with what its contacts need to know of it."""

    class_id: str
    course_id: str
    service_id: str
    times: ClassTimes


async def _planned(session: AsyncSession, class_id: str) -> _Planned | None:
    query = (
        select(
            t.ClassSession.course_id,
            t.Programme.service_id,
            t.ClassSession.starts_at,
            t.ClassSession.ends_at,
            t.ClassSession.ended_at,
            t.ClassSession.cancelled_at,
            t.ClassSession.cancelled_reason,
        )
        .join(t.Course, t.Course.id == t.ClassSession.course_id)
        .join(t.Programme, t.Programme.id == t.Course.programme_id)
        .where(t.ClassSession.id == class_id)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    times = ClassTimes(row.starts_at, row.ends_at, row.ended_at, row.cancelled_at, row.cancelled_reason)
    return _Planned(class_id, row.course_id, row.service_id, times)


async def _contacts(
    session: AsyncSession, planned: _Planned, rules: ContactRules, now: datetime
) -> dict[str, Contact]:
    """Return what became of each patient's place in the class, by subject id."""
    stays = await read_stays(session, planned.class_id)
    beside = await who_sat_beside(session, planned.class_id)
    told = dict(
        (
            await session.execute(
                select(t.Absence.person_id, t.Absence.told_at).where(t.Absence.class_id == planned.class_id)
            )
        ).all()
    )
    subjects = await _subjects(session, planned, [*stays, *beside])
    roles = dict(
        (await session.execute(select(t.Person.id, t.Person.role).where(t.Person.id.in_(stays)))).all()
    )

    def of(those: Callable[[Role], bool]) -> list[Stay]:
        return [stay for person, theirs in stays.items() if those(Role(roles[person])) for stay in theirs]

    staff = Staff(of(lambda role: role is Role.PHYSIO), of(lambda role: role.is_staff))
    return {
        subject_id: contact_of(
            planned.times,
            told_at=told.get(person_id),
            patient=[*stays.get(person_id, ()), *stays.get(beside.get(person_id, NOBODY), ())],
            staff=staff,
            rules=rules,
            now=now,
        )
        for person_id, subject_id in subjects.items()
    }


async def _subjects(session: AsyncSession, planned: _Planned, present: list[str]) -> dict[str, str]:
    """Return the class's patients, by person id the name under which the ledger knows them.

    They are those on the course, and whoever was there and has been taken off it since.
    """
    on_course = select(t.CourseMember.person_id).where(t.CourseMember.course_id == planned.course_id)
    rows = await session.execute(
        select(t.Person.id, t.Patient.subject_id)
        .outerjoin(t.Patient, t.Patient.person_id == t.Person.id)
        .where(t.Person.role == Role.PATIENT.value, or_(t.Person.id.in_(on_course), t.Person.id.in_(present)))
        .order_by(t.Person.id)
    )
    subjects = dict(rows.all())
    unknown = [person_id for person_id, subject_id in subjects.items() if subject_id is None]
    if unknown:
        log.error("patients_without_subject", class_id=planned.class_id, person_ids=unknown)
    return {person_id: subject_id for person_id, subject_id in subjects.items() if subject_id is not None}


async def _store(
    session: AsyncSession,
    planned: _Planned,
    contacts: Mapping[str, Contact],
    proxies: Collection[str],
    now: datetime,
    new_id: Callable[[], str],
) -> None:
    """Insert the contacts that are not in the ledger, update those that differ.

    A new one keeps the referral and the codes as they are now; a later settling leaves them.
    """
    kept = await _kept(session, planned)
    stored = {
        row.subject_id: row
        for row in await session.execute(
            select(t.CareContact.__table__).where(t.CareContact.class_id == planned.class_id)
        )
    }
    new, changed = [], []
    for subject_id, contact in contacts.items():
        values = _values(contact, by_proxy=subject_id in proxies)
        row = stored.get(subject_id)
        if row is None:
            new.append(
                {
                    "id": LETTER + new_id(),
                    "class_id": planned.class_id,
                    "subject_id": subject_id,
                    "service_id": planned.service_id,
                    "consultation_type": Consultation.INITIAL.value,
                    "consultation_mechanism": VIDEO,
                    "group_therapy": GROUP_THERAPY,
                    "settled_at": now,
                    **kept.get(subject_id, kept[NOBODY]),
                    **values,
                }
            )
        elif any(getattr(row, name) != value for name, value in values.items()):
            changed.append({"id": row.id, "settled_at": now, **values})
    if new:
        await session.execute(insert(t.CareContact), new)
    if changed:
        await session.execute(update(t.CareContact), changed)


async def _kept(session: AsyncSession, planned: _Planned) -> dict[str, dict[str, str | None]]:
    """Return by subject id what the course list and the service say; under `NOBODY` what the service says."""
    service = (
        await session.execute(
            select(t.Service.team_code, t.Service.site_code).where(t.Service.id == planned.service_id)
        )
    ).one()
    codes = {"team_code": service.team_code, "site_code": service.site_code}
    referrals = (t.CourseMember.service_request_id, t.CourseMember.commissioner_code)
    rows = await session.execute(
        select(t.Patient.subject_id, *referrals, t.CourseMember.admin_category)
        .join(t.Patient, t.Patient.person_id == t.CourseMember.person_id)
        .where(t.CourseMember.course_id == planned.course_id)
    )
    nobody = dict.fromkeys(("service_request_id", "commissioner_code", "admin_category"))
    return {
        NOBODY: {**nobody, **codes},
        **{row.subject_id: {**{name: getattr(row, name) for name in nobody}, **codes} for row in rows},
    }


def _values(contact: Contact, *, by_proxy: bool) -> dict[str, object]:
    return {
        "contact_subject": PROXY if by_proxy and contact.status in SEEN else PATIENT,
        "attendance_status": contact.status.value,
        "starts_at": contact.starts_at,
        "ends_at": contact.ends_at,
        "duration_minutes": contact.duration_minutes,
        "cancelled_at": contact.cancelled_at,
        "cancelled_reason": contact.cancelled_reason,
    }


async def _set_consultations(session: AsyncSession, course_id: str) -> None:
    """Set which contacts of the course are initial ones: a class may be settled after a later one was."""
    rows = (
        await session.execute(
            select(
                t.CareContact.id,
                t.CareContact.subject_id,
                t.CareContact.starts_at,
                t.CareContact.attendance_status,
                t.CareContact.consultation_type,
            )
            .join(t.ClassSession, t.ClassSession.id == t.CareContact.class_id)
            .where(t.ClassSession.course_id == course_id)
        )
    ).all()
    kinds = consultations(
        [Dated(row.subject_id, row.starts_at, Status(row.attendance_status)) for row in rows]
    )
    changed = [
        {"id": row.id, "consultation_type": kind.value}
        for row, kind in zip(rows, kinds, strict=True)
        if row.consultation_type != kind
    ]
    if changed:
        await session.execute(update(t.CareContact), changed)
