"""The chat: one channel for the whole course, in class and on its page. Pure; see `message` for the values.

The room keeps the latest messages only. An earlier one that somebody reacts to, answers, reports or moderates
is looked up in the tables first and stands in `RoomState.recalled` while that is decided.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar

from server.errors import Refused
from server.rooms import commands as c
from server.rooms import events as e
from server.rooms.message import Message, Reaction, ReportReason
from server.rooms.refusals import written_text
from server.rooms.state import RoomState

Events = tuple[e.Event, ...]
LATEST_MESSAGES = 200
"""So many the room keeps, and sends on joining."""


@dataclass(frozen=True, slots=True)
class React(c.Command):
    """React to a message, or take it back."""

    who: ClassVar[c.WhoMay] = c.ANYONE_IN_CLASS
    message_id: str
    reaction: Reaction
    on: bool


@dataclass(frozen=True, slots=True)
class Report(c.Command):
    """Tell staff that a message should not be there; once a person."""

    who: ClassVar[c.WhoMay] = c.ANYONE_IN_CLASS
    message_id: str
    reason: ReportReason


@dataclass(frozen=True, slots=True)
class Hide(c.Command):
    """Hide a message from the group, or show it again."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    message_id: str
    reason: ReportReason
    hidden: bool


@dataclass(frozen=True, slots=True)
class PauseChat(c.Command):
    """Nobody but staff writes, or everybody again."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    paused: bool


@dataclass(frozen=True, slots=True)
class HoldMessages(c.Command):
    """What a patient writes waits for approval from now on, or no more."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    person_id: str
    held: bool


