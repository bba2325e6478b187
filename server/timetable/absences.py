"""Patients who said beforehand that they cannot come to a class. Until it starts; after that, by phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.storage.tables import Absence
from server.timetable.courses import ClassDetails, Enrolled
from server.timetable.doors import Doors, doors


def may_tell(details: ClassDetails, person: Enrolled, now: datetime) -> bool:
    """Return whether `person` can say, or take back, that they cannot come: a patient, before it starts."""
    coming = doors(details, now) in (Doors.NOT_YET, Doors.OPEN) and now < details.starts_at
    return coming and not person.role.is_staff


async def tell_absence(session: AsyncSession, details: ClassDetails, person: Enrolled, now: datetime) -> None:
    """Note that `person` cannot come; saying it again changes nothing."""
    _check(details, person, now)
    if await session.get(Absence, (details.id, person.person_id)) is None:
        session.add(Absence(class_id=details.id, person_id=person.person_id, told_at=now))


async def take_back_absence(
    session: AsyncSession, details: ClassDetails, person: Enrolled, now: datetime
) -> None:
    """Note that `person` comes after all."""
    _check(details, person, now)
    if (told := await session.get(Absence, (details.id, person.person_id))) is not None:
        await session.delete(told)


async def absent_from(session: AsyncSession, class_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return who said that they cannot come, as person ids by class id."""
    told: dict[str, set[str]] = {class_id: set() for class_id in class_ids}
    for row in await session.scalars(select(Absence).where(Absence.class_id.in_(class_ids))):
        told[row.class_id].add(row.person_id)
    return {class_id: frozenset(people) for class_id, people in told.items()}


def _check(details: ClassDetails, person: Enrolled, now: datetime) -> None:
    if person.role.is_staff:
        raise Refused("patients_only", "Only patients tell us here. Ring your team if you cannot come.")
    if not may_tell(details, person, now):
        raise Refused("class_began", "It is too late to tell us here. Please ring us.")
