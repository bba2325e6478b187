"""The listening end of the channel, over a forwarder that only takes notes."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import stat
from collections.abc import Callable, Sequence

import pytest

from server.errors import ProtocolError
from server.media import channel
from server.media.channel import Call, Reply, Told
from server.media.client import MediaUnavailable
from server.media.draining import drain
from server.media.spec import (
    Fingerprint,
    IceCredentials,
    PeerNotice,
    PeerSnapshot,
    PeerSpec,
    PeerView,
    Route,
    VoiceChoice,
    WorkerHello,
    WorkerNotice,
)
from server.media.worker import ChannelServer, run_worker


class NotingForwarder:
    """A forwarder without a network: peers and routes are noted, nothing else."""

    def __init__(self, notify: Callable[[PeerNotice], None], *, start_errors: list[OSError] | None = None):
        self.notify = notify
        self.peers: dict[str, PeerSpec] = {}
        self.routes: dict[str, tuple[Route, ...]] = {}
        self.views: dict[str, PeerView] = {}
        self.restarted: dict[str, tuple[IceCredentials, IceCredentials]] = {}
        self.started = self.closed = False
        self.ready = asyncio.Event()
        self.start_errors = start_errors or []

    async def start(self) -> None:
        if self.start_errors:
            raise self.start_errors.pop(0)
        self.started = True

    async def close(self) -> None:
        self.closed = True

    def hello(self) -> WorkerHello:
        self.ready.set()
        return WorkerHello(
            boot="boot",
            fingerprint=Fingerprint(algorithm="sha-256", value="AB"),
            addresses=(("127.0.0.1", 8090),),
            peers=tuple(PeerSnapshot(room=s.room, peer=s.peer, state="new") for s in self.peers.values()),
            routes=self.routes,
        )

    def open_peer(self, spec: PeerSpec) -> None:
        if spec.peer == "odd":
            raise ProtocolError("peer_exists", "there is such a peer")
        if spec.peer == "bug":
            raise ZeroDivisionError
        self.peers[spec.peer] = spec

    async def close_peer(self, peer: str) -> None:
        self.peers.pop(peer, None)

    def set_routes(self, room: str, routes: Sequence[Route], voices: Sequence[VoiceChoice] = ()) -> None:
        self.routes[room] = tuple(routes)

    def set_view(self, view: PeerView) -> None:
        self.views[view.peer] = view

    def restart_ice(self, peer: str, ours: IceCredentials, remote: IceCredentials) -> None:
        self.restarted[peer] = ours, remote

    def forwarding(self, room: str) -> tuple[Route, ...]:
        return self.routes.get(room, ())

    def stats(self) -> dict[str, int]:
        return {"peers": len(self.peers)}


def a_peer(name: str = "p1", room: str = "r") -> PeerSpec:
    return PeerSpec(room=room, peer=name, ufrag="u", pwd="w", remote_fingerprints=())


class Line:
    """A connection to the worker, speaking frames."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self, ask: channel.Request, number: int = 1) -> Reply:
        self.writer.write(channel.encode(Call(id=number, ask=ask)))
        reply = await self.hear()
        assert isinstance(reply, Reply)
        assert reply.id == number
        return reply

    async def hear(self) -> Reply | Told | None:
        return await asyncio.wait_for(channel.read_from_worker(self.reader), 5)


@pytest.fixture
async def server(tmp_path):
    server = ChannelServer(NotingForwarder, tmp_path / "media.sock")
    await server.start()
    yield server
    await server.close()


@pytest.fixture
async def connect(tmp_path):
    lines = []

    async def connect() -> Line:
        lines.append(Line(*await asyncio.open_unix_connection(str(tmp_path / "media.sock"))))
        return lines[-1]

    yield connect
    for line in lines:
        line.writer.close()


