"""What a room tells the capability that keeps a log of who was there (`contacts`), which may not be imported.

The scribe writes in the room's own transaction, so that what it keeps is as true as the room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from server.rooms.events import Event
from server.rooms.state import Place, RoomState


class Scribe(Protocol):
    """Keeps a log of its own of what happens in rooms."""

    async def took_place(self, session: AsyncSession, state: RoomState, events: Sequence[Event]) -> None:
        """`events` have just become true in `state`; written in the same transaction, or not at all."""

    async def still_here(
        self, session: AsyncSession, at: datetime, here: Mapping[str, Mapping[str, Place]]
    ) -> None:
        """These people are connected at `at`: by class id and person id, where they are."""


class NobodyWrites:
    """The scribe of rooms of which no log is kept."""

    async def took_place(self, session: AsyncSession, state: RoomState, events: Sequence[Event]) -> None:
        """Write nothing."""

    async def still_here(
        self, session: AsyncSession, at: datetime, here: Mapping[str, Mapping[str, Place]]
    ) -> None:
        """Write nothing."""
