"""The web process's side of the channel, against a worker that can be taken away and brought back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from server.errors import ProtocolError
from server.media import channel
from server.media.channel import Call, Reply, Told
from server.media.client import MediaClient, MediaUnavailable
from server.media.spec import Fingerprint, PeerNotice, PeerSnapshot, PeerSpec, Route, WorkerHello


def a_peer(name: str) -> PeerSpec:
    return PeerSpec(room="r", peer=name, ufrag="u", pwd="w", remote_fingerprints=())


def a_route(slot: str) -> Route:
    return Route(to_peer="p1", slot=slot, from_peer="p2", source="camera")


class ScriptedWorker:
    """A worker that answers as the test says, and notes what it is asked."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.boot = "boot1"
        self.peers: tuple[str, ...] = ()
        self.asked: asyncio.Queue[channel.Request] = asyncio.Queue()
        self.answer: Callable[[Call], Reply | None] = lambda call: Reply(id=call.id)
        self.server: asyncio.Server | None = None
        self.writers: list[asyncio.StreamWriter] = []

    async def appear(self, boot: str = "boot1", peers: Sequence[str] = ()) -> None:
        self.boot, self.peers = boot, tuple(peers)
        self.server = await asyncio.start_unix_server(self._serve, self.path)

    async def vanish(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None
        for writer in self.writers:
            writer.transport.abort()
        self.writers.clear()

    def tell(self, what: str) -> None:
        self.writers[-1].write(channel.encode(Told(notice=PeerNotice(room="r", peer="p", what=what))))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        while (call := await channel.read_call(reader)) is not None:
            if isinstance(call.ask, channel.SayHello):
                writer.write(channel.encode(Reply(id=call.id, hello=self._hello())))
                continue
            self.asked.put_nowait(call.ask)
            reply = self.answer(call)
            if reply is not None:
                writer.write(channel.encode(reply))

    def _hello(self) -> WorkerHello:
        return WorkerHello(
            boot=self.boot,
            fingerprint=Fingerprint(algorithm="sha-256", value="AB"),
            addresses=(("127.0.0.1", 8090),),
            peers=tuple(PeerSnapshot(room="r", peer=peer, state="connected") for peer in self.peers),
        )

    async def next_asked(self) -> channel.Request:
        return await asyncio.wait_for(self.asked.get(), 5)


class Listener:
    """What the client told its owner."""

    def __init__(self) -> None:
        self.notices: asyncio.Queue[PeerNotice] = asyncio.Queue()
        self.workers: asyncio.Queue[WorkerHello] = asyncio.Queue()

    async def next_worker(self) -> WorkerHello:
        return await asyncio.wait_for(self.workers.get(), 5)


@pytest.fixture
async def worker(tmp_path):
    worker = ScriptedWorker(str(tmp_path / "media.sock"))
    yield worker
    await worker.vanish()


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture
async def client(tmp_path, listener):
    client = MediaClient(
        tmp_path / "media.sock",
        on_notice=listener.notices.put_nowait,
        on_worker=listener.workers.put_nowait,
        reply_timeout_s=0.3,
        retry_s=0.01,
    )
    await client.start()
    yield client
    await client.close()
    await client.close()


async def test_it_attaches_when_the_worker_appears_and_says_so(client, worker, listener):
    assert client.hello is None
    await worker.appear()
    hello = await asyncio.wait_for(client.wait_attached(), 5)
    assert hello == client.hello == await listener.next_worker()
    await client.open_peer(a_peer("p1"))
    assert await worker.next_asked() == channel.OpenPeer(spec=a_peer("p1"))


async def test_without_a_worker_calls_are_refused_at_once(client):
    for call in (client.open_peer(a_peer("p1")), client.forwarding("r"), client.stats()):
        with pytest.raises(MediaUnavailable):
            await call
    await client.close_peer("p1")


async def test_answers_find_the_calls_they_belong_to(client, worker):
    def answer(call: Call) -> Reply:
        match call.ask:
            case channel.TellStats():
                return Reply(id=call.id, stats={"out_pkts": 5})
            case channel.TellForwarding(room=room):
                return Reply(id=call.id, routes=(a_route(room),))
        raise AssertionError(call)

    worker.answer = answer
    await worker.appear()
    await client.wait_attached()
    assert await asyncio.gather(client.stats(), client.forwarding("a"), client.forwarding("b")) == [
        {"out_pkts": 5},
        (a_route("a"),),
        (a_route("b"),),
    ]


async def test_a_workers_refusal_is_a_protocol_error_and_the_client_stays_attached(client, worker):
    problem = channel.Problem(code="peer_exists", detail="there is such a peer")
    worker.answer = lambda call: Reply(id=call.id, problem=problem)
    await worker.appear()
    await client.wait_attached()
    with pytest.raises(ProtocolError, match="peer_exists"):
        await client.open_peer(a_peer("p1"))
    assert client.hello is not None


async def test_a_worker_that_dies_fails_the_calls_in_flight_and_its_successor_is_attached(
    client, worker, listener
):
    worker.answer = lambda call: None
    await worker.appear("boot1")
    await listener.next_worker()
    opening = asyncio.create_task(client.open_peer(a_peer("p1")))
    await worker.next_asked()
    await worker.vanish()
    with pytest.raises(MediaUnavailable, match="connection is lost"):
        await opening
    assert client.hello is None
    await worker.appear("boot2")
    assert (await listener.next_worker()).boot == "boot2"


async def test_a_worker_that_hangs_is_let_go_and_tried_again(client, worker, listener):
    worker.answer = lambda call: None
    await worker.appear()
    await listener.next_worker()
    with pytest.raises(MediaUnavailable, match="does not answer"):
        await client.stats()
    assert (await listener.next_worker()).boot == "boot1"


async def test_routes_are_sent_again_to_every_worker_that_attaches(client, worker, listener):
    await client.set_routes("a", [a_route("stage")])
    await client.set_routes("b", [a_route("side")])
    for boot in ("boot1", "boot2"):
        await worker.appear(boot)
        await listener.next_worker()
        assert {(await worker.next_asked()).room for _ in range(2)} == {"a", "b"}
        await worker.vanish()


async def test_while_the_worker_is_slow_only_the_newest_routes_of_a_room_wait(client, worker, listener):
    held: list[Call] = []

    def hold_back(call: Call) -> None:
        held.append(call)

    worker.answer = hold_back
    await worker.appear()
    await listener.next_worker()
    for slot in ("s0", "s1", "s2"):
        await client.set_routes("a", [a_route(slot)])
        if slot == "s0":
            assert await worker.next_asked() == channel.SetRoutes(room="a", routes=(a_route("s0"),))
    worker.answer = lambda call: Reply(id=call.id)
    worker.writers[-1].write(channel.encode(Reply(id=held[0].id)))
    assert await worker.next_asked() == channel.SetRoutes(room="a", routes=(a_route("s2"),))
    assert worker.asked.empty()


async def test_routes_are_carried_out_when_the_worker_has_answered_the_newest(client, worker, listener):
    held: asyncio.Queue[Call] = asyncio.Queue()
    worker.answer = held.put_nowait
    await worker.appear()
    await listener.next_worker()
    await asyncio.wait_for(client.carried_out("a"), 5)
    await client.set_routes("a", [a_route("s0")])
    first = await asyncio.wait_for(held.get(), 5)
    await client.set_routes("a", [a_route("s1")])
    waiting = asyncio.ensure_future(client.carried_out("a"))
    worker.writers[-1].write(channel.encode(Reply(id=first.id)))
    second = await asyncio.wait_for(held.get(), 5)
    assert not waiting.done()
    worker.writers[-1].write(channel.encode(Reply(id=second.id)))
    await asyncio.wait_for(waiting, 5)


async def test_routes_that_no_worker_has_taken_are_not_carried_out(client, worker):
    await client.set_routes("a", [a_route("s0")])
    with pytest.raises(MediaUnavailable):
        await client.carried_out("a")
    await worker.appear()
    await client.wait_attached()
    await asyncio.wait_for(client.carried_out("a"), 5)
    assert await worker.next_asked() == channel.SetRoutes(room="a", routes=(a_route("s0"),))


async def test_a_room_without_routes_is_forgotten_once_the_worker_knows(client, worker, listener):
    await worker.appear()
    await listener.next_worker()
    await client.set_routes("a", [a_route("stage")])
    await client.set_routes("b", [a_route("stage")])
    await worker.next_asked()
    await worker.next_asked()
    await client.set_routes("a", [])
    assert await worker.next_asked() == channel.SetRoutes(room="a", routes=())
    await client.stats()
    await worker.next_asked()
    await worker.vanish()
    await worker.appear("boot2")
    await listener.next_worker()
    assert (await worker.next_asked()).room == "b"
    await client.stats()
    assert await worker.next_asked() == channel.TellStats()


async def test_routes_the_worker_refuses_do_not_keep_back_the_others(client, worker, listener):
    def refuse_a(call: Call) -> Reply:
        bad = isinstance(call.ask, channel.SetRoutes) and call.ask.room == "a"
        return Reply(id=call.id, problem=channel.Problem(code="c", detail="d") if bad else None)

    worker.answer = refuse_a
    await worker.appear()
    await listener.next_worker()
    await client.set_routes("a", [a_route("stage")])
    await client.set_routes("b", [a_route("stage")])
    assert [(await worker.next_asked()).room for _ in range(2)] == ["a", "b"]


async def test_a_peer_closed_while_detached_is_closed_on_attachment_if_it_is_still_there(
    client, worker, listener
):
    await client.close_peer("p1")
    await client.close_peer("p2")
    await worker.appear(peers=["p2", "p3"])
    await listener.next_worker()
    assert await worker.next_asked() == channel.ClosePeer(peer="p2")
    await client.stats()
    assert await worker.next_asked() == channel.TellStats()


async def test_notices_reach_the_listener_in_order(client, worker, listener):
    await worker.appear()
    await listener.next_worker()
    for what in ("connected", "silent", "back"):
        worker.tell(what)
    heard = [await asyncio.wait_for(listener.notices.get(), 5) for _ in range(3)]
    assert [notice.what for notice in heard] == ["connected", "silent", "back"]


async def test_a_listener_that_throws_does_not_cost_the_worker(tmp_path, worker):
    heard = asyncio.Event()

    def throw(_: object) -> None:
        heard.set()
        raise ZeroDivisionError

    client = MediaClient(tmp_path / "media.sock", on_notice=throw, on_worker=throw, retry_s=0.01)
    await client.start()
    await worker.appear()
    await client.wait_attached()
    heard.clear()
    worker.tell("connected")
    await asyncio.wait_for(heard.wait(), 5)
    await client.open_peer(a_peer("p1"))
    await client.close()


async def test_a_worker_that_speaks_nonsense_is_left_and_tried_again(client, worker, listener):
    await worker.appear()
    await listener.next_worker()
    worker.writers[-1].write(b"\0\0\0\x02{}")
    assert (await listener.next_worker()).boot == "boot1"


async def test_closing_detaches_and_fails_what_is_in_flight(client, worker, listener):
    worker.answer = lambda call: None
    await worker.appear()
    await listener.next_worker()
    calling = asyncio.create_task(client.stats())
    await worker.next_asked()
    await client.close()
    with pytest.raises(MediaUnavailable):
        await calling
    assert client.hello is None


async def test_a_client_that_attaches_no_more_keeps_its_worker_and_takes_no_other(
    client, worker, listener, successor
):
    await worker.appear("boot1")
    await listener.next_worker()
    client.attach_no_more()
    await client.open_peer(a_peer("p1"))
    assert await worker.next_asked() == channel.OpenPeer(spec=a_peer("p1"))
    await only_the_successor_attaches(worker, successor)
    assert client.hello is None


async def test_a_client_without_a_worker_gives_up_when_it_may_attach_no_more(client, worker, successor):
    client.attach_no_more()
    await only_the_successor_attaches(worker, successor)


@pytest.fixture
async def successor(tmp_path):
    """The client of the next web process; not yet started."""
    heard = Listener()
    client = MediaClient(
        tmp_path / "media.sock",
        on_notice=heard.notices.put_nowait,
        on_worker=heard.workers.put_nowait,
        retry_s=0.05,  # five times as long as the client's: that one would be there first
    )
    yield client, heard
    await client.close()


async def only_the_successor_attaches(
    worker: ScriptedWorker, successor: tuple[MediaClient, Listener]
) -> None:
    client, heard = successor
    await client.start()
    for boot in ("boot2", "boot3", "boot4"):
        await worker.vanish()
        await worker.appear(boot)
        assert (await heard.next_worker()).boot == boot
        assert len(worker.writers) == 1
