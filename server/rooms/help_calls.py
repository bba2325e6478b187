"""Calls for help: who calls whom, and when it is settled. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from server.errors import Refused
from server.rooms import commands as c
from server.rooms import events as e
from server.rooms.refusals import written_note
from server.rooms.state import HelpAccount, HelpCall, HelpDone, HelpKind, Place, RoomState

Events = tuple[e.Event, ...]


def _call_help(state: RoomState, command: c.CallHelp, at: datetime, actor: str) -> Events:
    if open_help(state, actor, command.kind):
        return ()
    return (e.HelpCalled(at=at, actor=actor, help_id=command.help_id, person_id=actor, kind=command.kind),)


def _see_help(state: RoomState, command: c.SeeHelp, at: datetime, actor: str) -> Events:
    call = state.help.get(command.help_id)
    if call is None:
        raise Refused("no_such_help", "That call for help is not there.")
    if call.seen_at is not None or call.settled_at is not None:
        return ()
    return (e.HelpSeen(at=at, actor=actor, help_id=call.id, person_id=call.person_id),)


def _settle_help(state: RoomState, command: c.SettleHelp, at: datetime, actor: str) -> Events:
    call = state.help.get(command.help_id)
    person = state.people[actor]
    if call is None or (call.person_id != actor and not person.is_staff):
        raise Refused("no_such_help", "That call for help is not there.")
    if person.is_staff and person.place is not Place.IN_CLASS:
        raise Refused("dropped_out", "We have lost you for a moment. Try again when you are back.")
    if command.done is not None and not person.is_staff:
        raise Refused("staff_only", "Only the physio and the helper can do that.")
    if command.done is None and person.is_staff:
        raise Refused("what_was_done", "Choose what was done for this person.")
    note = written_note(command.note)
    if call.settled_at is not None:
        return _accounted(call, command.done, note, at, actor)
    return (_settled(call, command.done, note, at, actor),)


def _accounted(call: HelpCall, done: HelpDone | None, note: str, at: datetime, actor: str) -> Events:
    """What staff say of a call that a colleague, or its caller, has settled already is added to it; sent
    again, it is added once.
    """
    said = {
        (call.settled_by, call.done, call.note),
        *((each.by, each.done, each.note) for each in call.later),
    }
    if done is None or (actor, done, note) in said:
        return ()
    return (
        e.HelpAccounted(at=at, actor=actor, help_id=call.id, person_id=call.person_id, done=done, note=note),
    )


def settled_before_she_goes(
    state: RoomState, person_id: str, done: HelpDone | None, note: str, at: datetime, actor: str
) -> Events:
    """Return the end of this person's open calls, of which staff say what was done before they put her out;
    refuse it when they have not said so. What they say of a call settled meanwhile is kept, too. Nothing when
    she has called for nothing.
    """
    hers = [call for call in state.help.values() if call.person_id == person_id]
    calls = [call for call in hers if call.settled_at is None]
    if calls and done is None:
        raise Refused(
            "open_call", "This person has called for help. Choose what was done about it, then try again."
        )
    if hers and not calls:
        return _accounted(hers[-1], done, written_note(note), at, actor)
    return tuple(_settled(call, done, written_note(note), at, actor) for call in calls)


def calls_at_the_end(
    state: RoomState, answers: tuple[c.WhatWasDone, ...], at: datetime, actor: str
) -> Events:
    """Return how the calls end of which staff say what was done when they end class; refuse to end it while
    somebody calls for help now and they do not. What is said of a call settled meanwhile is kept, too.
    """
    given = {each.help_id: each for each in answers if each.help_id in state.help}
    if any(
        call.kind is HelpKind.NOW and call.settled_at is None and call.id not in given
        for call in state.help.values()
    ):
        raise Refused(
            "open_call",
            "Somebody has called for help, and nobody has said what was done. Say what was done for each"
            " person. Then end the class.",
        )
    events: list[e.Event] = []
    for each in given.values():
        call, note = state.help[each.help_id], written_note(each.note)
        if call.settled_at is None:
            events.append(_settled(call, each.done, note, at, actor))
        else:
            events += _accounted(call, each.done, note, at, actor)
    return tuple(events)


def needs_help_now(state: RoomState) -> bool:
    """Whether somebody calls for help now and nobody has said what was done."""
    return any(call.kind is HelpKind.NOW and call.settled_at is None for call in state.help.values())


def _settled(call: HelpCall, done: HelpDone | None, note: str, at: datetime, actor: str) -> e.HelpSettled:
    return e.HelpSettled(at=at, actor=actor, help_id=call.id, person_id=call.person_id, done=done, note=note)


def open_help(state: RoomState, person_id: str, kind: str) -> str | None:
    """Return the id of this person's call of this kind that nobody settled yet."""
    return next(
        (
            call.id
            for call in state.help.values()
            if call.person_id == person_id and call.kind == kind and call.settled_at is None
        ),
        None,
    )


def _help_called(state: RoomState, event: e.HelpCalled) -> None:
    state.help[event.help_id] = HelpCall(
        id=event.help_id, person_id=event.person_id, kind=event.kind, called_at=event.at
    )


def _help_seen(state: RoomState, event: e.HelpSeen) -> None:
    call = state.help[event.help_id]
    state.help[event.help_id] = replace(call, seen_at=event.at, seen_by=event.actor)


def _help_settled(state: RoomState, event: e.HelpSettled) -> None:
    state.help[event.help_id] = replace(
        state.help[event.help_id],
        settled_at=event.at,
        settled_by=event.actor,
        done=event.done,
        note=event.note,
    )


def _help_accounted(state: RoomState, event: e.HelpAccounted) -> None:
    assert event.actor is not None, "staff say it"
    call = state.help[event.help_id]
    later = HelpAccount(event.actor, event.at, event.done, event.note)
    state.help[event.help_id] = replace(call, later=(*call.later, later))


DECIDE: Mapping[type[c.Command], Callable[[RoomState, Any, datetime, Any], Events]] = {
    c.CallHelp: _call_help,
    c.SeeHelp: _see_help,
    c.SettleHelp: _settle_help,
}
APPLY: Mapping[type[e.Event], Callable[[RoomState, Any], None]] = {
    e.HelpCalled: _help_called,
    e.HelpSeen: _help_seen,
    e.HelpSettled: _help_settled,
    e.HelpAccounted: _help_accounted,
}
