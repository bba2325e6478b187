"""Asking one patient, and keeping the answer apart from the patient.

Whose answer it is must not be found out from the rows, nor from where they lie:

- An answer has a random id, and no person, no time but its month. The token of who answered is in another
  table and made with a secret that is not in the database.
- With each answer, all of its service's month are written anew in random order under new ids. So neither the
  place of a row in the file (SQLite), nor ctid and xmin (PostgreSQL), nor an id tells which came last.
- SQLite overwrites what is deleted (`secure_delete`), so that no older order can be read in the file's gaps.

What remains possible stands in docs/satisfaction.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import and_, delete, exists, func, insert, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from server.contacts.experience_figures import ready_to_show
from server.contacts.experience_question import Choice
from server.contacts.experience_secret import ExperienceSecrets
from server.contacts.months import Month
from server.contacts.rules import SEEN
from server.errors import Refused
from server.rooms.state import Place
from server.storage.tables import (
    CareContact,
    ClassSession,
    Course,
    ExperienceAnswer,
    ExperienceTokenSpent,
    Patient,
    PresenceInterval,
    Programme,
)
from server.timetable.courses import JUST_FINISHED


class AlreadyAnswered(Refused):
    """This person has answered in this month; nothing was stored."""

    def __init__(self) -> None:
        super().__init__("already_answered", "You have already told us this month. Thank you.")


class MayAnswer(Enum):
    """Whether a patient is asked."""

    YES = "yes"
    ANSWERED = "answered"
    """Has answered this month."""
    NOT_SEEN = "not_seen"
    """Was in no class of the course this month, nor in one that has just finished."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer, and all that may ever be known about it."""

    service_id: str
    programme_id: str
    month: Month
    choice: Choice
    why: str | None = None
    """In the patient's own words; None when nothing was written."""


async def may_answer(
    session: AsyncSession,
    secrets: ExperienceSecrets,
    person_id: str,
    course_id: str,
    *,
    zone: ZoneInfo,
    now: datetime,
) -> MayAnswer:
    """Return whether to ask this patient at `now`: once a month, when seen in a class of the course in it.

    A class on the last evening of a month is asked about for as long as it has just finished; an answer after
    midnight is the new month's.
    """
    month = Month.of(now, zone)
    if await session.get(ExperienceTokenSpent, secrets.token(person_id, month)) is not None:
        return MayAnswer.ANSWERED
    counted = exists().where(
        CareContact.class_id == ClassSession.id,
        CareContact.subject_id == Patient.subject_id,
        Patient.person_id == person_id,
        CareContact.attendance_status.in_(str(status) for status in SEEN),
    )
    was_in = exists().where(
        PresenceInterval.class_id == ClassSession.id,
        PresenceInterval.person_id == person_id,
        PresenceInterval.place == str(Place.IN_CLASS),
    )
    been = select(ClassSession.id).where(
        ClassSession.course_id == course_id,
        ClassSession.starts_at < month.ends(zone),
        or_(
            ClassSession.starts_at >= month.starts(zone),
            func.coalesce(ClassSession.ended_at, ClassSession.ends_at) > now - JUST_FINISHED,
        ),
        or_(
            and_(ClassSession.settled_at.is_not(None), counted),
            and_(ClassSession.settled_at.is_(None), was_in),
        ),
    )
    seen = await session.scalar(been.limit(1))
    return MayAnswer.NOT_SEEN if seen is None else MayAnswer.YES


async def programme_of(session: AsyncSession, course_id: str) -> tuple[str, str]:
    """Return the service and the programme of a course, by id."""
    query = (
        select(Programme.service_id, Programme.id)
        .join(Course, Course.programme_id == Programme.id)
        .where(Course.id == course_id)
    )
    service_id, programme_id = (await session.execute(query)).one()
    return service_id, programme_id


async def answer(
    session: AsyncSession, token: str, given: Given, *, new_id: Callable[[], str], chance: Random
) -> None:
    """Store an answer and that its giver has answered, in the caller's transaction.

    `token` comes from `ExperienceSecrets.token`; `AlreadyAnswered` when it is spent.
    """
    await _alone(session)
    if await session.get(ExperienceTokenSpent, token) is not None:
        raise AlreadyAnswered
    session.add(ExperienceTokenSpent(token=token))
    await session.flush()
    await store_answers(session, [given], new_id=new_id, chance=chance)


async def store_answers(
    session: AsyncSession, new: list[Given], *, new_id: Callable[[], str], chance: Random
) -> None:
    """Put answers of one service and month among the others of that month, all of them in a new order.

    For answers whose giver needs no token, such as those of a demo; `answer` is for everybody else.
    """
    service_id, month = new[0].service_id, str(new[0].month)
    of_month = (ExperienceAnswer.service_id == service_id, ExperienceAnswer.month == month)
    columns = select(
        ExperienceAnswer.programme_id, ExperienceAnswer.answer, ExperienceAnswer.why, ExperienceAnswer.shown
    )
    rows = [
        {
            "service_id": service_id,
            "programme_id": programme_id,
            "month": month,
            "answer": choice,
            "why": why,
            "shown": shown,
        }
        for programme_id, choice, why, shown in [
            *await session.execute(columns.where(*of_month)),
            *((each.programme_id, str(each.choice), each.why, False) for each in new),
        ]
    ]
    waiting = [row for row in rows if not row["shown"]]
    for drawn in chance.sample(waiting, ready_to_show(len(waiting))):
        drawn["shown"] = True
    chance.shuffle(rows)
    await session.execute(delete(ExperienceAnswer).where(*of_month))
    await session.execute(insert(ExperienceAnswer), [{"id": new_id(), **row} for row in rows])


async def _alone(session: AsyncSession) -> None:
    """Let nobody else write answers before this transaction ends, and leave nothing of deleted ones."""
    kind = (await session.connection()).dialect.name
    if kind == "postgresql":
        await session.execute(text("LOCK TABLE experience_answers IN SHARE ROW EXCLUSIVE MODE"))
    elif kind == "sqlite":  # whose writing transactions are alone by themselves
        await session.execute(text("PRAGMA secure_delete = ON"))
