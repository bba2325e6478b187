"""The course's chat as its page shows it to one person. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from server.people.roles import Role
from server.rooms.chat import found
from server.rooms.message import Message, ReportReason
from server.rooms.state import RoomState
from server.timetable.courses import Enrolled
from server.timetable.spoken import day_and_time

REASONS: Mapping[ReportReason, str] = {
    ReportReason.UPSETTING: "It is upsetting",
    ReportReason.UNSAFE: "It is not safe advice",
    ReportReason.PRIVATE: "It tells something private",
    ReportReason.OTHER: "Another reason",
}
_STAFF: Mapping[Role, str] = {Role.PHYSIO: "physio", Role.HELPER: "helper"}
GONE = "Someone who has left the course"
BEGINNING_CHARS = 80


@dataclass(frozen=True, slots=True)
class ChatLine:
    """One message."""

    id: str
    author_id: str
    who: str
    """`Hannah (physio)`, `You`."""
    when: str
    text: str = field(repr=False)
    """Empty when it is hidden from this person."""
    answers: str = field(repr=False)
    """Whom and what it answers, in short; empty when nothing."""
    is_mine: bool
    is_hidden: bool
    is_held: bool
    is_held_back: bool
    """Waits for approval, and is not this person's to see."""
    is_new: bool
    is_reported: bool
    """By this person."""
    reports: int
    """For staff: how many people have reported it."""
    report_reasons: str
    """For staff: why, in words."""
    may_be_held: bool
    """Its author is a patient on the course, and not held yet."""


def lines_of(
    messages: Sequence[Message],
    state: RoomState,
    names: Mapping[str, str],
    viewer: Enrolled,
    now: datetime,
    zone: ZoneInfo,
) -> list[ChatLine]:
    """Return the messages as `viewer` sees them, in their order."""
    seen = state.chat.get(state.channel.seen.get(viewer.person_id, ""))
    return [
        _line(each, state, names, viewer, seen, day_and_time(each.posted_at, now, zone)) for each in messages
    ]


def _line(
    message: Message,
    state: RoomState,
    names: Mapping[str, str],
    viewer: Enrolled,
    seen: Message | None,
    when: str,
) -> ChatLine:
    is_staff, is_mine = viewer.role.is_staff, message.author_id == viewer.person_id
    author = state.members.get(message.author_id)
    is_patient = author is not None and not author.role.is_staff
    return ChatLine(
        id=message.id,
        author_id=message.author_id,
        who="You" if is_mine else _name(message.author_id, state, names),
        when=when[0].upper() + when[1:],
        text=message.text if is_staff or not message.hidden else "",
        answers=_answered(message, state, names, viewer),
        is_mine=is_mine,
        is_hidden=message.hidden,
        is_held=message.held,
        is_held_back=not message.is_shown_to(viewer.person_id, is_staff),
        is_new=not is_mine and (seen is None or message.posted_at > seen.posted_at),
        is_reported=viewer.person_id in message.reporters,
        reports=len(message.reporters) if is_staff else 0,
        report_reasons=_why_reported(message) if is_staff else "",
        may_be_held=is_patient and message.author_id not in state.channel.held,
    )


def _why_reported(message: Message) -> str:
    given = {reason for _, reason in message.reports}
    return ", ".join(words.lower() for reason, words in REASONS.items() if reason in given)


def _name(person_id: str, state: RoomState, names: Mapping[str, str]) -> str:
    name, member = names.get(person_id, GONE), state.members.get(person_id)
    return f"{name} ({_STAFF[member.role]})" if member and member.role in _STAFF else name


def _answered(message: Message, state: RoomState, names: Mapping[str, str], viewer: Enrolled) -> str:
    answered = found(state, message.reply_to) if message.reply_to else None
    if answered is None or not answered.is_shown_to(viewer.person_id, viewer.role.is_staff):
        return ""
    name = _name(answered.author_id, state, names)
    if answered.hidden:
        return f"{name}: a message that staff have hidden"
    text = " ".join(answered.text.split())
    return f"{name}: {text if len(text) <= BEGINNING_CHARS else text[:BEGINNING_CHARS].rstrip() + '…'}"
