from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from server.errors import Refused
from server.media.spec import PeerSnapshot, PeerSpec
from server.rooms import commands as c
from server.rooms.audience import NobodyListens
from server.rooms.class_media import UNCLAIMED_S
from server.rooms.events import Event
from server.rooms.live_room import NoSuchClass
from server.rooms.losses import unaccounted
from server.rooms.open_class import GRACE_S, LOOKED_FOR_STAFF_S, RECHECK_S, OpenClass
from server.rooms.registry import Rooms
from server.rooms.state import Place
from server.storage.database import StorageFailed
from tests.integration.rooms.world import (
    CLASS,
    BreakableDatabase,
    FakeMedia,
    MediaMaker,
    SetTimers,
    Told,
    put_on,
    seeded,
    take_off,
)
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, numbered_ids


class Socket:
    """A connection that keeps what it was told."""

    def __init__(self, person_id: str) -> None:
        self.person_id = person_id
        self.is_open = True
        self.told: list[str] = []

    def restart_media(self) -> None:
        self.told.append("media_restart")

    def replaced(self) -> None:
        self.told.append("replaced")


class Watching(NobodyListens, Told):
    """The audience: keeps nothing, but lets a test wait."""

    def changed(self, open_class: OpenClass, events: Sequence[Event]) -> None:
        self.note()

    def rebuilt(self, open_class: OpenClass) -> None:
        self.note()

    def slots_changed(self, open_class: OpenClass, person_ids: Sequence[str]) -> None:
        self.note()


class Process:
    """What a web process has, so that a test can have it die and start again."""

    def __init__(self, database: BreakableDatabase) -> None:
        self.database = database
        self.timers = SetTimers()
        self.clock = SetClock(TUESDAY_10AM)
        self.watching = Watching()
        self.maker = MediaMaker()
        self.rooms = Rooms(
            database,
            self.maker,
            clock=self.clock,
            new_id=numbered_ids(f"p{id(self)}x"),
            later=self.timers,
        )
        self.rooms.audience = self.watching
        self.open_class: OpenClass

    @property
    def media(self) -> FakeMedia:
        return self.maker.media

    async def start(self) -> None:
        await self.rooms.start()
        self.open_class = await self.rooms.open_class(CLASS)

    async def join(self, person: str, peer: str | None = None) -> tuple[Socket, str]:
        socket = Socket(person)
        return socket, await self.open_class.join(socket, peer)

    async def offer(self, socket: Socket, *, connected: bool = True) -> str:
        """Negotiate media; the peer's name."""
        peer = self.open_class.media.new_peer(socket.person_id)
        spec = PeerSpec(room=CLASS, peer=peer, ufrag="u", pwd="p", remote_fingerprints=())
        await self.open_class.media.open(socket, spec)
        if connected:
            self.media.notice(peer, "connected")
        return peer

    async def in_class(self, person: str) -> tuple[Socket, str]:
        """A person in class whose media flow."""
        socket, _ = await self.join(person)
        if self.place(person) is Place.WAITING:
            await self.open_class.room.do(c.Admit(person), "hannah")
        return socket, await self.offer(socket)

    def place(self, person: str) -> Place | None:
        return self.open_class.room.state.place_of(person)

    async def until_place(self, person: str, place: Place) -> None:
        await self.watching.until(lambda: self.place(person) is place)

    async def turn(self) -> None:
        """Wait until all that stands in the room's line, and what follows from it, had its turn."""
        for _ in range(2):
            await self.open_class.room.do(c.Leave(), "li")

    def forwarded(self) -> set[tuple[str, str]]:
        return {(route.from_peer, route.to_peer) for route in self.media.routes.get(CLASS, ())}


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Process]:
    async with seeded(folder, BreakableDatabase) as database:
        process = Process(database)
        await process.start()
        yield process
        await process.rooms.close()


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[Process]:
    async with running(tmp_path) as one:
        yield one


async def test_routes_follow_who_is_in_class(process: Process) -> None:
    _, hannah = await process.in_class("hannah")
    margaret_socket, _ = await process.join("margaret")
    margaret = await process.offer(margaret_socket)
    assert process.forwarded() == set()
    await process.open_class.room.do(c.Admit("margaret"), "hannah")
    await process.media.until(lambda: process.forwarded() == {(hannah, margaret), (margaret, hannah)})
    await process.open_class.room.do(c.Leave(), "margaret")
    await process.media.until(lambda: process.forwarded() == set() and margaret in process.media.closed)


async def test_the_end_closes_every_peer_and_clears_the_routes(process: Process) -> None:
    _, hannah = await process.in_class("hannah")
    _, margaret = await process.in_class("margaret")
    await process.open_class.room.do(c.End(), "hannah")
    await process.media.until(lambda: process.media.routes[CLASS] == ())
    await process.media.until(lambda: set(process.media.closed) == {hannah, margaret})


