"""Makes a room's events durable.

Each event changes the tables that are the truth, adds a row to `room_journal` (what happened, in order; ids
and flags only) and, when staff did something to a patient, one to `audit`; all in the caller's transaction.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Executable

from server.rooms import events as e
from server.rooms.state import Place, QuestionState, RoomState
from server.storage import tables as t

VERSION = 1
"""Of the form of the journal's `detail`; raised when an event's fields change their meaning."""


async def write_events(
    session: AsyncSession, state: RoomState, events: Sequence[e.Event], new_id: Callable[[], str]
) -> None:
    """Write `events`, which `state` has just taken in, to the tables, the journal and the audit."""
    first_seq = state.seq - len(events) + 1
    for seq, event in enumerate(events, start=first_seq):
        for statement in _WRITE[type(event)](state, event):
            await session.execute(statement)
        await session.execute(
            insert(t.JournalEntry).values(
                class_id=state.class_id,
                seq=seq,
                version=VERSION,
                at=event.at,
                event=_name(event),
                actor_id=event.actor,
                detail=_detail(event),
            )
        )
        if (action := staff_action(state, event)) is not None:
            await session.execute(
                insert(t.AuditEntry).values(
                    id=new_id(),
                    at=event.at,
                    actor_id=event.actor,
                    subject_id=getattr(event, "person_id", None),
                    class_id=state.class_id,
                    action=action,
                )
            )


def staff_action(state: RoomState, event: e.Event) -> str | None:
    """Return the audit's word for what staff did to a patient; None for everything else."""
    match event:
        case e.Admitted():
            return "admit"
        case e.MutedByStaff():
            return "mute" if event.muted else "unmute"
        case e.HelpSettled() if event.actor != event.person_id:
            return "settle_help"
        case e.ClassEnded():
            return "end_class"
    return None


def _name(event: e.Event) -> str:
    """`QuestionAsked` as `question_asked`."""
    name = type(event).__name__
    return name[0].lower() + "".join(f"_{char.lower()}" if char.isupper() else char for char in name[1:])


def _detail(event: e.Event) -> dict[str, Any]:
    return {
        field.name: getattr(event, field.name)
        for field in dataclasses.fields(event)
        if field.repr and field.name not in ("at", "actor")
    }


def _participation(state: RoomState, event: e.Event, **values: object) -> Executable:
    return (
        update(t.Participation)
        .where(
            t.Participation.class_id == state.class_id,
            t.Participation.person_id == getattr(event, "person_id", None),
        )
        .values(**values)
    )


def _came_in(state: RoomState, event: e.CameIn) -> list[Executable]:
    values = {"place": event.place, "place_since": event.at, "microphone_on": False, "camera_on": False}
    if event.first:
        row = {"class_id": state.class_id, "person_id": event.person_id, **values}
        return [insert(t.Participation).values(**row, muted_by_staff=False, seen_by_group=False)]
    return [_participation(state, event, **values)]


def _moved_to(place: Place, **also: bool) -> Callable[[RoomState, e.Event], list[Executable]]:
    return lambda state, event: [_participation(state, event, place=place, place_since=event.at, **also)]


def _media_set(state: RoomState, event: e.MediaSet) -> list[Executable]:
    values = {"microphone_on": event.microphone_on, "camera_on": event.camera_on}
    return [_participation(state, event, **values)]


def _muted(state: RoomState, event: e.MutedByStaff) -> list[Executable]:
    return [_participation(state, event, muted_by_staff=event.muted)]


def _question_asked(state: RoomState, event: e.QuestionAsked) -> list[Executable]:
    return [
        insert(t.Question).values(
            id=event.question_id,
            class_id=state.class_id,
            asker_id=event.asker_id,
            key=event.key,
            text=event.text,
            state=QuestionState.WAITING,
            asked_at=event.at,
        )
    ]


def _vote_changed(state: RoomState, event: e.VoteChanged) -> list[Executable]:
    if event.up:
        return [insert(t.QuestionVote).values(question_id=event.question_id, person_id=event.person_id)]
    return [
        delete(t.QuestionVote).where(
            t.QuestionVote.question_id == event.question_id, t.QuestionVote.person_id == event.person_id
        )
    ]


def _question_moved(state: RoomState, event: e.QuestionMoved) -> list[Executable]:
    answered = event.state in (QuestionState.ANSWERED_LIVE, QuestionState.ANSWERED_IN_WRITING)
    return [
        update(t.Question)
        .where(t.Question.id == event.question_id)
        .values(
            state=event.state,
            answer=event.answer,
            answered_by=event.actor if answered else None,
            answered_at=event.at if answered else None,
        )
    ]


def _message_posted(state: RoomState, event: e.MessagePosted) -> list[Executable]:
    return [
        insert(t.ChatMessage).values(
            id=event.message_id,
            course_id=state.course_id,
            class_id=state.class_id,
            author_id=event.author_id,
            key=event.key,
            text=event.text,
            posted_at=event.at,
        )
    ]


def _help_called(state: RoomState, event: e.HelpCalled) -> list[Executable]:
    return [
        insert(t.HelpCall).values(
            id=event.help_id,
            class_id=state.class_id,
            person_id=event.person_id,
            kind=event.kind,
            called_at=event.at,
        )
    ]


def _help_settled(state: RoomState, event: e.HelpSettled) -> list[Executable]:
    return [
        update(t.HelpCall)
        .where(t.HelpCall.id == event.help_id)
        .values(settled_at=event.at, settled_by=event.actor)
    ]


def _class_ended(state: RoomState, event: e.ClassEnded) -> list[Executable]:
    return [
        update(t.ClassSession).where(t.ClassSession.id == state.class_id).values(ended_at=event.at),
        update(t.Participation)
        .where(t.Participation.class_id == state.class_id, t.Participation.place != Place.LEFT)
        .values(place=Place.LEFT, place_since=event.at),
    ]


_WRITE: Mapping[type[e.Event], Callable[[RoomState, Any], list[Executable]]] = {
    e.CameIn: _came_in,
    e.Admitted: _moved_to(Place.IN_CLASS, microphone_on=False),
    e.Dropped: _moved_to(Place.DROPPED),
    e.Returned: _moved_to(Place.IN_CLASS),
    e.WentOut: _moved_to(Place.LEFT, microphone_on=False, camera_on=False),
    e.MediaSet: _media_set,
    e.MutedByStaff: _muted,
    e.QuestionAsked: _question_asked,
    e.VoteChanged: _vote_changed,
    e.QuestionMoved: _question_moved,
    e.MessagePosted: _message_posted,
    e.HelpCalled: _help_called,
    e.HelpSettled: _help_settled,
    e.ClassEnded: _class_ended,
}
