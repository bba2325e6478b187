"""Leading a class: muting all, undoing, locking, extending, handing over, and the spotlight. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from server.errors import Refused
from server.rooms import commands as c
from server.rooms import events as e
from server.rooms.floor_values import Undo, UndoKind
from server.rooms.refusals import person_here
from server.rooms.state import Place, RoomState

Events = tuple[e.Event, ...]
UNDO_WITHIN = timedelta(seconds=60)
EXTEND_BY_MIN = 10
EXTEND_AT_MOST_MIN = 60


@dataclass(frozen=True, slots=True)
class MuteAll(c.Command):
    """Withhold the sound of all patients from the group; staff go on hearing them."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS


@dataclass(frozen=True, slots=True)
class TakeBack(c.Command):
    """Undo what was done last to many at once, if it is still what the person saw; None: whatever it is."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    kind: UndoKind | None = None


@dataclass(frozen=True, slots=True)
class Lock(c.Command):
    """Let nobody new in, or open the class again."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    locked: bool


@dataclass(frozen=True, slots=True)
class Extend(c.Command):
    """Ten minutes more."""

    who: ClassVar[c.WhoMay] = c.WHO_LEADS


@dataclass(frozen=True, slots=True)
class HandOver(c.Command):
    """Have another of staff present, or take it back oneself."""

    who: ClassVar[c.WhoMay] = c.PHYSIO_IN_CLASS
    person_id: str


@dataclass(frozen=True, slots=True)
class PutInSpotlight(c.Command):
    """Show a patient large to everyone; None: nobody any more."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    person_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoKept(e.Event):
    """What staff did to many at once can be taken back for a while."""

    kind: UndoKind
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoUsed(e.Event):
    """It was taken back."""

    kind: UndoKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassLocked(e.Event):
    """Nobody new gets in any more, or everybody again."""

    locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassExtended(e.Event):
    """The class goes on for longer."""

    by_min: int
    ends_at: datetime = field(repr=False)
    """Stands in the timetable, not in the journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenterSet(e.Event):
    """Presenting was handed over; None: whoever leads presents."""

    person_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotlightSet(e.Event):
    """Another patient is shown large, or None is any more; by the system when she may not be seen now."""

    person_id: str | None


def _mute_all(state: RoomState, command: MuteAll, at: datetime, actor: str) -> Events:
    """Of the patients who are in class, or dropped out and may be back at any moment."""
    heard = tuple(
        each.person_id
        for each in state.people.values()
        if not each.is_staff and each.place in (Place.IN_CLASS, Place.DROPPED) and not each.muted_by_staff
    )
    if not heard:
        return ()
    muted = (e.MutedByStaff(at=at, actor=actor, person_id=each, muted=True) for each in heard)
    return (*muted, UndoKept(at=at, actor=actor, kind=UndoKind.MUTE_ALL, people=heard))


def _take_back(state: RoomState, command: TakeBack, at: datetime, actor: str) -> Events:
    undo = state.floor.undo
    if undo is None or not undo.people or at > undo.until or command.kind not in (None, undo.kind):
        raise Refused("nothing_to_undo", "This can no longer be undone. You can change it for each person.")
    return (*UNDOES[undo.kind](state, undo, at, actor), UndoUsed(at=at, actor=actor, kind=undo.kind))


def _unmute_all(state: RoomState, undo: Undo, at: datetime, actor: str) -> Events:
    """Whoever was given the sound back meanwhile is left as she is."""
    return tuple(
        e.MutedByStaff(at=at, actor=actor, person_id=each, muted=False)
        for each in undo.people
        if each in state.people and state.people[each].muted_by_staff
    )


UNDOES: dict[UndoKind, Callable[[RoomState, Undo, datetime, str], Events]] = {
    UndoKind.MUTE_ALL: _unmute_all,
}
"""How each kind is taken back."""


def _lock(state: RoomState, command: Lock, at: datetime, actor: str) -> Events:
    if state.floor.locked == command.locked:
        return ()
    return (ClassLocked(at=at, actor=actor, locked=command.locked),)


