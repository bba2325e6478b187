"""Every few seconds, who is connected where: so that a crash costs the log of presence seconds only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import structlog

from server.ids import Clock
from server.rooms.scribe import Scribe
from server.rooms.state import Place
from server.rooms.timers import Later, Timer
from server.storage.database import Database

log = structlog.get_logger(__name__)

BEAT_S = 5.0
"""A third of the 15 s by which presence may be wrong after a crash."""
SOON_S = 0.5
"""After somebody connected: a process that dies again and again must not leave her unseen."""

Here = Mapping[str, Mapping[str, Place]]
"""By class id and person id, where those who are connected are."""


class Heartbeat:
    """Tells the scribe who is here, `BEAT_S` after the last time was told, and sooner when asked.

    `start`, then `close`.
    """

    def __init__(
        self,
        database: Database,
        scribe: Scribe,
        here: Callable[[], Here],
        *,
        clock: Clock,
        later: Later,
    ) -> None:
        self._database = database
        self._scribe = scribe
        self._here = here
        self._clock = clock
        self._later = later
        self._timer: Timer | None = None
        self._soon = False
        self._telling: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Beat for the first time after `BEAT_S`."""
        self._set_timer()

    def soon(self) -> None:
        """Somebody has connected: beat within `SOON_S`, for all who did by then."""
        if self._timer is None or self._soon:
            return
        self._soon = True
        if self._telling is None or self._telling.done():
            self._timer.cancel()
            self._set_timer()

    async def close(self) -> None:
        """Beat no more; finish telling. Idempotent."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._telling is not None:
            await asyncio.wait([self._telling])

    def _set_timer(self) -> None:
        self._timer = self._later(min(SOON_S, BEAT_S) if self._soon else BEAT_S, self._beat)

    def _beat(self) -> None:
        self._soon = False
        self._telling = asyncio.create_task(self._tell(), name="heartbeat")

    async def _tell(self) -> None:
        here = {class_id: people for class_id, people in self._here().items() if people}
        try:
            if here:
                at = self._clock()
                await self._database.write(lambda session: self._scribe.still_here(session, at, here))
        except Exception:
            log.exception("heartbeat_not_written", classes=len(here))
        finally:
            if self._timer is not None:
                self._set_timer()
