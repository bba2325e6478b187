"""Taking somebody out of class, and letting back. Pure.

What she writes on the chat's page waits for staff until she is let back, or they let her write freely.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar

from server.errors import Refused
from server.rooms import commands as c
from server.rooms import events as e
from server.rooms.chat import MessagesHeld
from server.rooms.help_calls import settled_before_she_goes
from server.rooms.refusals import person_here, written_text
from server.rooms.state import HelpDone, Place, RoomState, Turned

Events = tuple[e.Event, ...]


@dataclass(frozen=True, slots=True)
class Remove(c.Command):
    """Take a patient out of class; `text` is told to her. She cannot come again until she is let back."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    person_id: str
    reason: Turned
    text: str = field(repr=False)
    done: HelpDone | None = None
    """What was done about her calls for help that are open."""
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class LetBack(c.Command):
    """Whoever was taken out may come again."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed(e.Event):
    """Staff took a patient out of class. `WentOut` follows."""

    person_id: str
    reason: Turned
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtBack(e.Event):
    """Staff let her come again."""

    person_id: str


def _remove(state: RoomState, command: Remove, at: datetime, actor: str) -> Events:
    person = person_here(state, command.person_id)
    if person.is_staff:
        raise Refused("not_a_patient", "Only patients can be taken out of class.")
    if person.place not in (Place.IN_CLASS, Place.DROPPED):
        raise Refused("not_here", "This person is not in class.")
    text = written_text(command.text)
    return (
        *settled_before_she_goes(state, person.person_id, command.done, command.note, at, actor),
        Removed(at=at, actor=actor, person_id=person.person_id, reason=command.reason, text=text),
        *_writing_held(state, person.person_id, True, at, actor),
        e.WentOut(at=at, actor=actor, person_id=person.person_id, was=person.place),
    )


def _let_back(state: RoomState, command: LetBack, at: datetime, actor: str) -> Events:
    if not person_here(state, command.person_id).removed:
        return ()
    return (
        BroughtBack(at=at, actor=actor, person_id=command.person_id),
        *_writing_held(state, command.person_id, False, at, actor),
    )


def _writing_held(state: RoomState, person_id: str, held: bool, at: datetime, actor: str) -> Events:
    if (person_id in state.channel.held) == held:
        return ()
    return (MessagesHeld(at=at, actor=actor, person_id=person_id, held=held),)


def _removed(state: RoomState, event: Removed) -> None:
    person = state.people[event.person_id]
    state.people[event.person_id] = replace(person, removed=True, told=event.text)


def _brought_back(state: RoomState, event: BroughtBack) -> None:
    person = state.people[event.person_id]
    state.people[event.person_id] = replace(person, removed=False, told="")


DECIDE: Mapping[type[c.Command], Callable[[RoomState, Any, datetime, Any], Events]] = {
    Remove: _remove,
    LetBack: _let_back,
}
APPLY: Mapping[type[e.Event], Callable[[RoomState, Any], None]] = {
    Removed: _removed,
    BroughtBack: _brought_back,
}


def staff_action(event: e.Event) -> str | None:
    """Return the audit's word for what staff did to a patient; None for everything else."""
    match event:
        case Removed():
            return "take_out"
        case BroughtBack():
            return "let_back"
    return None
