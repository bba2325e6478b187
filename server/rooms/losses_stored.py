"""Patients who are lost, and what staff did about it, in the tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Executable

from server.rooms import events as e
from server.rooms.loss import Account, AccountDone
from server.rooms.losses import WHEREABOUTS, LossAccounted
from server.rooms.state import RoomState
from server.storage import tables as t


def whereabouts(state: RoomState, event: e.Event) -> list[Executable]:
    """Write whether a patient is lost, as it is after all of what is being written."""
    if not isinstance(event, WHEREABOUTS):
        return []
    person = state.people[event.person_id]
    if person.is_staff:
        return []
    return [
        update(t.Participation)
        .where(t.Participation.class_id == state.class_id, t.Participation.person_id == person.person_id)
        .values(
            was_in_class=person.was_in_class,
            lost_since=person.lost_since,
            last_lost_at=person.last_lost_at,
        )
    ]


def _loss_accounted(state: RoomState, event: LossAccounted) -> list[Executable]:
    key = {"class_id": state.class_id, "person_id": event.person_id, "lost_at": event.lost_at}
    return [
        insert(t.LossAccount).values(**key, done=event.done, note=event.note, at=event.at, by_id=event.actor)
    ]


WRITE: Mapping[type[e.Event], Callable[[RoomState, Any], list[Executable]]] = {LossAccounted: _loss_accounted}


async def load_accounts(session: AsyncSession, class_id: str) -> dict[str, Account]:
    """Return the latest account of each patient who was lost in a class."""
    rows = await session.scalars(
        select(t.LossAccount)
        .where(t.LossAccount.class_id == class_id)
        .order_by(t.LossAccount.lost_at, t.LossAccount.at)
    )
    return {
        row.person_id: Account(row.person_id, row.lost_at, AccountDone(row.done), row.note, row.at, row.by_id)
        for row in rows
    }
