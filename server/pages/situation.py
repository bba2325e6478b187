"""What pages say about a course rests on: its class now, those called off, who is in and who cannot come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.roles import Role
from server.rooms.state import Place
from server.storage.tables import ClassSession, Participation, PresenceInterval
from server.timetable.absences import absent_from
from server.timetable.cancelling import is_news
from server.timetable.courses import ClassDetails, Enrolled, class_just_finished, classes_of, current_class


@dataclass(frozen=True, slots=True)
class CalledOff:
    """A class that was called off and whose time is not long past."""

    class_id: str
    number: int
    starts_at: datetime
    ends_at: datetime
    cancelled_at: datetime
    reason: str | None
    """A value of `timetable.cancelling.Reason`."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A course at one moment."""

    details: ClassDetails | None
    """The class that is meant; None when the course has none."""
    just_finished: int | None = None
    """The number of the class that ended within the last hours."""
    called_off: tuple[CalledOff, ...] = ()
    """The soonest first."""
    here: frozenset[str] = frozenset()
    """Ids of the people who are in the class or its waiting room, or have just dropped out of it."""
    absent: frozenset[str] = frozenset()
    """Ids of the patients who said that they cannot come."""

    @property
    def patients(self) -> tuple[Enrolled, ...]:
        """Return the course's patients by seat."""
        people = self.details.people if self.details else ()
        return tuple(each for each in people if each.role is Role.PATIENT)


async def situation_of(session: AsyncSession, course_id: str, now: datetime) -> Situation:
    """Return what is true of a course at `now`."""
    details = await current_class(session, course_id, now)
    if details is None:
        return Situation(None)
    return Situation(
        details,
        await class_just_finished(session, course_id, now),
        called_off(await classes_of(session, course_id), now),
        await people_in(session, details.id),
        (await absent_from(session, [details.id]))[details.id],
    )


def called_off(classes: Sequence[ClassSession], now: datetime) -> tuple[CalledOff, ...]:
    """Return the classes called off that people should still be told of, the soonest first."""
    news = [
        CalledOff(
            each.id, each.number, each.starts_at, each.ends_at, each.cancelled_at, each.cancelled_reason
        )
        for each in classes
        if each.cancelled_at is not None and is_news(each, now)
    ]
    return tuple(sorted(news, key=lambda each: each.starts_at))


async def people_in(session: AsyncSession, class_id: str) -> frozenset[str]:
    """Return the ids of the people who are in a class or its waiting room, or have just dropped out."""
    query = select(Participation.person_id).where(
        Participation.class_id == class_id,
        Participation.place.in_([Place.WAITING, Place.IN_CLASS, Place.DROPPED]),
    )
    return frozenset(await session.scalars(query))


async def have_been_in(session: AsyncSession, class_id: str) -> frozenset[str]:
    """Return the ids of the people who have been in a class, its waiting room apart."""
    query = select(PresenceInterval.person_id).where(
        PresenceInterval.class_id == class_id, PresenceInterval.place == Place.IN_CLASS
    )
    return frozenset(await session.scalars(query))
