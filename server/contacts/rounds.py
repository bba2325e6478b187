"""Goes round every few minutes and settles the classes that are due.

Those are the ones nobody ended, and any that could not be settled when it ended or was cancelled.
"""

from __future__ import annotations

import asyncio

import structlog

from server.contacts.log import ContactLog
from server.ids import Clock
from server.rooms.timers import Later, Timer
from server.storage.database import Database

log = structlog.get_logger(__name__)

EVERY_S = 180.0


class SettlingRounds:
    """Settles what is due at once and then `EVERY_S` after each round. `start`, then `close`."""

    def __init__(self, database: Database, contact_log: ContactLog, *, clock: Clock, later: Later) -> None:
        self._database = database
        self._contact_log = contact_log
        self._clock = clock
        self._later = later
        self._timer: Timer | None = None
        self._round: asyncio.Task[None] | None = None
        self._closing = False

    def start(self) -> None:
        """Begin the first round."""
        self._begin()

    async def close(self) -> None:
        """Finish the round that is under way and begin no other. Idempotent."""
        self._closing = True
        if self._timer is not None:
            self._timer.cancel()
        if self._round is not None:
            await asyncio.wait([self._round])

    def _begin(self) -> None:
        self._round = asyncio.create_task(self._go(), name="settling-round")

    async def _go(self) -> None:
        now = self._clock()
        try:
            settled = await self._database.write(lambda session: self._contact_log.settle_due(session, now))
            if settled:
                log.info("classes_settled", classes=settled)
        except Exception:
            log.exception("classes_not_settled")
        if not self._closing:
            self._timer = self._later(EVERY_S, self._begin)
