"""Framing of datagrams in TCP, and what a connection may do before and after it has proven itself."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.media import tcp
from server.media.counts import Counts
from server.media.tcp import Listener, Pipe

STUN, DTLS, RTP = b"\x00", b"\x16", b"\x80"


def datagram(kind: bytes = STUN, size: int = 20, filled_with: int = 7) -> bytes:
    return kind + bytes([filled_with]) * (size - 1)


def framed(*datagrams: bytes) -> bytes:
    return b"".join(struct.pack("!H", len(each)) + each for each in datagrams)


class Wire:
    """A transport that holds what is written until `reads` takes it."""

    def __init__(self, source: tuple[Any, ...]) -> None:
        self.source, self.written, self.waiting, self.aborted = source, b"", 0, False

    def get_extra_info(self, name: str) -> Any:
        return self.source if name == "peername" else self

    def setsockopt(self, *_: int) -> None:
        return

    def write(self, data: bytes) -> None:
        assert not self.aborted
        self.written += data
        self.waiting += len(data)

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def is_closing(self) -> bool:
        return self.aborted

    def abort(self) -> None:
        self.aborted = True


class World:
    """A listener, and a sorter that knows an address once `genuine` came from it."""

    genuine = datagram(STUN, 30, 1)

    def __init__(self) -> None:
        self.now = 100.0
        self.counts = Counts()
        self.listener = Listener(self, self.counts, lambda: self.now)
        self.sorted: list[tuple[bytes, Pipe]] = []
        self.known: set[Pipe] = set()
        self.ended: list[Pipe] = []

    def take(self, datagram: memoryview, address: Pipe) -> None:
        self.sorted.append((bytes(datagram), address))
        if datagram == self.genuine:
            self.known.add(address)

    def knows(self, address: Pipe) -> bool:
        return address in self.known

    def lost(self, address: Pipe) -> None:
        self.ended.append(address)

    def connection(self, *source: Any) -> tuple[Pipe, Wire]:
        wire = Wire(source or ("192.0.2.1", 5000))
        pipe = Pipe(self.listener, self.counts)
        pipe.connection_made(wire)
        return pipe, wire

    def proven(self) -> tuple[Pipe, Wire]:
        pipe, wire = self.connection()
        hears(pipe, framed(self.genuine))
        self.sorted.clear()
        return pipe, wire

    def came(self) -> list[bytes]:
        return [each for each, _ in self.sorted]


def hears(pipe: Pipe, data: bytes) -> None:
    """The connection reads these bytes, in as many reads as its buffer makes of them."""
    while data:
        room = pipe.get_buffer(-1)
        part = data[: len(room)]
        room[: len(part)] = part
        pipe.buffer_updated(len(part))
        data = data[len(part) :]


@pytest.fixture
def world() -> World:
    return World()


def test_a_stream_cut_anywhere_gives_the_same_datagrams(world: World):
    sent = [datagram(RTP, 12), datagram(DTLS, 40, 22), datagram(RTP, 33, 128)]
    stream = framed(*sent)
    for cut in range(len(stream) + 1):
        pipe, _ = world.proven()
        hears(pipe, stream[:cut])
        hears(pipe, stream[cut:])
        assert world.came() == sent, f"cut at {cut}"


@given(st.lists(st.integers(12, 1500), max_size=40), st.lists(st.integers(1, 3000), min_size=1, max_size=40))
def test_any_sizes_in_any_pieces_give_the_same_datagrams(sizes: list[int], pieces: list[int]):
    world = World()
    pipe, _ = world.proven()
    sent = [datagram(RTP, size, at) for at, size in enumerate(sizes)]
    stream = framed(*sent)
    for turn in range(len(stream)):
        size = pieces[turn % len(pieces)]
        hears(pipe, stream[:size])
        stream = stream[size:]
    assert world.came() == sent


def test_more_in_one_read_than_the_buffer_holds_is_taken_in_order(world: World):
    pipe, _ = world.proven()
    sent = [datagram(RTP, 1500, at) for at in range(50)]
    hears(pipe, framed(*sent))
    assert world.came() == sent


def test_half_frames_of_two_connections_do_not_mix(world: World):
    one, _ = world.proven()
    other, _ = world.proven()
    first, second = framed(datagram(RTP, 100, 1)), framed(datagram(RTP, 50, 2))
    hears(one, first[:60])
    hears(other, second[:30])
    hears(one, first[60:])
    hears(other, second[30:])
    assert world.sorted == [(first[2:], one), (second[2:], other)]


@pytest.mark.parametrize(
    "garbage",
    [framed(datagram(RTP, 1501)), framed(datagram(RTP, 11)), framed(b""), b"GET / HTTP/1.1\r\n\r\n",
     framed(datagram(b"\x7f", 20)), framed(datagram(b"\xc0", 20)), framed(datagram(b"\x05", 20))],
    ids=["too long", "too short", "empty", "a web client", "TURN channel", "no kind", "no kind either"],
)  # fmt: skip
def test_garbage_ends_the_connection_and_nothing_behind_it_is_read(world: World, garbage: bytes):
    pipe, wire = world.proven()
    beside, _ = world.proven()
    hears(pipe, framed(datagram(RTP)) + garbage + framed(datagram(RTP)))
    assert world.came() == [datagram(RTP)]
    assert wire.aborted
    assert world.ended == [pipe]
    assert world.counts.tcp_broken == 1
    hears(beside, framed(datagram(RTP)))
    assert len(world.sorted) == 2


def test_nothing_is_read_behind_what_ended_the_connection(world: World):
    pipe, wire = world.proven()
    take = world.take

    def take_and_end(datagram: memoryview, address: Pipe) -> None:
        take(datagram, address)
        address.abort()

    world.take = take_and_end
    hears(pipe, framed(*[datagram(RTP)] * 3))
    assert world.came() == [datagram(RTP)]
    assert wire.aborted


def test_without_a_genuine_check_a_connection_lasts_5_s(world: World):
    silent, silent_wire = world.connection()
    slow, slow_wire = world.connection()
    _proven, proven_wire = world.proven()
    hears(slow, framed(datagram())[:5])
    world.now += 4.9
    hears(slow, b"x")
    world.listener.tick(world.now)
    assert world.ended == []
    world.now += 0.2
    world.listener.tick(world.now)
    assert world.ended == [silent, slow]
    assert (silent_wire.aborted, slow_wire.aborted, proven_wire.aborted) == (True, True, False)
    assert world.counts.tcp_expired == 2
    world.now += 1000
    world.listener.tick(world.now)
    assert not proven_wire.aborted


def test_a_connection_that_its_peer_has_left_must_prove_itself_again(world: World):
    left, left_wire = world.proven()
    taken, taken_wire = world.proven()
    for pipe in (left, taken):
        world.known.remove(pipe)
        pipe.release()
    hears(taken, framed(world.genuine))
    world.now += 5.1
    world.listener.tick(world.now)
    assert left_wire.aborted
    assert not taken_wire.aborted


def test_checks_that_prove_nothing_are_listened_to_16_times(world: World):
    pipe, wire = world.connection()
    hears(pipe, framed(*[datagram()] * 15))
    assert not wire.aborted
    hears(pipe, framed(*[datagram()] * 50))
    assert wire.aborted
    assert len(world.sorted) == 16
    assert world.counts.tcp_broken == 1


def test_a_proven_connection_may_say_much_but_no_flood(world: World):
    pipe, wire = world.proven()
    for _ in range(60):
        world.now += 1
        hears(pipe, framed(*[datagram(RTP)] * 1900))
    assert not wire.aborted
    hears(pipe, framed(*[datagram(RTP, 12)] * 10_000))
    assert wire.aborted
    assert len(world.sorted) < 60 * 1900 + 10_000
    assert world.counts.tcp_flooded == 1


@pytest.mark.parametrize(
    "of", [lambda n: ("192.0.2.1", n), lambda n: (f"2001:db8::{n:x}", 5000, 0, 0)], ids=["IPv4", "IPv6"]
)
def test_of_too_many_unproven_connections_from_one_network_the_oldest_ends(world: World, of: Any):
    _elsewhere, elsewhere_wire = world.connection("2001:db8:0:1::1", 5000, 0, 0)
    proven, proven_wire = world.connection(*of(1))
    hears(proven, framed(world.genuine))
    most = tcp.MOST_UNPROVEN_PER_NETWORK
    wires = [world.connection(*of(n))[1] for n in range(2, most + 12)]
    assert [wire.aborted for wire in wires] == [True] * 10 + [False] * most
    assert (elsewhere_wire.aborted, proven_wire.aborted) == (False, False)
    assert world.counts.tcp_refused == 10
    assert len(world.listener) == most + 2


def test_of_too_many_unproven_connections_from_everywhere_the_oldest_ends(world: World):
    wires = [world.connection(f"10.0.{n >> 8}.{n & 255}", 5000)[1] for n in range(tcp.MOST_UNPROVEN + 10)]
    assert [wire.aborted for wire in wires] == [True] * 10 + [False] * tcp.MOST_UNPROVEN
    assert world.counts.tcp_refused == 10


def test_nothing_is_remembered_of_a_connection_that_has_ended(world: World):
    for end in (lambda pipe: pipe.abort(), lambda pipe: pipe.connection_lost(None)):
        for pipe, _ in (world.connection(), world.proven()):
            end(pipe)
            pipe.abort()
            pipe.release()
            pipe.connection_lost(None)
    assert len(world.ended) == 4
    assert (world.counts.tcp_opened, world.counts.tcp_ended) == (4, 4)
    assert len(world.listener) == 0
    assert not world.listener.unproven
    assert not world.listener._by_network


def test_a_connection_that_comes_after_the_end_is_not_let_in(world: World):
    _, before = world.proven()
    world.listener.close()
    _, after = world.connection()
    assert before.aborted
    assert after.aborted
    assert len(world.listener) == 0


def test_each_datagram_goes_out_behind_its_length(world: World):
    pipe, wire = world.proven()
    reused = memoryview(bytearray(b"first"))
    assert pipe.send(reused)
    reused[:] = b"other"
    assert pipe.send(reused[:3])
    assert pipe.send(b"x" * 1500)
    assert wire.written == b"\0\5first\0\3oth\x05\xdc" + b"x" * 1500


def test_what_is_not_read_is_dropped_pictures_first(world: World):
    pipe, wire = world.proven()
    sent = sum(pipe.send(bytes(1200)) for _ in range(1000))
    assert wire.waiting <= tcp.MOST_LARGE_WAITING_BYTES + 2
    assert world.counts.tcp_unsent == 1000 - sent
    assert all(pipe.send(bytes(160)) for _ in range(1000)), "sound still goes"
    while pipe.send(bytes(160)):
        assert wire.waiting <= tcp.MOST_WAITING_BYTES + 2
    wire.waiting = 0
    assert pipe.send(bytes(1200))


def test_what_is_sent_to_an_ended_connection_is_lost_and_counted(world: World):
    pipe, wire = world.proven()
    pipe.abort()
    assert not pipe.send(b"late")
    other, other_wire = world.proven()
    other_wire.aborted = True  # closing, and we have not been told yet
    assert not other.send(b"late")
    assert (wire.written, other_wire.written) == (b"", b"")
    assert world.counts.send_failed == 2


def test_the_other_end_is_known_by_its_plain_address(world: World):
    pipe, _ = world.connection("::ffff:192.0.2.9", 6000, 0, 0)
    assert pipe.source == ("192.0.2.9", 6000)