def _extend(state: RoomState, command: Extend, at: datetime, actor: str) -> Events:
    if state.floor.extended_min + EXTEND_BY_MIN > EXTEND_AT_MOST_MIN or state.ends_at is None:
        raise Refused(
            "extended_enough", f"A class can be made longer by {EXTEND_AT_MOST_MIN} minutes at most."
        )
    ends_at = state.ends_at + timedelta(minutes=EXTEND_BY_MIN)
    return (ClassExtended(at=at, actor=actor, by_min=EXTEND_BY_MIN, ends_at=ends_at),)


def _hand_over(state: RoomState, command: HandOver, at: datetime, actor: str) -> Events:
    person = person_here(state, command.person_id)
    if not person.is_staff or person.place is not Place.IN_CLASS:
        raise Refused("not_staff_here", "Only a physio or helper who is in class can present.")
    if state.floor.presenter == person.person_id:
        return ()
    return (PresenterSet(at=at, actor=actor, person_id=person.person_id),)


def _put_in_spotlight(state: RoomState, command: PutInSpotlight, at: datetime, actor: str) -> Events:
    if command.person_id is not None:
        person = person_here(state, command.person_id)
        aside = state.floor.aside_with(person.person_id)
        if person.is_staff or person.place is not Place.IN_CLASS or aside is not None:
            raise Refused("not_here", "This person is not with the group just now.")
        if not person.seen_by_group or person.camera_stopped:
            raise Refused("not_shown", "This person has not chosen to be seen by the group. Ask them first.")
    if state.floor.spotlight == command.person_id:
        return ()
    return (SpotlightSet(at=at, actor=actor, person_id=command.person_id),)


def _undo_kept(state: RoomState, event: UndoKept) -> None:
    undo = Undo(event.kind, event.people, event.at + UNDO_WITHIN)
    state.floor = replace(state.floor, undo=undo)


def _undo_used(state: RoomState, event: UndoUsed) -> None:
    state.floor = replace(state.floor, undo=None)


def leave_as_she_is(state: RoomState, person_id: str, kind: UndoKind) -> None:
    """What was done to many at once was changed for one of them since: it is not taken back for her."""
    undo = state.floor.undo
    if undo is not None and undo.kind is kind and person_id in undo.people:
        people = tuple(each for each in undo.people if each != person_id)
        state.floor = replace(state.floor, undo=replace(undo, people=people))


def _class_locked(state: RoomState, event: ClassLocked) -> None:
    state.floor = replace(state.floor, locked=event.locked)


def _class_extended(state: RoomState, event: ClassExtended) -> None:
    state.ends_at = event.ends_at
    state.floor = replace(state.floor, extended_min=state.floor.extended_min + event.by_min)


def _presenter_set(state: RoomState, event: PresenterSet) -> None:
    state.floor = replace(state.floor, presenter=event.person_id)


def _spotlight_set(state: RoomState, event: SpotlightSet) -> None:
    state.floor = replace(state.floor, spotlight=event.person_id)


DECIDE: Mapping[type[c.Command], Callable[[RoomState, Any, datetime, Any], Events]] = {
    MuteAll: _mute_all,
    TakeBack: _take_back,
    Lock: _lock,
    Extend: _extend,
    HandOver: _hand_over,
    PutInSpotlight: _put_in_spotlight,
}
APPLY: Mapping[type[e.Event], Callable[[RoomState, Any], None]] = {
    UndoKept: _undo_kept,
    UndoUsed: _undo_used,
    ClassLocked: _class_locked,
    ClassExtended: _class_extended,
    PresenterSet: _presenter_set,
    SpotlightSet: _spotlight_set,
}


def staff_action(event: e.Event) -> str | None:
    """Return the audit's word for what staff did; None for everything else."""
    match event:
        case ClassLocked():
            return "lock_class" if event.locked else "unlock_class"
        case ClassExtended():
            return "extend_class"
        case PresenterSet() if event.actor is not None:
            return "hand_over"
        case SpotlightSet() if event.actor is not None:
            return "spotlight" if event.person_id is not None else "end_spotlight"
    return None
