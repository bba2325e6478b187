"""What follows from a command: the events, or `Refused`. Pure; who may is checked before (`refusals`).

The transitions are those of the table in `Place`, and of what each subject says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from server.errors import Refused
from server.rooms import (
    cards,
    chat,
    floor,
    help_calls,
    losses,
    pulses,
    questions,
    removing,
    seeing,
    signs,
    unattended,
)
from server.rooms import commands as c
from server.rooms import events as e
from server.rooms.consequences import consequences
from server.rooms.door_decisions import AT_THE_DOOR
from server.rooms.refusals import class_full, class_locked, last_staff, not_today, person_here, taken_out
from server.rooms.state import Place, RoomState
from server.timetable.check_in_rules import State

Events = tuple[e.Event, ...]


def decide(state: RoomState, command: c.Command, at: datetime, actor: str | None) -> Events:
    """Return the events that follow; none when all is as the command wants it already."""
    events = _DECIDE[type(command)](state, command, at, actor)
    return (*events, *consequences(state, events, at))


def _join(state: RoomState, command: c.Join, at: datetime, actor: str) -> Events:
    place = state.place_of(actor)
    if place in (Place.WAITING, Place.IN_CLASS):
        return ()
    is_staff = state.members[actor].role.is_staff
    if state.check_in_of(actor) is State.REFUSED:
        raise not_today(state.people[actor].told if actor in state.people else "")
    if actor in state.people and state.people[actor].removed:
        raise taken_out(state.people[actor].told)
    if place is Place.DROPPED:
        return (_back(state, actor, at, actor),)
    is_new = place is None and not is_staff
    if is_new and state.floor.locked:
        raise class_locked()
    if is_new and state.max_patients is not None and _patients_there(state) >= state.max_patients:
        raise class_full(state.max_patients)
    to = Place.IN_CLASS if is_staff else Place.WAITING
    return (e.CameIn(at=at, actor=actor, person_id=actor, place=to, first=place is None),)


def _patients_there(state: RoomState) -> int:
    """How many places are taken: those who dropped out keep theirs."""
    return sum(not each.is_staff and each.place in c.PRESENT for each in state.people.values())


def _leave(state: RoomState, command: c.Leave, at: datetime, actor: str) -> Events:
    place = state.place_of(actor)
    if place is None or place is Place.LEFT:
        return ()
    if unattended.leaves_them_alone(state, actor):
        raise last_staff()
    return (e.WentOut(at=at, actor=actor, person_id=actor, was=place),)


def _lost(state: RoomState, command: c.Lost, at: datetime, actor: None) -> Events:
    place = state.place_of(command.person_id)
    if place is Place.IN_CLASS:
        return (e.Dropped(at=at, actor=None, person_id=command.person_id),)
    if place is Place.WAITING:
        return (e.WentOut(at=at, actor=None, person_id=command.person_id, was=place),)
    return ()


def _come_back(state: RoomState, command: c.ComeBack, at: datetime, actor: None) -> Events:
    if state.place_of(command.person_id) is not Place.DROPPED:
        return ()
    return (_back(state, command.person_id, at, None),)


def _back(state: RoomState, person_id: str, at: datetime, actor: str | None) -> e.Event:
    """Who dropped out is in class again, or waits where the check-in would not let her in now."""
    event = e.Returned if state.bar(person_id) is None else e.HeldBack
    return event(at=at, actor=actor, person_id=person_id)


def _set_own_media(state: RoomState, command: c.SetOwnMedia, at: datetime, actor: str) -> Events:
    """While staff have stopped her camera, it stays off, whatever her browser says. A microphone that was
    switched on in a side room stays off when that is over: only what is asked after it is heard by the group.
    """
    person = state.people[actor]
    if command.side_view is not None and not person.is_staff:
        raise Refused("staff_only", "Only the physio and the helper can do that.")
    camera_on = command.camera_on and not person.camera_stopped
    is_late = command.aside and state.floor.aside_with(actor) is None
    microphone_on = command.microphone_on and not is_late
    now = (person.microphone_on, person.camera_on, person.side_view)
    if now == (microphone_on, camera_on, command.side_view):
        return ()
    return (
        e.MediaSet(
            at=at,
            actor=actor,
            person_id=actor,
            microphone_on=microphone_on,
            camera_on=camera_on,
            side_view=command.side_view,
        ),
    )


def _mute(state: RoomState, command: c.Mute, at: datetime, actor: str) -> Events:
    person = person_here(state, command.person_id)
    if person.is_staff:
        raise Refused("not_a_patient", "Only patients can be muted for the group.")
    if person.place is Place.LEFT:
        raise Refused("not_here", "This person has left the class.")
    if person.muted_by_staff == command.muted:
        return ()
    return (e.MutedByStaff(at=at, actor=actor, person_id=person.person_id, muted=command.muted),)


def _end(state: RoomState, command: c.End, at: datetime, actor: str) -> Events:
    accounts = losses.accounts_at_the_end(state, command.accounts, at, actor)
    calls = help_calls.calls_at_the_end(state, command.calls, at, actor)
    return (*accounts, *calls, e.ClassEnded(at=at, actor=actor))


_DECIDE: Mapping[type[c.Command], Callable[[RoomState, Any, datetime, Any], Events]] = {
    c.Join: _join,
    c.Leave: _leave,
    c.Lost: _lost,
    c.ComeBack: _come_back,
    c.SetOwnMedia: _set_own_media,
    c.Mute: _mute,
    c.End: _end,
    **questions.DECIDE,
    **chat.DECIDE,
    **help_calls.DECIDE,
    **losses.DECIDE,
    **signs.DECIDE,
    **pulses.DECIDE,
    **cards.DECIDE,
    **AT_THE_DOOR,
    **floor.DECIDE,
    **seeing.DECIDE,
    **removing.DECIDE,
    **unattended.DECIDE,
}
