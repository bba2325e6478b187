"""Calls for help in the tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Executable

from server.rooms import events as e
from server.rooms.state import HelpAccount, HelpCall, HelpDone, HelpKind, RoomState
from server.storage import tables as t


def _help_called(state: RoomState, event: e.HelpCalled) -> list[Executable]:
    return [
        insert(t.HelpCall).values(
            id=event.help_id,
            class_id=state.class_id,
            person_id=event.person_id,
            kind=event.kind,
            called_at=event.at,
        )
    ]


def _help_seen(state: RoomState, event: e.HelpSeen) -> list[Executable]:
    seen = update(t.HelpCall).where(t.HelpCall.id == event.help_id)
    return [seen.values(seen_at=event.at, seen_by=event.actor)]


def _help_settled(state: RoomState, event: e.HelpSettled) -> list[Executable]:
    return [
        update(t.HelpCall)
        .where(t.HelpCall.id == event.help_id)
        .values(settled_at=event.at, settled_by=event.actor, done=event.done, done_note=event.note)
    ]


def _help_accounted(state: RoomState, event: e.HelpAccounted) -> list[Executable]:
    return [
        insert(t.HelpAccount).values(
            help_id=event.help_id, at=event.at, by_id=event.actor, done=event.done, note=event.note
        )
    ]


WRITE: Mapping[type[e.Event], Callable[[RoomState, Any], list[Executable]]] = {
    e.HelpCalled: _help_called,
    e.HelpSeen: _help_seen,
    e.HelpSettled: _help_settled,
    e.HelpAccounted: _help_accounted,
}


async def load_help(session: AsyncSession, class_id: str) -> dict[str, HelpCall]:
    """Return the calls of a class, in the order in which they were made."""
    rows = await session.scalars(
        select(t.HelpCall)
        .where(t.HelpCall.class_id == class_id)
        .order_by(t.HelpCall.called_at, t.HelpCall.id)
    )
    accounts = await session.scalars(
        select(t.HelpAccount)
        .join(t.HelpCall, t.HelpCall.id == t.HelpAccount.help_id)
        .where(t.HelpCall.class_id == class_id)
        .order_by(t.HelpAccount.at)
    )
    later: dict[str, tuple[HelpAccount, ...]] = {}
    for each in accounts:
        said = HelpAccount(each.by_id, each.at, HelpDone(each.done), each.note)
        later[each.help_id] = (*later.get(each.help_id, ()), said)
    return {
        row.id: HelpCall(
            id=row.id,
            person_id=row.person_id,
            kind=HelpKind(row.kind),
            called_at=row.called_at,
            seen_at=row.seen_at,
            seen_by=row.seen_by,
            settled_at=row.settled_at,
            settled_by=row.settled_by,
            done=HelpDone(row.done) if row.done else None,
            note=row.done_note,
            later=later.get(row.id, ()),
        )
        for row in rows
    }
