"""Loss: asked for upstream, answered downstream, within a budget."""

from __future__ import annotations

import struct

import pytest

from server.media import rtcp
from tests.synthetic.client import VP8_RTX, Client, picture, rtp
from tests.synthetic.room import LAYER_SSRCS, STAGE, STAGE_VOICE, Class, key_frames_asked_of


async def pair(room: Class) -> tuple[Client, Client]:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))
    room.film(physio, "l", key=True, number=100)
    await patient.until(lambda: patient.of(STAGE))
    return physio, patient


def asked_for(client: Client) -> list[int]:
    messages = client.feedback(rtcp.TRANSPORT_FEEDBACK, rtcp.GENERIC_NACK)
    return [number for message in messages for nack in rtcp.parse(message) for number in nack.numbers]


def resend(client: Client, number: int, rid: str = "l", body: bytes = b"picture") -> None:
    """Send a packet again as RTX (RFC 4588), bound by repaired-rid."""
    payload = struct.pack("!H", number) + picture(picture_id=number, tl0=number, body=rid.encode() + body)
    client.send_rtp(
        rtp(
            payload_type=VP8_RTX, number=number + 7, timestamp=5, ssrc=LAYER_SSRCS[rid] + 1, payload=payload,
            extensions={1: b"1", 3: rid.encode()},
        )
    )  # fmt: skip


async def test_what_is_missing_is_asked_for_and_what_comes_again_is_forwarded_in_its_place(
    room: Class,
) -> None:
    physio, patient = await pair(room)
    room.film(physio, "l", number=101)
    room.film(physio, "l", number=104)
    await physio.until(lambda: asked_for(physio) == [102, 103])
    resend(physio, 103)
    resend(physio, 102)
    await patient.until(lambda: len(patient.of(STAGE)) == 5)
    numbers = [(packet.number - patient.of(STAGE)[0].number) & 0xFFFF for packet in patient.of(STAGE)]
    assert numbers == [0, 1, 4, 3, 2]
    room.pass_time(1)
    assert asked_for(physio) == [102, 103]


async def test_what_does_not_come_is_asked_for_twice_and_again_after_100_ms(room: Class) -> None:
    physio, _patient = await pair(room)
    room.film(physio, "l", number=102)
    await physio.until(lambda: asked_for(physio) == [101])
    room.now += 0.01
    room.film(physio, "l", number=103)
    await room.handled(physio)
    assert asked_for(physio) == [101]
    room.pass_time(0.05)
    await physio.until(lambda: asked_for(physio) == [101] * 2)
    room.pass_time(0.05)
    room.film(physio, "l", number=104)
    await room.handled(physio)
    assert asked_for(physio) == [101] * 2
    room.pass_time(0.05)
    await physio.until(lambda: asked_for(physio) == [101] * 3)


