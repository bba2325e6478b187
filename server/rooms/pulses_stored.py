"""Questions to everyone, and their answers, in the tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Executable

from server.rooms import events as e
from server.rooms.pulse import Pulse, PulseKind
from server.rooms.pulses import PulseAnswered, PulseAsked, PulseClosed
from server.rooms.state import RoomState
from server.storage import tables as t


def _asked(state: RoomState, event: PulseAsked) -> list[Executable]:
    return [
        insert(t.Pulse).values(
            id=event.pulse_id,
            class_id=state.class_id,
            asker_id=event.actor,
            key=event.key,
            kind=event.kind,
            text=event.text,
            options=list(event.options),
            asked_at=event.at,
        )
    ]


def _answered(state: RoomState, event: PulseAnswered) -> list[Executable]:
    key = {"pulse_id": event.pulse_id, "person_id": event.person_id}
    return [
        delete(t.PulseAnswer).filter_by(**key),
        insert(t.PulseAnswer).values(**key, value=event.value, answered_at=event.at),
    ]


def _closed(state: RoomState, event: PulseClosed) -> list[Executable]:
    return [update(t.Pulse).where(t.Pulse.id == event.pulse_id).values(closed_at=event.at)]


WRITE: Mapping[type[e.Event], Callable[[RoomState, Any], list[Executable]]] = {
    PulseAsked: _asked,
    PulseAnswered: _answered,
    PulseClosed: _closed,
}


async def load_pulses(session: AsyncSession, class_id: str) -> dict[str, Pulse]:
    """Return what was asked in a class, in order, with its answers."""
    answers: dict[str, dict[str, int]] = {}
    given = select(t.PulseAnswer).join(t.Pulse).where(t.Pulse.class_id == class_id)
    for answer in await session.scalars(given):
        answers.setdefault(answer.pulse_id, {})[answer.person_id] = answer.value
    rows = await session.scalars(
        select(t.Pulse).where(t.Pulse.class_id == class_id).order_by(t.Pulse.asked_at, t.Pulse.id)
    )
    return {
        row.id: Pulse(
            id=row.id,
            asker_id=row.asker_id,
            key=row.key,
            kind=PulseKind(row.kind),
            text=row.text,
            options=tuple(row.options),
            asked_at=row.asked_at,
            closed_at=row.closed_at,
            answers=answers.get(row.id, {}),
        )
        for row in rows
    }