@dataclass(frozen=True, slots=True)
class ApproveMessage(c.Command):
    """Show a held message to the group, or hide it."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    message_id: str
    approved: bool


@dataclass(frozen=True, slots=True)
class SeeMessages(c.Command):
    """Somebody has read this far."""

    who: ClassVar[c.WhoMay] = c.ANYONE_IN_CLASS
    message_id: str


@dataclass(frozen=True, slots=True)
class NoteChat(c.Command):
    """This happened in the channel outside of this room; it is stored."""

    who: ClassVar[c.WhoMay] = c.THE_SYSTEM
    events: Events = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReacted(e.Event):
    """Somebody reacted, or took it back."""

    message_id: str
    person_id: str
    reaction: Reaction
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReported(e.Event):
    """The actor told staff of a message."""

    message_id: str
    reason: ReportReason


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageHidden(e.Event):
    """Staff hid a message of `person_id`, or showed it again."""

    message_id: str
    person_id: str
    reason: ReportReason
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageApproved(e.Event):
    """Staff let a held message of `person_id` through to the group, or hid it."""

    message_id: str
    person_id: str
    approved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatPaused(e.Event):
    """Nobody but staff writes from now on, or everybody again."""

    paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesHeld(e.Event):
    """What this patient writes waits for approval from now on, or no more."""

    person_id: str
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesSeen(e.Event):
    """The actor has read this far."""

    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatNoted(e.Event):
    """This happened in the channel outside of this room."""

    events: Events = field(repr=False)


def _post(state: RoomState, command: c.Post, at: datetime, actor: str) -> Events:
    if message_by_key(state, actor, command.key):
        return ()
    text = written_text(command.text)
    is_staff = state.members[actor].role.is_staff
    if state.channel.paused and not is_staff:
        raise Refused("chat_paused", "Staff have paused the chat. You can read it, and write again later.")
    if command.reply_to is not None:
        _shown_message(state, command.reply_to, actor)
    return (
        e.MessagePosted(
            at=at,
            actor=actor,
            message_id=command.message_id,
            author_id=actor,
            key=command.key,
            reply_to=command.reply_to,
            held=actor in state.channel.held,
            text=text,
        ),
    )


def _react(state: RoomState, command: React, at: datetime, actor: str) -> Events:
    message = _shown_message(state, command.message_id, actor)
    if ((actor, command.reaction) in message.reactions) == command.on:
        return ()
    return (
        MessageReacted(
            at=at,
            actor=actor,
            message_id=message.id,
            person_id=actor,
            reaction=command.reaction,
            on=command.on,
        ),
    )


def _report(state: RoomState, command: Report, at: datetime, actor: str) -> Events:
    message = _shown_message(state, command.message_id, actor)
    if message.author_id == actor:
        raise Refused("own_message", "This is your own message. Ask staff if you want it taken away.")
    if actor in message.reporters:
        return ()
    return (MessageReported(at=at, actor=actor, message_id=message.id, reason=command.reason),)


def _hide(state: RoomState, command: Hide, at: datetime, actor: str) -> Events:
    message = _message(state, command.message_id)
    if message.hidden == command.hidden:
        return ()
    return (
        MessageHidden(
            at=at,
            actor=actor,
            message_id=message.id,
            person_id=message.author_id,
            reason=command.reason,
            hidden=command.hidden,
        ),
    )


def _approve(state: RoomState, command: ApproveMessage, at: datetime, actor: str) -> Events:
    message = _message(state, command.message_id)
    if not message.held:
        return ()
    return (
        MessageApproved(
            at=at,
            actor=actor,
            message_id=message.id,
            person_id=message.author_id,
            approved=command.approved,
        ),
    )


def _pause(state: RoomState, command: PauseChat, at: datetime, actor: str) -> Events:
    if state.channel.paused == command.paused:
        return ()
    return (ChatPaused(at=at, actor=actor, paused=command.paused),)


def _hold(state: RoomState, command: HoldMessages, at: datetime, actor: str) -> Events:
    member = state.members.get(command.person_id)
    if member is None:
        raise Refused("no_such_person", "This person is not on the course.")
    if member.role.is_staff:
        raise Refused("not_a_patient", "Only patients' messages can be held.")
    if (member.person_id in state.channel.held) == command.held:
        return ()
    return (MessagesHeld(at=at, actor=actor, person_id=member.person_id, held=command.held),)


def _see(state: RoomState, command: SeeMessages, at: datetime, actor: str) -> Events:
    """What was read never goes back; a message that is not among the latest says nothing new."""
    message = state.chat.get(command.message_id)
    before = state.chat.get(state.channel.seen.get(actor, ""))
    if message is None or not message.is_shown_to(actor, state.members[actor].role.is_staff):
        return ()
    if before is not None and _order(message) <= _order(before):
        return ()
    return (MessagesSeen(at=at, actor=actor, message_id=message.id),)


def _note(state: RoomState, command: NoteChat, at: datetime, actor: None) -> Events:
    return (ChatNoted(at=at, actor=None, events=command.events),)


def _order(message: Message) -> tuple[datetime, str]:
    return message.posted_at, message.id


def message_by_key(state: RoomState, author_id: str, key: str) -> str | None:
    """Return the id of the message this person posted with this key."""
    messages = (*state.recalled.values(), *state.chat.values())
    return next((each.id for each in messages if (each.author_id, each.key) == (author_id, key)), None)


def found(state: RoomState, message_id: str) -> Message | None:
    """Return a message that the room knows of."""
    return state.chat.get(message_id) or state.recalled.get(message_id)


def replies_to(state: RoomState, message_id: str) -> list[Message]:
    """Return the messages that the room knows of and that answer this one."""
    return [each for each in (*state.recalled.values(), *state.chat.values()) if each.reply_to == message_id]


def _message(state: RoomState, message_id: str) -> Message:
    message = found(state, message_id)
    if message is None:
        raise Refused("no_such_message", "That message is not there.")
    return message


def _shown_message(state: RoomState, message_id: str, actor: str) -> Message:
    message = _message(state, message_id)
    is_staff = state.members[actor].role.is_staff
    if not message.is_shown_to(actor, is_staff) or (message.hidden and not is_staff):
        raise Refused("no_such_message", "That message is not there.")
    return message


def _was_posted(state: RoomState, event: e.MessagePosted) -> None:
    message = Message(
        id=event.message_id,
        author_id=event.author_id,
        key=event.key,
        text=event.text,
        posted_at=event.at,
        reply_to=event.reply_to,
        held=event.held,
    )
    latest = next(reversed(state.chat.values()), None)
    state.chat[message.id] = message
    if latest is not None and _order(message) < _order(latest):
        state.chat = {each.id: each for each in sorted(state.chat.values(), key=_order)}
    if len(state.chat) > LATEST_MESSAGES:
        del state.chat[next(iter(state.chat))]
        state.channel = replace(state.channel, more=True)


def _change(state: RoomState, message_id: str, change: Callable[[Message], Message]) -> None:
    for messages in (state.chat, state.recalled):
        if message_id in messages:
            messages[message_id] = change(messages[message_id])


def _was_reacted(state: RoomState, event: MessageReacted) -> None:
    one = frozenset({(event.person_id, event.reaction)})

    def change(message: Message) -> Message:
        reactions = message.reactions | one if event.on else message.reactions - one
        return replace(message, reactions=reactions)

    _change(state, event.message_id, change)


def _was_reported(state: RoomState, event: MessageReported) -> None:
    one = frozenset({(event.actor or "", event.reason)})
    _change(state, event.message_id, lambda each: replace(each, reports=each.reports | one))


def _was_hidden(state: RoomState, event: MessageHidden) -> None:
    _change(state, event.message_id, lambda each: replace(each, hidden=event.hidden))


def _was_approved(state: RoomState, event: MessageApproved) -> None:
    _change(state, event.message_id, lambda each: replace(each, held=False, hidden=not event.approved))


def _was_paused(state: RoomState, event: ChatPaused) -> None:
    state.channel = replace(state.channel, paused=event.paused)


def _was_held(state: RoomState, event: MessagesHeld) -> None:
    one = frozenset({event.person_id})
    held = state.channel.held | one if event.held else state.channel.held - one
    state.channel = replace(state.channel, held=held)


def _was_seen(state: RoomState, event: MessagesSeen) -> None:
    seen = {**state.channel.seen, event.actor or "": event.message_id}
    state.channel = replace(state.channel, seen=seen)


def _was_noted(state: RoomState, event: ChatNoted) -> None:
    for each in event.events:
        is_known = isinstance(each, e.MessagePosted) and found(state, each.message_id) is not None
        if not is_known:
            APPLY[type(each)](state, each)


DECIDE: Mapping[type[c.Command], Callable[[RoomState, Any, datetime, Any], Events]] = {
    c.Post: _post,
    React: _react,
    Report: _report,
    Hide: _hide,
    ApproveMessage: _approve,
    PauseChat: _pause,
    HoldMessages: _hold,
    SeeMessages: _see,
    NoteChat: _note,
}
APPLY: Mapping[type[e.Event], Callable[[RoomState, Any], None]] = {
    e.MessagePosted: _was_posted,
    MessageReacted: _was_reacted,
    MessageReported: _was_reported,
    MessageHidden: _was_hidden,
    MessageApproved: _was_approved,
    ChatPaused: _was_paused,
    MessagesHeld: _was_held,
    MessagesSeen: _was_seen,
    ChatNoted: _was_noted,
}
EVENTS: frozenset[type[e.Event]] = frozenset(APPLY)


def is_said_here(event: e.Event) -> bool:
    """Whether this happened to the channel in this room, and is not known of from outside of it."""
    return type(event) in EVENTS and not isinstance(event, ChatNoted)


def staff_action(event: e.Event) -> str | None:
    """Return the audit's word for what staff did to a person's writing; None for everything else."""
    match event:
        case MessageHidden():
            return "hide_message" if event.hidden else "show_message"
        case MessageApproved():
            return "approve_message" if event.approved else "decline_message"
        case MessagesHeld():
            return "hold_messages" if event.held else "release_messages"
        case ChatPaused():
            return "pause_chat" if event.paused else "resume_chat"
    return None