async def test_between_ticks_it_is_asked_for_when_it_is_due(
    room: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    physio, _patient = await pair(room)
    monkeypatch.setattr(room.sfu, "tick", lambda: None)
    room.film(physio, "l", number=102)
    await physio.until(lambda: asked_for(physio) == [101])
    room.now += 0.03
    await physio.until(lambda: asked_for(physio) == [101] * 2)


async def test_what_came_anyway_is_not_forwarded_twice(room: Class) -> None:
    physio, patient = await pair(room)
    room.film(physio, "l", number=101)
    resend(physio, 101)
    await room.handled(physio)
    await room.handled(patient)
    assert len(patient.of(STAGE)) == 2
    assert room.sfu.stats()["dropped_stale"] == 1


async def test_sound_out_of_order_is_forwarded_all_the_same_and_never_asked_for(room: Class) -> None:
    physio, patient = await pair(room)
    for number in (1, 2, 3, 4, 6, 5, 7, 9, 8, 10):
        room.speak(physio, b"%d" % number, number=number)
    await patient.until(lambda: len(patient.of(STAGE_VOICE)) == 10)
    heard = patient.of(STAGE_VOICE)
    assert [int(packet.payload) for packet in heard] == [1, 2, 3, 4, 6, 5, 7, 9, 8, 10]
    assert len({(packet.number - int(packet.payload)) & 0xFFFF for packet in heard}) == 1
    assert asked_for(physio) == []
    assert room.sfu.stats()["dropped_stale"] == 0


async def test_a_picture_out_of_order_keeps_its_place_for_whoever_comes_to_watch(room: Class) -> None:
    physio, _patient = await pair(room)
    room.show()
    for number in (101, 103, 102, 105):
        room.film(physio, "l", number=number)
    await room.handled(physio)
    assert room.sfu.stats()["dropped_stale"] == 0
    room.show(("physio", "patient"))
    room.film(physio, "l", number=106)
    await room.handled(physio)
    assert asked_for(physio) == [], "what passed before she watched is of no use to her"


async def test_nobody_asks_for_a_layer_nobody_watches(room: Class) -> None:
    physio, _patient = await pair(room)
    room.show()
    room.film(physio, "l", number=101)
    room.film(physio, "l", number=110)
    await room.handled(physio)
    room.pass_time(0.5)
    await room.handled(physio)
    assert asked_for(physio) == []


async def test_a_gap_too_long_to_repair_asks_for_a_key_frame(room: Class) -> None:
    physio, _patient = await pair(room)
    room.film(physio, "l", number=2000)
    await physio.until(lambda: key_frames_asked_of(physio) == [LAYER_SSRCS["l"]])


async def test_a_subscriber_gets_again_what_she_misses_twice(room: Class) -> None:
    physio, patient = await pair(room)
    for _ in range(10):
        room.film(physio, "l")
    await patient.until(lambda: len(patient.of(STAGE)) == 11)
    wanted = patient.of(STAGE)[3]
    patient.send_rtcp(rtcp.nack(STAGE, [wanted.number]))
    await room.handled(patient)
    copies = patient.of(STAGE + 1)
    assert [copy.number - copies[0].number & 0xFFFF for copy in copies] == [0, 1]
    for again in copies:
        assert again.payload_type == VP8_RTX
        assert again.payload == struct.pack("!H", wanted.number) + wanted.payload
        assert again.timestamp == wanted.timestamp
        assert again.marker == wanted.marker


async def test_across_a_switch_each_number_comes_again_as_it_was(room: Class) -> None:
    physio, patient = await pair(room)
    room.film(physio, "h", number=500)
    await room.handled(physio)
    room.pass_time(0.1)
    room.film(physio, "h", key=True, number=501)
    room.film(physio, "h", number=502)
    await patient.until(lambda: len(patient.of(STAGE)) == 3)
    known = patient.of(STAGE)
    patient.send_rtcp(rtcp.nack(STAGE, [packet.number for packet in known]))
    await room.handled(patient)
    again = [packet.payload[2:] for packet in patient.of(STAGE + 1)]
    assert again == [packet.payload for packet in known for _ in range(2)]


async def test_one_number_is_sent_again_only_once_in_100_ms_in_two_copies(room: Class) -> None:
    _physio, patient = await pair(room)
    wanted = patient.of(STAGE)[0].number
    for _ in range(5):
        patient.send_rtcp(rtcp.nack(STAGE, [wanted]))
    await room.handled(patient)
    assert len(patient.of(STAGE + 1)) == 2
    room.now += 0.11
    patient.send_rtcp(rtcp.nack(STAGE, [wanted]))
    await room.handled(patient)
    assert len(patient.of(STAGE + 1)) == 4
    assert room.sfu.stats()["rtx_withheld"] == 4


async def test_resends_stay_within_their_share_of_the_stream(room: Class) -> None:
    physio, patient = await pair(room)
    for _ in range(200):
        room.film(physio, "l", body=bytes(1000))
        if _ % 50 == 49:
            await room.handled(physio)
    await patient.until(lambda: len(patient.of(STAGE)) == 201)
    for packet in patient.of(STAGE):
        patient.send_rtcp(rtcp.nack(STAGE, [packet.number]))
    await room.handled(patient)
    again = sum(len(packet.payload) for packet in patient.of(STAGE + 1))
    assert 5000 < again < 0.25 * 200 * 1000 + 12_000
    assert room.sfu.stats()["rtx_withheld"] > 100


async def test_what_was_never_sent_cannot_be_sent_again(room: Class) -> None:
    _physio, patient = await pair(room)
    first = patient.of(STAGE)[0].number
    patient.send_rtcp(rtcp.nack(STAGE, [(first - 5) & 0xFFFF, (first + 5) & 0xFFFF]))
    await room.handled(patient)
    assert patient.of(STAGE + 1) == []
    assert room.sfu.stats()["rtx_missing"] == 2


async def test_requests_for_a_key_frame_become_one(room: Class) -> None:
    physio, patient = await pair(room)
    other = await room.viewer("other")
    room.show(("physio", "patient"), ("physio", "other"))
    room.film(physio, "l", key=True)
    await other.until(lambda: other.of(STAGE))
    room.pass_time(0.5)
    known = len(key_frames_asked_of(physio))
    for _ in range(5):
        for client in (patient, other):
            client.send_rtcp(rtcp.picture_loss(STAGE))
            await room.handled(client)
    room.pass_time(0.35)
    await room.handled(physio)
    assert len(key_frames_asked_of(physio)) - known == 2, "one at once, and one for hers who came meanwhile"
    room.pass_time(1)
    await room.handled(physio)
    assert len(key_frames_asked_of(physio)) - known == 2


async def test_a_storm_of_one_patient_costs_the_class_few_key_frames(room: Class) -> None:
    physio, patient = await pair(room)
    for _ in range(100):
        patient.send_rtcp(rtcp.picture_loss(STAGE))
        await room.handled(patient)
        room.pass_time(0.1)
        room.film(physio, "l", key=True)
    await room.handled(physio)
    assert 5 <= len(key_frames_asked_of(physio)) <= 3 + 5, "three, and then one every 2 s"
    other = await room.viewer("other")
    room.show(("physio", "patient"), ("physio", "other"))
    room.film(physio, "l", key=True)
    await other.until(lambda: other.of(STAGE))
    room.pass_time(0.5)
    await room.handled(physio)
    known = len(key_frames_asked_of(physio))
    other.send_rtcp(rtcp.picture_loss(STAGE))
    await physio.until(lambda: len(key_frames_asked_of(physio)) > known)


async def test_a_patient_may_ask_for_only_so_many_numbers_in_a_time(room: Class) -> None:
    _physio, patient = await pair(room)
    never_sent = [(patient.of(STAGE)[0].number + 1000 + i) & 0xFFFF for i in range(300)]
    for _ in range(10):
        patient.send_rtcp(rtcp.nack(STAGE, never_sent))
    await room.handled(patient)
    stats = room.sfu.stats()
    assert stats["nacks_in"] == 640, "64 of each packet"
    assert (stats["rtx_missing"], stats["rtx_withheld"]) == (64, 9 * 64)
    room.now += 0.1
    before = stats["rtx_withheld"] + stats["rtx_missing"]
    patient.send_rtcp(rtcp.nack(STAGE, never_sent))
    await room.handled(patient)
    stats = room.sfu.stats()
    assert stats["rtx_missing"] + stats["rtx_withheld"] - before == 64
    assert stats["rtx_missing"] == 128


async def test_the_presenter_hears_how_much_was_lost(room: Class) -> None:
    physio, _patient = await pair(room)
    for number in (101, 102, 104):
        room.film(physio, "l", number=number)
    await room.handled(physio)
    room.pass_time(1.05)
    await physio.until(lambda: [p for p in physio.rtcp if p[1] == rtcp.RECEIVER_REPORT])
    report = next(p for p in physio.rtcp if p[1] == rtcp.RECEIVER_REPORT)
    ssrc, loss, highest = struct.unpack_from("!III", report, 8)
    assert (ssrc, loss >> 24, loss & 0xFFFFFF, highest) == (LAYER_SSRCS["l"], 256 // 5, 1, 104)
