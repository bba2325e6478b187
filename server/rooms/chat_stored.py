"""The chat in the tables: of a course's channel the latest messages, earlier ones when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Executable

from server.rooms import chat
from server.rooms import commands as c
from server.rooms import events as e
from server.rooms.message import Channel, Message, Reaction, ReportReason
from server.rooms.state import RoomState
from server.storage import tables as t

EARLIER_AT_ONCE = 100
MOST_RECALLED = 300
"""So many earlier messages a room keeps at hand."""


def _posted(state: RoomState, event: e.MessagePosted) -> list[Executable]:
    """Outside of a class, the state has none."""
    row = insert(t.ChatMessage).values(
        id=event.message_id,
        course_id=state.course_id,
        class_id=state.class_id or None,
        author_id=event.author_id,
        key=event.key,
        text=event.text,
        posted_at=event.at,
        reply_to=event.reply_to,
        held=event.held,
    )
    return [row]


def _reacted(state: RoomState, event: chat.MessageReacted) -> list[Executable]:
    key = {"message_id": event.message_id, "person_id": event.person_id, "reaction": event.reaction}
    if event.on:
        return [insert(t.ChatReaction).values(**key)]
    return [delete(t.ChatReaction).filter_by(**key)]


def _reported(state: RoomState, event: chat.MessageReported) -> list[Executable]:
    return [
        insert(t.ChatReport).values(
            message_id=event.message_id, person_id=event.actor, reason=event.reason, reported_at=event.at
        )
    ]


def _message(event: e.Event, message_id: str, **values: object) -> list[Executable]:
    moderated = {"moderated_by": event.actor, "moderated_at": event.at}
    return [update(t.ChatMessage).where(t.ChatMessage.id == message_id).values(**values, **moderated)]


def _hidden(state: RoomState, event: chat.MessageHidden) -> list[Executable]:
    return _message(event, event.message_id, hidden=event.hidden, hidden_reason=event.reason)


def _approved(state: RoomState, event: chat.MessageApproved) -> list[Executable]:
    return _message(event, event.message_id, held=False, hidden=not event.approved)


def _paused(state: RoomState, event: chat.ChatPaused) -> list[Executable]:
    return [update(t.Course).where(t.Course.id == state.course_id).values(chat_paused=event.paused)]


def _held(state: RoomState, event: chat.MessagesHeld) -> list[Executable]:
    key = {"course_id": state.course_id, "person_id": event.person_id}
    gone = delete(t.ChatHold).filter_by(**key)
    return [gone, insert(t.ChatHold).values(**key)] if event.held else [gone]


def _seen(state: RoomState, event: chat.MessagesSeen) -> list[Executable]:
    key = {"course_id": state.course_id, "person_id": event.actor}
    return [
        delete(t.ChatSeen).filter_by(**key),
        insert(t.ChatSeen).values(**key, message_id=event.message_id),
    ]


def _noted(state: RoomState, event: chat.ChatNoted) -> list[Executable]:
    """It is stored already."""
    return []


WRITE: Mapping[type[e.Event], Callable[[RoomState, Any], list[Executable]]] = {
    e.MessagePosted: _posted,
    chat.MessageReacted: _reacted,
    chat.MessageReported: _reported,
    chat.MessageHidden: _hidden,
    chat.MessageApproved: _approved,
    chat.ChatPaused: _paused,
    chat.MessagesHeld: _held,
    chat.MessagesSeen: _seen,
    chat.ChatNoted: _noted,
}


class Kept(NamedTuple):
    """What a room keeps of its course's channel."""

    latest: dict[str, Message]
    channel: Channel
    recalled: dict[str, Message]
    """Earlier messages that the latest answer."""


async def load_chat(session: AsyncSession, course_id: str) -> Kept:
    """Return the latest messages of a course's channel, and how it is set."""
    newest = await _messages(session, (t.ChatMessage.course_id == course_id,), chat.LATEST_MESSAGES + 1)
    latest = newest[-chat.LATEST_MESSAGES :]
    kept = {each.id: each for each in latest}
    answered = {each.reply_to for each in latest if each.reply_to} - kept.keys()
    held = await session.scalars(select(t.ChatHold.person_id).where(t.ChatHold.course_id == course_id))
    seen = await session.scalars(select(t.ChatSeen).where(t.ChatSeen.course_id == course_id))
    paused = await session.scalar(select(t.Course.chat_paused).where(t.Course.id == course_id))
    channel = Channel(
        paused=bool(paused),
        held=frozenset(held),
        seen={row.person_id: row.message_id for row in seen},
        more=len(newest) > len(latest),
    )
    return Kept(kept, channel, await messages_by_id(session, course_id, answered))


