"""Raised hands, in the order in which they were raised, and short signs. Pure.

A hand stays up when its owner drops out, so that she keeps her place; it is down once she leaves or waits.
One that staff have lowered with all others can be put back, to the place it had.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from server.rooms import commands as c
from server.rooms import events as e
from server.rooms.floor import UNDOES, UndoKept, leave_as_she_is
from server.rooms.floor_values import Undo, UndoKind
from server.rooms.refusals import person_here
from server.rooms.sign import Signal, SignalKind
from server.rooms.state import PersonInRoom, Place, RoomState

Events = tuple[e.Event, ...]
_INSIDE = frozenset({Place.IN_CLASS, Place.DROPPED})


@dataclass(frozen=True, slots=True)
class RaiseHand(c.Command):
    """Raise one's hand, or take it down."""

    who: ClassVar[c.WhoMay] = c.PATIENT_IN_CLASS
    raised: bool


@dataclass(frozen=True, slots=True)
class LowerHand(c.Command):
    """Lower somebody's hand."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    person_id: str


@dataclass(frozen=True, slots=True)
class LowerAllHands(c.Command):
    """Lower all hands; it can be taken back for a while."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS


@dataclass(frozen=True, slots=True)
class SendSignal(c.Command):
    """Give a short sign, in place of the one before."""

    who: ClassVar[c.WhoMay] = c.PATIENT_IN_CLASS
    kind: SignalKind


@dataclass(frozen=True, slots=True)
class SettleSignal(c.Command):
    """What somebody signalled is done."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandSet(e.Event):
    """A hand went up or down, by its owner or by staff, who is the actor."""

    person_id: str
    up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HandsLowered(e.Event):
    """Staff lowered all hands."""

    people: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandsPutBack(e.Event):
    """Staff took that back: these are up again, as they were."""

    people: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalGiven(e.Event):
    """A patient gave a sign."""

    person_id: str
    kind: SignalKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalSettled(e.Event):
    """Staff did what it asked for."""

    person_id: str


def hands_up(state: RoomState) -> tuple[str, ...]:
    """Return whose hands are up, the one that was raised first at first."""
    up = sorted(
        (each.hand_at, each.person_id) for each in state.people.values() if each.hand_at and _is_up(each)
    )
    return tuple(person_id for _, person_id in up)


def place_of_hand(state: RoomState, person_id: str) -> int | None:
    """Return this hand's place among those that are up, from 1; None: it is down."""
    up = hands_up(state)
    return up.index(person_id) + 1 if person_id in up else None


def _is_up(person: PersonInRoom) -> bool:
    return person.hand_up and person.place in _INSIDE


def _raise(state: RoomState, command: RaiseHand, at: datetime, actor: str) -> Events:
    if state.people[actor].hand_up == command.raised:
        return ()
    return (HandSet(at=at, actor=actor, person_id=actor, up=command.raised),)


def _lower(state: RoomState, command: LowerHand, at: datetime, actor: str) -> Events:
    person = person_here(state, command.person_id)
    return (HandSet(at=at, actor=actor, person_id=person.person_id, up=False),) if person.hand_up else ()


def _lower_all(state: RoomState, command: LowerAllHands, at: datetime, actor: str) -> Events:
    up = hands_up(state)
    if not up:
        return ()
    return (
        HandsLowered(at=at, actor=actor, people=up),
        UndoKept(at=at, actor=actor, kind=UndoKind.LOWER_HANDS, people=up),
    )


def _put_back(state: RoomState, undo: Undo, at: datetime, actor: str) -> Events:
    """Whoever has left meanwhile, or raised her hand anew, is left as she is."""
    people = tuple(each for each in undo.people if _was_lowered(state.people.get(each)))
    return (HandsPutBack(at=at, actor=actor, people=people),) if people else ()


def _was_lowered(person: PersonInRoom | None) -> bool:
    if person is None or person.hand_at is None or person.hand_up:
        return False
    return person.place in _INSIDE


UNDOES[UndoKind.LOWER_HANDS] = _put_back


def _send_signal(state: RoomState, command: SendSignal, at: datetime, actor: str) -> Events:
    return (SignalGiven(at=at, actor=actor, person_id=actor, kind=command.kind),)


def _settle_signal(state: RoomState, command: SettleSignal, at: datetime, actor: str) -> Events:
    person = person_here(state, command.person_id)
    return (SignalSettled(at=at, actor=actor, person_id=person.person_id),) if person.signal else ()


def end_signs(state: RoomState, event: e.Event) -> None:
    """Who leaves class, or has to wait, has neither a raised hand nor a sign any more."""
    if isinstance(event, ENDING):
        _set(state, event.person_id, hand_at=None, hand_up=False, signal=None)


def _hand_set(state: RoomState, event: HandSet) -> None:
    leave_as_she_is(state, event.person_id, UndoKind.LOWER_HANDS)
    if event.up:
        _set(state, event.person_id, hand_at=event.at, hand_up=True)
    else:
        _set(state, event.person_id, hand_up=False)


def _hands_lowered(state: RoomState, event: HandsLowered) -> None:
    for each in event.people:
        _set(state, each, hand_up=False)


def _hands_put_back(state: RoomState, event: HandsPutBack) -> None:
    for each in event.people:
        _set(state, each, hand_up=True)


def _signal_given(state: RoomState, event: SignalGiven) -> None:
    _set(state, event.person_id, signal=Signal(event.kind, event.at))


def _signal_settled(state: RoomState, event: SignalSettled) -> None:
    _set(state, event.person_id, signal=None)


def _set(state: RoomState, person_id: str, **values: Any) -> None:  # noqa: ANN401 - fields of PersonInRoom
    state.people[person_id] = replace(state.people[person_id], **values)


def staff_action(event: e.Event) -> str | None:
    """Return the audit's word for what staff did; None for everything else."""
    match event:
        case HandSet() if event.actor != event.person_id:
            return "lower_hand"
        case HandsLowered():
            return "lower_hands"
        case HandsPutBack():
            return "put_back_hands"
        case SignalSettled():
            return "settle_signal"
    return None


ENDING = (e.CameIn, e.HeldBack, e.WentOut)
"""After these somebody has no sign any more."""
DECIDE: Mapping[type[c.Command], Callable[[RoomState, Any, datetime, Any], Events]] = {
    RaiseHand: _raise,
    LowerHand: _lower,
    LowerAllHands: _lower_all,
    SendSignal: _send_signal,
    SettleSignal: _settle_signal,
}
APPLY: Mapping[type[e.Event], Callable[[RoomState, Any], None]] = {
    HandSet: _hand_set,
    HandsLowered: _hands_lowered,
    HandsPutBack: _hands_put_back,
    SignalGiven: _signal_given,
    SignalSettled: _signal_settled,
}
