"""Questions in the tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Executable

from server.rooms import events as e
from server.rooms import questions as q
from server.rooms.message import ReportReason
from server.rooms.question import ANSWERED, OPEN, AskedTo, Question, QuestionState, Reply
from server.rooms.questions_moderated import QuestionReported, ReplyHidden
from server.rooms.state import RoomState
from server.storage import tables as t
from server.timetable.courses import ClassDetails

Reports = dict[tuple[str, str], set[tuple[str, ReportReason]]]


def asked_row(class_id: str, event: e.QuestionAsked) -> Executable:
    """Return the statement that writes a new question, asked in a class or for it."""
    return insert(t.Question).values(
        id=event.question_id,
        class_id=class_id,
        asker_id=event.asker_id,
        key=event.key,
        text=event.text,
        state=QuestionState.WAITING,
        asked_at=event.at,
        asked_to=event.to,
        anonymous=event.anonymous,
        held=event.held,
    )


def _asked(state: RoomState, event: e.QuestionAsked) -> list[Executable]:
    return [asked_row(state.class_id, event)]


def _question(question_id: str, **values: object) -> list[Executable]:
    return [update(t.Question).where(t.Question.id == question_id).values(**values)]


def _edited(state: RoomState, event: q.QuestionEdited) -> list[Executable]:
    return _question(event.question_id, text=event.text, held=event.held, edited_at=event.at)


def _vote_changed(state: RoomState, event: e.VoteChanged) -> list[Executable]:
    if event.up:
        return [insert(t.QuestionVote).values(question_id=event.question_id, person_id=event.person_id)]
    return [
        delete(t.QuestionVote).where(
            t.QuestionVote.question_id == event.question_id, t.QuestionVote.person_id == event.person_id
        )
    ]


def _moved(state: RoomState, event: e.QuestionMoved) -> list[Executable]:
    answered = event.state in ANSWERED
    return _question(
        event.question_id,
        state=event.state,
        answer=event.answer,
        answered_by=event.actor if answered else None,
        answered_at=event.at if answered else None,
        moved_in=state.class_id,
    )


def _replied(state: RoomState, event: q.QuestionReplied) -> list[Executable]:
    return [
        insert(t.QuestionReply).values(
            id=event.reply_id,
            question_id=event.question_id,
            author_id=event.actor,
            key=event.key,
            text=event.text,
            posted_at=event.at,
        )
    ]


def _pinned(state: RoomState, event: q.QuestionPinned) -> list[Executable]:
    return _question(event.question_id, pinned=event.pinned)


def _merged(state: RoomState, event: q.QuestionMerged) -> list[Executable]:
    return _question(event.question_id, merged_into=event.into)


def _approved(state: RoomState, event: q.QuestionApproved) -> list[Executable]:
    return _question(event.question_id, held=not event.approved, hidden_reason=event.reason)


def _reported(state: RoomState, event: QuestionReported) -> list[Executable]:
    return [
        insert(t.QuestionReport).values(
            question_id=event.question_id,
            reply_id=event.reply_id or "",
            person_id=event.actor,
            reason=event.reason,
            reported_at=event.at,
        )
    ]


def _reply_hidden(state: RoomState, event: ReplyHidden) -> list[Executable]:
    hidden = {"hidden": event.hidden, "hidden_reason": event.reason if event.hidden else None}
    return [update(t.QuestionReply).where(t.QuestionReply.id == event.reply_id).values(**hidden)]


def _noted(state: RoomState, event: q.QuestionNoted) -> list[Executable]:
    """It is stored already."""
    return []


WRITE: Mapping[type[e.Event], Callable[[RoomState, Any], list[Executable]]] = {
    e.QuestionAsked: _asked,
    e.VoteChanged: _vote_changed,
    e.QuestionMoved: _moved,
    q.QuestionEdited: _edited,
    q.QuestionReplied: _replied,
    q.QuestionPinned: _pinned,
    q.QuestionMerged: _merged,
    q.QuestionApproved: _approved,
    q.QuestionNoted: _noted,
    QuestionReported: _reported,
    ReplyHidden: _reply_hidden,
}


async def are_questions_held(session: AsyncSession, course_id: str) -> bool:
    """Return whether the course's programme has staff approve questions before the group sees them."""
    query = (
        select(t.Programme.questions_held)
        .join(t.Course, t.Course.programme_id == t.Programme.id)
        .where(t.Course.id == course_id)
    )
    return bool(await session.scalar(query))


