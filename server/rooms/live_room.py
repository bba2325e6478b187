"""The shell around a `Room`: one actor per class.

Commands wait in a line. The actor takes all that wait, lets a copy of the room decide them in order, writes
what follows in one transaction, and only then puts the copy in the room's place, acknowledges each and tells
the listener: nobody ever sees what is not stored. When it cannot be stored, the copy is thrown away, the
whole batch refused with one reference, and the room rebuilt from the tables before the next batch. Nothing
here waits for a receiver.

A class is called off outside of its room, and by the tables, while nobody is in it. So whoever comes in is
written only if the tables, in the same transaction, still have the class take place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import ProtocolError, Refused
from server.ids import Clock
from server.rooms.chat_stored import earlier_messages, needs_recall, recall
from server.rooms.commands import Command, Join
from server.rooms.events import CameIn, Event
from server.rooms.journal import write_events
from server.rooms.loading import is_called_off, load_room, members_of
from server.rooms.message import Message
from server.rooms.room import Room
from server.rooms.scribe import NobodyWrites, Scribe
from server.rooms.state import RoomState, last_moment
from server.storage.database import Database
from server.storage.faults import StorageFailed, StorageFault
from server.timetable.courses import ClassDetails, class_details

log = structlog.get_logger(__name__)

NOBODY_WRITES = NobodyWrites()
AN_INSTANT = timedelta(microseconds=1)


class NotStored(Exception):
    """What was asked could not be stored and did not happen. `reference` finds our fault in the log."""

    def __init__(self, reference: str, fault: StorageFault = StorageFault.FAILED) -> None:
        super().__init__(reference)
        self.reference = reference
        self.fault = fault


class NoSuchClass(Exception):
    """The tables know no class of this id (any more)."""


class RoomListener(Protocol):
    """Who is told what has become true. Must return at once and wait for nobody."""

    def changed(self, events: Sequence[Event]) -> None:
        """These events are stored and stand in the state."""

    def rebuilt(self) -> None:
        """The state was thrown away and read from the tables again."""


@dataclass(slots=True, eq=False)
class _Waiting:
    command: Command | None
    """None: read the tables again."""
    actor: str | None
    done: asyncio.Future[str | None]
    events: tuple[Event, ...] = ()
    refused: Exception | None = None
    made: str | None = field(default=None)

    def settle(self, failure: Exception | None = None) -> None:
        if self.done.done():
            return
        if failure := failure or self.refused:
            self.done.set_exception(failure)
        else:
            self.done.set_result(self.made)


class LiveRoom:
    """One class while the process runs. `open` reads it, `close` lets it go."""

    def __init__(
        self,
        database: Database,
        class_id: str,
        listener: RoomListener,
        clock: Clock,
        new_id: Callable[[], str],
        scribe: Scribe = NOBODY_WRITES,
    ) -> None:
        self.class_id = class_id
        self._scribe = scribe
        self._database = database
        self._listener = listener
        self._clock = clock
        self._new_id = new_id
        self._line: asyncio.Queue[_Waiting | None] = asyncio.Queue()
        self._room: Room | None = None
        self._details: ClassDetails | None = None
        self._stale = False
        self._last: datetime | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    @property
    def state(self) -> RoomState:
        """What is true and stored; only to be read, and not to be kept: a later one takes its place."""
        assert self._room is not None, "the room is open"
        return self._room.state

    @property
    def details(self) -> ClassDetails:
        """Names, times and phone numbers of this class."""
        assert self._details is not None, "the room is open"
        return self._details

    async def open(self) -> None:
        """Read the class from the tables and begin to take commands; `NoSuchClass` when there is none."""
        await self._read()
        self._task = asyncio.create_task(self._live(), name=f"room-{self.class_id}")

    async def close(self) -> None:
        """Finish the commands that wait, then end. Idempotent."""
        if not self._closing:
            self._closing = True
            self._line.put_nowait(None)
        if self._task is not None:
            await asyncio.wait([self._task])

    async def do(self, command: Command, actor: str | None) -> str | None:
        """Do what `actor` asks; return, once it is stored, the id of what was made.

        Raises `Refused` when it may not be, `NotStored` when it could not be stored.
        """
        return await self._stand_in_line(command, actor)

    def submit(self, command: Command) -> None:
        """Let the system's command take its turn, without waiting for it. What goes wrong is logged."""
        self._stand_in_line(command, None).add_done_callback(self._log_system_failure)

    def read_again(self) -> None:
        """Read the room from the tables, in its turn: what stands in line behind is decided by that."""
        self._stand_in_line(None, None).add_done_callback(self._log_system_failure)

    def _stand_in_line(self, command: Command | None, actor: str | None) -> asyncio.Future[str | None]:
        done: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        if self._closing:
            done.set_exception(NotStored(self._new_id()))
        else:
            self._line.put_nowait(_Waiting(command, actor, done))
        return done

    def _log_system_failure(self, done: asyncio.Future[str | None]) -> None:
        if not done.cancelled() and (error := done.exception()) is not None:
            log.warning("system command not done", class_id=self.class_id, error=type(error).__name__)

    async def _live(self) -> None:
        last = False
        while not last:
            batch, last = await self._next_batch()
            try:
                if batch:
                    await self._take(batch)
            except Exception as error:
                await self._fail(batch, error.fault if isinstance(error, StorageFailed) else None)

    async def _next_batch(self) -> tuple[list[_Waiting], bool]:
        """Wait for the first command, take all that stand behind it; True when it is the last batch."""
        batch: list[_Waiting] = []
        entry = await self._line.get()
        while entry is not None:
            batch.append(entry)
            if self._line.empty():
                return batch, False
            entry = self._line.get_nowait()
        return batch, True

    async def _take(self, batch: list[_Waiting]) -> None:
        if read_again := self._stale or any(waiting.command is None for waiting in batch):
            await self._read()
        await self._learn_newcomers(batch)
        await self._recall(batch)
        while not await self._decided_and_stored(batch):
            read_again = True
            await self._read()
        events = [event for waiting in batch for event in waiting.events]
        for waiting in batch:
            waiting.settle()
        if read_again:
            self._tell(self._listener.rebuilt)
        if events:
            self._tell(lambda: self._listener.changed(events))

    async def _decided_and_stored(self, batch: list[_Waiting]) -> bool:
        """Have a copy of the room decide, and store what follows; False, and nothing is stored, when somebody
        was about to come in and staff have called the class off meanwhile."""
        assert self._room is not None
        room = self._room.copy()
        for waiting in batch:
            self._decide(room, waiting)
        events = [event for waiting in batch for event in waiting.events]

        async def store(session: AsyncSession) -> bool:
            somebody_came = any(isinstance(event, CameIn) for event in events)
            if somebody_came and await is_called_off(session, self.class_id):
                return False
            await write_events(session, room.state, events, self._new_id)
            await self._scribe.took_place(session, room.state, events)
            return True

        if events:
            if not await self._database.write(store):
                return False
            self._room = room
        return True

    def _decide(self, room: Room, waiting: _Waiting) -> None:
        """Let the room decide; its refusal is told after the commit, as all that it may rest on."""
        waiting.events, waiting.refused, waiting.made = (), None, None
        if waiting.command is None:
            return
        try:
            waiting.events = room.handle(waiting.command, self._moment(room.state), waiting.actor)
        except (Refused, ProtocolError) as refused:
            waiting.refused = refused
            return
        for event in waiting.events:
            room.apply(event)
        waiting.made = room.made(waiting.command, waiting.actor)

    def _moment(self, state: RoomState) -> datetime:
        """Now, but always after all that has happened: the tables give back in order of time, and the
        machine's clock may be set back in mid-class."""
        self._last = max(self._clock(), (self._last or last_moment(state)) + AN_INSTANT)
        return self._last

    async def _fail(self, batch: list[_Waiting], fault: StorageFault | None) -> None:
        """Throw the room away and refuse the whole batch."""
        reference = self._new_id()
        log.exception(
            "room could not store",
            class_id=self.class_id,
            reference=reference,
            fault=fault,
            commands=[type(waiting.command).__name__ for waiting in batch],
        )
        self._stale = True
        for waiting in batch:
            waiting.settle(NotStored(reference, fault or StorageFault.FAILED))
        try:
            await self._rebuild()
        except Exception:
            log.exception("room could not be rebuilt, will try again", class_id=self.class_id)

    async def _rebuild(self) -> None:
        await self._read()
        self._tell(self._listener.rebuilt)

    async def _learn_newcomers(self, batch: list[_Waiting]) -> None:
        """Read the course list again when somebody joins who is not on the one we have.

        When somebody in the room has been taken off it, the room is read again, without her.
        """
        actors = {waiting.actor for waiting in batch if isinstance(waiting.command, Join)}
        if actors - {None} <= self.state.members.keys():
            return
        async with self._database.reading() as session:
            details = await class_details(session, self.class_id)
        if details is None:
            return
        members = members_of(details)
        if self.state.people.keys() <= members.keys():
            self._details = details
            self.state.members = members
        else:
            await self._rebuild()

    async def _recall(self, batch: list[_Waiting]) -> None:
        """Look up the earlier chat messages that are spoken of: the room keeps the latest only."""
        asked = [(each.command, each.actor) for each in batch if each.command is not None]
        if any(needs_recall(self.state, command) for command, _ in asked):
            async with self._database.reading() as session:
                await recall(session, self.state, asked)

    async def earlier_messages(self, before: str) -> list[Message] | None:
        """Return chat messages before this one (see `chat_stored.earlier_messages`)."""
        async with self._database.reading() as session:
            return await earlier_messages(session, self.state.course_id, before)

    async def _read(self) -> None:
        async with self._database.reading() as session:
            details = await class_details(session, self.class_id)
            if details is None:
                raise NoSuchClass(self.class_id)
            self._room = Room(await load_room(session, details))
            self._last = None
            self._details = details
            self._stale = False

    def _tell(self, tell: Callable[[], None]) -> None:
        """A listener that throws harms no command: it is our bug, and what it missed is stored."""
        try:
            tell()
        except Exception:
            log.exception("room listener failed", class_id=self.class_id)
