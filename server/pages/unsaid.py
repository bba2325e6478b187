"""Patients of whom nobody has said what became of them when class ended by itself. Queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.staff import StaffMember
from server.rooms.state import HelpKind
from server.storage.tables import ClassSession, Course, HelpCall, LossAccount, Participation, Person
from server.timetable.ownership import own_class
from server.timetable.spoken import clock_time, full_date

MOST_SHOWN = 50


class About(StrEnum):
    """What is to be said something of."""

    LOSS = "loss"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Unsaid:
    """One patient, and what nobody has said anything of."""

    about: About
    id: str
    """Of the call; of a loss, the patient's."""
    person_id: str
    class_id: str
    at: datetime
    name: str
    phone: str
    what: str
    """`Margaret Hughes was lost at 10:02 on Tuesday 24 November`."""


async def unsaid_of(session: AsyncSession, class_id: str, zone: ZoneInfo) -> list[Unsaid]:
    """Return what is to be said of a class that is over. One statement."""
    return await _unsaid(session, ClassSession.id == class_id, zone)


async def unsaid_in_own(session: AsyncSession, member: StaffMember, zone: ZoneInfo) -> list[Unsaid]:
    """Return what is to be said of one's own classes, however long they are over. One statement."""
    return await _unsaid(session, own_class(member), zone)


async def _unsaid(session: AsyncSession, which: ColumnElement[bool], zone: ZoneInfo) -> list[Unsaid]:
    is_over = and_(which, ClassSession.ended_at.is_not(None))
    is_said = exists().where(
        LossAccount.class_id == Participation.class_id,
        LossAccount.person_id == Participation.person_id,
        LossAccount.lost_at == Participation.lost_since,
    )
    losses = (
        select(
            literal(str(About.LOSS)).label("about"),
            Participation.person_id.label("id"),
            Participation.person_id.label("person_id"),
            Participation.class_id.label("class_id"),
            Participation.lost_since.label("at"),
        )
        .join(ClassSession, ClassSession.id == Participation.class_id)
        .join(Course, Course.id == ClassSession.course_id)
        .where(is_over, Participation.lost_since.is_not(None), ~is_said)
    )
    calls = (
        select(
            literal(str(About.CALL)),
            HelpCall.id,
            HelpCall.person_id,
            HelpCall.class_id,
            HelpCall.called_at,
        )
        .join(ClassSession, ClassSession.id == HelpCall.class_id)
        .join(Course, Course.id == ClassSession.course_id)
        .where(is_over, HelpCall.kind == HelpKind.NOW, HelpCall.settled_at.is_(None))
    )
    both = union_all(losses, calls).subquery()
    query = (
        select(both, Person.full_name, Person.phone)
        .join(Person, Person.id == both.c.person_id)
        .order_by(both.c.at, both.c.id)
        .limit(MOST_SHOWN)
    )
    return [
        Unsaid(
            About(row.about),
            row.id,
            row.person_id,
            row.class_id,
            row.at,
            row.full_name,
            row.phone,
            _what(About(row.about), row.full_name, row.at, zone),
        )
        for row in await session.execute(query)
    ]


def _what(about: About, name: str, at: datetime, zone: ZoneInfo) -> str:
    happened = "was lost" if about is About.LOSS else "called for help"
    return f"{name} {happened} at {clock_time(at, zone)} on {full_date(at, zone)}"


def classes_in(found: Sequence[Unsaid]) -> list[str]:
    """Return the classes that these are of, each once."""
    return list(dict.fromkeys(each.class_id for each in found))