async def are_own_questions_held(session: AsyncSession, course_id: str, person_id: str) -> bool:
    """Return whether staff read a question of this person first: as all such, or as all that she writes."""
    hold = select(t.ChatHold.person_id).filter_by(course_id=course_id, person_id=person_id)
    return await are_questions_held(session, course_id) or await session.scalar(hold) is not None


async def load_questions(session: AsyncSession, details: ClassDetails) -> dict[str, Question]:
    """Return a class's questions in the order of asking: those asked in it or for it, and those of earlier
    classes of the course that were left open, or decided on in this one.
    """
    left_open = t.Question.state.in_(OPEN)
    query = (
        select(t.Question, t.ClassSession.lead_id, t.Course.lead_id)
        .join(t.ClassSession, t.ClassSession.id == t.Question.class_id)
        .join(t.Course, t.Course.id == t.ClassSession.course_id)
        .where(
            t.ClassSession.course_id == details.course_id,
            or_(
                t.Question.class_id == details.id,
                and_(
                    t.ClassSession.number < details.number,
                    or_(left_open, t.Question.moved_in == details.id),
                ),
            ),
        )
        .order_by(t.Question.asked_at, t.Question.id)
    )
    rows = (await session.execute(query)).all()
    ids = [row.id for row, _, _ in rows]
    votes, reports = await _votes(session, ids), await _reports(session, ids)
    replies = await _replies(session, ids, reports)
    return {
        row.id: replace(
            _of(row, details.id, class_lead or course_lead),
            voters=frozenset(votes.get(row.id, ())),
            replies=tuple(replies.get(row.id, ())),
            reports=frozenset(reports.get((row.id, ""), ())),
        )
        for row, class_lead, course_lead in rows
    }


def _of(row: t.Question, class_id: str, lead: str) -> Question:
    """An earlier class's physio may have gone without saying that the one on the stage is answered: it waits
    again.
    """
    state, is_carried = QuestionState(row.state), row.class_id != class_id
    if state is QuestionState.ANSWERING and is_carried and row.moved_in != class_id:
        state = QuestionState.WAITING
    return Question(
        id=row.id,
        asker_id=row.asker_id,
        key=row.key,
        text=row.text,
        asked_at=row.asked_at,
        state=state,
        answer=row.answer,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
        to=AskedTo(row.asked_to),
        anonymous=row.anonymous,
        held=row.held,
        pinned=row.pinned,
        merged_into=row.merged_into,
        edited_at=row.edited_at,
        owed_by=lead if is_carried else None,
    )


async def _votes(session: AsyncSession, ids: list[str]) -> dict[str, set[str]]:
    votes: dict[str, set[str]] = {}
    for vote in await session.scalars(select(t.QuestionVote).where(t.QuestionVote.question_id.in_(ids))):
        votes.setdefault(vote.question_id, set()).add(vote.person_id)
    return votes


async def _reports(session: AsyncSession, ids: list[str]) -> Reports:
    """Who reported which question, or which reply to it, and why; the question's own under no reply."""
    reports: Reports = {}
    query = select(t.QuestionReport).where(t.QuestionReport.question_id.in_(ids))
    for row in await session.scalars(query):
        of_it = reports.setdefault((row.question_id, row.reply_id), set())
        of_it.add((row.person_id, ReportReason(row.reason)))
    return reports


async def _replies(session: AsyncSession, ids: list[str], reports: Reports) -> dict[str, list[Reply]]:
    replies: dict[str, list[Reply]] = {}
    query = (
        select(t.QuestionReply)
        .where(t.QuestionReply.question_id.in_(ids))
        .order_by(t.QuestionReply.posted_at, t.QuestionReply.id)
    )
    for row in await session.scalars(query):
        of_it = frozenset(reports.get((row.question_id, row.id), ()))
        reply = Reply(row.id, row.author_id, row.key, row.text, row.posted_at, row.hidden, of_it)
        replies.setdefault(row.question_id, []).append(reply)
    return replies


async def own_open_questions(session: AsyncSession, course_id: str, asker_id: str) -> list[str]:
    """Return a person's questions on a course that wait for an answer, in the order of asking."""
    query = (
        select(t.Question.text)
        .join(t.ClassSession, t.ClassSession.id == t.Question.class_id)
        .where(
            t.ClassSession.course_id == course_id,
            t.Question.asker_id == asker_id,
            t.Question.state.in_(OPEN),
        )
        .order_by(t.Question.asked_at, t.Question.id)
    )
    return list(await session.scalars(query))