async def test_a_class_that_is_over_is_let_go_when_the_last_one_goes(process: Process) -> None:
    socket, _ = await process.in_class("hannah")
    await process.open_class.room.do(c.End(), "hannah")
    await process.rooms.disconnected(CLASS, socket)
    assert await process.rooms.open_class(CLASS) is not process.open_class


@pytest.mark.parametrize("what", ["silent", "closed"])
async def test_a_patient_whose_media_stop_has_dropped_out(process: Process, what: str) -> None:
    await process.in_class("hannah")
    _, peer = await process.in_class("margaret")
    process.media.notice(peer, what)
    await process.until_place("margaret", Place.DROPPED)
    await process.media.until(lambda: process.forwarded() == set())


async def test_media_that_come_back_bring_the_patient_back(process: Process) -> None:
    await process.in_class("hannah")
    _, peer = await process.in_class("margaret")
    process.media.notice(peer, "silent")
    await process.until_place("margaret", Place.DROPPED)
    process.media.notice(peer, "back")
    await process.until_place("margaret", Place.IN_CLASS)
    await process.media.until(lambda: len(process.forwarded()) == 2)


async def test_media_that_come_back_before_their_loss_is_stored_bring_the_patient_back(
    process: Process,
) -> None:
    await process.in_class("hannah")
    _, peer = await process.in_class("margaret")
    process.database.hold()
    posted = asyncio.create_task(process.open_class.room.do(c.Post("m1", "key-1", "Hello"), "hannah"))
    await process.database.began.wait()
    process.media.notice(peer, "silent")
    process.media.notice(peer, "back")
    process.database.let_go()
    await posted
    await process.turn()
    assert process.place("margaret") is Place.IN_CLASS


async def test_media_that_fall_silent_before_their_return_is_stored_drop_the_patient(
    process: Process,
) -> None:
    await process.in_class("hannah")
    _, peer = await process.in_class("margaret")
    process.media.notice(peer, "silent")
    await process.until_place("margaret", Place.DROPPED)
    process.database.hold()
    process.media.notice(peer, "back")
    await process.database.began.wait()
    process.media.notice(peer, "silent")
    process.database.let_go()
    await process.turn()
    assert process.place("margaret") is Place.DROPPED


async def test_a_patient_whose_media_are_found_to_flow_on_attachment_is_back(process: Process) -> None:
    await process.in_class("hannah")
    _, peer = await process.in_class("margaret")
    process.media.notice(peer, "silent")
    await process.until_place("margaret", Place.DROPPED)
    process.media.attach(PeerSnapshot(room=CLASS, peer=peer, state="connected"))
    await process.until_place("margaret", Place.IN_CLASS)


async def test_a_socket_lost_while_media_flow_is_no_drop_until_they_stop(process: Process) -> None:
    await process.in_class("hannah")
    socket, peer = await process.in_class("margaret")
    await process.rooms.disconnected(CLASS, socket)
    await process.turn()
    assert process.place("margaret") is Place.IN_CLASS
    process.media.notice(peer, "silent")
    await process.until_place("margaret", Place.DROPPED)


async def test_a_socket_lost_without_media_is_a_drop_at_once(process: Process) -> None:
    await process.in_class("hannah")
    socket, _ = await process.join("margaret")
    await process.open_class.room.do(c.Admit("margaret"), "hannah")
    await process.rooms.disconnected(CLASS, socket)
    await process.until_place("margaret", Place.DROPPED)


async def test_who_is_lost_in_the_waiting_room_has_left_it(process: Process) -> None:
    await process.in_class("hannah")
    socket, _ = await process.join("margaret")
    await process.rooms.disconnected(CLASS, socket)
    await process.until_place("margaret", Place.LEFT)


async def test_the_newest_connection_wins_and_the_older_peer_is_closed(process: Process) -> None:
    await process.in_class("hannah")
    older, peer = await process.in_class("margaret")
    newer, media = await process.join("margaret")
    assert (older.told, media) == (["replaced"], "needed")
    await process.media.until(lambda: peer in process.media.closed)
    await process.rooms.disconnected(CLASS, older)
    await process.open_class.room.do(c.Leave(), "li")
    assert process.place("margaret") is Place.IN_CLASS
    with pytest.raises(Refused, match="not_connected"):
        await process.offer(older)
    assert await process.offer(newer) in process.media.peers


async def test_a_client_that_connects_again_keeps_its_media(process: Process) -> None:
    await process.in_class("hannah")
    socket, peer = await process.in_class("margaret")
    await process.rooms.disconnected(CLASS, socket)
    _, media = await process.join("margaret", peer)
    assert media == "kept"
    assert peer not in process.media.closed


