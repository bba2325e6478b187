"""A class as people experience it: rooms with sockets and media, the contact log, a clock that is moved."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from server.contacts.log import ContactLog, ContactRules
from server.media.spec import PeerSpec
from server.rooms import commands as c
from server.rooms.heartbeat import BEAT_S
from server.rooms.open_class import OpenClass
from server.rooms.registry import Rooms
from server.rooms.state import Place
from server.storage import tables as t
from server.storage.database import Database
from tests.integration.rooms.world import (
    CLASS,
    COURSE,
    PATIENTS,
    FakeMedia,
    MediaMaker,
    SetTimers,
    Told,
    seed,
)
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, numbered_ids
from tests.unit.rooms.rooms import ending

RULES = ContactRules(timedelta(minutes=1), timedelta(seconds=30), ZoneInfo("Europe/London"))


@dataclass(eq=False)
class Socket:
    """A browser's connection."""

    person_id: str
    is_open: bool = True
    peer: str = ""

    def __getattr__(self, name: str) -> Any:
        """Whatever it is told, it takes."""
        return lambda *args: None


class Audience(Told):
    """Lets a test wait for what a class says."""

    def changed(self, *_: object) -> None:
        self.note()

    def rebuilt(self, *_: object) -> None:
        self.note()

    def slots_changed(self, *_: object) -> None:
        self.note()

    def __getattr__(self, name: str) -> Any:
        return lambda *args: self.note()


