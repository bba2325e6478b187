"""A course with its group for tests, in memory and in a database, and stand-ins for what rooms talk to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from server.media.client import MediaUnavailable
from server.media.spec import (
    Fingerprint,
    IceCredentials,
    Notice,
    PeerNotice,
    PeerSnapshot,
    PeerSpec,
    PeerView,
    Route,
    VoiceChoice,
    WorkerHello,
)
from server.people.links import Link, hash_of, start_session
from server.storage import tables as t
from server.storage.database import Database, StorageFailed
from tests.integration.storage.databases import TUESDAY_10AM, migrated, url_in

STAFF = {"hannah": "physio", "ravi": "physio", "tom": "helper"}
PATIENTS = ("margaret", "pauline", "george", "li")
T = TypeVar("T")
D = TypeVar("D", bound=Database)
CLASS, COURSE, LEAD = "class3", "course1", "hannah"


_seeded: list[bytes] = []


@asynccontextmanager
async def seeded(folder: Path, kind: type[D]) -> AsyncIterator[D]:
    """A database with the course of `seed`; migrated once for all tests, then copied."""
    file = folder / "moveroom.sqlite3"
    if not _seeded:
        async with migrated(folder) as first:
            await seed(first)
        _seeded.append(file.read_bytes())
    file.write_bytes(_seeded[0])
    database = await kind.open(url_in(folder))
    assert isinstance(database, kind)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def seeded_at(url: str, kind: type[D]) -> AsyncIterator[D]:
    """The course of `seed` in a migrated database without rows, of either kind (`each_database_url`)."""
    database = await kind.open(url)
    assert isinstance(database, kind)
    try:
        await seed(database)
        yield database
    finally:
        await database.close()


async def seed(database: Database) -> None:
    """One course: Hannah leads, Ravi and Tom are staff too, four patients in seats 0 to 3; class 3 is on."""
    await database.write(_seed)


async def _seed(session: AsyncSession) -> None:
    session.add(t.Service(id="service1", name="Riverside Physiotherapy", phone="01632 960100"))
    await session.flush()
    for person_id, role in STAFF.items():
        session.add(_person(person_id, role))
    for person_id in PATIENTS:
        session.add(_person(person_id, "patient"))
    session.add(
        t.Programme(
            id="prog1",
            service_id="service1",
            title="Knee and hip",
            class_count=12,
            class_minutes=60,
            max_patients=12,
        )
    )
    await session.flush()
    session.add(t.Course(id=COURSE, programme_id="prog1", title="Knee and hip group", lead_id=LEAD))
    await session.flush()
    for person_id in STAFF:
        session.add(t.CourseMember(course_id=COURSE, person_id=person_id, seat=None))
    for seat, person_id in enumerate(PATIENTS):
        session.add(t.CourseMember(course_id=COURSE, person_id=person_id, seat=seat))
    session.add(
        t.ClassSession(
            id=CLASS,
            course_id=COURSE,
            number=3,
            starts_at=TUESDAY_10AM,
            ends_at=TUESDAY_10AM + timedelta(hours=1),
        )
    )
    await session.flush()
    for person_id in (*STAFF, *PATIENTS):
        session.add(
            t.PersonalLink(
                id=f"link-{person_id}",
                course_id=COURSE,
                person_id=person_id,
                token_hash=hash_of(f"token-{person_id}"),
                created_at=TUESDAY_10AM,
            )
        )
        await session.flush()
        link = Link(f"link-{person_id}", COURSE, person_id, revoked=False)
        await start_session(session, link, TUESDAY_10AM, f"secret-{person_id}", f"session-{person_id}")
        await session.flush()


def _person(person_id: str, role: str) -> t.Person:
    return t.Person(
        id=person_id,
        service_id="service1",
        role=role,
        full_name=f"{person_id.title()} Example",
        shown_name=person_id.title(),
        phone=f"07700 9000{len(person_id):02}",
    )


def put_on(person_id: str) -> Callable[[AsyncSession], Awaitable[None]]:
    """Put a new patient on the course list."""

    async def work(session: AsyncSession) -> None:
        session.add(_person(person_id, "patient"))
        await session.flush()
        session.add(t.CourseMember(course_id=COURSE, person_id=person_id, seat=9))

    return work


def take_off(person_id: str) -> Callable[[AsyncSession], Awaitable[None]]:
    """Take somebody off the course list."""

    async def work(session: AsyncSession) -> None:
        await session.execute(delete(t.CourseMember).where(t.CourseMember.person_id == person_id))

    return work


class BreakableDatabase(Database):
    """A database that a test can hold up or break."""

    broken = False
    unreadable = False
    writes = 0
    gate: asyncio.Event | None = None
    reading_gate: asyncio.Event | None = None

    def hold(self) -> None:
        """Hold up writing until `gate` is set."""
        self.gate, self.began = asyncio.Event(), asyncio.Event()

    def hold_reading(self) -> None:
        """Hold up reading, too."""
        self.hold()
        self.reading_began = asyncio.Event()
        self.reading_gate = self.gate

    def let_go(self) -> None:
        """Let what is held up go on."""
        if self.gate is not None:
            self.gate.set()

    async def write(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        self.writes += 1
        if self.gate is not None:
            self.began.set()
            await self.gate.wait()
        if self.broken:
            raise StorageFailed("the disk is full")
        return await super().write(work)

    def reading(self) -> AbstractAsyncContextManager[AsyncSession]:
        if self.unreadable:
            raise StorageFailed("the disk is away")
        return super().reading() if self.reading_gate is None else self._held_reading()

    @asynccontextmanager
    async def _held_reading(self) -> AsyncIterator[AsyncSession]:
        assert self.reading_gate is not None
        self.reading_began.set()
        await self.reading_gate.wait()
        async with super().reading() as session:
            yield session


class Told:
    """Lets a test wait until something that others bring about holds."""

    def __init__(self) -> None:
        self._something = asyncio.Event()

    def note(self) -> None:
        self._something.set()

    async def until(self, condition: Callable[[], bool], within_s: float = 5) -> None:
        async with asyncio.timeout(within_s):
            while not condition():
                self._something.clear()
                await self._something.wait()


class FakeMedia(Told):
    """A media client and worker in one: keeps peers and routes, and says what a test lets it say."""

    def __init__(
        self,
        on_notice: Callable[[Notice], None],
        on_room: Callable[[str, Sequence[PeerSnapshot]], None],
    ) -> None:
        super().__init__()
        self._on_notice = on_notice
        self._on_room = on_room
        self.hello: WorkerHello | None = None
        self.peers: dict[str, PeerSpec] = {}
        self.closed: list[str] = []
        self.routes: dict[str, tuple[Route, ...]] = {}
        self.voices: dict[str, tuple[VoiceChoice, ...]] = {}
        self.views: dict[str, PeerView] = {}
        self.restarted: dict[str, tuple[IceCredentials, IceCredentials]] = {}
        self.routes_told: list[int] = []
        """How many routes there were each time."""
        self.has_worker = True

    @property
    def is_ready(self) -> bool:
        return self.hello is not None

    def is_known(self, room: str) -> bool:
        return self.hello is not None

    def hello_of(self, room: str) -> WorkerHello | None:
        return self.hello

    async def start(self) -> None:
        if self.has_worker:
            self.attach()

    async def close(self) -> None:
        self.hello = None

    async def open_peer(self, spec: PeerSpec) -> None:
        if self.hello is None:
            raise MediaUnavailable("no worker")
        self.peers[spec.peer] = spec

    async def close_peer(self, peer: str) -> None:
        self.closed.append(peer)
        self.peers.pop(peer, None)
        self.note()

    async def set_routes(
        self, room: str, routes: Sequence[Route], voices: Sequence[VoiceChoice] = ()
    ) -> None:
        self.routes[room] = tuple(routes)
        self.voices[room] = tuple(voices)
        self.routes_told.append(len(routes))
        self.note()

    async def carried_out(self, room: str) -> None:
        if self.hello is None:
            raise MediaUnavailable("no worker")

    async def set_view(self, view: PeerView) -> None:
        self.views[view.peer] = view
        self.note()

    async def restart_ice(self, peer: str, ours: IceCredentials, remote: IceCredentials) -> None:
        self.restarted[peer] = ours, remote
        self.note()

    def attach(self, *peers: PeerSnapshot, boot: str = "boot1") -> None:
        """A worker is there, and has these peers. The class hears it whatever room they are of."""
        self.hello = WorkerHello(
            boot=boot,
            fingerprint=Fingerprint(algorithm="sha-256", value=":".join(["AB"] * 32)),
            addresses=(("127.0.0.1", 8090),),
            peers=peers,
        )
        for room in dict.fromkeys((CLASS, *(each.room for each in peers))):
            self._on_room(room, [each for each in peers if each.room == room])

    def detach(self) -> None:
        """The worker is gone."""
        self.hello = None
        self.peers.clear()

    def notice(self, peer: str, what: str) -> None:
        """The worker tells of a peer."""
        self.tell(PeerNotice(room=CLASS, peer=peer, what=what))  # type: ignore[arg-type]

    def tell(self, notice: Notice) -> None:
        """The worker tells this."""
        self._on_notice(notice)


class MediaMaker:
    """The factory that rooms take; keeps what it made."""

    def __init__(self) -> None:
        self.media: FakeMedia

    def __call__(self, on_notice: Callable[[Notice], None], on_room: Callable[..., None]) -> FakeMedia:
        self.media = FakeMedia(on_notice, on_room)
        return self.media


class SetTimers:
    """Timers that ring when a test says how much time has passed."""

    class _Timer:
        def __init__(self, at_s: float, what: Callable[[], None]) -> None:
            self.at_s, self.what, self.cancelled = at_s, what, False

        def cancel(self) -> None:
            self.cancelled = True

    def __init__(self) -> None:
        self.now_s = 0.0
        self._timers: list[SetTimers._Timer] = []
        self._told = Told()

    def __call__(self, seconds: float, what: Callable[[], None]) -> SetTimers._Timer:
        timer = self._Timer(self.now_s + seconds, what)
        self._timers.append(timer)
        self._told.note()
        return timer

    async def until_set(self, seconds: float) -> None:
        """Wait until a timer is set to ring so long from now."""
        await self._told.until(lambda: any(each.at_s == self.now_s + seconds for each in self._timers))

    def pass_s(self, seconds: float) -> None:
        self.now_s += seconds
        due = [timer for timer in self._timers if timer.at_s <= self.now_s and not timer.cancelled]
        self._timers = [timer for timer in self._timers if timer.at_s > self.now_s]
        for timer in sorted(due, key=lambda each: each.at_s):
            timer.what()
