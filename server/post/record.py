"""What became of the letters to patients: read for staff, and tried again at their word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import ColumnElement

from server.post.letters import OUTBOX
from server.storage.stored import note
from server.storage.tables import Course, Letter, Person

PAGE = 50


class State(StrEnum):
    """What became of a letter (see `server.post.sending`)."""

    FAILED = "failed"
    WAITING = "waiting"
    SENT = "sent"


_WHEN: dict[State, InstrumentedAttribute[datetime | None]] = {
    State.FAILED: Letter.failed_at,
    State.WAITING: Letter.next_at,
    State.SENT: Letter.sent_at,
}


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter, without its text."""

    letter_id: str
    kind: str
    person_id: str
    person: str
    """Full name."""
    course_id: str | None
    course: str | None
    """Its title."""
    written_at: datetime
    state: State
    at: datetime
    """When it was sent, given up, or is to be tried."""
    attempts: int
    problem: str | None
    """What stood in the way last, without addresses."""
    can_try_again: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Which letters. `services`: of these; None for all."""

    services: frozenset[str] | None
    course_id: str | None = None
    state: State | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Post:
    """A page of letters, the newest first, and how many there are in each state."""

    letters: tuple[Posted, ...]
    counts: dict[State, int]
    page: int
    pages: int

    @property
    def total(self) -> int:
        """In all states."""
        return sum(self.counts.values())


async def read_post(session: AsyncSession, asked: Asked) -> Post:
    """Return a page of the letters to patients, in two statements."""
    of_asked = _of(asked)
    counted = [func.count().filter(column.is_not(None)) for column in _WHEN.values()]
    numbers = (await session.execute(select(*counted).select_from(Letter).where(*of_asked))).one()
    counts = dict(zip(_WHEN, numbers, strict=True))
    total = counts[asked.state] if asked.state else sum(counts.values())
    pages = max(1, -(-total // PAGE))
    page = min(max(asked.page, 1), pages)
    query = (
        select(Letter, Person.full_name, Course.title)
        .join(Person, Person.id == Letter.person_id)
        .outerjoin(Course, Course.id == Letter.course_id)
        .where(*of_asked)
        .order_by(Letter.written_at.desc(), Letter.id)
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    )
    if asked.state is not None:
        query = query.where(_WHEN[asked.state].is_not(None))
    rows = await session.execute(query)
    return Post(tuple(_posted(*row) for row in rows), counts, page, pages)


async def failures_of(session: AsyncSession, course_id: str) -> int:
    """Return how many letters about a course could not be sent: their people may know of nothing."""
    query = (
        select(func.count())
        .select_from(Letter)
        .where(Letter.course_id == course_id, Letter.person_id.is_not(None), Letter.failed_at.is_not(None))
    )
    return await session.scalar(query) or 0


async def letter_of(session: AsyncSession, letter_id: str) -> Letter | None:
    """Return a letter to a patient; None when there is none."""
    row = await session.get(Letter, letter_id)
    return None if row is None or row.service_id is None or row.person_id is None else row


async def try_again(
    session: AsyncSession, letter: Letter, now: datetime, *, to_address: str, calendar: str | None
) -> bool:
    """Have a letter that was given up sent once more, from the first attempt on; False when it was not, or
    when its text is no longer kept.
    """
    if letter.failed_at is None or not letter.text:
        return False
    letter.failed_at, letter.next_at, letter.attempts, letter.problem = None, now, 0, None
    letter.to_address, letter.calendar = to_address, calendar
    await session.flush()
    note(session, OUTBOX)
    return True


def _of(asked: Asked) -> list[ColumnElement[bool]]:
    of_asked: list[ColumnElement[bool]] = [Letter.person_id.is_not(None)]
    if asked.services is not None:
        of_asked.append(Letter.service_id.in_(asked.services))
    if asked.course_id is not None:
        of_asked.append(Letter.course_id == asked.course_id)
    return of_asked


def _posted(letter: Letter, person: str, course: str | None) -> Posted:
    state = State.SENT if letter.sent_at else State.FAILED if letter.failed_at else State.WAITING
    at = letter.sent_at or letter.failed_at or letter.next_at or letter.written_at
    return Posted(
        letter_id=letter.id,
        kind=letter.kind,
        person_id=letter.person_id or "",
        person=person,
        course_id=letter.course_id,
        course=course,
        written_at=letter.written_at,
        state=state,
        at=at,
        attempts=letter.attempts,
        problem=letter.problem,
        can_try_again=letter.failed_at is not None and bool(letter.text),
    )
