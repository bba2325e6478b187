"""Four classmates speak, three are heard: by packets through the forwarding unit."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from server.media import rtcp
from server.media.spec import Notice, Route, VoiceChoice, VoicesNotice
from tests.synthetic.client import OPUS, Client, Received, microphone, rtp, voice_slot
from tests.synthetic.room import LAYER_SSRCS, STAGE, STAGE_VOICE, VOICE_SSRC, Class

SLOTS = {"voice0": 7000, "voice1": 7010, "voice2": 7020}
SEATS = {"ann": 8000, "bea": 8010, "cat": 8020, "dot": 8030}
SPEAKERS = tuple(SEATS)
LOUD, QUIET = 25, 90
PACKET_S, SAMPLES = 0.02, 960


class Chorus:
    """Ann, Bea, Cat and Dot with microphones; Eve, a patient, with three slots; a physio with a seat each.

    A packet's payload is its speaker and its count.
    """

    def __init__(self, room: Class) -> None:
        self.room = room
        self.speakers: dict[str, Client] = {}
        self.counts = dict.fromkeys(SPEAKERS, 0)
        self.eve: Client
        self.physio: Client
        self._steps = 0

    async def gather(self) -> None:
        for name in SPEAKERS:
            self.speakers[name] = await self.room.join(name, sources=[microphone(VOICE_SSRC)])
        self.eve = await self.room.join("eve", slots=[voice_slot(s, ssrc) for s, ssrc in SLOTS.items()])
        seats = [voice_slot(f"{name}-seat", ssrc) for name, ssrc in SEATS.items()]
        self.physio = await self.room.join("physio", slots=seats)
        self.choose(*SPEAKERS)

    def choose(self, *candidates: str) -> None:
        staff = [
            Route(to_peer="physio", slot=f"{name}-seat", from_peer=name, source="microphone")
            for name in SPEAKERS
        ]
        choice = VoiceChoice(to_peer="eve", slots=tuple(SLOTS), from_peers=candidates)
        self.room.sfu.set_routes("room", staff, [choice])

    async def talk(self, seconds: float, *loud: str, sends: Sequence[str] = SPEAKERS) -> None:
        """Everybody who sends does, 50 times a second: those named loudly, the others their room's noise."""
        for _ in range(round(seconds / PACKET_S)):
            self.room.now += PACKET_S
            self._steps += 1
            for name in sends:
                self.send(name, LOUD if name in loud else QUIET)
            for name in sends:
                await self.room.handled(self.speakers[name])
            if self._steps % 2 == 0:
                self.room.sfu.tick()

    def send(self, name: str, level: int) -> None:
        self.counts[name] += 1
        count = self.counts[name]
        self.speakers[name].send_rtp(
            rtp(
                payload_type=OPUS, number=60_000 + count, timestamp=count * SAMPLES, ssrc=VOICE_SSRC,
                payload=f"{name} {count}".encode(), extensions={1: b"0", 4: bytes([0x80 | level])},
            )
        )  # fmt: skip

    def heard(self, slot: str) -> list[Received]:
        return self.eve.of(SLOTS[slot])

    def told(self) -> dict[str, str]:
        return [n for n in self.notices() if isinstance(n, VoicesNotice)][-1].slots

    def notices(self) -> Sequence[Notice]:
        return self.room.notices


def said(packets: Sequence[Received]) -> list[str]:
    return [packet.payload.decode() for packet in packets]


