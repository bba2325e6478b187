"""Every few seconds, who is connected where: so that a crash costs the log of presence seconds only.

While nothing can be stored, the moments are remembered. They are written, in their order, as soon as they can
be, and before whatever is written next of their class: so that nobody's presence seems to have ended when the
storage went away.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import islice

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from server.ids import Clock
from server.rooms.events import Event
from server.rooms.scribe import Scribe
from server.rooms.state import Place, RoomState
from server.rooms.timers import Later, Timer
from server.storage.database import Database
from server.storage.faults import StorageFailed

log = structlog.get_logger(__name__)

BEAT_S = 5.0
"""A third of the 15 s by which presence may be wrong after a crash."""
SOON_S = 0.1
"""After somebody connected: a process that dies again and again must not leave her unseen."""
MOST_UNWRITTEN = 720
"""How many moments are remembered while nothing can be stored: an hour. Then the oldest are forgotten."""
MOST_TOGETHER = 60
"""How many of them share one transaction, for which all other writing waits."""

Here = Mapping[str, Mapping[str, Place]]
"""By class id and person id, where those who are connected are."""


class Heartbeat:
    """Tells the scribe who is here, every `BEAT_S`, and sooner when asked. `start`, then `close`."""

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
        self._unwritten: dict[datetime, Here] = {}
        """By moment, the oldest first."""
        self.failures: Counter[str] = Counter()
        """heartbeat_not_written: how often who is here could not be stored."""

    def start(self) -> None:
        """Beat for the first time after `BEAT_S`."""
        self._set_timer()

    def soon(self) -> None:
        """Somebody has connected: beat within `SOON_S`, for all who did by then."""
        if self._timer is None or self._soon:
            return
        self._soon = True
        self._timer.cancel()
        self._set_timer()

    async def close(self) -> None:
        """Beat no more; finish telling. Idempotent."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._telling is not None:
            await asyncio.wait([self._telling])

    async def make_good(self, session: AsyncSession, class_id: str) -> None:
        """Write of this class what could not be written when it was so, in the caller's transaction.

        It stays remembered until the next beat has written it, too: the caller may yet fail, and the log of
        presence takes a moment that it knows already for old news.
        """
        if len(self._unwritten) < 2:  # the one that is being written
            return
        for at, here in list(self._unwritten.items()):
            if class_id in here:
                await self._scribe.still_here(session, at, {class_id: here[class_id]})
        self.soon()

    def _set_timer(self) -> None:
        self._timer = self._later(min(SOON_S, BEAT_S) if self._soon else BEAT_S, self._beat)

    def _beat(self) -> None:
        self._soon = False
        if here := {class_id: people for class_id, people in self._here().items() if people}:
            self._unwritten[self._clock()] = here
            self._forget(list(self._unwritten)[:-MOST_UNWRITTEN])
        if self._unwritten and (self._telling is None or self._telling.done()):
            self._telling = asyncio.create_task(self._tell(), name="heartbeat")
        self._set_timer()

    async def _tell(self) -> None:
        while self._unwritten:
            moments = dict(islice(self._unwritten.items(), MOST_TOGETHER))
            try:
                await self._database.write(partial(self._write, moments))
            except StorageFailed as failed:
                self.failures["heartbeat_not_written"] += 1
                log.warning("heartbeat_not_written", fault=str(failed.fault), unwritten=len(self._unwritten))
                return
            except Exception:  # our bug: the next ones may do
                self.failures["heartbeat_not_written"] += 1
                log.exception("heartbeat_not_written", forgotten=len(moments))
            self._forget(list(moments))

    async def _write(self, moments: Mapping[datetime, Here], session: AsyncSession) -> None:
        for at, here in moments.items():
            await self._scribe.still_here(session, at, here)

    def _forget(self, moments: Sequence[datetime]) -> None:
        for at in moments:
            self._unwritten.pop(at, None)


class MissedFirst:
    """The scribe of rooms that have a heartbeat: writes first what that has missed of the class."""

    def __init__(self, scribe: Scribe, heartbeat: Heartbeat) -> None:
        self._scribe = scribe
        self._heartbeat = heartbeat

    async def took_place(self, session: AsyncSession, state: RoomState, events: Sequence[Event]) -> None:
        """Write what was missed, then the events."""
        await self._heartbeat.make_good(session, state.class_id)
        await self._scribe.took_place(session, state, events)

    async def still_here(
        self, session: AsyncSession, at: datetime, here: Mapping[str, Mapping[str, Place]]
    ) -> None:
        """Write who is connected."""
        await self._scribe.still_here(session, at, here)
