"""All workers as one, over real channels, with workers that keep peers and forward nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from server.errors import ProtocolError
from server.media.channel import Call, Reply
from server.media.client import MediaUnavailable
from server.media.draining import drain
from server.media.pool import MediaPool
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
from server.media.worker import ChannelServer


def a_peer(name: str, room: str = "r") -> PeerSpec:
    return PeerSpec(room=room, peer=name, ufrag="u", pwd="w", remote_fingerprints=())


def a_route(slot: str = "stage") -> Route:
    return Route(to_peer="p1", slot=slot, from_peer="p2", source="camera")


class Changing:
    """Lets a test wait for what others bring about."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def note(self) -> None:
        self._changed.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():
                self._changed.clear()
                await self._changed.wait()


class Keeping:
    """A forwarder that keeps what it was told."""

    def __init__(self, notify: Callable[[Notice], None], boot: str, changing: Changing) -> None:
        self.notify, self.boot, self._changing = notify, boot, changing
        self.peers: dict[str, PeerSpec] = {}
        self.routes: dict[str, tuple[Route, ...]] = {}
        self.views: list[PeerView] = []

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    def hello(self) -> WorkerHello:
        return WorkerHello(
            boot=self.boot,
            fingerprint=Fingerprint(algorithm="sha-256", value="AB"),
            addresses=(("127.0.0.1", 8090),),
            peers=tuple(
                PeerSnapshot(room=spec.room, peer=peer, state="connected")
                for peer, spec in self.peers.items()
            ),
        )

    def open_peer(self, spec: PeerSpec) -> None:
        if spec.peer == "odd":
            raise ProtocolError("peer_exists", "it is refused")
        self.peers[spec.peer] = spec

    async def close_peer(self, peer: str) -> None:
        self.peers.pop(peer, None)
        self._changing.note()

    def set_routes(self, room: str, routes: Sequence[Route], voices: Sequence[VoiceChoice]) -> None:
        self.routes[room] = tuple(routes)
        self._changing.note()

    def set_view(self, view: PeerView) -> None:
        self.views.append(view)

    def restart_ice(self, peer: str, ours: IceCredentials, remote: IceCredentials) -> None: ...

    def forwarding(self, room: str) -> tuple[Route, ...]:
        return self.routes.get(room, ())

    def stats(self) -> dict[str, int]:
        return {"peers": len(self.peers), "rtp_out": 7}


