"""Much of what is well-formed: checks, hellos, packets and joins without end, beside a class that goes on."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from aioice import stun
from OpenSSL import SSL

from server.errors import ProtocolError
from server.media.spec import PeerSpec, Route
from tests.synthetic.client import Client, camera, microphone, picture_slot, voice_slot
from tests.synthetic.processes import usage
from tests.synthetic.traffic import Counting, Layer, Sender, keep_up
from tests.synthetic.worker import Worker, media_worker

AT_ONCE = 64
SOCKETS = 40


class Flood:
    """Strangers' sockets, what they sent, and what came back to each."""

    def __init__(self, server: tuple[str, int], stack: ExitStack) -> None:
        self.server = server
        self.sockets = [stack.enter_context(_stranger()) for _ in range(SOCKETS)]
        self.sent = dict.fromkeys(self.sockets, 0)
        self.came = dict.fromkeys(self.sockets, 0)

    async def send(self, datagrams: Iterator[bytes], beside: Client) -> None:
        """Send them from all sockets in turn, no faster than the server can read."""
        for number, datagram in enumerate(datagrams):
            self.send_one(datagram, number)
            if number % AT_ONCE == AT_ONCE - 1:
                await handled(beside)
        await handled(beside)
        self.read()

    def send_one(self, datagram: bytes, number: int) -> None:
        """Send from one of the sockets."""
        sock = self.sockets[number % SOCKETS]
        self.sent[sock] += sock.sendto(datagram, self.server)

    def read(self) -> None:
        """Count what has come back."""
        for sock in self.sockets:
            with contextlib.suppress(BlockingIOError):
                while True:
                    self.came[sock] += len(sock.recv(2048))


async def handled(client: Client) -> None:
    """Wait until the server has handled all that was sent: it answers so many checks a second and no more."""
    last = client.answers[-1]
    async with asyncio.timeout(30):
        while client.answers[-1] is last:
            client.check()
            with contextlib.suppress(TimeoutError):
                await client.until(lambda: client.answers[-1] is not last, 0.2)


@contextmanager
def _stranger() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.bind(("127.0.0.1", 0))
        yield sock


def forged_checks(client: Client, count: int, chance: random.Random) -> Iterator[bytes]:
    """Under her name, signed with guesses."""
    for _ in range(count):
        check = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        check.attributes["USERNAME"] = f"{client.spec.ufrag}:theirs"
        check.attributes["USE-CANDIDATE"] = None
        check.add_message_integrity(chance.randbytes(20))
        yield bytes(check)


def stolen_checks(client: Client, count: int) -> Iterator[bytes]:
    """Copies of a genuine one."""
    copy = client.check()
    yield from (copy for _ in range(count))


def forged_packets(ssrc: int, count: int, chance: random.Random) -> Iterator[bytes]:
    """Under somebody's SSRC, with nobody's keys."""
    for number in range(count):
        head = struct.pack("!BBHII", 0x80, chance.choice((96, 111, 200)), number & 0xFFFF, 0, ssrc)
        yield head + chance.randbytes(chance.choice((20, 200, 1100)))


def hello() -> bytes:
    """A ClientHello."""
    connection = SSL.Connection(SSL.Context(SSL.DTLS_METHOD))
    connection.set_connect_state()
    with contextlib.suppress(SSL.WantReadError):
        connection.do_handshake()
    return connection.bio_read(1500)


def half_joins(spec: PeerSpec, first: bytes) -> Iterator[bytes]:
    """A genuine check of this peer, and the hello of a handshake that is never finished."""
    check = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    check.attributes["USERNAME"] = f"{spec.ufrag}:theirs"
    check.attributes["PRIORITY"] = 1
    check.add_message_integrity(spec.pwd.encode())
    yield bytes(check)
    yield first


async def join_without_end(worker: Worker, flood: Flood, beside: Client, joins: int) -> int:
    """Open peers in a room of their own, which all begin a handshake; how many the worker refused."""
    model, first = Client("many", room="another"), hello()
    await model.close()
    specs = [
        model.spec.model_copy(update={"peer": f"many{n}", "ufrag": f"ufrag-of-many{n}"}) for n in range(joins)
    ]
    refused = 0
    for at in range(0, joins, AT_ONCE):
        some = specs[at : at + AT_ONCE]
        opened = await asyncio.gather(
            *(worker.channel.open_peer(spec) for spec in some), return_exceptions=True
        )
        for spec, problem in zip(some, opened, strict=True):
            if problem is None:
                for datagram in half_joins(spec, first):
                    flood.send_one(datagram, at)
                at += 1
            elif isinstance(problem, ProtocolError) and problem.code == "room_full":
                refused += 1
            else:
                raise problem
        await handled(beside)
    return refused


async def flood_a_worker(folder: Path, each: int, joins: int, seed: int) -> dict[str, object]:
    """Flood a live worker with so many of each kind while a class goes on in it; what came of it.

    Nothing of the class's may be missing or late, nobody of it lost, and no stranger got more than it sent.
    """
    chance = random.Random(seed)
    async with media_worker(folder) as worker:
        physio = Counting("physio", sources=[microphone(1000), camera("l", "h")])
        slots = [picture_slot("stage", 5000), voice_slot("stage-voice", 6000)]
        viewers = [Counting(name, slots=slots) for name in ("viewer0", "viewer1")]
        mallory = Counting("mallory", sources=[microphone(1001)])
        clients = [physio, *viewers, mallory]
        for client in clients:
            await worker.admit(client)
        await worker.channel.set_routes(
            "room",
            [
                Route(to_peer=viewer.name, slot=slot, from_peer="physio", source=source)
                for viewer in viewers
                for slot, source in (("stage", "camera"), ("stage-voice", "microphone"))
            ],
        )
        senders = [
            Sender(physio, 25, layers=(Layer("l", 2000, 1, 740), Layer("h", 2200, 4, 1000))),
            Sender(physio, 50, voice=1000),
        ]
        await keep_up(senders, clients, asyncio.create_task(asyncio.sleep(1)))
        for client in clients:
            client.begin_anew()
        before = usage(worker.process.pid)
        with ExitStack() as stack:
            flood = Flood(worker.hello.addresses[0], stack)

            async def attack() -> int:
                await flood.send(forged_checks(physio, each, chance), mallory)
                await flood.send(stolen_checks(viewers[0], each), mallory)
                await flood.send(forged_packets(1000, each, chance), mallory)
                await flood.send(forged_packets(2200, each, chance), mallory)
                return await join_without_end(worker, flood, mallory, joins)

            attacking = asyncio.create_task(attack())
            await keep_up(senders, clients, attacking)
            flood.read()
            counts, after = await worker.channel.stats(), usage(worker.process.pid)
            live = [viewer.tallies[ssrc] for viewer in viewers for ssrc in (5000, 6000)]
            assert sum(tally.missing + tally.late for tally in live) == 0
            assert all(tally.received for tally in live)
            assert [notice for notice in worker.lost() if not notice.startswith("many")] == []
            assert all(flood.came[sock] <= flood.sent[sock] for sock in flood.sockets)
        for client in clients:
            await client.close()
        assert counts["failures"] == 0
        return {
            "refused": attacking.result(),
            "growth_mb": round(after.rss_mb - before.rss_mb, 2),
            "live_packets": sum(tally.received for tally in live),
            **{name: count for name, count in counts.items() if name.startswith("dropped_") and count},
            "address_moves": counts["address_moves"],
        }
