"""Sending signposting cards, which stay on the patient's own page. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from server.errors import Refused
from server.rooms import commands as c
from server.rooms import events as e
from server.rooms.card import Card, CardText
from server.rooms.refusals import written_text
from server.rooms.state import RoomState

Events = tuple[e.Event, ...]


@dataclass(frozen=True, slots=True)
class SendCard(c.Command):
    """Give a patient, or all of the course, a card; the same key again gives nothing new."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    card_id: str
    key: str
    person_id: str | None
    text: CardText = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSent(e.Event):
    """Staff sent a card."""

    card_id: str
    person_id: str | None
    key: str
    text: CardText = field(repr=False)


def card_by_key(state: RoomState, sender_id: str, key: str) -> str | None:
    """Return the id of the card this person sent with this key."""
    return next(
        (each.id for each in state.cards.values() if (each.sender_id, each.key) == (sender_id, key)), None
    )


def _send(state: RoomState, command: SendCard, at: datetime, actor: str) -> Events:
    if card_by_key(state, actor, command.key):
        return ()
    written_text(command.text.title)
    written_text(command.text.words)
    if command.person_id is not None:
        member = state.members.get(command.person_id)
        if member is None or member.role.is_staff:
            raise Refused("no_such_person", "This person is not a patient of this class.")
    return (
        CardSent(
            at=at,
            actor=actor,
            card_id=command.card_id,
            person_id=command.person_id,
            key=command.key,
            text=command.text,
        ),
    )


def _sent(state: RoomState, event: CardSent) -> None:
    assert event.actor is not None, "staff send it"
    state.cards[event.card_id] = Card(
        event.card_id, event.person_id, event.actor, event.key, event.text, event.at
    )


def staff_action(event: e.Event) -> str | None:
    """Return the audit's word for what staff did; None for everything else."""
    return "send_card" if isinstance(event, CardSent) else None


DECIDE: Mapping[type[c.Command], Callable[[RoomState, Any, datetime, Any], Events]] = {SendCard: _send}
APPLY: Mapping[type[e.Event], Callable[[RoomState, Any], None]] = {CardSent: _sent}
