"""The classes that are open in this process, by id, and what the media workers say to each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

import structlog
from sqlalchemy import select

from server.ids import Clock
from server.media.spec import (
    LineNotice,
    NeedsNotice,
    Notice,
    PeerNotice,
    PeerSnapshot,
    VoicesNotice,
    WorkerNotice,
)
from server.people.roles import Role
from server.rooms.audience import Audience, NobodyListens
from server.rooms.class_media import UNCLAIMED_S
from server.rooms.heartbeat import Heartbeat, Here, MissedFirst
from server.rooms.media_orders import MediaFactory, MediaLink, MediaOrders
from server.rooms.open_class import OpenClass
from server.rooms.presence import Connection
from server.rooms.scribe import NobodyWrites, Scribe
from server.rooms.state import Place
from server.rooms.timers import Later, Timer
from server.storage.database import Database
from server.storage.tables import ClassSession, Participation

log = structlog.get_logger(__name__)


class Rooms:
    """All open classes. `start` reopens those that people were in; `close` lets go of all."""

    def __init__(
        self,
        database: Database,
        media_factory: MediaFactory,
        *,
        clock: Clock,
        new_id: Callable[[], str],
        later: Later | None = None,
        scribe: Scribe | None = None,
    ) -> None:
        self.media: MediaLink = media_factory(self._noticed, self._room_hears)
        self.audience: Audience = NobodyListens()
        """Set once, by signalling, before `start`."""
        self._database = database
        self._clock = clock
        self._new_id = new_id
        self._later: Later = later or on_the_loop
        scribe = scribe or NobodyWrites()
        self._heartbeat = Heartbeat(database, scribe, self._here, clock=clock, later=self._later)
        self._scribe = MissedFirst(scribe, self._heartbeat)
        self._orders = MediaOrders(self.media)
        self._open: dict[str, OpenClass] = {}
        self._opening = asyncio.Lock()
        self._timers: list[Timer] = []
        self._sorting: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Reopen the classes in which people are, by the tables; then attach to the media workers."""
        self._orders.start()
        for class_id in await self._classes_with_people():
            await self.open_class(class_id)
        await self.media.start()
        self._heartbeat.start()

    async def close(self) -> None:
        """Let go of every class and of the workers. The tables keep everything. Idempotent."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        await self._heartbeat.close()
        if self._sorting:
            await asyncio.wait(self._sorting)
        for open_class in list(self._open.values()):
            await open_class.close()
        self._open.clear()
        await self._orders.close()
        await self.media.close()

    async def open_class(self, class_id: str) -> OpenClass:
        """Return the class, read from the tables if need be; `NoSuchClass` when there is none."""
        if (found := self._open.get(class_id)) is not None:
            return found
        async with self._opening:
            if (found := self._open.get(class_id)) is not None:
                return found
            opened = OpenClass(
                class_id,
                database=self._database,
                media=self.media,
                orders=self._orders,
                audience=self.audience,
                later=self._later,
                clock=self._clock,
                new_id=self._new_id,
                scribe=self._scribe,
                somebody_connected=self._heartbeat.soon,
            )
            await opened.open()
            self._open[class_id] = opened
            return opened

    async def timetable_changed(self, class_id: str) -> None:
        """A class was called off, or put back on, and that is stored: have its room learn it, if it is open,
        before it decides anything else.
        """
        async with self._opening:
            open_class = self._open.get(class_id)
        if open_class is not None:
            open_class.room.read_again()

    def phone_of(self, class_id: str) -> str:
        """Return the service's phone number, as far as the class is open here."""
        open_class = self._open.get(class_id)
        return open_class.room.details.service_phone if open_class else ""

    async def disconnected(self, class_id: str, connection: Connection) -> None:
        """Take note that a socket is gone; a class that is over and that nobody looks at is let go."""
        open_class = self._open.get(class_id)
        if open_class is None:
            return
        open_class.disconnected(connection)
        if open_class.is_over:
            self._open.pop(class_id, None)
            await open_class.close()

    @property
    def failures(self) -> Mapping[str, int]:
        """What went wrong, by kind: heartbeat_not_written."""
        return self._heartbeat.failures

    @property
    def open_count(self) -> int:
        """How many classes are open in this process."""
        return len(self._open)

    def open_classes(self) -> list[OpenClass]:
        """Return the classes that are open in this process."""
        return list(self._open.values())

    @property
    def socket_count(self) -> int:
        """How many sockets of people in open classes are connected."""
        return sum(len(each.presence.connections()) for each in self._open.values())

    def people(self) -> list[tuple[Role, Place]]:
        """Return the role and place of everyone in an open class."""
        return [
            (person.role, person.place)
            for open_class in self._open.values()
            for person in open_class.room.state.people.values()
        ]

    def _here(self) -> Here:
        return {class_id: open_class.here() for class_id, open_class in self._open.items()}

    async def _classes_with_people(self) -> list[str]:
        query = (
            select(Participation.class_id)
            .join(ClassSession, ClassSession.id == Participation.class_id)
            .where(Participation.place.in_([Place.WAITING, Place.IN_CLASS]), ClassSession.ended_at.is_(None))
            .distinct()
        )
        async with self._database.reading() as session:
            return list(await session.scalars(query))

    def _room_hears(self, class_id: str, peers: Sequence[PeerSnapshot]) -> None:
        if (open_class := self._open.get(class_id)) is not None:
            open_class.media.worker_attached(peers)
        elif peers:
            sorting = asyncio.create_task(self._sort_out(class_id, peers), name="stray-peers")
            self._sorting.add(sorting)
            sorting.add_done_callback(self._sorting.discard)

    async def _sort_out(self, class_id: str, strays: Sequence[PeerSnapshot]) -> None:
        """Close the peers of a class that has ended at once, others when they stay unclaimed: the process
        may have died between the end of a class and its orders to the worker.
        """
        query = select(ClassSession.id).where(ClassSession.id == class_id, ClassSession.ended_at.is_not(None))
        has_ended = False
        try:
            async with self._database.reading() as session:
                has_ended = await session.scalar(query) is not None
        except Exception:
            log.exception("whether a class has ended could not be read")
        peers = [each.peer for each in strays]
        if has_ended:
            self._close_strays(peers)
        else:
            self._timers.append(self._later(UNCLAIMED_S, lambda: self._close_strays(peers)))

    def _close_strays(self, peers: Sequence[str]) -> None:
        """Close the peers of rooms that are not open here and have not been opened since."""
        for peer in peers:
            if all(each.presence.by_peer(peer) is None for each in self._open.values()):
                self._orders.close_peer(peer)

    def _noticed(self, notice: Notice) -> None:
        open_class = None if isinstance(notice, WorkerNotice) else self._open.get(notice.room)
        if open_class is None:
            return
        if isinstance(notice, PeerNotice):
            open_class.media.noticed(notice)
        elif isinstance(notice, VoicesNotice):
            open_class.media.voices(notice)
        elif isinstance(notice, LineNotice):
            open_class.media.lines.measured(notice)
        elif isinstance(notice, NeedsNotice):
            open_class.media.lines.needed(notice)


def on_the_loop(seconds: float, what: Callable[[], None]) -> Timer:
    """Call back on the running loop."""
    return asyncio.get_running_loop().call_later(seconds, what)
