"""How an event changes the state. Applying cannot fail: whatever may be refused was refused before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from server.rooms import events as e
from server.rooms.state import HelpCall, Message, PersonInRoom, Place, Question, QuestionState, RoomState


def apply(state: RoomState, event: e.Event) -> None:
    """Make `event` true in `state`."""
    _APPLY[type(event)](state, event)
    state.seq += 1


def _came_in(state: RoomState, event: e.CameIn) -> None:
    member, before = state.members[event.person_id], state.people.get(event.person_id)
    state.people[event.person_id] = PersonInRoom(
        person_id=event.person_id,
        role=member.role,
        seat=member.seat,
        place=event.place,
        place_since=event.at,
        muted_by_staff=before.muted_by_staff if before else False,
        seen_by_group=before.seen_by_group if before else False,
    )


def _move(state: RoomState, person_id: str, place: Place, at: datetime) -> None:
    state.people[person_id] = replace(state.people[person_id], place=place, place_since=at)


def _admitted(state: RoomState, event: e.Admitted) -> None:
    """Patients come in muted, whatever their browser said while they waited."""
    _move(state, event.person_id, Place.IN_CLASS, event.at)
    state.people[event.person_id] = replace(state.people[event.person_id], microphone_on=False)


def _dropped(state: RoomState, event: e.Dropped) -> None:
    _move(state, event.person_id, Place.DROPPED, event.at)


def _returned(state: RoomState, event: e.Returned) -> None:
    _move(state, event.person_id, Place.IN_CLASS, event.at)


def _went_out(state: RoomState, event: e.WentOut) -> None:
    _move(state, event.person_id, Place.LEFT, event.at)
    gone = state.people[event.person_id]
    state.people[event.person_id] = replace(gone, microphone_on=False, camera_on=False)


def _media_set(state: RoomState, event: e.MediaSet) -> None:
    person = state.people[event.person_id]
    state.people[event.person_id] = replace(
        person, microphone_on=event.microphone_on, camera_on=event.camera_on
    )


def _muted_by_staff(state: RoomState, event: e.MutedByStaff) -> None:
    person = state.people[event.person_id]
    state.people[event.person_id] = replace(person, muted_by_staff=event.muted)


def _question_asked(state: RoomState, event: e.QuestionAsked) -> None:
    state.questions[event.question_id] = Question(
        id=event.question_id,
        asker_id=event.asker_id,
        key=event.key,
        text=event.text,
        asked_at=event.at,
    )


def _vote_changed(state: RoomState, event: e.VoteChanged) -> None:
    question = state.questions[event.question_id]
    one = frozenset({event.person_id})
    voters = question.voters | one if event.up else question.voters - one
    state.questions[event.question_id] = replace(question, voters=voters)


def _question_moved(state: RoomState, event: e.QuestionMoved) -> None:
    answered = event.state in (QuestionState.ANSWERED_LIVE, QuestionState.ANSWERED_IN_WRITING)
    state.questions[event.question_id] = replace(
        state.questions[event.question_id],
        state=event.state,
        answer=event.answer,
        answered_by=event.actor if answered else None,
        answered_at=event.at if answered else None,
    )


def _message_posted(state: RoomState, event: e.MessagePosted) -> None:
    state.chat[event.message_id] = Message(
        id=event.message_id,
        author_id=event.author_id,
        key=event.key,
        text=event.text,
        posted_at=event.at,
    )


def _help_called(state: RoomState, event: e.HelpCalled) -> None:
    state.help[event.help_id] = HelpCall(
        id=event.help_id, person_id=event.person_id, kind=event.kind, called_at=event.at
    )


def _help_settled(state: RoomState, event: e.HelpSettled) -> None:
    state.help[event.help_id] = replace(
        state.help[event.help_id], settled_at=event.at, settled_by=event.actor
    )


def _class_ended(state: RoomState, event: e.ClassEnded) -> None:
    state.ended_at = event.at
    for person in list(state.people.values()):
        if person.place is not Place.LEFT:
            _move(state, person.person_id, Place.LEFT, event.at)


_APPLY: Mapping[type[e.Event], Callable[[RoomState, Any], None]] = {
    e.CameIn: _came_in,
    e.Admitted: _admitted,
    e.Dropped: _dropped,
    e.Returned: _returned,
    e.WentOut: _went_out,
    e.MediaSet: _media_set,
    e.MutedByStaff: _muted_by_staff,
    e.QuestionAsked: _question_asked,
    e.VoteChanged: _vote_changed,
    e.QuestionMoved: _question_moved,
    e.MessagePosted: _message_posted,
    e.HelpCalled: _help_called,
    e.HelpSettled: _help_settled,
    e.ClassEnded: _class_ended,
}
