"""Every half minute, whether those who are connected may still be: for ways in that ended elsewhere.

A socket is asked for its link when it connects. Pages that end somebody's way in hang up at once
(`Rooms.hang_up`); `moveroom user reset` works on the database beside this process and cannot.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import structlog
from sqlalchemy import select

from server.rooms.timers import Later, Timer
from server.signalling.connection import SocketConnection
from server.storage.database import Database
from server.storage.tables import LinkSession, PersonalLink

log = structlog.get_logger(__name__)

EVERY_S = 30.0


class WaysIn:
    """Hangs up on sockets whose browser is let in no more. `start`, then `close`."""

    def __init__(
        self, database: Database, connections: Callable[[], Iterable[SocketConnection]], *, later: Later
    ) -> None:
        self._database = database
        self._connections = connections
        self._later = later
        self._timer: Timer | None = None
        self._round: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look for the first time after `EVERY_S`."""
        self._timer = self._later(EVERY_S, self._begin)

    async def close(self) -> None:
        """Look no more; finish the round that is under way. Idempotent."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._round is not None:
            await asyncio.wait([self._round])

    def _begin(self) -> None:
        if self._round is None or self._round.done():
            self._round = asyncio.create_task(self._look(), name="ways-in")
        self.start()

    async def _look(self) -> None:
        """Hang up on whose session by a link is gone, or the link revoked. One statement, none when nobody is
        connected; while the storage does not answer, everybody stays.
        """
        there = {each.way_in for each in self._connections()}
        if not there:
            return
        query = (
            select(LinkSession.id)
            .join(PersonalLink, PersonalLink.id == LinkSession.link_id)
            .where(LinkSession.id.in_(sorted(there)), PersonalLink.revoked_at.is_(None))
        )
        try:
            async with self._database.reading() as session:
                stand = set(await session.scalars(query))
        except Exception:
            log.exception("ways_in_not_read")
            return
        for connection in self._connections():
            if connection.way_in in there and connection.way_in not in stand:
                connection.hang_up()
