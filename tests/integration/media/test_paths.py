"""Ways that change under somebody, and what an address gets before anybody has answered there."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from OpenSSL import SSL

from server.errors import ProtocolError
from server.media import rtcp, sfu
from server.media.spec import IceCredentials
from tests.synthetic.client import Client, picture_slot
from tests.synthetic.room import STAGE, STAGE_VOICE, Class, key_frames_asked_of


async def pair(room: Class) -> tuple[Client, Client]:
    """Two who see and hear each other's sound; and whose clock has gone on since."""
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))
    room.film(physio, "l", key=True)
    await patient.until(lambda: patient.of(STAGE))
    return physio, patient


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - nothing tells that the server has handled something
            await asyncio.sleep(0)


class Stranger:
    """A socket of somebody who is not in class, and what came to it."""

    def __init__(self, server: tuple[str, int]) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.server = server
        self.sent = 0

    def send(self, datagram: bytes) -> None:
        self.sent += self.socket.sendto(datagram, self.server)

    def came(self) -> list[bytes]:
        found = []
        while True:
            try:
                found.append(self.socket.recv(2048))
            except BlockingIOError:
                return found


@contextmanager
def stranger(server: tuple[str, int]) -> Iterator[Stranger]:
    somebody = Stranger(server)
    try:
        yield somebody
    finally:
        somebody.socket.close()


# ---- a new address under her


async def test_media_go_on_both_ways_when_a_router_gives_her_another_address(room: Class) -> None:
    physio, patient = await pair(room)
    physio.move()  # and sends no check of her own
    room.now += 1
    room.speak(physio, b"after the change" + bytes(100))
    await patient.until(lambda: patient.of(STAGE_VOICE))
    assert patient.of(STAGE_VOICE)[-1].payload.startswith(b"after"), "what she says is not lost meanwhile"
    await until(lambda: room.sfu.stats()["address_moves"] == 1)
    known = len(key_frames_asked_of(physio))
    patient.send_rtcp(rtcp.picture_loss(STAGE))
    await physio.until(lambda: len(key_frames_asked_of(physio)) > known)
    assert room.told("physio") == ["connected"]


async def test_somebody_who_only_watches_is_found_by_her_reports(room: Class) -> None:
    physio, patient = await pair(room)
    patient.send_rtcp(bytes([0x80, 201, 0, 1]) + (4711).to_bytes(4, "big"))
    await room.handled(patient)
    patient.move()
    room.now += 1
    known = len(patient.asked)
    while len(patient.asked) == known:
        patient.send_rtcp(bytes([0x80, 201, 0, 1]) + (4711).to_bytes(4, "big"))
        await room.handled(physio)
    await until(lambda: room.sfu.stats()["address_moves"] == 1)
    known = len(patient.of(STAGE))
    room.film(physio, "l")
    await patient.until(lambda: len(patient.of(STAGE)) > known)


async def test_while_the_present_address_is_heard_media_stay_there(room: Class) -> None:
    physio, patient = await pair(room)
    second = Client("second socket")
    second.server, second.dtls, second.spec = physio.server, physio.dtls, physio.spec
    room.speak(physio)
    for number in (500, 510, 520):
        room.speak(second, number=number)
        room.speak(physio, number=number + 1)
        await room.handled(patient)
    await second.until(lambda: second.asked)
    await room.handled(patient)
    assert room.sfu.stats()["addresses_proven"] == 3
    assert room.sfu.stats()["address_moves"] == 0
    second._close_socket()


