"""Writes the log of presence: each row of `presence_intervals` is a stay. How it goes on, `stays` decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.contacts.stays import UNSEEN_AT_MOST, Stay, Step, arrived, left, lost, seen
from server.rooms.events import Admitted, CameIn, ClassEnded, Dropped, Event, Returned, WentOut
from server.rooms.state import Place
from server.storage.tables import Participation
from server.storage.tables import PresenceInterval as Interval

Whose = tuple[str, str]
"""Class id and person id."""
Move = CameIn | Admitted | Returned | Dropped | WentOut | ClassEnded
"""What a room says of who is there."""

# Columns, not objects: what a session has read once it would give back unchanged after our updates.
_ROWS = select(
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
    log = await _Log.read(session, [class_id], new_id)
    for move in moves:
        concerned = log.people() if isinstance(move, ClassEnded) else [(class_id, move.person_id)]
        for whose in concerned:
            log.take(whose, _after(move, log.stay(whose)))
    await log.write(session)


async def write_beat(
    session: AsyncSession,
    at: datetime,
    here: Mapping[str, Mapping[str, Place]],
    new_id: Callable[[], str],
) -> None:
    """Write that these people were connected at `at`; `here` is by class id and person id.

    A new stay begins only where the tables agree that she is there: this beat may be written after she was
    found to have left.
    """
    log = await _Log.read(session, list(here), new_id)
    found = {
        (class_id, person): place for class_id, people in here.items() for person, place in people.items()
    }
    steps = {whose: seen(log.stay(whose), place, at) for whose, place in found.items()}
    beginning = {whose for whose, step in steps.items() if log.stay(whose) is None or step.ended is not None}
    there = await _places(session, beginning)
    for whose, step in steps.items():
        if whose not in beginning or there.get(whose) == found[whose]:
            log.take(whose, step)
    await log.write(session)


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
    stays: dict[str, list[Stay]] = {}
    for row in await session.execute(
        _ROWS.where(Interval.class_id == class_id).order_by(Interval.started_at, Interval.id)
    ):
        stays.setdefault(row.person_id, []).append(
            Stay(Place(row.place), row.started_at, row.seen_until, row.ended_at)
        )
    return stays


def _after(move: Move, stay: Stay | None) -> Step:
    match move:
        case CameIn():
            return arrived(stay, move.place, move.at)
        case Admitted() | Returned():
            return arrived(stay, Place.IN_CLASS, move.at)
        case Dropped():
            return lost(stay)
        case WentOut() | ClassEnded():
            return left(stay, move.at)


async def _places(session: AsyncSession, whose: Iterable[Whose]) -> dict[Whose, str]:
    """Return where these people are by the tables."""
    people = list(whose)
    if not people:
        return {}
    key = tuple_(Participation.class_id, Participation.person_id)
    rows = await session.execute(
        select(Participation.class_id, Participation.person_id, Participation.place).where(key.in_(people))
    )
    return {(class_id, person_id): place for class_id, person_id, place in rows}


@dataclass(slots=True)
class _Row:
    """A row of the log, as it is to be."""

    id: str
    stay: Stay
    stored: Stay | None
    """As it is in the table; None when it is not there yet."""


class _Log:
    """The stays that go on in some classes, and what became of them; written with few statements."""

    def __init__(self, going_on: dict[Whose, _Row], new_id: Callable[[], str]) -> None:
        self._going_on = going_on
        self._ended: list[tuple[Whose, _Row]] = []
        self._new_id = new_id

    @classmethod
    async def read(cls, session: AsyncSession, class_ids: Sequence[str], new_id: Callable[[], str]) -> _Log:
        going_on = {}
        for row in await session.execute(
            _ROWS.where(Interval.class_id.in_(class_ids), Interval.ended_at.is_(None))
        ):
            stay = Stay(Place(row.place), row.started_at, row.seen_until)
            going_on[row.class_id, row.person_id] = _Row(row.id, stay, stored=stay)
        return cls(going_on, new_id)

    def people(self) -> list[Whose]:
        """Whose stays go on."""
        return list(self._going_on)

    def stay(self, whose: Whose) -> Stay | None:
        """The stay of this person that goes on."""
        row = self._going_on.get(whose)
        return None if row is None else row.stay

    def take(self, whose: Whose, step: Step) -> None:
        """Take in what became of this person's stays."""
        if step.ended is not None:
            row = self._going_on.pop(whose)
            row.stay = step.ended
            self._ended.append((whose, row))
        if step.going_on is not None:
            new = _Row(self._new_id(), step.going_on, stored=None)
            self._going_on.setdefault(whose, new).stay = step.going_on

    async def write(self, session: AsyncSession) -> None:
        """Write what differs from what is stored: ended stays first, a person may have one open stay only."""
        rows = [*self._ended, *self._going_on.items()]
        ended = [row for _, row in self._ended if row.stored is not None]
        if ended:
            await session.execute(
                update(Interval),
                [
                    {"id": row.id, "seen_until": row.stay.seen_until, "ended_at": row.stay.ended_at}
                    for row in ended
                ],
            )
        extended = [row for row in self._going_on.values() if row.stored not in (None, row.stay)]
        for seen_until, together in groupby(sorted(extended, key=_seen_until), key=_seen_until):
            await session.execute(
                update(Interval)
                .where(Interval.id.in_([row.id for row in together]))
                .values(seen_until=seen_until)
            )
        new = [(whose, row) for whose, row in rows if row.stored is None]
        if new:
            await session.execute(insert(Interval), [_values(*whose, row) for whose, row in new])


def _seen_until(row: _Row) -> datetime:
    return row.stay.seen_until


def _values(class_id: str, person_id: str, row: _Row) -> dict[str, object]:
    return {
        "id": row.id,
        "class_id": class_id,
        "person_id": person_id,
        "place": row.stay.place.value,
        "started_at": row.stay.started_at,
        "seen_until": row.stay.seen_until,
        "ended_at": row.stay.ended_at,
    }
