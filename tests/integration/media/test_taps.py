"""What a tap hears of a source, and that nobody else is the worse for it."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from server.errors import ProtocolError
from server.media import rtcp
from server.media.spec import NeedsNotice, Route
from tests.synthetic.client import OPUS, camera, picture_slot, rtp
from tests.synthetic.room import LAYER_SSRCS, STAGE, STAGE_VOICE, VOICE_SSRC, Class, key_frames_asked_of


class Heard(NamedTuple):
    marker: int
    number: int
    timestamp: int
    payload: bytes
    rid: str
    now: float


class Recorder:
    def __init__(self) -> None:
        self.heard: list[Heard] = []

    def __call__(self, *packet: object) -> None:
        self.heard.append(Heard(*packet))  # type: ignore[arg-type]

    def numbers(self) -> list[int]:
        return [packet.number - self.heard[0].number for packet in self.heard]


async def test_a_tap_hears_each_packet_in_order_of_arrival_with_extended_numbers(room: Class) -> None:
    physio, recorder = await room.presenter(), Recorder()
    room.sfu.tap("room", "physio", "microphone", recorder)
    for number, marker in ((65534, True), (65535, False), (1, False), (0, False), (0, False), (2, False)):
        physio.send_rtp(
            rtp(
                payload_type=OPUS, number=number, timestamp=960 * number, ssrc=VOICE_SSRC,
                payload=b"%d" % number, marker=marker, extensions={1: b"0"},
            )
        )  # fmt: skip
    await room.handled(physio)
    assert recorder.numbers() == [0, 1, 3, 2, 4], "late ones late, duplicates never"
    assert recorder.heard[0] == Heard(0x80, recorder.heard[0].number, 960 * 65534, b"65534", "", room.now)
    assert recorder.heard[0].number & 0xFFFF == 65534


async def test_a_tap_hears_the_layers_it_chooses_and_asks_for_their_key_frames(room: Class) -> None:
    physio, recorder = await room.presenter(), Recorder()
    tap = room.sfu.tap("room", "physio", "camera", recorder)
    for rid in ("l", "m", "h"):
        room.film(physio, rid, key=True)
    await room.handled(physio)
    assert [packet.rid for packet in recorder.heard] == ["l", "m", "h"]
    tap.choose(["h"])
    for rid in ("l", "m", "h"):
        room.film(physio, rid)
    await room.handled(physio)
    assert [packet.rid for packet in recorder.heard[3:]] == ["h"]
    room.now += 1
    tap.ask_keyframe()
    await physio.until(lambda: key_frames_asked_of(physio) == [LAYER_SSRCS["h"]])


async def test_a_layer_that_is_only_recorded_is_needed_and_repaired(room: Class) -> None:
    physio = await room.presenter()
    tap = room.sfu.tap("room", "physio", "camera", Recorder())
    tap.choose(["m"])
    first = room.film(physio, "m", key=True)
    room.film(physio, "m", number=first + 2)
    await room.handled(physio)
    room.pass_time(20)
    needs = [notice.layers for notice in room.notices if isinstance(notice, NeedsNotice)]
    assert needs[-1] == ("m",)
    assert physio.feedback(rtcp.TRANSPORT_FEEDBACK, rtcp.GENERIC_NACK)


async def test_a_closed_tap_hears_nothing_more_and_others_go_on(room: Class) -> None:
    physio, first, second = await room.presenter(), Recorder(), Recorder()
    tap = room.sfu.tap("room", "physio", "microphone", first)
    room.sfu.tap("room", "physio", "microphone", second)
    room.speak(physio)
    await room.handled(physio)
    tap.close()
    tap.close()
    assert not tap.is_open
    room.speak(physio)
    await room.handled(physio)
    assert (len(first.heard), len(second.heard)) == (1, 2)


async def test_a_listener_that_throws_is_taken_off_counted_and_harms_nobody(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))
    told: list[bytes] = []

    def broken(*packet: object) -> None:
        told.append(b"once")
        raise ValueError("the disk is full")

    recorder = Recorder()
    tap = room.sfu.tap("room", "physio", "microphone", broken)
    room.sfu.tap("room", "physio", "microphone", recorder)
    for _ in range(3):
        room.speak(physio)
    await patient.until(lambda: len(patient.of(STAGE_VOICE)) == 3)
    assert (told, len(recorder.heard)) == ([b"once"], 3)
    assert not tap.is_open
    assert room.sfu.stats()["taps_failed"] == 1


async def test_a_tap_ends_with_its_source(room: Class) -> None:
    physio = await room.presenter()
    tap = room.sfu.tap("room", "physio", "microphone", Recorder())
    await room.sfu.close_peer(physio.name)
    assert not tap.is_open
    tap.choose([""])
    tap.ask_keyframe()
    tap.close()


async def test_there_is_no_tap_of_what_is_not_there_nor_of_another_room(room: Class) -> None:
    await room.presenter()
    await room.viewer()
    for where, peer in (("room", "nobody"), ("room", "patient"), ("elsewhere", "physio")):
        with pytest.raises(ProtocolError) as refused:
            room.sfu.tap(where, peer, "camera", Recorder())
        assert refused.value.code == "no_such_source"


async def test_a_browser_sees_itself_through_a_route_to_itself(room: Class) -> None:
    """The loop-back of the device check."""

    alone = await room.join("alone", sources=[camera("l", "m", "h")], slots=[picture_slot("stage", STAGE)])
    room.sfu.set_routes("room", [Route(to_peer="alone", slot="stage", from_peer="alone", source="camera")])
    room.film(alone, "l", key=True)
    await alone.until(lambda: alone.of(STAGE))
