"""Who may see a patient: her own choice, a camera that staff stop, and the side room. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from server.errors import Refused
from server.rooms import commands as c
from server.rooms import events as e
from server.rooms.floor_values import Aside
from server.rooms.refusals import person_here
from server.rooms.state import Place, RoomState

Events = tuple[e.Event, ...]


@dataclass(frozen=True, slots=True)
class ShowToGroup(c.Command):
    """Choose who gets the own picture: staff only, or classmates too."""

    who: ClassVar[c.WhoMay] = c.PATIENT_PRESENT
    to_group: bool


@dataclass(frozen=True, slots=True)
class StopCamera(c.Command):
    """Stop a patient's camera, or let her switch it on again."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    person_id: str
    stopped: bool


@dataclass(frozen=True, slots=True)
class TakeAside(c.Command):
    """Go into a side room with one patient."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    person_id: str


@dataclass(frozen=True, slots=True)
class EndAside(c.Command):
    """Go back to the group, both."""

    who: ClassVar[c.WhoMay] = c.ANYONE_IN_CLASS


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChosen(e.Event):
    """A patient chose whether classmates get her picture."""

    person_id: str
    to_group: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraStopped(e.Event):
    """Staff stopped a patient's camera, which is off then, or gave it back."""

    person_id: str
    stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideTaken(e.Event):
    """One of staff and a patient are in a side room."""

    staff_id: str
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideEnded(e.Event):
    """They are back with the group; by the system when one of the two is not in class any more."""

    staff_id: str
    person_id: str


def _show_to_group(state: RoomState, command: ShowToGroup, at: datetime, actor: str) -> Events:
    if state.people[actor].seen_by_group == command.to_group:
        return ()
    return (GroupChosen(at=at, actor=actor, person_id=actor, to_group=command.to_group),)


def _stop_camera(state: RoomState, command: StopCamera, at: datetime, actor: str) -> Events:
    person = person_here(state, command.person_id)
    if person.is_staff:
        raise Refused("not_a_patient", "Only a patient’s camera can be stopped.")
    if person.place is Place.LEFT:
        raise Refused("not_here", "This person has left the class.")
    if person.camera_stopped == command.stopped:
        return ()
    return (CameraStopped(at=at, actor=actor, person_id=person.person_id, stopped=command.stopped),)


def _take_aside(state: RoomState, command: TakeAside, at: datetime, actor: str) -> Events:
    person, floor = person_here(state, command.person_id), state.floor
    if floor.aside_with(actor) == person.person_id:
        return ()
    if person.is_staff:
        raise Refused("not_a_patient", "You can take one patient aside.")
    if person.place is not Place.IN_CLASS:
        raise Refused("not_here", "This person is not in class just now.")
    if floor.aside_with(actor) is not None:
        raise Refused("already_aside", "You are talking with somebody aside. Go back to the group first.")
    if floor.aside_with(person.person_id) is not None:
        raise Refused("already_aside", "Somebody else is talking with this person just now.")
    return (AsideTaken(at=at, actor=actor, staff_id=actor, person_id=person.person_id),)


def _end_aside(state: RoomState, command: EndAside, at: datetime, actor: str) -> Events:
    return tuple(_ended(each, at, actor) for each in state.floor.asides if actor in _both(each))


def _ended(aside: Aside, at: datetime, actor: str | None) -> AsideEnded:
    return AsideEnded(at=at, actor=actor, staff_id=aside.staff_id, person_id=aside.patient_id)


def _both(aside: Aside) -> tuple[str, str]:
    return aside.staff_id, aside.patient_id


def asides_over(
    state: RoomState, staff_gone: frozenset[str], patients_gone: frozenset[str], at: datetime
) -> Events:
    """Return the end of the side rooms of which one is gone."""
    over = (
        each for each in state.floor.asides if each.staff_id in staff_gone or each.patient_id in patients_gone
    )
    return tuple(_ended(each, at, None) for each in over)


def _group_chosen(state: RoomState, event: GroupChosen) -> None:
    person = state.people[event.person_id]
    state.people[event.person_id] = replace(person, seen_by_group=event.to_group)


def _camera_stopped(state: RoomState, event: CameraStopped) -> None:
    person = state.people[event.person_id]
    state.people[event.person_id] = replace(person, camera_stopped=event.stopped, camera_on=False)


def _aside_taken(state: RoomState, event: AsideTaken) -> None:
    aside = Aside(event.staff_id, event.person_id)
    state.floor = replace(state.floor, asides=(*state.floor.asides, aside))


def _aside_ended(state: RoomState, event: AsideEnded) -> None:
    """She comes back to the group muted, as who is let in: nobody hears the rest of what was said aside. So
    do staff, unless they ended it themselves.
    """
    left = tuple(each for each in state.floor.asides if each.staff_id != event.staff_id)
    state.floor = replace(state.floor, asides=left)
    patient = state.people[event.person_id]
    state.people[event.person_id] = replace(patient, microphone_on=False)
    if is_over_their_heads(event):
        staff = state.people[event.staff_id]
        state.people[event.staff_id] = replace(staff, microphone_on=False, unheard=True)


def is_over_their_heads(event: AsideEnded) -> bool:
    """Whether somebody or something else ended it than the member of staff, who may be in mid-sentence."""
    return event.actor != event.staff_id


DECIDE: Mapping[type[c.Command], Callable[[RoomState, Any, datetime, Any], Events]] = {
    ShowToGroup: _show_to_group,
    StopCamera: _stop_camera,
    TakeAside: _take_aside,
    EndAside: _end_aside,
}
APPLY: Mapping[type[e.Event], Callable[[RoomState, Any], None]] = {
    GroupChosen: _group_chosen,
    CameraStopped: _camera_stopped,
    AsideTaken: _aside_taken,
    AsideEnded: _aside_ended,
}


def staff_action(event: e.Event) -> str | None:
    """Return the audit's word for what staff did to a patient; None for everything else."""
    match event:
        case CameraStopped():
            return "stop_camera" if event.stopped else "give_camera_back"
        case AsideTaken():
            return "take_aside"
        case AsideEnded() if event.actor == event.staff_id:
            return "end_aside"
    return None
