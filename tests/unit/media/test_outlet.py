import ctypes
import errno
import os
import socket
from collections.abc import Iterator

import pytest
from pylibsrtp import Policy, Session

from server.media import batch, outlet, vp8
from server.media.counts import Counts
from server.media.dtls import SRTP
from tests.synthetic.client import picture


class Ear:
    """A socket, and both ends of an SRTP session that leads to it."""

    def __init__(self, family: int = socket.AF_INET) -> None:
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        self.socket.settimeout(2)
        key = os.urandom(44)
        self.tx = Session(_policy(key, Policy.SSRC_ANY_OUTBOUND))
        self.rx = Session(_policy(key, Policy.SSRC_ANY_INBOUND))

    def target(self, ssrc: int, *, add_sequence: int = 0, add_picture: int = 0) -> outlet.Target:
        return (
            outlet.first_word(96), add_sequence, 1000, outlet.identity(ssrc), outlet.send_time_id(6),
            SRTP.handle(self.tx), self.socket.getsockname(), add_picture, add_picture,
        )  # fmt: skip

    def hears(self) -> bytes:
        return self.rx.unprotect(self.socket.recv(2048))

    def hears_nothing(self) -> bool:
        self.socket.setblocking(False)
        try:
            self.socket.recv(2048)
        except BlockingIOError:
            return True
        return False


def _policy(key: bytes, kind: int) -> Policy:
    return Policy(key=key, ssrc_type=kind, srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_256_GCM)


class World:
    def __init__(self, batching: bool, family: int = socket.AF_INET) -> None:
        self.counts = Counts()
        self.outlet = outlet.Outlet(self.counts, batching=batching)
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.outlet.open(self.socket)
        self.ears = [Ear(family) for _ in range(3)]

    def fan_out(self, targets: list[outlet.Target], payload: bytes, number: int = 7) -> None:
        groups = self.outlet.group(targets)
        self.outlet.fan_out(groups, 0x80, number, 50, payload, vp8.parse(payload), 1.0)

    def close(self) -> None:
        self.outlet.close()
        for each in (self.socket, *(ear.socket for ear in self.ears)):
            each.close()


@pytest.fixture(params=[True, False], ids=["sendmmsg", "sendto"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    world = World(request.param)
    yield world
    world.close()


def test_this_system_sends_in_batches() -> None:
    assert batch.AVAILABLE


def test_everybody_gets_the_packet_under_her_own_numbers(world: World) -> None:
    targets = [ear.target(i + 1, add_sequence=i * 10) for i, ear in enumerate(world.ears)]
    world.fan_out(targets, b"payload")
    for i, ear in enumerate(world.ears):
        packet = ear.hears()
        assert packet[:2] == bytes([0x90, 0x80 | 96])
        assert int.from_bytes(packet[2:4], "big") == 7 + i * 10
        assert int.from_bytes(packet[4:8], "big") == 1050
        assert int.from_bytes(packet[8:12], "big") == i + 1
        assert packet[12:17] == bytes.fromhex("bede000162")
        assert packet[20:] == b"payload"
    assert world.counts.rtp_out == 3


def test_picture_numbers_are_shifted_only_where_they_must(world: World) -> None:
    targets = [world.ears[0].target(1), world.ears[1].target(2, add_picture=5)]
    payload = picture(key=True, picture_id=3, tl0=4)
    world.fan_out(targets, payload)
    assert world.ears[0].hears()[20:] == payload
    assert world.ears[1].hears()[20:] == picture(key=True, picture_id=8, tl0=9)


def test_an_address_that_cannot_be_harms_no_other(world: World) -> None:
    targets = [ear.target(i + 1) for i, ear in enumerate(world.ears)]
    targets[1] = (*targets[1][:6], ("127.0.0.1", 0), *targets[1][7:])
    world.fan_out(targets, b"payload")
    assert world.ears[0].hears()[20:] == b"payload"
    assert world.ears[2].hears()[20:] == b"payload"
    assert world.ears[1].hears_nothing()
    assert (world.counts.rtp_out, world.counts.send_failed) == (2, 1)


def test_a_packet_libsrtp_refuses_harms_no_other(world: World) -> None:
    targets = [ear.target(i + 1) for i, ear in enumerate(world.ears)]
    world.outlet.send_each(targets[1:2], 0, 7, 50, b"once", None, 1.0)
    world.ears[1].hears()
    world.fan_out(targets, b"payload")  # the second session refuses number 7 again
    assert world.ears[0].hears()[20:] == b"payload"
    assert world.ears[2].hears()[20:] == b"payload"
    assert world.ears[1].hears_nothing()
    assert world.counts.send_refused == 1


def test_more_receivers_than_one_call_takes_all_get_it(world: World) -> None:
    ear = world.ears[0]
    world.fan_out([ear.target(ssrc) for ssrc in range(1, batch.MOST + 6)], b"payload")
    heard = {int.from_bytes(ear.hears()[8:12], "big") for _ in range(batch.MOST + 5)}
    assert heard == set(range(1, batch.MOST + 6))


class Overheard:
    """A TCP connection, as an address: what was sent to it."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send(self, datagram: bytes | memoryview) -> bool:
        self.sent.append(bytes(datagram))
        return True


def test_a_group_reached_by_udp_and_by_tcp_gets_every_packet(world: World) -> None:
    by_tcp = [Overheard(), Overheard()]
    targets = [ear.target(i + 1) for i, ear in enumerate(world.ears)]
    for i in (0, 2):
        targets[i] = (*targets[i][:6], by_tcp[i // 2], *targets[i][7:])
    targets.append(world.ears[1].target(9))
    for number in (7, 8):
        world.fan_out(targets, b"payload", number)
    heard = [world.ears[i].rx.unprotect(each) for i in (0, 2) for each in by_tcp[i // 2].sent]
    heard += [world.ears[1].hears() for _ in range(4)]
    assert {(packet[11], packet[3]) for packet in heard} == {
        (ssrc, n) for ssrc in (1, 3, 2, 9) for n in (7, 8)
    }
    assert world.counts.rtp_out == 8


def test_a_closed_outlet_sends_nothing(world: World) -> None:
    groups = world.outlet.group([ear.target(1) for ear in world.ears])
    world.outlet.close()
    world.outlet.fan_out(groups, 0, 1, 1, b"payload", None, 1.0)
    assert all(ear.hears_nothing() for ear in world.ears)


def test_addresses_of_ipv6_are_written_rightly() -> None:
    world = World(batching=True, family=socket.AF_INET6)
    world.fan_out([ear.target(1) for ear in world.ears], b"payload")
    assert [ear.hears()[20:] for ear in world.ears] == [b"payload"] * 3
    world.close()


def test_what_a_full_buffer_did_not_take_is_counted_as_blocked(monkeypatch: pytest.MonkeyPatch) -> None:
    ears = [Ear(), Ear(), Ear()]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        calls = batch.Calls(batch.Slots(), sender, [ear.socket.getsockname() for ear in ears])

        def one_then_full(file: int, messages: object, count: int, flags: int) -> int:
            ctypes.set_errno(errno.EAGAIN)
            return 1 if count == 3 else -1

        monkeypatch.setattr(calls, "_call", one_then_full)
        assert calls.send() == (1, 2, 0)
    for ear in ears:
        ear.socket.close()


def test_a_call_takes_no_more_than_it_has_slots_for() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender, pytest.raises(ValueError):
        batch.Calls(batch.Slots(), sender, [("127.0.0.1", 9)] * (batch.MOST + 1))
