"""Patients who are lost: gone from class without having left. Staff say of each what became of them. Pure.

| a patient who was in class                   | lost                        |
|----------------------------------------------|-----------------------------|
| drops out                                    | from then on                |
| comes back, also to the waiting room         | no longer                   |
| leaves, or joins anew                        | no longer                   |
| is lost once more from the waiting room      | from then on                |
| is put out by staff while lost               | still                       |

A loss is accounted for when staff have said what they did about it; the next loss needs its own account. The
class does not end before there is one of each. What they say of a loss that is over, or that a colleague has
accounted for, is kept beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar

from server.errors import Refused
from server.rooms import commands as c
from server.rooms import events as e
from server.rooms.loss import Account, AccountDone, WhatBecame
from server.rooms.refusals import person_here, written_note
from server.rooms.state import PersonInRoom, Place, RoomState
from server.timetable.check_in_rules import State

Events = tuple[e.Event, ...]


@dataclass(frozen=True, slots=True)
class SettleLoss(c.Command):
    """Say what was done about a patient who is lost, or was. What is said later stands beside it."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    person_id: str
    done: AccountDone
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LossAccounted(e.Event):
    """Staff said what they did about a patient who was lost."""

    person_id: str
    done: AccountDone
    lost_at: datetime = field(repr=False)
    note: str = field(repr=False)


def unaccounted(state: RoomState) -> tuple[str, ...]:
    """Return the patients who are lost and of whom nobody has said what became of them, the first first."""
    lost = sorted(
        (each.lost_since, each.person_id) for each in state.people.values() if each.lost_since is not None
    )
    return tuple(person_id for _, person_id in lost if not is_accounted_for(state, person_id))


def is_accounted_for(state: RoomState, person_id: str) -> bool:
    """Whether staff have said what they did about this person's present loss."""
    account = state.accounts.get(person_id)
    return account is not None and account.lost_at == state.people[person_id].lost_since


def accounts_at_the_end(
    state: RoomState, answers: tuple[WhatBecame, ...], at: datetime, actor: str
) -> Events:
    """Return the accounts that staff give when they end class; refuse to end it while one is missing.

    Who has come back meanwhile needs none; what is said of her is kept all the same.
    """
    given = {each.person_id: each for each in answers}
    for each in given:
        _check_is_patient(state, each)
    if any(each not in given for each in unaccounted(state)):
        raise Refused(
            "unaccounted",
            "Somebody was in class, is gone, and nobody has said what became of them."
            " Say what you did about each person. Then end the class.",
        )
    return tuple(
        event
        for each in given.values()
        if each.person_id in state.people
        for event in _account(state, state.people[each.person_id], each, at, actor)
    )


def _settle(state: RoomState, command: SettleLoss, at: datetime, actor: str) -> Events:
    _check_is_patient(state, command.person_id)
    person = person_here(state, command.person_id)
    if person.last_lost_at is None:
        raise Refused("not_lost", "This person has not dropped out. There is nothing to settle.")
    return _account(state, person, WhatBecame(command.person_id, command.done, command.note), at, actor)


def _account(state: RoomState, person: PersonInRoom, answer: WhatBecame, at: datetime, actor: str) -> Events:
    note = written_note(answer.note)
    if person.last_lost_at is None:
        return ()
    before = state.accounts.get(person.person_id)
    if before and (before.lost_at, before.by, before.done, before.note) == (
        person.last_lost_at,
        actor,
        answer.done,
        note,
    ):
        return ()
    return (
        LossAccounted(
            at=at,
            actor=actor,
            person_id=person.person_id,
            done=answer.done,
            lost_at=person.last_lost_at,
            note=note,
        ),
    )


def _check_is_patient(state: RoomState, person_id: str) -> None:
    member = state.members.get(person_id)
    if member is None or member.role.is_staff:
        raise Refused("no_such_person", "This person is not a patient of this class.")


def note_whereabouts(state: RoomState, event: e.Event) -> None:
    """Keep who is lost, after an event about where a patient is has become true."""
    match event:
        case e.Admitted():
            _set(state, event.person_id, was_in_class=True)
        case e.Dropped():
            _set(state, event.person_id, lost_since=event.at, last_lost_at=event.at)
        case e.Returned() | e.HeldBack():
            _set(state, event.person_id, lost_since=None)
        case e.WentOut() if event.actor == event.person_id:
            _set(state, event.person_id, lost_since=None)
        case e.WentOut() if event.actor is None and event.was is Place.WAITING:
            if state.people[event.person_id].was_in_class and not _is_refused(state, event.person_id):
                _set(state, event.person_id, lost_since=event.at, last_lost_at=event.at)


def _is_refused(state: RoomState, person_id: str) -> bool:
    """Whether it was staff who put her out, on their pages."""
    return person_id in state.members and state.check_in_of(person_id) is State.REFUSED


def _set(state: RoomState, person_id: str, **values: Any) -> None:  # noqa: ANN401 - fields of PersonInRoom
    person = state.people[person_id]
    if not person.is_staff:
        state.people[person_id] = replace(person, **values)


def _loss_accounted(state: RoomState, event: LossAccounted) -> None:
    assert event.actor is not None, "staff say it"
    state.accounts[event.person_id] = Account(
        event.person_id, event.lost_at, event.done, event.note, event.at, event.actor
    )


def may_change_losses(state: RoomState, event: e.Event) -> bool:
    """Whether somebody may be lost, or be no longer, or be accounted for, since `event`, which stands in
    `state`.
    """
    match event:
        case LossAccounted():
            return True
        case e.Dropped() | e.Returned() | e.HeldBack():
            return not state.people[event.person_id].is_staff
        case e.WentOut():
            person = state.people[event.person_id]
            return not person.is_staff and (event.was is Place.DROPPED or person.lost_since is not None)
        case e.CameIn():
            return state.people[event.person_id].was_in_class
    return False


WHEREABOUTS = (e.CameIn, e.Admitted, e.Dropped, e.Returned, e.HeldBack, e.WentOut)
"""After these somebody may be lost, or be no longer."""
DECIDE: Mapping[type[c.Command], Callable[[RoomState, Any, datetime, Any], Events]] = {
    SettleLoss: _settle,
}
APPLY: Mapping[type[e.Event], Callable[[RoomState, Any], None]] = {LossAccounted: _loss_accounted}