async def test_stolen_packets_from_a_forged_address_move_nothing_and_bring_it_nothing(room: Class) -> None:
    physio, patient = await pair(room)
    room.speak(physio)
    with stranger(physio.server) as forged:
        physio_sends, physio.send_raw = physio.send_raw, forged.send
        for _ in range(40):
            room.speak(physio, bytes(100))  # reach the server, as of the forged address
        physio.send_raw = physio_sends
        await room.handled(patient)
        room.pass_time(2)
        await room.handled(physio)
        known = len(patient.of(STAGE))
        room.film(physio, "l", key=True)
        await patient.until(lambda: len(patient.of(STAGE)) > known)
        came = forged.came()
        assert came, "it is asked who it is"
        assert {datagram[:2] for datagram in came} == {b"\x00\x01"}
        assert sum(map(len, came)) <= forged.sent
    assert room.sfu.stats()["address_moves"] == 0
    assert room.told("physio") == ["connected"]


async def test_forged_packets_under_somebodys_name_cost_little_and_leave_nothing(room: Class) -> None:
    physio, patient = await pair(room)
    room.speak(physio)
    await patient.until(lambda: patient.of(STAGE_VOICE))
    known = room.sfu.stats()
    addresses = len(room.sfu._mux._by_address)
    with stranger(physio.server) as forged:
        for n in range(200):
            forged.send(b"\x80\x6f" + n.to_bytes(2, "big") + bytes(4) + (1000).to_bytes(4, "big") + bytes(99))
            if n % 50 == 49:
                await room.handled(patient)
        assert forged.came() == []
    stats = room.sfu.stats()
    assert stats["dropped_srtp"] - known["dropped_srtp"] == 20, "the rest were not even tried"
    assert stats["dropped_stranger"] - known["dropped_stranger"] == 180
    assert len(room.sfu._mux._by_address) == addresses
    known_sounds = len(patient.of(STAGE_VOICE))
    room.speak(physio)
    await patient.until(lambda: len(patient.of(STAGE_VOICE)) > known_sounds)


async def test_who_claims_an_address_without_being_there_keeps_nobody_out(room: Class) -> None:
    patient = await room.viewer()
    newcomer = Client("newcomer")
    room.clients.append(newcomer)
    room.sfu.open_peer(newcomer.spec)
    newcomer.server = patient.server
    newcomer.quiet()
    patient_sends, patient.send_raw = patient.send_raw, newcomer.send_raw
    patient.check()  # as if from the newcomer's address
    patient.send_raw = patient_sends
    await room.handled(patient)
    newcomer.socket.recv(2048)
    asyncio.get_running_loop().add_reader(newcomer.socket.fileno(), newcomer._read)
    await newcomer.connect(room.sfu.hello())
    await until(lambda: room.told("newcomer") == ["connected"])
    assert room.sfu.stats()["dropped_taken"] == 0


async def test_guesses_under_somebodys_name_cost_a_bounded_part_and_her_own_checks_are_answered(
    room: Class,
) -> None:
    _physio, patient = await pair(room)
    with stranger(patient.server) as forged:
        patient_sends, patient.send_raw = patient.send_raw, forged.send
        for n in range(500):
            patient.check(password=f"guess number {n} of enough length")
        patient.send_raw = patient_sends
        await room.handled(patient)
        assert forged.came() == []
    stats = room.sfu.stats()
    assert (stats["dropped_stun"], stats["dropped_flood"]) == (99, 401), "one was spent on her coming"


# ---- before anybody has answered


async def test_a_forged_check_brings_an_address_less_than_it_cost(room: Class) -> None:
    physio, patient = await pair(room)
    with stranger(patient.server) as forged:
        patient_sends, patient.send_raw = patient.send_raw, forged.send
        for _ in range(10):
            patient.check()  # genuine, but sent from somebody else's address
        patient.send_raw = patient_sends
        await room.handled(physio)
        room.pass_time(30, then=lambda: room.speak(physio))
        await room.handled(physio)
        room.film(physio, "l", key=True)
        await room.handled(physio)
        came = forged.came()
        assert 0 < sum(map(len, came)) <= forged.sent
        assert all(datagram[0] < 4 for datagram in came), "no media"
    assert room.sfu.stats()["address_moves"] == 0


