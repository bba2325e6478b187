"""Asking everyone at once: one question at a time, answered by number, changed until it is closed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar

from server.errors import Refused
from server.rooms import commands as c
from server.rooms import events as e
from server.rooms.pulse import Pulse, PulseKind
from server.rooms.refusals import written_text
from server.rooms.state import Place, RoomState

Events = tuple[e.Event, ...]


@dataclass(frozen=True, slots=True)
class AskPulse(c.Command):
    """Ask all patients in class; the same key again asks nothing new."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    pulse_id: str
    key: str
    kind: PulseKind
    text: str = field(repr=False)
    options: tuple[str, ...] = field(default=(), repr=False)
    """Of a poll."""


@dataclass(frozen=True, slots=True)
class AnswerPulse(c.Command):
    """Answer it, or choose another answer."""

    who: ClassVar[c.WhoMay] = c.PATIENT_IN_CLASS
    pulse_id: str
    value: int


@dataclass(frozen=True, slots=True)
class ClosePulse(c.Command):
    """Take no more answers, and show everyone how many chose what."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    pulse_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseAsked(e.Event):
    """Staff asked everyone."""

    pulse_id: str
    key: str
    kind: PulseKind
    text: str = field(repr=False)
    options: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseAnswered(e.Event):
    """A patient answered. What, stands in its own table."""

    pulse_id: str
    person_id: str
    value: int = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseClosed(e.Event):
    """Staff closed it."""

    pulse_id: str


def latest_pulse(state: RoomState) -> Pulse | None:
    """Return what was asked last."""
    return next(reversed(state.pulses.values()), None)


def open_pulse(state: RoomState) -> Pulse | None:
    """Return what can be answered now."""
    return next((each for each in state.pulses.values() if each.closed_at is None), None)


def pulse_by_key(state: RoomState, asker_id: str, key: str) -> str | None:
    """Return the id of what this person asked with this key."""
    return next(
        (each.id for each in state.pulses.values() if (each.asker_id, each.key) == (asker_id, key)), None
    )


def missing(state: RoomState, pulse: Pulse) -> tuple[str, ...]:
    """Return the patients in class, or dropped out of it, who have not answered."""
    inside = (Place.IN_CLASS, Place.DROPPED)
    return tuple(
        each.person_id
        for each in state.people.values()
        if not each.is_staff and each.place in inside and each.person_id not in pulse.answers
    )


def _ask(state: RoomState, command: AskPulse, at: datetime, actor: str) -> Events:
    if pulse_by_key(state, actor, command.key):
        return ()
    text = written_text(command.text)
    if open_pulse(state) is not None:
        raise Refused("pulse_open", "A question to everyone is still open. Close it first.")
    return (
        PulseAsked(
            at=at,
            actor=actor,
            pulse_id=command.pulse_id,
            key=command.key,
            kind=command.kind,
            text=text,
            options=command.options,
        ),
    )


def _answer(state: RoomState, command: AnswerPulse, at: datetime, actor: str) -> Events:
    pulse = _pulse(state, command.pulse_id)
    if pulse.closed_at is not None:
        raise Refused("pulse_closed", "This question is closed. You do not need to do anything.")
    if not 0 <= command.value < pulse.choices:
        raise Refused("no_such_choice", "That is not one of the answers. Please choose one of them.")
    if pulse.answers.get(actor) == command.value:
        return ()
    return (PulseAnswered(at=at, actor=actor, pulse_id=pulse.id, person_id=actor, value=command.value),)


def _close(state: RoomState, command: ClosePulse, at: datetime, actor: str) -> Events:
    pulse = _pulse(state, command.pulse_id)
    return (PulseClosed(at=at, actor=actor, pulse_id=pulse.id),) if pulse.closed_at is None else ()


def _pulse(state: RoomState, pulse_id: str) -> Pulse:
    pulse = state.pulses.get(pulse_id)
    if pulse is None:
        raise Refused("no_such_pulse", "That question is not there.")
    return pulse


def _asked(state: RoomState, event: PulseAsked) -> None:
    assert event.actor is not None, "staff ask"
    state.pulses[event.pulse_id] = Pulse(
        id=event.pulse_id,
        asker_id=event.actor,
        key=event.key,
        kind=event.kind,
        text=event.text,
        options=event.options,
        asked_at=event.at,
    )


def _answered(state: RoomState, event: PulseAnswered) -> None:
    pulse = state.pulses[event.pulse_id]
    answers = {**pulse.answers, event.person_id: event.value}
    state.pulses[event.pulse_id] = replace(pulse, answers=answers)


def _closed(state: RoomState, event: PulseClosed) -> None:
    state.pulses[event.pulse_id] = replace(state.pulses[event.pulse_id], closed_at=event.at)


def staff_action(event: e.Event) -> str | None:
    """Return the audit's word for what staff did; None for everything else."""
    match event:
        case PulseAsked():
            return "ask_everyone"
        case PulseClosed():
            return "close_pulse"
    return None


DECIDE: Mapping[type[c.Command], Callable[[RoomState, Any, datetime, Any], Events]] = {
    AskPulse: _ask,
    AnswerPulse: _answer,
    ClosePulse: _close,
}
APPLY: Mapping[type[e.Event], Callable[[RoomState, Any], None]] = {
    PulseAsked: _asked,
    PulseAnswered: _answered,
    PulseClosed: _closed,
}