class Installation:
    """Workers on their sockets, and the pool of a web process."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.paths = [folder / f"media{worker}.sock" for worker in range(workers)]
        self.changing = Changing()
        self.servers: dict[int, ChannelServer] = {}
        self.ended: list[int] = []
        self.heard: list[tuple[str, list[str]]] = []
        self.notices: list[PeerNotice] = []
        self._boots = 0
        self.pool = self.new_pool()

    def new_pool(self) -> MediaPool:
        return MediaPool(
            self.paths,
            on_notice=self._noticed,
            on_room=self._room_hears,
            settle_s=60,
            parting_s=0.05,
            pulse_s=0.05,
            reply_timeout_s=0.5,
            retry_s=0.01,
        )

    def _noticed(self, notice: Notice) -> None:
        assert isinstance(notice, PeerNotice)
        self.notices.append(notice)
        self.changing.note()

    def _room_hears(self, room: str, peers: Sequence[PeerSnapshot]) -> None:
        self.heard.append((room, [each.peer for each in peers]))
        self.changing.note()

    async def appear(self, worker: int, *peers: PeerSpec) -> Keeping:
        self._boots += 1
        made: list[Keeping] = []

        def make(notify: Callable[[Notice], None]) -> Keeping:
            made.append(Keeping(notify, f"boot{self._boots}", self.changing))
            return made[0]

        server = self.servers[worker] = ChannelServer(
            make, self.paths[worker], drained=lambda: self._drained(worker)
        )
        made[0].peers = {each.peer: each for each in peers}
        await server.start()
        return made[0]

    def _drained(self, worker: int) -> None:
        self.ended.append(worker)
        self.changing.note()

    async def vanish(self, worker: int) -> None:
        await self.servers.pop(worker).close()

    async def until(self, holds: Callable[[], bool]) -> None:
        await self.changing.until(holds)

    async def ready(self) -> None:
        """All workers are attached."""
        assert not self.pool.is_known("any")
        await self.until(lambda: ("any", []) in self.heard)
        self.heard.clear()

    async def close(self) -> None:
        await self.pool.close()
        for worker in list(self.servers):
            await self.vanish(worker)


@pytest.fixture
async def two(tmp_path):
    """Two workers, and a pool that is not started."""
    installation = Installation(tmp_path, 2)
    yield installation
    await installation.close()


@pytest.fixture
async def running(two):
    """Both workers attached; with their forwarders."""
    forwarders = [await two.appear(worker) for worker in range(2)]
    await two.pool.start()
    await two.ready()
    return two, forwarders


async def test_each_room_has_its_worker_and_all_that_is_said_of_it_goes_there(running):
    two, (first, second) = running
    pool = two.pool
    for room in ("r0", "r1"):
        assert pool.hello_of(room) is not None
        await pool.open_peer(a_peer(f"{room}.p", room))
        await pool.set_routes(room, [a_route()])
    await pool.set_view(PeerView(peer="r1.p", sound_only=True))
    await two.until(lambda: bool(first.routes and second.routes))
    assert (list(first.peers), list(second.peers)) == (["r0.p"], ["r1.p"])
    assert (list(first.routes), list(second.routes)) == (["r0"], ["r1"])
    assert (pool.hello_of("r0").boot, pool.hello_of("r1").boot) == ("boot1", "boot2")
    assert [view.peer for view in second.views] == ["r1.p"]
    await pool.close_peer("r1.p")
    await two.until(lambda: not second.peers)
    with pytest.raises(MediaUnavailable):
        await pool.set_view(PeerView(peer="r1.p"))


async def test_without_any_worker_a_room_is_refused_and_hears_when_there_is_one(two):
    await two.pool.start()
    assert not two.pool.is_ready
    assert two.pool.hello_of("r") is None
    with pytest.raises(MediaUnavailable):
        await two.pool.open_peer(a_peer("p"))
    for worker in range(2):
        await two.appear(worker)
    await two.until(lambda: two.heard == [("r", [])])
    await two.pool.open_peer(a_peer("p"))


async def test_a_refused_peer_leaves_nothing_behind(running):
    two, _ = running
    with pytest.raises(ProtocolError, match="peer_exists"):
        await two.pool.open_peer(a_peer("odd"))
    assert two.pool.worker_of("r") is None


async def test_the_rooms_of_a_worker_that_died_are_on_the_other_at_once_and_its_rooms_hear_nothing(running):
    two, (_, second) = running
    for room in ("r0", "r1"):
        await two.pool.open_peer(a_peer(f"{room}.p", room))
        await two.pool.set_routes(room, [a_route()])
    await two.until(lambda: bool(second.routes))
    await two.vanish(0)
    await two.until(lambda: two.heard == [("r0", [])])
    assert two.pool.hello_of("r0").boot == "boot2"
    await two.pool.open_peer(a_peer("r0.again", "r0"))
    await two.pool.set_routes("r0", [a_route("again")])
    await two.until(lambda: "r0" in second.routes)
    assert list(second.peers) == ["r1.p", "r0.again"]
    assert two.pool.moves == {"lost": 1}


async def test_a_worker_that_comes_back_with_peers_of_a_room_that_has_moved_closes_them(running):
    two, (first, _) = running
    await two.pool.open_peer(a_peer("old"))
    await two.pool.set_routes("r", [a_route()])
    await two.vanish(0)
    await two.until(lambda: two.heard == [("r", [])])
    back = await two.appear(0, *first.peers.values())
    back.routes = {"r": (a_route(),)}
    await two.until(lambda: not back.peers and back.routes["r"] == ())
    assert two.heard == [("r", [])]
    assert two.pool.worker_of("r") == 1


async def test_a_worker_that_hangs_is_found_out_and_its_rooms_move(running):
    two, _ = running
    await two.pool.open_peer(a_peer("p"))
    server = two.servers[0]

    hanging = asyncio.Event()

    async def hang(call: Call) -> Reply:
        await hanging.wait()
        return Reply(id=call.id)

    server._do = hang
    await two.until(lambda: ("r", []) in two.heard)
    assert two.pool.hello_of("r").boot == "boot2"
    hanging.set()


async def test_after_a_restart_of_the_web_process_rooms_are_where_their_peers_are(two):
    first = await two.appear(0, a_peer("here", "r0"), a_peer("less", "r1"))
    second = await two.appear(1, a_peer("a", "r1"), a_peer("b", "r1"))
    await two.pool.start()
    await two.until(lambda: len(two.heard) == 2 and "less" not in first.peers)
    assert dict(two.heard) == {"r0": ["here"], "r1": ["a", "b"]}
    assert list(second.peers) == ["a", "b"]
    assert (two.pool.worker_of("r0"), two.pool.worker_of("r1")) == (0, 1)


async def test_a_worker_that_drains_ends_when_its_rooms_have_gone(running):
    two, (first, _) = running
    await two.pool.open_peer(a_peer("p"))
    await drain(two.paths[0])
    await two.until(lambda: two.ended != [])
    assert two.heard == [("r", [])]
    assert first.peers == {}
    assert two.pool.hello_of("r").boot == "boot2"
    readings = {each.worker: each for each in await two.pool.readings()}
    assert (readings[0].draining, readings[1].draining) == (True, False)
    await two.vanish(0)
    await two.appear(0)
    for number in range(2):
        await two.until(lambda: two.pool.is_ready)
        await two.pool.open_peer(a_peer(f"new{number}", f"new{number}"))


async def test_readings_come_from_every_worker_and_wait_for_none_that_hangs(running):
    two, _ = running
    await two.pool.open_peer(a_peer("p"))
    (first, second) = await two.pool.readings()
    assert (first.attached, first.rooms, first.stats) == (True, 1, {"peers": 1, "rtp_out": 7})
    assert (second.attached, second.rooms, second.stats) == (True, 0, {"peers": 0, "rtp_out": 7})
    hanging = asyncio.Event()

    async def hang(call: Call) -> Reply:
        await hanging.wait()
        return Reply(id=call.id, stats={})

    two.servers[1]._do = hang
    (first, second) = await two.pool.readings(timeout_s=0.4)
    assert (first.stats, second.stats) == ({"peers": 1, "rtp_out": 7}, None)
    hanging.set()
    await two.vanish(1)
    (_, second) = await two.pool.readings()
    assert (second.attached, second.stats) == (False, None)


async def test_a_class_that_throws_when_it_hears_does_not_keep_the_others_from_it(two):
    def throw(room: str, peers: Sequence[PeerSnapshot]) -> None:
        two._room_hears(room, peers)
        raise ZeroDivisionError

    two.pool._on_room = throw
    await two.appear(0, a_peer("a", "r0"))
    await two.appear(1, a_peer("b", "r1"))
    await two.pool.start()
    await two.until(lambda: {room for room, _ in two.heard} == {"r0", "r1"})