async def test_somebody_elses_peer_cannot_be_claimed(process: Process) -> None:
    _, hannah = await process.in_class("hannah")
    for claim in (hannah, "margaret.made99"):
        _, media = await process.join("margaret", claim)
        assert media == "needed"
    process.media.detach()
    _, media = await process.join("margaret", hannah)
    assert media == "needed"
    assert hannah not in process.media.closed


async def test_a_worker_that_died_costs_media_only(process: Process) -> None:
    socket, _ = await process.in_class("hannah")
    margaret, _ = await process.in_class("margaret")
    process.media.detach()
    with pytest.raises(Refused, match="media_unavailable"):
        await process.offer(margaret)
    process.media.attach(boot="boot2")
    assert (socket.told, margaret.told) == (["media_restart"], ["media_restart"])
    await process.open_class.room.do(c.Leave(), "li")
    assert process.place("margaret") is Place.IN_CLASS
    hannah_peer, margaret_peer = await process.offer(socket), await process.offer(margaret)
    await process.media.until(
        lambda: process.forwarded() == {(hannah_peer, margaret_peer), (margaret_peer, hannah_peer)}
    )


async def test_a_class_that_is_on_another_worker_negotiates_anew_and_loses_nobody(process: Process) -> None:
    socket, hannah = await process.in_class("hannah")
    margaret, _ = await process.in_class("margaret")
    process.media.attach(PeerSnapshot(room="class1", peer="li.old", state="connected"), boot="boot2")
    assert (socket.told, margaret.told) == (["media_restart"], ["media_restart"])
    await process.media.until(lambda: process.forwarded() == set())
    assert {process.place("hannah"), process.place("margaret")} == {Place.IN_CLASS}
    assert await process.offer(socket) != hannah
    await process.offer(margaret)
    await process.media.until(lambda: len(process.forwarded()) == 2)


async def test_after_a_worker_died_whoever_is_not_connected_either_has_dropped_out(process: Process) -> None:
    await process.in_class("hannah")
    socket, _ = await process.in_class("margaret")
    process.media.detach()
    await process.rooms.disconnected(CLASS, socket)
    process.media.attach(boot="boot2")
    await process.until_place("margaret", Place.DROPPED)


async def test_a_peer_that_is_gone_is_negotiated_anew(process: Process) -> None:
    await process.in_class("hannah")
    socket, peer = await process.in_class("margaret")
    process.media.notice(peer, "silent")
    process.media.notice(peer, "gone")
    assert socket.told == ["media_restart"]
    await process.until_place("margaret", Place.DROPPED)
    await process.offer(socket)
    await process.until_place("margaret", Place.IN_CLASS)


