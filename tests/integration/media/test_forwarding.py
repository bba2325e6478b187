"""What is forwarded, to whom, at which layer, under which numbers."""

from __future__ import annotations

import struct

from server.media import rtcp, vp8
from server.media.spec import Route
from tests.synthetic.client import Client, Received, camera, picture_slot, rtp
from tests.synthetic.room import LAYER_SSRCS, STAGE, STAGE_VOICE, Class, key_frames_asked_of


def continuous(packets: list[Received]) -> bool:
    """Whether numbers, picture ids and TL0PICIDX go up by one, and timestamps go up or stay."""
    described = [vp8.parse(packet.payload) for packet in packets]
    return all(
        (later.number - earlier.number) & 0xFFFF == 1
        and (later.timestamp - earlier.timestamp) & 0xFFFFFFFF < 90000
        and (a_later.picture_id - an_earlier.picture_id) & 0x7FFF == 1
        and (a_later.tl0 - an_earlier.tl0) & 0xFF == 1
        for earlier, later, an_earlier, a_later in zip(
            packets, packets[1:], described, described[1:], strict=False
        )
    )


def layers(client: Client) -> str:
    """The layers of the frames that came, as letters."""
    return "".join(chr(packet.payload[6]) for packet in client.of(STAGE))


async def test_picture_and_sound_arrive_in_their_slots(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))
    room.film(physio, "l", key=True)
    room.speak(physio)
    await patient.until(lambda: len(patient.packets) == 2)
    (frame,), (voice,) = patient.of(STAGE), patient.of(STAGE_VOICE)
    assert (frame.payload_type, frame.marker, voice.payload) == (96, True, b"voice")
    assert vp8.parse(frame.payload).keyframe
    assert frame.number <= 0x8000
    assert voice.number <= 0x8000


async def test_nothing_is_forwarded_without_a_route(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.film(physio, "l", key=True)
    room.speak(physio)
    await room.handled(physio)
    await room.handled(patient)
    assert patient.packets == []
    assert room.sfu.forwarding("room") == ()


async def test_routes_wait_for_peers_that_come_later(room: Class) -> None:
    room.show(("physio", "patient"))
    physio = await room.presenter()
    room.film(physio, "l", key=True)
    patient = await room.viewer()
    room.pass_time(0.1, lambda: room.film(physio, "l", key=True))
    await patient.until(lambda: patient.of(STAGE))


async def test_the_picture_begins_with_a_key_frame_that_is_asked_for(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.film(physio, "l")
    await room.handled(physio)
    room.show(("physio", "patient"))
    await physio.until(lambda: LAYER_SSRCS["l"] in key_frames_asked_of(physio))
    room.film(physio, "l")
    room.film(physio, "l", key=True)
    room.film(physio, "l")
    await patient.until(lambda: len(patient.of(STAGE)) == 2)
    assert vp8.parse(patient.of(STAGE)[0].payload).keyframe


async def test_it_starts_with_what_flows_and_goes_up_at_a_key_frame_without_a_gap(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))
    room.film(physio, "l", key=True)
    await patient.until(lambda: layers(patient) == "l")
    room.film(physio, "h", key=False)
    await room.handled(physio)
    room.pass_time(0.1)
    await physio.until(lambda: LAYER_SSRCS["h"] in key_frames_asked_of(physio))
    room.film(physio, "l")  # kept until the higher layer's key frame is here
    room.film(physio, "h")
    room.film(physio, "h", key=True)
    room.film(physio, "l")
    room.film(physio, "h")
    await patient.until(lambda: layers(patient) == "llhh")
    assert continuous(patient.of(STAGE))
    (route,) = [route for route in room.sfu.forwarding("room") if route.slot == "stage"]
    assert route.layer == "h"


async def test_it_goes_no_higher_than_the_route_allows(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"), layer="m")
    for rid in ("l", "m", "h"):
        room.film(physio, rid, key=True)
    await room.handled(physio)
    room.pass_time(0.1)
    for rid in ("h", "m", "l"):
        room.film(physio, rid, key=True)
    room.film(physio, "h")
    room.film(physio, "m")
    await patient.until(lambda: layers(patient)[-1:] == "m")
    assert "h" not in layers(patient)


async def test_it_falls_back_when_the_layer_stops(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))
    room.film(physio, "h", key=True)
    await patient.until(lambda: layers(patient) == "h")
    for _ in range(14):  # 700 ms in which only the low layer comes
        room.pass_time(0.05)
        room.film(physio, "l")
        await room.handled(physio)
    await physio.until(lambda: LAYER_SSRCS["l"] in key_frames_asked_of(physio))
    room.film(physio, "l", key=True)
    await patient.until(lambda: layers(patient) == "hl")
    assert continuous(patient.of(STAGE))


async def test_when_the_route_is_gone_not_one_packet_more_is_forwarded(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))
    room.film(physio, "l", key=True)
    room.speak(physio)
    await patient.until(lambda: len(patient.packets) == 2)
    seen = patient.of(STAGE)[0].number
    room.show()
    room.film(physio, "l", key=True)
    room.speak(physio)
    await room.handled(physio)
    patient.send_rtcp(rtcp.nack(STAGE, [seen]))  # nor is an old one sent again
    await room.handled(patient)
    assert len(patient.packets) == 2
    assert room.sfu.forwarding("room") == ()


