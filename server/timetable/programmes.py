"""Programmes: what a course is made from. Kept by one service, shared with others if it wants to.

A programme that was changed changes no class that is laid out already. The recorded sessions of its plan are
names of folders in the library; one that is not there any more is passed over by whoever shows it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.people.auditing import audit
from server.people.staff import StaffMember
from server.storage.tables import Course, Programme, Service

RECOMMENDED_PATIENTS = 12
"""Recommended for group consultations. A larger class needs a second named member of staff."""
MOST_CLASSES = 36
CLASS_MINUTES = (10, 180)
MOST_SESSIONS = 10
"""Recorded sessions of one class."""


class Condition(StrEnum):
    """What the group comes for; decides which questions of the check-in are asked."""

    BACK = "back"
    KNEE_HIP = "knee_hip"
    OTHER = "other"


CONDITION_WORDS: Mapping[Condition, str] = {
    Condition.BACK: "Back pain",
    Condition.KNEE_HIP: "Knee or hip pain",
    Condition.OTHER: "Something else",
}


@dataclass(frozen=True, slots=True)
class PlannedClass:
    """One class of the plan."""

    topic: str = ""
    sessions: tuple[str, ...] = ()
    """Folder names of the library, in the order in which they are to be watched."""


@dataclass(frozen=True, slots=True)
class ProgrammeDetails:
    """What a programme is."""

    title: str
    aims: str
    condition: Condition
    class_count: int
    class_minutes: int
    max_patients: int = RECOMMENDED_PATIENTS


@dataclass(frozen=True, slots=True)
class ProgrammeLine:
    """A programme in a list."""

    programme: Programme
    service_name: str
    course_count: int


def needs_second_staff(max_patients: int) -> bool:
    """Return whether a class of that size needs a second named member of staff."""
    return max_patients > RECOMMENDED_PATIENTS


def plan_of(programme: Programme) -> list[PlannedClass]:
    """Return the plan, one entry for each class, whatever is stored of it."""
    stored: list[Any] = list(programme.week_plan)[: programme.class_count]
    plan = [PlannedClass(str(each.get("topic", "")), tuple(each.get("sessions", ()))) for each in stored]
    return plan + [PlannedClass()] * (programme.class_count - len(plan))


async def programmes_of(
    session: AsyncSession, allowed: frozenset[str] | None, *, archived: bool = False
) -> list[ProgrammeLine]:
    """Return the programmes of these services (None: all), by title; the archived ones if asked for."""
    shelved = Programme.archived_at.is_not(None) if archived else Programme.archived_at.is_(None)
    query = _lines().where(shelved)
    if allowed is not None:
        query = query.where(Programme.service_id.in_(allowed))
    return [ProgrammeLine(programme, name, count) for programme, name, count in await session.execute(query)]


async def shared_with(session: AsyncSession, allowed: frozenset[str] | None) -> list[ProgrammeLine]:
    """Return the programmes that other services share, by title."""
    if allowed is None:
        return []
    query = _lines().where(
        Programme.is_shared, Programme.archived_at.is_(None), Programme.service_id.not_in(allowed)
    )
    return [ProgrammeLine(programme, name, count) for programme, name, count in await session.execute(query)]


async def add_programme(
    session: AsyncSession,
    member: StaffMember,
    service_id: str,
    details: ProgrammeDetails,
    now: datetime,
    *,
    programme_id: str,
    audit_id: str,
    plan: Sequence[PlannedClass] = (),
    questions_held: bool = False,
    copied_from: str | None = None,
) -> None:
    """Make a programme; patients of its courses check in. Raises `Refused` (title_taken)."""
    await _check_title(session, service_id, details.title, None)
    session.add(
        Programme(
            id=programme_id,
            service_id=service_id,
            week_plan=[_stored(each) for each in plan],
            copied_from=copied_from,
            has_check_in=True,
            questions_held=questions_held,
            **asdict(details),
        )
    )
    await session.flush()
    _note(session, member, "add_programme", service_id, programme_id, now, audit_id)


async def copy_programme(
    session: AsyncSession,
    member: StaffMember,
    source: Programme,
    service_id: str,
    now: datetime,
    *,
    programme_id: str,
    audit_id: str,
    keep: Collection[str],
) -> None:
    """Make a service's own copy of a programme that another one shares (or of its own), under a free title.

    Of the recorded sessions, those in `keep` come along: the ones its patients may watch.
    """
    details = ProgrammeDetails(
        title=await free_title(session, service_id, source.title),
        aims=source.aims,
        condition=Condition(source.condition),
        class_count=source.class_count,
        class_minutes=source.class_minutes,
        max_patients=source.max_patients,
    )
    plan = [
        replace(each, sessions=tuple(name for name in each.sessions if name in keep))
        for each in plan_of(source)
    ]
    await add_programme(
        session,
        member,
        service_id,
        details,
        now,
        programme_id=programme_id,
        audit_id=audit_id,
        plan=plan,
        questions_held=source.questions_held,
        copied_from=source.id,
    )


async def change_programme(
    session: AsyncSession,
    member: StaffMember,
    programme: Programme,
    details: ProgrammeDetails,
    now: datetime,
    *,
    audit_id: str,
) -> None:
    """Change what a programme is. Its plan keeps what fits. Raises `Refused` (title_taken)."""
    await _check_title(session, programme.service_id, details.title, programme.id)
    for name, value in asdict(details).items():
        setattr(programme, name, value)
    _note(session, member, "change_programme", programme.service_id, programme.id, now, audit_id)


async def plan_classes(
    session: AsyncSession,
    member: StaffMember,
    programme: Programme,
    plan: Sequence[PlannedClass],
    now: datetime,
    *,
    audit_id: str,
) -> None:
    """Write down what each class is about."""
    programme.week_plan = [_stored(each) for each in plan]
    _note(session, member, "plan_programme", programme.service_id, programme.id, now, audit_id)


async def set_shared(
    session: AsyncSession,
    member: StaffMember,
    programme: Programme,
    is_shared: bool,
    now: datetime,
    *,
    audit_id: str,
) -> None:
    """Let other services make their own copies of it, or no longer; copies that were made stay."""
    if programme.is_shared == is_shared:
        return
    programme.is_shared = is_shared
    action = "share_programme" if is_shared else "unshare_programme"
    _note(session, member, action, programme.service_id, programme.id, now, audit_id)


async def set_archived(
    session: AsyncSession,
    member: StaffMember,
    programme: Programme,
    is_archived: bool,
    now: datetime,
    *,
    audit_id: str,
) -> None:
    """Take it out of use, or bring it back: no new course is made from an archived one."""
    if (programme.archived_at is not None) == is_archived:
        return
    if not is_archived:
        await _check_title(session, programme.service_id, programme.title, programme.id)
    programme.archived_at = now if is_archived else None
    action = "archive_programme" if is_archived else "restore_programme"
    _note(session, member, action, programme.service_id, programme.id, now, audit_id)


async def free_title(session: AsyncSession, service_id: str, title: str) -> str:
    """Return `title`, or with a number after it: the first that no programme in use of the service has."""
    query = select(func.lower(Programme.title)).where(
        Programme.service_id == service_id, Programme.archived_at.is_(None)
    )
    taken = set(await session.scalars(query))
    number = 2
    found = title
    while found.lower() in taken:
        ending = f" ({number})"
        found, number = title[: 200 - len(ending)] + ending, number + 1
    return found


def _lines() -> Select[Programme, str, int]:
    courses = select(func.count()).where(Course.programme_id == Programme.id).scalar_subquery()
    return (
        select(Programme, Service.name, courses)
        .join(Service, Service.id == Programme.service_id)
        .order_by(func.lower(Programme.title), Programme.id)
    )


def _stored(planned: PlannedClass) -> dict[str, object]:
    return {"topic": planned.topic, "sessions": list(planned.sessions)}


async def _check_title(session: AsyncSession, service_id: str, title: str, own_id: str | None) -> None:
    query = select(Programme.id).where(
        Programme.service_id == service_id,
        Programme.archived_at.is_(None),
        func.lower(Programme.title) == title.lower(),
        Programme.id != (own_id or ""),
    )
    if await session.scalar(query.limit(1)) is not None:
        raise Refused("title_taken", "Your service has a programme with this title. Enter a different one")


def _note(
    session: AsyncSession,
    member: StaffMember,
    action: str,
    service_id: str,
    programme_id: str,
    now: datetime,
    audit_id: str,
) -> None:
    detail = {"programme_id": programme_id}
    audit(session, member, action, now, audit_id, service_id=service_id, detail=detail)