@dataclass
class Clinic:
    """The class of `tests.integration.rooms.world`, Tuesday 10am to 11am, in a web process that can die."""

    database: Database
    clock: SetClock = field(default_factory=lambda: SetClock(TUESDAY_10AM - timedelta(minutes=1)))
    new_id: Any = field(default_factory=lambda: numbered_ids("n"))

    def __post_init__(self) -> None:
        self.log = ContactLog(RULES, self.new_id)
        self.sockets: dict[str, Socket] = {}

    async def open(self) -> None:
        """Start the web process and its media worker."""
        self.timers, self.maker, self.audience = SetTimers(), MediaMaker(), Audience()
        self.timers.now_s = self.clock.now.timestamp()
        self.rooms = Rooms(
            self.database,
            self.maker,
            clock=self.clock,
            new_id=self.new_id,
            later=self.timers,
            scribe=self.log,
        )
        self.rooms.audience = self.audience  # type: ignore[assignment]
        await self.rooms.start()
        self.open_class: OpenClass = await self.rooms.open_class(CLASS)

    async def die(self) -> None:
        """The web process is gone, and everybody's connection with it. Closing writes nothing."""
        await self.rooms.close()
        self.sockets.clear()

    @property
    def media(self) -> FakeMedia:
        return self.maker.media

    # ---- people

    async def comes(self, person: str) -> None:
        """Somebody opens the page; their media flow."""
        socket = self.sockets[person] = Socket(person)
        await self.open_class.join(socket, None)  # type: ignore[arg-type]
        socket.peer = self.open_class.media.new_peer(person)
        spec = PeerSpec(room=CLASS, peer=socket.peer, ufrag="u", pwd="p", remote_fingerprints=())
        await self.open_class.media.open(socket, spec)  # type: ignore[arg-type]
        self.media.notice(socket.peer, "connected")
        await self.audience.until(lambda: self.place(person) in (Place.WAITING, Place.IN_CLASS))

    async def comes_in(self, person: str) -> None:
        """Somebody comes and is let in at once."""
        await self.comes(person)
        await self.is_let_in(person)

    async def is_let_in(self, person: str) -> None:
        if self.place(person) is Place.WAITING:
            await self.open_class.room.do(c.Admit(person), "hannah")

    async def leaves(self, person: str) -> None:
        await self.open_class.room.do(c.Leave(), person)
        self.open_class.disconnected(self.sockets.pop(person))  # type: ignore[arg-type]

    async def drops_out(self, person: str) -> None:
        """The network takes somebody; the media worker notices the silence."""
        socket = self.sockets.pop(person)
        self.media.notice(socket.peer, "silent")
        self.open_class.disconnected(socket)  # type: ignore[arg-type]
        await self.audience.until(lambda: self.place(person) in (Place.DROPPED, Place.LEFT))

    async def ends(self) -> None:
        await self.open_class.room.do(ending(self.open_class.room.state), "hannah")

    def place(self, person: str) -> Place | None:
        return self.open_class.room.state.place_of(person)

    # ---- time

    async def pass_s(self, seconds: float) -> None:
        """Time goes by, heartbeat by heartbeat, while the web process lives."""
        while seconds > 0:
            step = min(seconds, BEAT_S)
            self.clock.move(seconds=step)
            self.timers.pass_s(step)
            beats = [task for task in asyncio.all_tasks() if task.get_name() == "heartbeat"]
            if beats:
                await asyncio.wait(beats)
            seconds -= step

    async def until_minute(self, minute: float) -> None:
        """Time goes by until so many minutes after the planned start."""
        await self.pass_s((at(minute) - self.clock.now).total_seconds())

    def skip_to_minute(self, minute: float) -> None:
        """Time goes by while no web process lives."""
        self.clock.now = at(minute)

    # ---- what the tables say

    async def contacts(self) -> Mapping[str, Any]:
        """The ledger's rows of the class, by the patient's name."""
        async with self.database.reading() as session:
            rows = await session.execute(
                select(t.Patient.person_id, t.CareContact)
                .join(t.CareContact, t.CareContact.subject_id == t.Patient.subject_id)
                .where(t.CareContact.class_id == CLASS)
            )
            found = rows.all()
        contacts: dict[str, Any] = dict(found)
        assert len(contacts) == len(found), "nobody has two contacts"
        return contacts

    async def statuses(self) -> dict[str, str]:
        return {person: contact.attendance_status for person, contact in (await self.contacts()).items()}

    async def stays(self, person: str) -> list[tuple[str, float, float | None]]:
        """Somebody's stays: place, start and end in seconds after the planned start."""
        async with self.database.reading() as session:
            rows = await session.scalars(
                select(t.PresenceInterval)
                .where(t.PresenceInterval.person_id == person)
                .order_by(t.PresenceInterval.started_at, t.PresenceInterval.id)
            )
            return [(row.place, _second(row.started_at), _second(row.ended_at)) for row in rows]

    async def times_in_class(self, person: str) -> list[tuple[float, float | None]]:
        """When somebody was in class, start and end in seconds after the planned start."""
        return [(start, end) for place, start, end in await self.stays(person) if place == "in_class"]

    async def set_class(self, class_id: str = CLASS, **values: object) -> None:
        """Change a class's row."""
        statement = update(t.ClassSession).where(t.ClassSession.id == class_id).values(**values)

        async def work(session: Any) -> None:
            await session.execute(statement)

        await self.database.write(work)

    async def tells_absence(self, person: str) -> None:
        row = {"class_id": CLASS, "person_id": person, "told_at": self.clock.now}

        async def work(session: Any) -> None:
            await session.execute(insert(t.Absence).values(**row))

        await self.database.write(work)

    async def settles_due(self) -> int:
        return await self.database.write(lambda session: self.log.settle_due(session, self.clock.now))


def at(minute: float) -> datetime:
    """So many minutes after the planned start."""
    return TUESDAY_10AM + timedelta(minutes=minute)


def _second(moment: datetime | None) -> Any:
    return None if moment is None else round((moment - TUESDAY_10AM).total_seconds())


async def seed_clinic(database: Database) -> None:
    """The course of the rooms' tests; its patients are known to the ledger, with a referral each."""
    await seed(database)

    async def work(session: Any) -> None:
        for number, person in enumerate(PATIENTS, start=1):
            session.add(t.Patient(person_id=person, nhs_number=None, subject_id=f"subject-{person}"))
            await session.execute(
                update(t.CourseMember)
                .where(t.CourseMember.person_id == person)
                .values(service_request_id=f"REFERRAL-{number}", commissioner_code="Z9Z", admin_category="01")
            )
        await session.execute(
            update(t.Service).values(site_code="Z9Z01", team_code="TEAM-1", contacts_target=80)
        )

    await database.write(work)


async def add_class(database: Database, class_id: str, number: int, starts_at: datetime) -> None:
    """Another class of the course."""
    row = t.ClassSession(
        id=class_id,
        course_id=COURSE,
        number=number,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
    )

    async def work(session: Any) -> None:
        session.add(row)

    await database.write(work)