async def test_another_source_in_a_slot_waits_for_its_key_frame_while_the_old_one_has_ended(
    room: Class,
) -> None:
    physio, other, patient = await room.presenter(), await room.presenter("other"), await room.viewer()
    room.show(("physio", "patient"))
    room.film(physio, "l", key=True, body=b"physio")
    room.speak(physio, b"physio speaks")
    await patient.until(lambda: len(patient.packets) == 2)
    room.film(other, "l", number=7000)
    await room.handled(other)
    room.show(("other", "patient"))
    room.film(physio, "l", key=True, body=b"physio")
    room.speak(physio, b"physio speaks")
    await room.handled(physio)
    room.now += 0.2
    room.film(other, "l", number=7001, body=b"other")
    room.film(other, "l", number=7002, key=True, body=b"other")
    room.speak(other, b"other speaks")
    await patient.until(lambda: len(patient.packets) == 4)
    frames, voices = patient.of(STAGE), patient.of(STAGE_VOICE)
    assert [frame.payload[7:] for frame in frames] == [b"physio", b"other"]
    assert continuous(frames)
    assert abs(((frames[1].timestamp - frames[0].timestamp) & 0xFFFFFFFF) - 0.2 * 90000) < 2
    assert [voice.payload for voice in voices] == [b"physio speaks", b"other speaks"]
    assert (voices[1].number - voices[0].number) & 0xFFFF == 1


async def test_routes_of_one_room_reach_nobody_in_another(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    stranger = await room.join(
        "stranger",
        sources=[camera("l")],
        slots=[picture_slot("stage", STAGE)],
        room="elsewhere",
    )
    room.show(("stranger", "patient"), ("physio", "stranger"))
    room.film(physio, "l", key=True)
    room.film(stranger, "l", key=True)
    for client in (physio, stranger, patient):
        await room.handled(client)
    assert patient.packets == stranger.packets == []


async def test_nothing_of_the_source_before_is_sent_again(room: Class) -> None:
    physio, other, patient = await room.presenter(), await room.presenter("other"), await room.viewer()
    room.show(("physio", "patient"))
    room.film(physio, "l", key=True)
    await patient.until(lambda: patient.of(STAGE))
    room.show(("other", "patient"))
    room.film(other, "l", key=True)
    await patient.until(lambda: len(patient.of(STAGE)) == 2)
    old, new = patient.of(STAGE)
    patient.send_rtcp(rtcp.nack(STAGE, [old.number, new.number]))
    await room.handled(patient)
    assert [again.payload[2:] for again in patient.of(STAGE + 1)] == [new.payload] * 2


async def test_padding_keeps_the_sequence(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))
    number = room.film(physio, "l", key=True)
    ssrc = LAYER_SSRCS["l"]
    physio.send_rtp(rtp(payload_type=96, number=number + 1, timestamp=1, ssrc=ssrc, payload=b"", padding=99))
    room.film(physio, "l", number=number + 2)
    await patient.until(lambda: len(patient.of(STAGE)) == 3)
    frames = patient.of(STAGE)
    assert [(frame.number - frames[0].number) & 0xFFFF for frame in frames] == [0, 1, 2]
    assert frames[1].payload == b""


