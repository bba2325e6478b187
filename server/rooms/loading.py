"""Rebuilds a room from the tables, which are the truth; never from the journal."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.rooms.state import (
    HelpCall,
    HelpKind,
    Member,
    Message,
    PersonInRoom,
    Place,
    Question,
    QuestionState,
    RoomState,
)
from server.storage import tables as t
from server.timetable.courses import ClassDetails


async def load_room(session: AsyncSession, details: ClassDetails) -> RoomState:
    """Rebuild a class's state from the tables; `details` are of the same moment."""
    return RoomState(
        class_id=details.id,
        course_id=details.course_id,
        lead_id=details.lead_id,
        members=members_of(details),
        people=await _people(session, details),
        questions=await _questions(session, details.id),
        chat=await _chat(session, details.course_id),
        help=await _help(session, details.id),
        ended_at=details.ended_at,
        cancelled_at=details.cancelled_at,
        max_patients=details.max_patients,
        seq=await session.scalar(
            select(func.max(t.JournalEntry.seq)).where(t.JournalEntry.class_id == details.id)
        )
        or 0,
    )


async def is_called_off(session: AsyncSession, class_id: str) -> bool:
    """Return whether staff have called a class off, as this transaction sees it."""
    query = select(t.ClassSession.cancelled_at).where(t.ClassSession.id == class_id)
    return await session.scalar(query) is not None


def members_of(details: ClassDetails) -> dict[str, Member]:
    """Return the course list as the room knows it."""
    return {each.person_id: Member(each.person_id, each.role, each.seat) for each in details.people}


async def _people(session: AsyncSession, details: ClassDetails) -> dict[str, PersonInRoom]:
    rows = await session.scalars(select(t.Participation).where(t.Participation.class_id == details.id))
    members = members_of(details)
    return {
        row.person_id: PersonInRoom(
            person_id=row.person_id,
            role=members[row.person_id].role,
            seat=members[row.person_id].seat,
            place=Place(row.place),
            place_since=row.place_since,
            microphone_on=row.microphone_on,
            camera_on=row.camera_on,
            muted_by_staff=row.muted_by_staff,
            seen_by_group=row.seen_by_group,
        )
        for row in rows
        if row.person_id in members
    }


async def _questions(session: AsyncSession, class_id: str) -> dict[str, Question]:
    votes: dict[str, set[str]] = {}
    query = select(t.QuestionVote).join(t.Question).where(t.Question.class_id == class_id)
    for vote in await session.scalars(query):
        votes.setdefault(vote.question_id, set()).add(vote.person_id)
    rows = await session.scalars(
        select(t.Question).where(t.Question.class_id == class_id).order_by(t.Question.asked_at, t.Question.id)
    )
    return {
        row.id: Question(
            id=row.id,
            asker_id=row.asker_id,
            key=row.key,
            text=row.text,
            asked_at=row.asked_at,
            state=QuestionState(row.state),
            answer=row.answer,
            answered_by=row.answered_by,
            answered_at=row.answered_at,
            voters=frozenset(votes.get(row.id, ())),
        )
        for row in rows
    }


async def _chat(session: AsyncSession, course_id: str) -> dict[str, Message]:
    rows = await session.scalars(
        select(t.ChatMessage)
        .where(t.ChatMessage.course_id == course_id)
        .order_by(t.ChatMessage.posted_at, t.ChatMessage.id)
    )
    return {row.id: Message(row.id, row.author_id, row.key, row.text, row.posted_at) for row in rows}


async def _help(session: AsyncSession, class_id: str) -> dict[str, HelpCall]:
    rows = await session.scalars(
        select(t.HelpCall)
        .where(t.HelpCall.class_id == class_id)
        .order_by(t.HelpCall.called_at, t.HelpCall.id)
    )
    return {
        row.id: HelpCall(
            row.id, row.person_id, HelpKind(row.kind), row.called_at, row.settled_at, row.settled_by
        )
        for row in rows
    }
