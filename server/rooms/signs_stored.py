"""Raised hands and short signs in the tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import update
from sqlalchemy.sql import Executable

from server.rooms import events as e
from server.rooms import signs
from server.rooms.sign import Signal, SignalKind
from server.rooms.state import RoomState
from server.storage import tables as t


def ended_signs(state: RoomState, event: e.Event) -> list[Executable]:
    """Write that somebody has no sign any more."""
    if not isinstance(event, signs.ENDING):
        return []
    return [_of(state, (event.person_id,), hand_at=None, hand_up=False, signal=None, signal_at=None)]


def _hand_set(state: RoomState, event: signs.HandSet) -> list[Executable]:
    raised: dict[str, object] = {"hand_at": event.at} if event.up else {}
    return [_of(state, (event.person_id,), hand_up=event.up, **raised)]


def _hands_lowered(state: RoomState, event: signs.HandsLowered) -> list[Executable]:
    return [_of(state, event.people, hand_up=False)]


def _hands_put_back(state: RoomState, event: signs.HandsPutBack) -> list[Executable]:
    return [_of(state, event.people, hand_up=True)]


def _signal_given(state: RoomState, event: signs.SignalGiven) -> list[Executable]:
    return [_of(state, (event.person_id,), signal=event.kind, signal_at=event.at)]


def _signal_settled(state: RoomState, event: signs.SignalSettled) -> list[Executable]:
    return [_of(state, (event.person_id,), signal=None, signal_at=None)]


def _of(state: RoomState, people: Sequence[str], **values: object) -> Executable:
    return (
        update(t.Participation)
        .where(t.Participation.class_id == state.class_id, t.Participation.person_id.in_(people))
        .values(**values)
    )


WRITE: Mapping[type[e.Event], Callable[[RoomState, Any], list[Executable]]] = {
    signs.HandSet: _hand_set,
    signs.HandsLowered: _hands_lowered,
    signs.HandsPutBack: _hands_put_back,
    signs.SignalGiven: _signal_given,
    signs.SignalSettled: _signal_settled,
}


def signal_of(row: t.Participation) -> Signal | None:
    """Return the last sign somebody gave, as it is stored."""
    if row.signal is None or row.signal_at is None:
        return None
    return Signal(SignalKind(row.signal), row.signal_at)