async def test_the_fourth_is_heard_from_before_she_became_loud_enough(room: Class) -> None:
    chorus = Chorus(room)
    await chorus.gather()
    await chorus.talk(0.3, "ann", "bea", "cat")
    await chorus.talk(0.8, "bea", "cat")
    assert set(chorus.told().values()) == {"ann", "bea", "cat"}
    ann_slot = next(slot for slot, name in chorus.told().items() if name == "ann")
    before = len(chorus.heard(ann_slot))
    began = chorus.counts["dot"] + 1
    await chorus.talk(0.4, "bea", "cat", "dot")
    last = chorus.counts["dot"]
    await chorus.eve.until(lambda: said(chorus.heard(ann_slot))[-1:] == [f"dot {last}"])
    of_dot = [packet for packet in chorus.heard(ann_slot)[before:] if packet.payload.startswith(b"dot")]
    first = int(said(of_dot)[0].split()[1])
    assert said(of_dot) == [f"dot {count}" for count in range(first, last + 1)], "not one is missing"
    assert began - 12 <= first <= began - 5, "from 100 to 240 ms before her first word"
    assert [packet.marker for packet in of_dot] == [True] + [False] * (len(of_dot) - 1)
    assert chorus.told()[ann_slot] == "dot"
    for slot in SLOTS:
        packets = chorus.heard(slot)
        numbers = [packet.number for packet in packets]
        assert numbers == [(numbers[0] + n) & 0xFFFF for n in range(len(numbers))], "numbers just go on"
    steps = {
        (later.timestamp - earlier.timestamp) & 0xFFFFFFFF for earlier, later in itertools.pairwise(of_dot)
    }
    assert steps == {SAMPLES}


async def test_staff_get_everybody_all_the_time(room: Class) -> None:
    chorus = Chorus(room)
    await chorus.gather()
    await chorus.talk(0.3, "ann", "bea", "cat")
    await chorus.talk(0.3, "dot")
    for name, ssrc in SEATS.items():
        everything = [f"{name} {count}" for count in range(1, chorus.counts[name] + 1)]
        await chorus.physio.until(lambda ssrc=ssrc, all_=everything: said(chorus.physio.of(ssrc)) == all_)


async def test_who_may_not_be_heard_any_more_is_cut_off_at_once_and_nothing_of_before_is_heard_later(
    room: Class,
) -> None:
    chorus = Chorus(room)
    await chorus.gather()
    await chorus.talk(0.3, "ann", "bea", "cat")
    assert "bea" in chorus.told().values()
    chorus.choose("ann", "cat", "dot")  # Bea is muted by staff, who go on hearing her
    muted_at = chorus.counts["bea"]
    await chorus.talk(0.5, "ann", "bea", "cat", "dot")
    chorus.choose("ann", "bea")  # and has a slot at once
    allowed_at = chorus.counts["bea"]
    await chorus.talk(0.4, "bea")
    await room.handled(chorus.eve)
    counts = [int(text.split()[1]) for text in said(chorus.eve.packets) if text.startswith("bea")]
    assert max(count for count in counts if count <= allowed_at) <= muted_at
    assert min(count for count in counts if count > muted_at) > allowed_at


async def test_somebody_muted_costs_nothing_and_her_first_word_after_it_is_heard(room: Class) -> None:
    chorus = Chorus(room)
    await chorus.gather()
    await chorus.talk(0.3, "ann", "bea", "cat")
    forwarded = room.sfu.stats()["rtp_out"]
    asked = len(chorus.speakers["dot"].rtcp)
    await chorus.talk(3, sends=())
    assert room.sfu.stats()["rtp_out"] == forwarded
    assert chorus.speakers["dot"].feedback(rtcp.TRANSPORT_FEEDBACK, rtcp.GENERIC_NACK) == []
    assert len(chorus.speakers["dot"].rtcp) - asked <= 4, "a receiver report now and then"
    await chorus.talk(0.2, "dot")
    unmuted = chorus.counts["dot"] - 9
    await room.handled(chorus.eve)
    of_dot = [text for text in said(chorus.eve.packets) if text.startswith("dot")]
    assert f"dot {unmuted}" in of_dot


