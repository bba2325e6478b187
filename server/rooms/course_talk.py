"""What people write outside of a class: in the course's chat on its page, and questions for the next class.

The same decisions as in class, taken in the caller's transaction; there is no journal outside of a class.
Once it is stored, the rooms of the course that are open are told (`registry.Rooms`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.people.roles import Role
from server.rooms import chat
from server.rooms import commands as c
from server.rooms import events as e
from server.rooms.chat_stored import WRITE, load_chat, recall
from server.rooms.loading import load_room
from server.rooms.message import Message
from server.rooms.question import Question
from server.rooms.questions import asked
from server.rooms.questions_stored import asked_row
from server.rooms.refusals import class_cancelled, class_over
from server.rooms.state import Member, RoomState
from server.storage import tables as t
from server.timetable.courses import ClassDetails

AN_INSTANT = timedelta(microseconds=1)
MOST_IN_A_MINUTE = 10
"""Messages of one person on the page."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Who writes, on which course of which service."""

    course_id: str
    service_id: str
    person_id: str
    role: Role


async def load_talk(session: AsyncSession, teller: Teller) -> RoomState:
    """Return the course's channel as a room would have it, and who is on the course."""
    kept = await load_chat(session, teller.course_id)
    query = (
        select(t.Person.id, t.Person.role, t.CourseMember.seat)
        .join(t.CourseMember, t.CourseMember.person_id == t.Person.id)
        .where(t.CourseMember.course_id == teller.course_id)
    )
    members = {row.id: Member(row.id, Role(row.role), row.seat) for row in await session.execute(query)}
    members.setdefault(teller.person_id, Member(teller.person_id, teller.role, None))
    return RoomState(
        class_id="",
        course_id=teller.course_id,
        lead_id="",
        members=members,
        chat=kept.latest,
        channel=kept.channel,
        recalled=kept.recalled,
    )


async def talk(
    session: AsyncSession, teller: Teller, command: c.Command, now: datetime, new_id: Callable[[], str]
) -> tuple[e.Event, ...]:
    """Do in the channel what `teller` asks and return what has happened; `Refused` when it may not be."""
    if teller.role not in command.who.roles:
        raise Refused("staff_only", "Only the physio and the helper can do that.")
    state = await load_talk(session, teller)
    await recall(session, state, [(command, teller.person_id)])
    at = _after(state.chat, now)
    if isinstance(command, c.Post):
        _check_pace(state, teller.person_id, at)
    events = chat.DECIDE[type(command)](state, command, at, teller.person_id)
    for event in events:
        chat.APPLY[type(event)](state, event)
        for statement in WRITE[type(event)](state, event):
            await session.execute(statement)
        if (action := chat.staff_action(event)) is not None:
            entry = insert(t.AuditEntry).values(
                id=new_id(),
                at=event.at,
                actor_id=event.actor,
                service_id=teller.service_id,
                subject_id=getattr(event, "person_id", None),
                action=action,
            )
            await session.execute(entry)
    return events


def _after(messages: dict[str, Message], now: datetime) -> datetime:
    """Now, but after all that was written: the tables give back in order of time."""
    latest = next(reversed(messages.values()), None)
    return max(now, latest.posted_at + AN_INSTANT) if latest else now


def _check_pace(state: RoomState, person_id: str, at: datetime) -> None:
    since = at - timedelta(minutes=1)
    own = [each for each in state.chat.values() if each.author_id == person_id and each.posted_at > since]
    if len(own) >= MOST_IN_A_MINUTE:
        raise Refused("too_fast", "That was a lot at once. Wait a moment, then try again.")


async def ask_beforehand(
    session: AsyncSession, details: ClassDetails, command: c.Ask, asker_id: str, now: datetime
) -> Question | None:
    """Keep a question for a class that is to come; None when the same key has asked it already."""
    state = await load_room(session, details)
    if state.cancelled_at is not None:
        raise class_cancelled()
    if state.ended_at is not None:
        raise class_over()
    for event in asked(state, command, now, asker_id):
        assert isinstance(event, e.QuestionAsked)
        await session.execute(asked_row(details.id, event))
        return Question(
            id=event.question_id,
            asker_id=asker_id,
            key=event.key,
            text=event.text,
            asked_at=event.at,
            to=event.to,
            anonymous=event.anonymous,
            held=event.held,
        )
    return None
