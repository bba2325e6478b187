"""The classes that are open in this process, by id, and what the media workers say to each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from typing import Any

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
from server.rooms.before_class import before_class_of
from server.rooms.chat import NoteChat
from server.rooms.class_media import UNCLAIMED_S
from server.rooms.commands import NoteCheckIn
from server.rooms.events import Event
from server.rooms.heartbeat import Heartbeat, Here, MissedFirst
from server.rooms.media_orders import MediaFactory, MediaLink, MediaOrders
from server.rooms.open_class import OpenClass
from server.rooms.presence import Connection
from server.rooms.question import Question
from server.rooms.questions import NoteQuestion
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
        self.hang_up_on: Callable[[Collection[str]], None] = nobody_is_connected
        """Hangs up on these people, by id. Set once, by signalling."""
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
        self._tasks: set[asyncio.Task[None]] = set()

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
        await self._end_tasks()
        for open_class in list(self._open.values()):
            await open_class.close()
        await self._end_tasks()
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
                chat_changed=self._chat_changed_in,
                over=lambda ended: self._begin(self._let_go(ended), "class-over"),
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

    async def check_in_changed(self, class_id: str, person_id: str) -> None:
        """A patient's check-in was sent or decided on, and that is stored: have the room learn it, if it is
        open. Read and handed on under one lock, so that what is older never comes after what is newer.
        """
        async with self._opening:
            open_class = self._open.get(class_id)
            if open_class is None or not open_class.room.state.has_check_in:
                return
            async with self._database.reading() as session:
                before = await before_class_of(session, class_id, person_id)
            for each, facts in before.items():
                open_class.room.submit(NoteCheckIn(each, facts))

    async def chat_changed(
        self, course_id: str, events: tuple[Event, ...], but: OpenClass | None = None
    ) -> None:
        """This happened in a course's chat outside of class, or in the class `but`, and is stored: tell the
        rooms of that course. One that is being opened reads the tables, then is told.
        """
        async with self._opening:
            for open_class in self._open.values():
                if open_class.room.state.course_id == course_id and open_class is not but:
                    open_class.room.submit(NoteChat(events))

    async def question_asked(self, class_id: str, question: Question) -> None:
        """A question was asked for a class outside of it, and is stored: tell its room, if it is open."""
        async with self._opening:
            open_class = self._open.get(class_id)
        if open_class is not None:
            open_class.room.submit(NoteQuestion(question))

    def hang_up(self, people: Collection[str]) -> None:
        """Ways in of these people have ended, and that is stored: hang up on them, so that they come by the
        door again, which lets in whoever may still come.
        """
        self.hang_up_on(people)

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
            await self._let_go(open_class)

    async def _let_go(self, ended: OpenClass) -> None:
        """A class is over, and nobody looks at it."""
        if self._open.get(ended.class_id) is ended and ended.is_over:
            del self._open[ended.class_id]
        await ended.close()

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

    def _chat_changed_in(self, open_class: OpenClass, events: tuple[Event, ...]) -> None:
        """The chat is one for the whole course: what happens to it in one class is heard in the others."""
        course_id = open_class.room.state.course_id
        are_beside = any(
            each is not open_class and each.room.state.course_id == course_id for each in self._open.values()
        )
        if are_beside or self._opening.locked():
            self._begin(self.chat_changed(course_id, events, but=open_class), "course-chat")

    def _begin(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _end_tasks(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _here(self) -> Here:
        return {class_id: open_class.here() for class_id, open_class in self._open.items()}

    async def _classes_with_people(self) -> list[str]:
        """Also those that had begun and nobody is in: they end by themselves unless staff come."""
        is_there = Participation.place.in_([Place.WAITING, Place.IN_CLASS])
        query = (
            select(Participation.class_id)
            .join(ClassSession, ClassSession.id == Participation.class_id)
            .where(
                is_there | Participation.was_in_class,
                ClassSession.ended_at.is_(None),
                ClassSession.cancelled_at.is_(None),
            )
            .distinct()
        )
        async with self._database.reading() as session:
            return list(await session.scalars(query))

    def _room_hears(self, class_id: str, peers: Sequence[PeerSnapshot]) -> None:
        if (open_class := self._open.get(class_id)) is not None:
            open_class.media.worker_attached(peers)
        elif peers:
            self._begin(self._sort_out(class_id, peers), "stray-peers")

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


def nobody_is_connected(_: Collection[str]) -> None:
    """Hang up on nobody: for a registry without sockets."""


def on_the_loop(seconds: float, what: Callable[[], None]) -> Timer:
    """Call back on the running loop."""
    return asyncio.get_running_loop().call_later(seconds, what)