async def messages_by_id(session: AsyncSession, course_id: str, ids: Collection[str]) -> dict[str, Message]:
    """Return these messages, as far as they are of this course's channel."""
    if not ids:
        return {}
    which = (t.ChatMessage.course_id == course_id, t.ChatMessage.id.in_(ids))
    return {each.id: each for each in await _messages(session, which, len(ids))}


async def earlier_messages(session: AsyncSession, course_id: str, before: str) -> list[Message] | None:
    """Return up to `EARLIER_AT_ONCE` messages before this one, and one more, oldest first; None when the
    course has no such message.
    """
    found = (await messages_by_id(session, course_id, {before})).get(before)
    if found is None:
        return None
    own = t.ChatMessage
    is_earlier = or_(
        own.posted_at < found.posted_at, and_(own.posted_at == found.posted_at, own.id < found.id)
    )
    return await _messages(session, (own.course_id == course_id, is_earlier), EARLIER_AT_ONCE + 1)


async def recall(
    session: AsyncSession, state: RoomState, asked: Sequence[tuple[c.Command, str | None]]
) -> None:
    """Put the earlier messages that these commands are about, or that they would post again, into
    `state.recalled`.
    """
    ids = {name for command, _ in asked if (name := _names(command))} - state.chat.keys()
    keys = {(actor, command.key) for command, actor in asked if isinstance(command, c.Post)}
    own = t.ChatMessage
    if not ids and not keys:
        return
    which = or_(own.id.in_(ids), tuple_(own.author_id, own.key).in_(keys))
    found = await _messages(session, (own.course_id == state.course_id, which), len(ids) + len(keys))
    while len(state.recalled) + len(found) > MOST_RECALLED and state.recalled:
        del state.recalled[next(iter(state.recalled))]
    state.recalled.update({each.id: each for each in found if each.id not in state.chat})


def needs_recall(state: RoomState, command: c.Command) -> bool:
    """Whether an earlier message than the room keeps has to be looked up before it decides this."""
    if not state.channel.more:
        return False
    named = _names(command)
    is_unknown = named is not None and named not in state.chat and named not in state.recalled
    return is_unknown or isinstance(command, c.Post)


def _names(command: c.Command) -> str | None:
    """The message that a command is about."""
    match command:
        case c.Post():
            return command.reply_to
        case chat.React() | chat.Report() | chat.Hide() | chat.ApproveMessage():
            return command.message_id
    return None


async def _messages(
    session: AsyncSession, which: tuple[ColumnElement[bool], ...], most: int
) -> list[Message]:
    """The latest of those, oldest first, with their reactions and reports."""
    query = select(t.ChatMessage).where(*which)
    query = query.order_by(t.ChatMessage.posted_at.desc(), t.ChatMessage.id.desc()).limit(most)
    rows = list(await session.scalars(query))
    ids = [row.id for row in rows]
    reactions: dict[str, set[tuple[str, Reaction]]] = {}
    for each in await session.scalars(select(t.ChatReaction).where(t.ChatReaction.message_id.in_(ids))):
        reactions.setdefault(each.message_id, set()).add((each.person_id, Reaction(each.reaction)))
    reports: dict[str, set[tuple[str, ReportReason]]] = {}
    for report in await session.scalars(select(t.ChatReport).where(t.ChatReport.message_id.in_(ids))):
        of_it = reports.setdefault(report.message_id, set())
        of_it.add((report.person_id, ReportReason(report.reason)))
    return [
        Message(
            id=row.id,
            author_id=row.author_id,
            key=row.key,
            text=row.text,
            posted_at=row.posted_at,
            reply_to=row.reply_to,
            hidden=row.hidden,
            held=row.held,
            reactions=frozenset(reactions.get(row.id, ())),
            reports=frozenset(reports.get(row.id, ())),
        )
        for row in reversed(rows)
    ]
