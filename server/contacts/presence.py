"""Keeps the log of presence in the tables: each row of `presence_intervals` is a stay.

How it goes on, `roll` and `stays` decide; here it is read and written, with few statements.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.contacts.roll import Entry, Here, Move, Roll, Whose
from server.contacts.stays import UNSEEN_AT_MOST, Stay
from server.rooms.events import Event
from server.rooms.state import Place
from server.storage.tables import Participation
from server.storage.tables import PresenceInterval as Interval

# Columns, not objects: what a session has read once it would give back unchanged after our updates.
_STAYS = select(
    Interval.id,
    Interval.class_id,
    Interval.person_id,
    Interval.place,
    Interval.started_at,
    Interval.seen_until,
    Interval.ended_at,
)


async def write_moves(
    session: AsyncSession, class_id: str, events: Sequence[Event], new_id: Callable[[], str]
) -> None:
    """Write what these events of a room, in their order, say of who is there."""
    moves = [event for event in events if isinstance(event, Move)]
    if not moves:
        return
    roll = await _read(session, [class_id], new_id)
    for move in moves:
        roll.move(class_id, move)
    await _write(session, roll.entries)


async def write_beat(session: AsyncSession, at: datetime, here: Here, new_id: Callable[[], str]) -> None:
    """Write that these people were connected at `at`."""
    roll = await _read(session, list(here), new_id)
    there = await _places(session, roll.would_begin(at, here))
    roll.beat(at, here, there)
    await _write(session, roll.entries)


async def end_stale(session: AsyncSession, class_id: str, now: datetime) -> None:
    """End the stays in a class of people whom nobody has seen for too long: the server had died."""
    await session.execute(
        update(Interval)
        .where(
            Interval.class_id == class_id,
            Interval.ended_at.is_(None),
            Interval.seen_until < now - UNSEEN_AT_MOST,
        )
        .values(ended_at=Interval.seen_until)
    )


async def read_stays(session: AsyncSession, class_id: str) -> dict[str, list[Stay]]:
    """Return everybody's stays in a class, by person id, in the order in which they began."""
    query = _STAYS.where(Interval.class_id == class_id).order_by(Interval.started_at, Interval.id)
    stays: dict[str, list[Stay]] = {}
    for row in await session.execute(query):
        stay = Stay(Place(row.place), row.started_at, row.seen_until, row.ended_at)
        stays.setdefault(row.person_id, []).append(stay)
    return stays


async def _read(session: AsyncSession, class_ids: Sequence[str], new_id: Callable[[], str]) -> Roll:
    going_on = {}
    query = _STAYS.where(Interval.class_id.in_(class_ids), Interval.ended_at.is_(None))
    for row in await session.execute(query):
        stay = Stay(Place(row.place), row.started_at, row.seen_until)
        whose = (row.class_id, row.person_id)
        going_on[whose] = Entry(row.id, whose, stay, stored=stay)
    return Roll(going_on, new_id)


async def _places(session: AsyncSession, whose: Collection[Whose]) -> dict[Whose, str]:
    """Return where these people are by the tables."""
    if not whose:
        return {}
    key = (Participation.class_id, Participation.person_id)
    query = select(*key, Participation.place).where(tuple_(*key).in_(list(whose)))
    return {(row.class_id, row.person_id): row.place for row in await session.execute(query)}


async def _write(session: AsyncSession, entries: Sequence[Entry]) -> None:
    """Write what differs from what is stored: what ended first, for only one stay of a person can go on."""
    changed = [entry for entry in entries if entry.stored not in (None, entry.stay)]
    ended = [entry for entry in changed if entry.stay.ended_at is not None]
    if ended:
        await session.execute(
            update(Interval),
            [
                {"id": entry.id, "seen_until": entry.stay.seen_until, "ended_at": entry.stay.ended_at}
                for entry in ended
            ],
        )
    seen = sorted((entry for entry in changed if entry.stay.ended_at is None), key=_seen_until)
    for seen_until, together in groupby(seen, key=_seen_until):
        await session.execute(
            update(Interval)
            .where(Interval.id.in_([entry.id for entry in together]))
            .values(seen_until=seen_until)
        )
    new = [_values(entry) for entry in entries if entry.stored is None]
    if new:
        await session.execute(insert(Interval), new)


def _seen_until(entry: Entry) -> datetime:
    return entry.stay.seen_until


def _values(entry: Entry) -> dict[str, object]:
    class_id, person_id = entry.whose
    return {
        "id": entry.id,
        "class_id": class_id,
        "person_id": person_id,
        "place": entry.stay.place.value,
        "started_at": entry.stay.started_at,
        "seen_until": entry.stay.seen_until,
        "ended_at": entry.stay.ended_at,
    }
