"""What was asked on a course, and what was moderated in its chat: for staff, from the tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from server.rooms.question import OPEN
from server.storage import tables as t


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question as staff read it."""

    class_number: int
    """Of the class in or for which it was asked."""
    asked_at: datetime
    asker: str = field(repr=False)
    """Full name."""
    to: str
    anonymous: bool
    text: str = field(repr=False)
    votes: int
    state: str
    answer: str = field(repr=False)
    answered_by: str
    answered_at: datetime | None
    replies: tuple[str, ...] = field(repr=False)
    """Each with the shown name of who replied."""
    is_hidden: bool
    """Staff keep it from the group."""
    reasons: tuple[str, ...]
    """Of those who reported it, or a reply to it."""


@dataclass(frozen=True, slots=True)
class WatchedMessage:
    """A chat message that somebody reported, or that is or was kept from the group."""

    posted_at: datetime
    author: str = field(repr=False)
    """Full name."""
    text: str = field(repr=False)
    reasons: tuple[str, ...]
    """Of those who reported it."""
    is_hidden: bool
    is_held: bool


async def questions_of_course(session: AsyncSession, course_id: str) -> list[AskedQuestion]:
    """Return all questions of a course, in the order of asking. Four statements."""
    answerer = aliased(t.Person)
    votes = (
        select(func.count())
        .where(t.QuestionVote.question_id == t.Question.id)
        .correlate(t.Question)
        .scalar_subquery()
    )
    query = (
        select(t.Question, t.ClassSession.number, t.Person.full_name, answerer.shown_name, votes)
        .join(t.ClassSession, t.ClassSession.id == t.Question.class_id)
        .join(t.Person, t.Person.id == t.Question.asker_id)
        .outerjoin(answerer, answerer.id == t.Question.answered_by)
        .where(t.ClassSession.course_id == course_id)
        .order_by(t.Question.asked_at, t.Question.id)
    )
    rows = (await session.execute(query)).all()
    replies = await _replies(session, course_id)
    reasons: dict[str, list[str]] = {}
    reports = (
        select(t.QuestionReport.question_id, t.QuestionReport.reason)
        .join(t.Question, t.Question.id == t.QuestionReport.question_id)
        .join(t.ClassSession, t.ClassSession.id == t.Question.class_id)
        .where(t.ClassSession.course_id == course_id)
    )
    for question_id, reason in await session.execute(reports):
        reasons.setdefault(question_id, []).append(reason)
    return [
        AskedQuestion(
            class_number=number,
            asked_at=row.asked_at,
            asker=asker,
            to=row.asked_to,
            anonymous=row.anonymous,
            text=row.text,
            votes=count,
            state=row.state,
            answer=row.answer or "",
            answered_by=answered_by or "",
            answered_at=row.answered_at,
            replies=tuple(replies.get(row.id, ())),
            is_hidden=row.held and row.state not in OPEN,
            reasons=tuple(sorted(reasons.get(row.id, ()))),
        )
        for row, number, asker, answered_by, count in rows
    ]


async def _replies(session: AsyncSession, course_id: str) -> dict[str, list[str]]:
    query = (
        select(t.QuestionReply.question_id, t.QuestionReply.text, t.QuestionReply.hidden, t.Person.shown_name)
        .join(t.Person, t.Person.id == t.QuestionReply.author_id)
        .join(t.Question, t.Question.id == t.QuestionReply.question_id)
        .join(t.ClassSession, t.ClassSession.id == t.Question.class_id)
        .where(t.ClassSession.course_id == course_id)
        .order_by(t.QuestionReply.posted_at, t.QuestionReply.id)
    )
    found: dict[str, list[str]] = {}
    for question_id, text, hidden, name in await session.execute(query):
        after = " (hidden from the group)" if hidden else ""
        found.setdefault(question_id, []).append(f"{name}: {text}{after}")
    return found


async def watched_messages(session: AsyncSession, course_id: str) -> list[WatchedMessage]:
    """Return a course's messages that were reported, hidden or held, the newest first. Two statements."""
    own = t.ChatMessage
    reported = select(t.ChatReport.message_id)
    query = (
        select(own, t.Person.full_name)
        .join(t.Person, t.Person.id == own.author_id)
        .where(own.course_id == course_id, or_(own.hidden, own.held, own.id.in_(reported)))
        .order_by(own.posted_at.desc(), own.id)
    )
    rows = (await session.execute(query)).all()
    reasons: dict[str, list[str]] = {}
    reports = select(t.ChatReport).join(own, own.id == t.ChatReport.message_id)
    for report in await session.scalars(reports.where(own.course_id == course_id)):
        reasons.setdefault(report.message_id, []).append(report.reason)
    return [
        WatchedMessage(
            posted_at=row.posted_at,
            author=author,
            text=row.text,
            reasons=tuple(sorted(reasons.get(row.id, ()))),
            is_hidden=row.hidden,
            is_held=row.held,
        )
        for row, author in rows
    ]