async def test_it_does_what_it_is_asked_and_answers_what_came_of_it(server, connect):
    line = await connect()
    route = Route(to_peer="p1", slot="stage", from_peer="p2", source="camera")
    assert await line.ask(channel.OpenPeer(spec=a_peer("p1"))) == Reply(id=1)
    await line.ask(channel.SetRoutes(room="r", routes=(route,)))
    assert (await line.ask(channel.TellForwarding(room="r"), 5)).routes == (route,)
    assert (await line.ask(channel.TellStats())).stats == {"peers": 1}
    hello = (await line.ask(channel.SayHello())).hello
    assert [snapshot.peer for snapshot in hello.peers] == ["p1"]
    assert hello.routes == {"r": (route,)}
    await line.ask(channel.ClosePeer(peer="p1"))
    assert (await line.ask(channel.TellStats())).stats == {"peers": 0}


async def test_it_tells_of_its_peers_unasked(server, connect):
    line = await connect()
    await line.ask(channel.SayHello())
    notice = PeerNotice(room="r", peer="p1", what="connected")
    server.forwarder.notify(notice)
    assert await line.hear() == Told(notice=notice)


async def test_it_goes_on_while_nobody_is_attached(server, connect):
    first = await connect()
    await first.ask(channel.OpenPeer(spec=a_peer("p1")))
    first.writer.close()
    await first.writer.wait_closed()
    server.forwarder.notify(PeerNotice(room="r", peer="p1", what="silent"))
    second = await connect()
    hello = (await second.ask(channel.SayHello())).hello
    assert [snapshot.peer for snapshot in hello.peers] == ["p1"]


async def test_the_newest_connection_is_served_and_the_older_one_closed(server, connect):
    older = await connect()
    await older.ask(channel.SayHello())
    newer = await connect()
    await newer.ask(channel.SayHello())
    assert await older.hear() is None
    server.forwarder.notify(PeerNotice(room="r", peer="p1", what="gone"))
    assert isinstance(await newer.hear(), Told)


@pytest.mark.parametrize("garbage", [b"\xff\xff\xff\xff", b"\0\0\0\x02{}", b"GET / HTTP/1.1\r\n\r\n"])
async def test_a_malformed_frame_costs_its_sender_the_connection_and_nobody_else_anything(
    server, connect, garbage
):
    broken = await connect()
    await broken.ask(channel.OpenPeer(spec=a_peer("p1")))
    broken.writer.write(garbage)
    assert await broken.hear() is None
    assert (await (await connect()).ask(channel.TellStats())).stats == {"peers": 1}


@pytest.mark.parametrize(("peer", "code"), [("odd", "peer_exists"), ("bug", "internal")])
async def test_a_call_that_fails_is_answered_and_the_next_one_works(server, connect, peer, code):
    line = await connect()
    assert (await line.ask(channel.OpenPeer(spec=a_peer(peer)))).problem.code == code
    assert (await line.ask(channel.OpenPeer(spec=a_peer("p1")))).problem is None


async def test_a_hello_too_long_for_a_frame_leaves_the_routes_to_be_asked_for(server, connect):
    route = Route(to_peer="p" * 500, slot="stage", from_peer="q" * 500, source="camera")
    for room in range(3):
        server.forwarder.set_routes(f"r{room}", [route] * 400)
    hello = (await (await connect()).ask(channel.SayHello())).hello
    assert hello.boot == "boot"
    assert hello.routes == {}


async def test_a_web_process_that_never_reads_is_cut_off(server, connect):
    line = await connect()
    await line.ask(channel.SayHello())
    notice = PeerNotice(room="r" * 100_000, peer="p1", what="connected")
    for _ in range(100):
        server.forwarder.notify(notice)
    heard = 0
    with contextlib.suppress(ProtocolError, ConnectionError):
        while await line.hear() is not None:
            heard += 1
    assert heard < 100
    assert (await (await connect()).ask(channel.TellStats())).stats == {"peers": 0}


async def test_the_socket_is_for_this_user_only_and_replaces_one_left_over(tmp_path):
    path = tmp_path / "media.sock"
    dead = ChannelServer(NotingForwarder, path)
    await dead.start()
    living = ChannelServer(NotingForwarder, path)
    await living.start()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    await dead.close()
    assert path.exists(), "a worker that ends takes away its own socket only"
    await living.close()
    await living.close()
    assert not path.exists()


