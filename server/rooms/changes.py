"""How an event changes the state. Applying cannot fail: whatever may be refused was refused before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from server.rooms import cards, chat, floor, help_calls, losses, pulses, questions, removing, seeing, signs
from server.rooms import events as e
from server.rooms.floor_values import UndoKind
from server.rooms.losses import note_whereabouts
from server.rooms.state import (
    NOT_YET,
    PersonInRoom,
    Place,
    RoomState,
)
from server.timetable.check_in_rules import State


def apply(state: RoomState, event: e.Event) -> None:
    """Make `event` true in `state`."""
    _APPLY[type(event)](state, event)
    note_whereabouts(state, event)
    signs.end_signs(state, event)
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
        camera_stopped=before.camera_stopped if before else False,
        was_in_class=before.was_in_class if before else False,
        last_lost_at=before.last_lost_at if before else None,
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


def _held_back(state: RoomState, event: e.HeldBack) -> None:
    """As all who wait: muted, and told nothing yet."""
    _move(state, event.person_id, Place.WAITING, event.at)
    waits = state.people[event.person_id]
    state.people[event.person_id] = replace(waits, microphone_on=False, told="")


def _went_out(state: RoomState, event: e.WentOut) -> None:
    _move(state, event.person_id, Place.LEFT, event.at)
    gone = state.people[event.person_id]
    state.people[event.person_id] = replace(gone, microphone_on=False, camera_on=False, side_view=None)


def _check_in_noted(state: RoomState, event: e.CheckInNoted) -> None:
    state.before_class[event.person_id] = event.before


def _decided(state: RoomState, person_id: str, decision: State) -> None:
    before = state.before_class.get(person_id, NOT_YET)
    state.before_class[person_id] = replace(before, state=decision)


def _allowed(state: RoomState, event: e.Allowed) -> None:
    _decided(state, event.person_id, State.ALLOWED)


def _turned_away(state: RoomState, event: e.TurnedAway) -> None:
    if state.has_check_in:
        _decided(state, event.person_id, State.REFUSED)
    state.people[event.person_id] = replace(state.people[event.person_id], told=event.text)


def _waiting_told(state: RoomState, event: e.WaitingTold) -> None:
    state.people[event.person_id] = replace(state.people[event.person_id], told=event.text)


def _media_set(state: RoomState, event: e.MediaSet) -> None:
    person = state.people[event.person_id]
    state.people[event.person_id] = replace(
        person,
        microphone_on=event.microphone_on,
        camera_on=event.camera_on,
        side_view=event.side_view,
        unheard=person.unheard and not event.microphone_on,
    )


def _muted_by_staff(state: RoomState, event: e.MutedByStaff) -> None:
    person = state.people[event.person_id]
    state.people[event.person_id] = replace(person, muted_by_staff=event.muted)
    if not event.muted:
        floor.leave_as_she_is(state, event.person_id, UndoKind.MUTE_ALL)


def _class_ended(state: RoomState, event: e.ClassEnded) -> None:
    state.ended_at = event.at
    state.ended_unattended = event.actor is None
    for person in list(state.people.values()):
        if person.place is not Place.LEFT:
            _move(state, person.person_id, Place.LEFT, event.at)


_APPLY: Mapping[type[e.Event], Callable[[RoomState, Any], None]] = {
    e.CameIn: _came_in,
    e.Admitted: _admitted,
    e.Dropped: _dropped,
    e.Returned: _returned,
    e.HeldBack: _held_back,
    e.WentOut: _went_out,
    e.CheckInNoted: _check_in_noted,
    e.Allowed: _allowed,
    e.TurnedAway: _turned_away,
    e.WaitingTold: _waiting_told,
    e.MediaSet: _media_set,
    e.MutedByStaff: _muted_by_staff,
    **questions.APPLY,
    **chat.APPLY,
    **floor.APPLY,
    **seeing.APPLY,
    **removing.APPLY,
    **help_calls.APPLY,
    **losses.APPLY,
    **signs.APPLY,
    **pulses.APPLY,
    **cards.APPLY,
    e.ClassEnded: _class_ended,
}