async def test_a_handshake_brings_an_unproven_address_no_more_than_it_sent_however_often_repeated(
    room: Class,
) -> None:
    client = Client("patient")
    client.full_ice = False
    room.clients.append(client)
    room.sfu.open_peer(client.spec)
    client.server = room.sfu.hello().addresses[0]
    with stranger(client.server) as forged:
        client.send_raw = forged.send
        hello = SSL.Connection(SSL.Context(SSL.DTLS_METHOD))
        hello.set_connect_state()
        with pytest.raises(SSL.WantReadError):
            hello.do_handshake()
        record = hello.bio_read(1500)
        client.check()
        forged.send(record)
        came: list[bytes] = []
        for _ in range(14):  # OpenSSL sends its flight again after 1 s, by its own clock
            await asyncio.sleep(0.1)
            room.pass_time(0.1)
            came += forged.came()
            assert sum(map(len, came)) <= forged.sent
        assert any(datagram[0] < 4 for datagram in came)
        assert room.sfu.stats()["withheld"] > 1
        for _ in range(40):  # and what it sends more earns it the flight
            client.check()
        await until(lambda: any(19 < datagram[0] < 64 for datagram in came) or came.extend(forged.came()))
        came += forged.came()
        assert sum(map(len, came)) <= forged.sent


async def test_a_handshake_that_ends_under_a_forged_source_brings_no_picture_there(room: Class) -> None:
    physio = await room.presenter()
    patient = Client("patient", slots=(picture_slot("stage", STAGE),), full_ice=False)
    room.clients.append(patient)
    room.sfu.open_peer(patient.spec)
    patient.server = room.sfu.hello().addresses[0]
    with stranger(patient.server) as forged:
        at_home, patient.send_raw = patient.send_raw, forged.send
        patient.check()  # genuine, but sent from somebody else's address
        patient.send_raw = at_home
        for _ in range(30):
            patient.check()
        records = 0

        def send(datagram: bytes) -> None:
            nonlocal records
            records += 1
            (at_home if records == 1 else forged.send)(datagram)

        patient._wire._send_now = send
        connecting = asyncio.create_task(patient.connect(room.sfu.hello()))
        await until(lambda: room.told("patient") == ["connected"])
        room.show(("physio", "patient"))
        for number in range(100):
            room.film(physio, "l", key=number == 0, body=bytes(1000))
            await room.handled(physio)
        assert sum(map(len, forged.came())) <= forged.sent
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
    assert room.sfu.stats()["addresses_proven"] == 1, "the presenter's"


async def test_a_client_that_answers_no_checks_comes_in_by_what_it_sends(room: Class) -> None:
    patient = Client("patient", full_ice=False)
    room.clients.append(patient)
    room.sfu.open_peer(patient.spec)
    patient.server = room.sfu.hello().addresses[0]
    for _ in range(30):
        patient.check()
    await patient.connect(room.sfu.hello())
    await until(lambda: room.told("patient") == ["connected"])


# ---- ICE restart


def fresh(client: Client, number: int) -> tuple[IceCredentials, IceCredentials]:
    ours = IceCredentials(ufrag=f"fresh{number}", pwd=f"fresh-password-of-enough-length-{number}")
    remote = IceCredentials(ufrag=f"hers{number}", pwd=f"hers-fresh-and-of-enough-length-{number}")
    client.spec = client.spec.model_copy(update={"ufrag": ours.ufrag, "pwd": ours.pwd, "remote": remote})
    return ours, remote


