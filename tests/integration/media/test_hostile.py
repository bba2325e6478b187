"""Whatever arrives, from strangers or from those inside, is counted and harms nobody."""

from __future__ import annotations

import random
import socket
import struct

import pytest

from server.media import rtcp
from tests.synthetic.client import Client, rtp
from tests.synthetic.room import LAYER_SSRCS, STAGE, STAGE_VOICE, Class


async def still_works(room: Class, physio: Client, patient: Client) -> None:
    known = len(patient.of(STAGE))
    room.film(physio, "l", key=True)
    await patient.until(lambda: len(patient.of(STAGE)) > known)
    assert room.told("physio") == ["connected"]
    assert room.told("patient") == ["connected"]


async def pair(room: Class) -> tuple[Client, Client]:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))
    room.film(physio, "l", key=True)
    await patient.until(lambda: patient.of(STAGE))
    return physio, patient


async def test_empty_and_overlong_datagrams_do_not_close_the_transport(room: Class) -> None:
    physio, patient = await pair(room)
    for client in (physio, patient):
        client.send_raw(b"")
        client.send_raw(b"\x80\x60" + bytes(1499))
        client.send_raw(b"\x80\xc8" + bytes(1499))
        client.send_raw(b"\x16\xfe" + bytes(1499))
        await room.handled(client)
    stats = room.sfu.stats()
    assert (stats["dropped_empty"], stats["dropped_long"]) == (2, 6)
    await still_works(room, physio, patient)


async def test_strangers_reach_neither_dtls_nor_srtp(room: Class) -> None:
    physio, patient = await pair(room)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for datagram in (
            b"",
            b"\x80",
            b"\x80\x60" + bytes(1499),
            bytes.fromhex("15fefd000000000000000000020100"),  # a close_notify in the clear
            bytes([22, 254, 253]) + bytes(40),
            b"\x80\x60" + bytes(100),
            b"\xff" * 50,
        ):
            stranger.sendto(datagram, physio.server)
    await room.handled(physio)
    stats = room.sfu.stats()
    assert stats["dropped_stranger"] == 3
    assert stats["dropped_kind"] == 1
    assert stats["dropped_short"] == 1
    await still_works(room, physio, patient)


async def test_a_goodbye_in_the_clear_closes_nothing(room: Class) -> None:
    physio, patient = await pair(room)
    physio.send_raw(bytes.fromhex("15fefd000000000000000000020100"))
    physio.send_raw(bytes.fromhex("15fefd000100000000000000020100"))
    await room.handled(physio)
    await still_works(room, physio, patient)


async def test_a_flood_of_records_is_bounded_and_harms_nobody(room: Class) -> None:
    physio, patient = await pair(room)
    for _ in range(200):
        physio.send_raw(bytes([22, 254, 253]) + bytes(40))
    await room.handled(physio)
    await still_works(room, physio, patient)


async def test_replays_are_dropped(room: Class) -> None:
    physio, _patient = await pair(room)
    protected = physio.dtls._tx_srtp.protect(
        rtp(payload_type=96, number=500, timestamp=1, ssrc=LAYER_SSRCS["l"], payload=b"\x90\x00xx")
    )
    for _ in range(3):
        physio.send_raw(protected)
    await room.handled(physio)
    assert room.sfu.stats()["dropped_srtp"] == 2


async def test_new_ssrcs_without_end_find_an_end(room: Class) -> None:
    physio, patient = await pair(room)
    for ssrc in range(10_000, 10_100):
        physio.send_rtp(rtp(payload_type=96, number=1, timestamp=1, ssrc=ssrc, payload=b"x"))
        physio.send_rtcp(struct.pack("!BBHI", 0x80, 201, 1, ssrc + 1000))
        if ssrc % 20 == 0:
            await room.handled(physio)
    await room.handled(physio)
    assert room.sfu.stats()["dropped_ssrc"] == 200 - 31, "32 in all, with the picture's own"
    patient.send_rtcp(rtcp.picture_loss(STAGE))
    await room.handled(patient)
    await still_works(room, physio, patient)


async def test_forged_ssrcs_leave_room_for_genuine_ones(room: Class) -> None:
    physio, patient = await pair(room)
    for ssrc in range(200):
        physio.send_raw(struct.pack("!BBHII", 0x80, 96, 1, 1, ssrc) + bytes(40))
    await room.handled(physio)
    assert room.sfu.stats()["dropped_srtp"] == 200
    room.speak(physio)
    await patient.until(lambda: patient.of(STAGE_VOICE))
    await still_works(room, physio, patient)


async def test_random_datagrams_from_anybody_harm_nobody(room: Class) -> None:
    physio, patient = await pair(room)
    chance = random.Random(2)
    for round_ in range(40):
        for _ in range(25):
            datagram = bytearray(chance.randbytes(chance.choice((1, 2, 11, 12, 20, 40, 200, 1500))))
            datagram[0] = chance.choice((0, 1, 3, 20, 22, 23, 63, 64, 128, 144, 191, 192, 255))
            (physio if round_ % 2 else patient).send_raw(bytes(datagram))
        await room.handled(physio)
        await room.handled(patient)
    assert room.sfu.stats()["failures"] == 0
    await still_works(room, physio, patient)