async def test_silence_without_packets_is_neither_loss_nor_an_end(room: Class) -> None:
    """Opus in DTX sends every 400 ms."""
    chorus = Chorus(room)
    await chorus.gather()
    await chorus.talk(0.3, "ann")
    for _ in range(8):
        room.now += 0.4
        chorus.send("ann", 127)
        await room.handled(chorus.speakers["ann"])
        room.sfu.tick()
    await chorus.talk(0.1, "ann", sends=("ann",))
    slot = next(slot for slot, name in chorus.told().items() if name == "ann")
    everything = [f"ann {count}" for count in range(1, chorus.counts["ann"] + 1)]
    await chorus.physio.until(lambda: said(chorus.physio.of(SEATS["ann"])) == everything)
    heard = said(chorus.heard(slot))
    assert heard == everything[-len(heard) :]
    assert len(heard) > 16, "from before the silence on"
    reports = [packet for packet in chorus.speakers["ann"].rtcp if packet[1] == rtcp.RECEIVER_REPORT]
    assert {report[12] for report in reports} <= {0}, "no loss is reported"


async def test_in_a_class_without_levels_speech_is_told_by_the_size_of_packets(room: Class) -> None:
    chorus = Chorus(room)
    bare = microphone(VOICE_SSRC).model_copy(
        update={"extensions": microphone(VOICE_SSRC).extensions.model_copy(update={"audio_level": None})}
    )
    for name in SPEAKERS:
        chorus.speakers[name] = await room.join(name, sources=[bare])
    chorus.eve = await room.join("eve", slots=[voice_slot(s, ssrc) for s, ssrc in SLOTS.items()])
    chorus.choose(*SPEAKERS)
    for count in range(20):
        room.now += PACKET_S
        for name in SPEAKERS:
            payload = b"a long frame of speech" if name == "dot" else b"dtx"
            chorus.speakers[name].send_rtp(
                rtp(
                    payload_type=OPUS, number=count, timestamp=count * SAMPLES, ssrc=VOICE_SSRC,
                    payload=payload, extensions={1: b"0"},
                )
            )  # fmt: skip
            await room.handled(chorus.speakers[name])
        room.sfu.tick()
    await chorus.eve.until(lambda: chorus.eve.packets)
    assert set(chorus.told().values()) == {"dot"}


async def test_a_browser_hears_itself_where_a_route_says_so(room: Class) -> None:
    """The loop-back of the device check."""
    alone = await room.join("alone", sources=[microphone(VOICE_SSRC)], slots=[voice_slot("echo", 9000)])
    room.sfu.set_routes("room", [Route(to_peer="alone", slot="echo", from_peer="alone", source="microphone")])
    room.speak(alone, b"one two three")
    await alone.until(lambda: [packet.payload for packet in alone.of(9000)] == [b"one two three"])


async def test_a_speaker_is_told_of_what_her_listeners_miss_so_that_she_sends_error_correction(
    room: Class,
) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))
    room.speak(physio)
    room.film(physio, "l", key=True)
    await patient.until(lambda: len(patient.packets) == 2)
    for slot in (STAGE_VOICE, STAGE):
        lost_a_tenth = rtcp.ReportBlock(slot, 26, 10, 70_000, 0, 0, 0)
        patient.send_rtcp(rtcp.receiver_report([lost_a_tenth]))
    await room.handled(patient)

    def told() -> list[dict[int, int]]:
        reports = [packet for packet in physio.rtcp if packet[1] == rtcp.RECEIVER_REPORT]
        return [
            {int.from_bytes(r[at : at + 4], "big"): r[at + 4] for at in range(8, len(r) - 23, 24)}
            for r in reports
        ]

    room.pass_time(1.1)
    await physio.until(told)
    assert told()[-1] == {VOICE_SSRC: 13, LAYER_SSRCS["l"]: 0}, "of sound, and no more than 5%"
    for _ in range(4):
        patient.send_rtcp(rtcp.receiver_report([rtcp.ReportBlock(STAGE_VOICE, 0, 10, 70_100, 0, 0, 0)]))
    await room.handled(patient)
    count = len(told())
    room.pass_time(1.1)
    await physio.until(lambda: len(told()) > count)
    assert told()[-1][VOICE_SSRC] < 3, "it fades"