async def test_media_go_on_through_a_restart_and_to_the_new_address(room: Class) -> None:
    physio, patient = await pair(room)
    old = patient.check()
    await room.handled(patient)
    room.sfu.restart_ice("patient", *fresh(patient, 1))
    room.film(physio, "l")
    await patient.until(lambda: len(patient.of(STAGE)) == 2)
    patient.move()
    await room.proven(patient)
    room.film(physio, "l")
    await patient.until(lambda: len(patient.of(STAGE)) == 3)
    numbers = [packet.number for packet in patient.of(STAGE)]
    assert [n - numbers[0] & 0xFFFF for n in numbers] == [0, 1, 2]
    known = room.sfu.stats()["dropped_stun"]
    patient.send_raw(old)
    await room.handled(patient)
    stats = room.sfu.stats()
    assert stats["dropped_stun"] == known + 1, "the old name is nobody's any more"
    assert (stats["ice_restarts"], stats["address_moves"]) == (1, 1)
    assert room.told("patient") == ["connected"], "DTLS is the same"


async def test_a_restart_again_and_again_leaves_one_name(room: Class) -> None:
    patient = await room.viewer()
    for number in range(20):
        room.sfu.restart_ice("patient", *fresh(patient, number))
        if number % 3 == 0:
            await room.handled(patient)
    await room.handled(patient)
    assert list(room.sfu._mux._by_ufrag) == ["fresh19"]


async def test_a_restart_of_nobody_or_under_a_name_in_use_is_refused(room: Class) -> None:
    physio, patient = await pair(room)
    ours, remote = fresh(Client("nobody"), 1)
    with pytest.raises(ProtocolError, match="no such peer"):
        room.sfu.restart_ice("nobody", ours, remote)
    taken = IceCredentials(ufrag=physio.spec.ufrag, pwd="x" * 22)
    with pytest.raises(ProtocolError, match="in use"):
        room.sfu.restart_ice("patient", taken, remote)
    await room.handled(patient)
    await room.handled(physio)


# ---- gone or not


async def test_somebody_who_only_watches_is_not_taken_for_silent(room: Class) -> None:
    patient = await room.viewer()
    for _ in range(40):
        room.pass_time(1)
        known = len(patient.asked)
        await asyncio.sleep(0)
        if room.sfu.stats()["checks_sent"] > known:
            await patient.until(lambda known=known: len(patient.asked) > known)
            answered = room.now
            await until(lambda answered=answered: patient_heard_at(room) >= answered)
    assert room.told("patient") == ["connected"]
    assert patient.asked


def patient_heard_at(room: Class) -> float:
    return room.sfu._peers["patient"].paths.heard_at


# ---- joins without end


async def test_one_client_cannot_fill_the_worker(room: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sfu, "MOST_PEERS_PER_ROOM", 5)
    physio, patient = await pair(room)
    spec = Client("many").spec
    for n in range(3):
        room.sfu.open_peer(spec.model_copy(update={"peer": f"many{n}", "ufrag": f"many{n}"}))
    for n in range(3, 1000):
        with pytest.raises(ProtocolError, match="5 peers") as refused:
            room.sfu.open_peer(spec.model_copy(update={"peer": f"many{n}", "ufrag": f"many{n}"}))
        assert refused.value.code == "room_full"
    assert room.sfu.stats()["peers_refused"] == 997
    other = spec.model_copy(update={"peer": "elsewhere", "ufrag": "elsewhere", "room": "another"})
    room.sfu.open_peer(other)
    room.film(physio, "l", key=True)
    await patient.until(lambda: len(patient.of(STAGE)) == 2)


async def test_a_handshake_that_is_never_finished_is_given_up_after_15_s(room: Class) -> None:
    client = Client("half")
    room.clients.append(client)
    room.sfu.open_peer(client.spec)
    client.server = room.sfu.hello().addresses[0]
    await room.handled(client)
    hello = SSL.Connection(SSL.Context(SSL.DTLS_METHOD))
    hello.set_connect_state()
    with pytest.raises(SSL.WantReadError):
        hello.do_handshake()
    client.send_raw(hello.bio_read(1500))
    await room.handled(client)
    room.pass_time(14.9)
    assert room.told("half") == []
    room.pass_time(0.2)
    assert room.told("half") == ["gone"]
    assert len(room.sfu._handshakes) == 0
