"""What follows from the commands at the door: who is let in, who is not, what is said to who waits. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from server.errors import Refused
from server.rooms import commands as c
from server.rooms import events as e
from server.rooms.help_calls import settled_before_she_goes
from server.rooms.refusals import not_cleared, person_here, written_text
from server.rooms.state import NOT_YET, PersonInRoom, Place, RoomState, Turned
from server.timetable.check_in_rules import CLEARED, State

Events = tuple[e.Event, ...]
NOT_TODAY = "Our staff have decided that it is better for you not to take part today."


def _admit(state: RoomState, command: c.Admit, at: datetime, actor: str) -> Events:
    person = person_here(state, command.person_id)
    if person.place in (Place.IN_CLASS, Place.DROPPED):
        return ()
    _check_waits(person)
    if (bar := state.bar(person.person_id)) is not None:
        raise not_cleared(bar)
    return (e.Admitted(at=at, actor=actor, person_id=person.person_id),)


def _admit_ready(state: RoomState, command: c.AdmitReady, at: datetime, actor: str) -> Events:
    waiting = [each.person_id for each in state.people.values() if each.place is Place.WAITING]
    return tuple(
        e.Admitted(at=at, actor=actor, person_id=each) for each in waiting if state.bar(each) is None
    )


def _allow(state: RoomState, command: c.Allow, at: datetime, actor: str) -> Events:
    member = state.members.get(command.person_id)
    if member is None or member.role.is_staff:
        raise Refused("no_such_person", "This person is not a patient of this class.")
    if not state.has_check_in:
        raise Refused("no_check_in", "Nobody checks in before this class, so nothing holds this person.")
    note = written_text(command.note)
    if state.before_class.get(command.person_id, NOT_YET).state in CLEARED:
        return ()
    return (e.Allowed(at=at, actor=actor, person_id=command.person_id, note=note),)


def _turn_away(state: RoomState, command: c.TurnAway, at: datetime, actor: str) -> Events:
    person = person_here(state, command.person_id)
    _check_waits(person)
    text = written_text(command.text)
    settled = settled_before_she_goes(state, person.person_id, command.done, command.note, at, actor)
    turned = e.TurnedAway(at=at, actor=actor, person_id=person.person_id, reason=command.reason, text=text)
    return (*settled, *_turned(person, at, actor, turned))


def _tell_waiting(state: RoomState, command: c.TellWaiting, at: datetime, actor: str) -> Events:
    person = person_here(state, command.person_id)
    _check_waits(person)
    text = written_text(command.text)
    return (e.WaitingTold(at=at, actor=actor, person_id=person.person_id, text=text),)


def _note_check_in(state: RoomState, command: c.NoteCheckIn, at: datetime, actor: None) -> Events:
    """Who is refused on the pages goes out of the class, too."""
    person, before = state.people.get(command.person_id), command.before
    if command.person_id not in state.members:
        return ()
    if state.before_class.get(command.person_id, NOT_YET) == before:
        return ()
    noted = e.CheckInNoted(at=at, actor=None, person_id=command.person_id, state=before.state, before=before)
    if before.state is not State.REFUSED or person is None or person.place not in c.PRESENT:
        return (noted,)
    turned = e.TurnedAway(at=at, actor=None, person_id=person.person_id, reason=Turned.OTHER, text=NOT_TODAY)
    return (noted, *_turned(person, at, None, turned))


def _turned(person: PersonInRoom, at: datetime, actor: str | None, turned: e.TurnedAway) -> Events:
    return (turned, e.WentOut(at=at, actor=actor, person_id=person.person_id, was=person.place))


def _check_waits(person: PersonInRoom) -> None:
    if person.place is not Place.WAITING:
        raise Refused("not_waiting", "This person is no longer in the waiting room.")


AT_THE_DOOR: Mapping[type[c.Command], Callable[[RoomState, Any, datetime, Any], Events]] = {
    c.Admit: _admit,
    c.AdmitReady: _admit_ready,
    c.Allow: _allow,
    c.TurnAway: _turn_away,
    c.TellWaiting: _tell_waiting,
    c.NoteCheckIn: _note_check_in,
}