async def test_random_packets_from_somebody_inside_harm_nobody(room: Class) -> None:
    physio, patient = await pair(room)
    chance = random.Random(3)
    for round_ in range(40):
        for i in range(25):
            body = chance.randbytes(chance.choice((0, 1, 2, 5, 60)))
            first = chance.choice((0x80, 0x80 | chance.randrange(64)))
            head = bytes([first, chance.choice((96, 97, 111, 224, 225, 239, 5))])
            number = (10_000 + round_ * 25 + i).to_bytes(2, "big")
            ssrc = chance.choice((*LAYER_SSRCS.values(), 1000, 9, 10)).to_bytes(4, "big")
            packet = head + number + bytes(4) + ssrc + body
            try:
                protected = physio.dtls._tx_srtp.protect(packet)
            except Exception:  # libsrtp refuses some headers on our side already
                continue
            physio.send_raw(protected)
        await room.handled(physio)
        await room.handled(patient)
    stats = room.sfu.stats()
    assert stats["failures"] == 0
    assert stats["dropped_unbound"] > 0
    assert stats["vp8_malformed"] > 0
    room.film(physio, "l", key=True, number=30_000)
    await patient.until(lambda: patient.of(STAGE)[-1].payload.endswith(b"lpicture"))


async def test_random_rtcp_from_somebody_inside_harms_nobody(room: Class) -> None:
    physio, patient = await pair(room)
    chance = random.Random(4)
    for round_ in range(40):
        for _ in range(25):
            body = chance.randbytes(4 * chance.randrange(1, 20))
            kind, form = chance.choice((200, 201, 202, 203, 204, 205, 206, 207)), chance.randrange(32)
            words = chance.choice((len(body) // 4, chance.randrange(65536)))
            ssrc = chance.choice((STAGE, STAGE + 1, 6000, LAYER_SSRCS["l"])).to_bytes(4, "big")
            packet = bytes([0x80 | form, kind]) + words.to_bytes(2, "big") + ssrc + ssrc + body[4:]
            (physio if round_ % 2 else patient).send_rtcp(packet)
        await room.handled(physio)
        await room.handled(patient)
    stats = room.sfu.stats()
    assert stats["failures"] == 0
    assert stats["dropped_malformed"] > 0
    await still_works(room, physio, patient)


async def test_nobody_can_ask_for_what_is_in_others_slots(room: Class) -> None:
    _physio, patient = await pair(room)
    other = await room.join("other")
    before = room.sfu.stats()["nacks_in"]
    other.send_rtcp(rtcp.nack(STAGE, [patient.of(STAGE)[0].number]))
    await room.handled(other)
    assert room.sfu.stats()["nacks_in"] == before
    assert other.packets == []


def check_of(room: Class, owner: Client, by: Client) -> None:
    """Send a check of `owner`'s from the address of `by`, whose answer `by` could not verify."""
    by.quiet()
    server, send = owner.server, owner.send_raw
    owner.send_raw = lambda datagram: by.socket.sendto(datagram, server)
    owner.check()
    owner.send_raw = send


async def test_the_address_of_somebody_who_is_heard_cannot_be_taken(room: Class) -> None:
    physio, patient = await pair(room)
    check_of(room, patient, physio)
    await room.handled(patient)
    await still_works(room, physio, patient)
    stats = room.sfu.stats()
    assert (stats["dropped_taken"], stats["address_moves"], stats["dropped_srtp"]) == (1, 0, 0)


async def test_sound_and_picture_alone_hold_an_address(room: Class) -> None:
    physio, patient = await pair(room)
    for _ in range(4):
        room.pass_time(2)
        room.speak(physio)
        await room.handled(patient)
    check_of(room, patient, physio)
    await room.handled(patient)
    assert room.sfu.stats()["dropped_taken"] == 1


async def test_the_address_of_somebody_silent_is_free_for_others(room: Class) -> None:
    physio, patient = await pair(room)
    room.pass_time(5.1)
    check_of(room, patient, physio)
    await room.handled(patient)
    stats = room.sfu.stats()
    assert (stats["dropped_taken"], stats["dropped_replayed"]) == (0, 0)
    assert stats["address_moves"] == 0, "nobody has answered there"


async def test_a_check_that_is_played_again_from_elsewhere_moves_nothing(room: Class) -> None:
    physio, patient = await pair(room)
    copy = patient.check()
    await room.handled(patient)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as thief:
        thief.bind(("127.0.0.1", 0))
        thief.setblocking(False)
        thief.sendto(copy, patient.server)
        await room.handled(patient)
        assert room.sfu.stats()["dropped_replayed"] == 1
        await still_works(room, physio, patient)
        with pytest.raises(BlockingIOError):
            thief.recv(2048)
    assert room.sfu.stats()["address_moves"] == 0


async def test_a_check_that_is_played_again_is_no_sign_of_life(room: Class) -> None:
    _physio, patient = await pair(room)
    patient.full_ice = False
    copy = patient.check()
    await room.handled(patient)
    room.pass_time(4)
    patient.send_raw(copy)
    await patient.until(lambda: len(patient.answers) >= 4)
    room.pass_time(1.1)
    assert room.told("patient") == ["connected", "silent"]


async def test_a_check_sent_again_for_want_of_an_answer_is_answered(room: Class) -> None:
    patient = await room.viewer()
    copy = patient.check()
    known = len(patient.answers)
    patient.send_raw(copy)
    await patient.until(lambda: len(patient.answers) == known + 2)
    first, second = patient.answers[-2:]
    assert first.transaction_id == second.transaction_id == copy[8:20]