async def test_closing_hangs_up_quietly(server, connect):
    complaints: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: complaints.append(context))
    line = await connect()
    await line.ask(channel.SayHello())
    await server.close()
    assert await line.hear() is None
    assert complaints == []


async def test_a_worker_that_drains_says_so_and_ends_with_its_last_peer(tmp_path, connect):
    drained = asyncio.Event()
    server = ChannelServer(NotingForwarder, tmp_path / "media.sock", drained=drained.set)
    await server.start()
    web = await connect()
    await web.ask(channel.OpenPeer(spec=a_peer("p1")))
    await web.ask(channel.OpenPeer(spec=a_peer("p2")))
    await drain(tmp_path / "media.sock")
    assert await web.hear() == Told(notice=WorkerNotice(what="draining"))
    assert (await web.ask(channel.SayHello())).hello.draining
    await web.ask(channel.ClosePeer(peer="p1"))
    assert not drained.is_set()
    del server.forwarder.peers["p2"]
    server.forwarder.notify(PeerNotice(room="r", peer="p2", what="gone"))
    assert drained.is_set()
    await server.close()


async def test_who_orders_to_drain_does_not_take_the_web_processs_place(server, connect, tmp_path):
    web = await connect()
    await web.ask(channel.OpenPeer(spec=a_peer("p1")))
    assert not (await web.ask(channel.SayHello())).hello.draining
    for _ in range(2):
        await drain(tmp_path / "media.sock")
    assert await web.hear() == Told(notice=WorkerNotice(what="draining"))
    assert (await web.ask(channel.TellStats())).stats == {"peers": 1}


async def test_nobody_can_be_told_to_drain_where_no_worker_runs(tmp_path):
    with pytest.raises(MediaUnavailable, match="does not run"):
        await drain(tmp_path / "media.sock")


async def test_sigusr1_ends_a_worker_without_peers(tmp_path):
    made: list[NotingForwarder] = []

    def make(notify: Callable[[PeerNotice], None]) -> NotingForwarder:
        made.append(NotingForwarder(notify))
        return made[0]

    running = asyncio.create_task(
        run_worker(socket_path=tmp_path / "s", media_host="127.0.0.1", media_port=0, make_forwarder=make)
    )
    while not made:  # noqa: ASYNC110 - the first step of the task
        await asyncio.sleep(0)
    await asyncio.wait_for(made[0].ready.wait(), 5)
    os.kill(os.getpid(), signal.SIGUSR1)
    assert await asyncio.wait_for(running, 5) == 0
    assert made[0].closed


async def test_sigterm_ends_the_worker_and_closes_everything(tmp_path):
    made: list[NotingForwarder] = []
    ready = asyncio.Event()

    def make(notify: Callable[[PeerNotice], None]) -> NotingForwarder:
        made.append(NotingForwarder(notify, start_errors=[OSError(errno.EADDRINUSE, "in use")]))
        made[0].ready = ready
        return made[0]

    running = asyncio.create_task(
        run_worker(socket_path=tmp_path / "s", media_host="127.0.0.1", media_port=0, make_forwarder=make)
    )
    await asyncio.wait_for(ready.wait(), 5)
    os.kill(os.getpid(), signal.SIGTERM)
    assert await asyncio.wait_for(running, 5) == 0
    assert made[0].started
    assert made[0].closed
    assert not (tmp_path / "s").exists()


async def test_an_address_that_cannot_be_used_is_exit_code_2_and_names_the_settings(tmp_path, capsys):
    code = await run_worker(
        socket_path=tmp_path / "s",
        media_host="192.0.2.1",
        media_port=8090,
        make_forwarder=lambda notify: NotingForwarder(notify, start_errors=[OSError(99, "no such address")]),
    )
    assert code == 2
    said = capsys.readouterr().err
    assert "MOVEROOM_MEDIA_HOST=192.0.2.1, port 8090 (MOVEROOM_MEDIA_PORT" in said