async def test_a_loss_that_could_not_be_stored_is_looked_for_again(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    await process.in_class("hannah")
    _, peer = await process.in_class("margaret")

    async def broken(_: object) -> None:
        process.watching.note()
        raise StorageFailed("the disk is full")

    rebuilds = []
    monkeypatch.setattr(process.watching, "rebuilt", lambda _: rebuilds.append(process.watching.note()))
    with monkeypatch.context() as patch:
        patch.setattr(process.database, "write", broken)
        process.media.notice(peer, "silent")
        await process.watching.until(lambda: bool(rebuilds))
    assert process.place("margaret") is Place.IN_CLASS
    process.timers.pass_s(RECHECK_S)
    await process.until_place("margaret", Place.DROPPED)


class Restart:
    """The web process dies and starts again, while the worker goes on."""

    def __init__(self, process: Process) -> None:
        self.before = process

    async def __aenter__(self) -> Process:
        before = self.before
        self.after = Process(before.database)
        snapshots = [PeerSnapshot(room=CLASS, peer=peer, state="connected") for peer in before.media.peers]
        await before.rooms.close()
        self.after.media.has_worker = False
        await self.after.start()
        self.after.media.attach(*snapshots)
        return self.after

    async def __aexit__(self, *_: object) -> None:
        await self.after.rooms.close()


async def test_after_a_restart_of_the_web_process_the_pictures_go_on(process: Process) -> None:
    _, hannah = await process.in_class("hannah")
    _, margaret = await process.in_class("margaret")
    async with Restart(process) as after:
        await after.media.until(lambda: after.forwarded() == {(hannah, margaret), (margaret, hannah)})
        _, media = await after.join("margaret", margaret)
        assert media == "kept"
        after.timers.pass_s(GRACE_S)
        after.timers.pass_s(UNCLAIMED_S)
        await after.until_place("hannah", Place.DROPPED)
        assert after.place("margaret") is Place.IN_CLASS
        await after.media.until(lambda: after.media.closed == [hannah])


async def test_who_joins_again_before_the_worker_is_attached_keeps_the_media(process: Process) -> None:
    _, hannah = await process.in_class("hannah")
    _, margaret = await process.in_class("margaret")
    after = Process(process.database)
    after.media.has_worker = False
    await after.start()
    socket, media = await after.join("margaret", margaret)
    assert media == "kept"
    peers = (PeerSnapshot(room=CLASS, peer=peer, state="connected") for peer in (hannah, margaret))
    after.media.attach(*peers)
    await after.media.until(lambda: after.media.routes_told == [4])  # never none: that would cut the pictures
    assert socket.told == []
    assert margaret not in after.media.closed
    after.media.attach(boot="boot2")
    assert socket.told == ["media_restart"]
    await after.rooms.close()


async def test_people_without_media_have_ten_seconds_to_come_back_after_a_restart(process: Process) -> None:
    for person in ("hannah", "ravi"):
        await process.join(person)
    async with Restart(process) as after:
        await after.join("hannah")
        after.timers.pass_s(GRACE_S - 1)
        await after.open_class.room.do(c.Leave(), "li")
        assert after.place("ravi") is Place.IN_CLASS
        after.timers.pass_s(1)
        await after.until_place("ravi", Place.DROPPED)
        assert after.place("hannah") is Place.IN_CLASS


async def test_peers_of_rooms_that_are_not_open_are_closed_after_a_while(process: Process) -> None:
    process.media.attach(PeerSnapshot(room="class1", peer="li.old", state="connected"))
    await process.timers.until_set(UNCLAIMED_S)
    process.timers.pass_s(UNCLAIMED_S - 1)
    assert process.media.closed == []
    process.timers.pass_s(1)
    await process.media.until(lambda: process.media.closed == ["li.old"])


async def test_a_socket_that_closed_while_it_was_let_in_is_not_kept(process: Process) -> None:
    socket = Socket("hannah")
    socket.is_open = False
    with pytest.raises(Refused, match="not_connected"):
        await process.open_class.join(socket, None)
    await process.until_place("hannah", Place.DROPPED)
    assert process.open_class.presence.connections() == []


async def test_the_peers_of_a_class_that_ended_just_before_a_crash_are_closed_at_once(
    process: Process,
) -> None:
    _, hannah = await process.in_class("hannah")
    await process.open_class.room.do(c.End(), "hannah")
    after = Process(process.database)
    after.media.has_worker = False
    await after.rooms.start()
    after.media.attach(
        PeerSnapshot(room=CLASS, peer=hannah, state="connected"),
        PeerSnapshot(room="class1", peer="li.old", state="connected"),
    )
    await after.media.until(lambda: after.media.closed == [hannah])
    await after.rooms.close()


async def test_a_class_without_staff_ends_by_itself_also_when_the_process_dies_meanwhile(
    process: Process,
) -> None:
    for person in ("hannah", "margaret"):
        await process.in_class(person)
    for person in ("margaret", "hannah"):
        await process.open_class.room.do(c.Lost(person), None)
    after = Process(process.database)
    after.clock.move(minutes=14)
    await after.rooms.start()
    assert after.rooms.open_count == 1, "though nobody is in it"
    await after.start()
    after.timers.pass_s(LOOKED_FOR_STAFF_S)
    await after.turn()
    assert after.open_class.room.state.ended_at is None
    after.clock.move(minutes=2)
    after.timers.pass_s(LOOKED_FOR_STAFF_S)
    await after.watching.until(lambda: after.open_class.room.state.ended_unattended)
    assert unaccounted(after.open_class.room.state) == ("margaret",)
    await after.rooms._end_tasks()
    assert after.rooms.open_count == 0
    await after.rooms.close()


async def test_an_open_class_is_found_while_another_is_being_opened(process: Process) -> None:
    process.database.hold_reading()
    opening = asyncio.create_task(process.rooms.open_class("class99"))
    await process.database.reading_began.wait()
    async with asyncio.timeout(1):
        assert await process.rooms.open_class(CLASS) is process.open_class
    process.database.let_go()
    with pytest.raises(NoSuchClass):
        await opening


async def test_somebody_taken_off_the_list_is_neither_seen_nor_heard_after_the_list_is_read_again(
    process: Process,
) -> None:
    await process.in_class("hannah")
    _, margaret = await process.in_class("margaret")
    await process.database.write(take_off("margaret"))
    await process.database.write(put_on("newcomer"))
    await process.join("newcomer")
    assert process.place("margaret") is None
    await process.media.until(lambda: margaret in process.media.closed and process.forwarded() == set())