async def test_sender_reports_are_relayed_so_that_lips_and_voice_agree(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))
    room.film(physio, "l", key=True)
    room.speak(physio)
    await patient.until(lambda: len(patient.packets) == 2)
    moment = 77 << 32
    film_time = int(room.now * 90000) + LAYER_SSRCS["l"] * 1_000_000
    for ssrc, timestamp in ((LAYER_SSRCS["l"], film_time), (1000, int(room.now * 48000))):
        report = rtcp.SenderReport(ssrc, moment, timestamp & 0xFFFFFFFF)
        physio.send_rtcp(rtcp.sender_report(report, 1, 1))
    await patient.until(lambda: len(patient.rtcp) >= 2)
    reports = {each.ssrc: each for packet in patient.rtcp for each in rtcp.parse(packet)}
    assert reports[STAGE].ntp == reports[STAGE_VOICE].ntp, "one moment is one moment in both"
    for ssrc in (STAGE, STAGE_VOICE):
        assert reports[ssrc].rtp_timestamp == patient.of(ssrc)[0].timestamp


async def test_the_table_is_applied_whole_and_again_changes_nothing(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))
    room.film(physio, "l", key=True)
    room.speak(physio)
    await patient.until(lambda: len(patient.packets) == 2)
    before = room.sfu.forwarding("room")
    assert {(r.to_peer, r.slot, r.from_peer, r.source) for r in before} == {
        ("patient", "stage", "physio", "camera"),
        ("patient", "stage-voice", "physio", "microphone"),
    }
    room.show(("physio", "patient"))
    assert room.sfu.forwarding("room") == before
    room.film(physio, "l")
    await patient.until(lambda: len(patient.of(STAGE)) == 2)
    assert continuous(patient.of(STAGE))
    assert room.sfu.hello().routes == {"room": before}


async def test_a_route_between_different_kinds_is_not_followed(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.sfu.set_routes(
        "room", [Route(to_peer="patient", slot="stage-voice", from_peer="physio", source="camera")]
    )
    room.film(physio, "l", key=True)
    await room.handled(physio)
    await room.handled(patient)
    assert patient.packets == []


async def test_a_stream_that_begins_anew_under_another_ssrc_goes_on_in_its_slot(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))
    room.film(physio, "l", key=True)
    await patient.until(lambda: len(patient.of(STAGE)) == 1)
    LAYER_SSRCS["l"], known = 2001, LAYER_SSRCS["l"]
    try:
        room.film(physio, "l", key=True, number=9)
        room.film(physio, "l", number=10)
    finally:
        LAYER_SSRCS["l"] = known
    await patient.until(lambda: len(patient.of(STAGE)) == 3)
    assert continuous(patient.of(STAGE))


async def test_the_presenter_is_told_when_her_packets_came(room: Class) -> None:
    physio = await room.presenter()
    for number in (1, 2, 4):
        physio.send_rtp(
            rtp(
                payload_type=96, number=number, timestamp=1, ssrc=LAYER_SSRCS["l"], payload=b"\x10\x00x",
                extensions={1: b"1", 2: b"l", 5: struct.pack("!H", number)},
            )
        )  # fmt: skip
    await room.handled(physio)
    room.pass_time(0.05)
    feedback = lambda: physio.feedback(rtcp.TRANSPORT_FEEDBACK, rtcp.TRANSPORT_CC)  # noqa: E731
    await physio.until(feedback)
    first, count = struct.unpack_from("!HH", feedback()[0], 12)
    assert (first, count) == (1, 4)
