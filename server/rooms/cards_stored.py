"""Signposting cards in the tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Executable

from server.rooms import events as e
from server.rooms.card import Card, CardText
from server.rooms.cards import CardSent
from server.rooms.state import RoomState
from server.storage import tables as t


def _sent(state: RoomState, event: CardSent) -> list[Executable]:
    return [
        insert(t.Card).values(
            id=event.card_id,
            course_id=state.course_id,
            class_id=state.class_id,
            person_id=event.person_id,
            sender_id=event.actor,
            key=event.key,
            title=event.text.title,
            words=event.text.words,
            phone=event.text.phone,
            address=event.text.address,
            sent_at=event.at,
        )
    ]


WRITE: Mapping[type[e.Event], Callable[[RoomState, Any], list[Executable]]] = {CardSent: _sent}


async def load_cards(session: AsyncSession, class_id: str) -> dict[str, Card]:
    """Return the cards that were sent in a class, in order."""
    rows = await session.scalars(
        select(t.Card).where(t.Card.class_id == class_id).order_by(t.Card.sent_at, t.Card.id)
    )
    return {row.id: _card(row) for row in rows}


async def cards_for(session: AsyncSession, course_id: str, person_id: str) -> list[Card]:
    """Return the cards that a patient of a course has, the latest first."""
    mine = or_(t.Card.person_id.is_(None), t.Card.person_id == person_id)
    rows = await session.scalars(
        select(t.Card).where(t.Card.course_id == course_id, mine).order_by(t.Card.sent_at.desc(), t.Card.id)
    )
    return [_card(row) for row in rows]


def _card(row: t.Card) -> Card:
    text = CardText(row.title, row.words, row.phone, row.address)
    return Card(row.id, row.person_id, row.sender_id, row.key, text, row.sent_at)
