"""A presenter, a browser and the line between the server and it, all in memory and on a clock of their own.

The server's side is real: layers, slots, allocation. The line is a queue of so many bits per second before a
way of so many milliseconds; the browser tells when marked packets arrived, every 100 ms, as Chromium does.
"""

from __future__ import annotations

import random
import struct
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from server.media import rtcp
from server.media.allocation import Allocation
from server.media.consumer import Consumer
from server.media.counts import Counts
from server.media.producer import RANKS, Producer
from server.media.twcc import ArrivalLog
from tests.synthetic.client import IDS, camera, microphone, picture, picture_slot, voice_slot

STEP_S = 0.01
FRAME_BYTES = {"l": 560, "m": 2100, "h": 6600}
"""25 times a second: 112, 420 and 1,320 kbit/s of payload."""
KEY_FRAME_TIMES = 6
PACKET_BYTES = 1100
HEADERS_BYTES = 64
DARK_S = 1.0


@dataclass
class Conditions:
    """The line to the browser, and what is lost on the way back. `kbps` None: no limit."""

    kbps: float | None = None
    queue_s: float = 0.3
    loss: float = 0.0
    loss_up: float = 0.0
    jitter_s: float = 0.0
    delay_s: float = 0.04


class World:
    """Let time `pass_for` and look at `shown`: the heights that came, and when."""

    def __init__(self, *, marked: bool = True, seed: int = 1) -> None:
        self.now, self.line, self._chance = 1000.0, Conditions(), random.Random(seed)
        self.tells = True
        """Whether the browser says when marked packets arrived."""
        self.tx: object | None = "keys"
        self.address = ("192.0.2.1", 1)
        self.richness = 1.0
        """How much the camera's frames hold, as a share of `FRAME_BYTES`."""
        self.shown: list[tuple[float, str]] = []
        """When another layer came than before; "" once nothing had come for `DARK_S`."""
        self.sound_lost = self.sound_sent = self.lost = self.dropped = self.plis = 0
        self.sound_late_s: list[float] = []
        counts = Counts()
        self.camera = Producer(camera("l", "m", "h"), self._asked, self, counts)
        self.microphone = Producer(microphone(7), lambda packet: None, self, counts)
        slot = picture_slot("stage", 5000)
        if marked:
            slot = slot.model_copy(update={"extensions": IDS})
        self.stage = Consumer(slot, self, self, counts, lambda below: 0)
        voice = Consumer(voice_slot("stage-voice", 6000), self, self, counts, lambda below: 0)
        layers = (*self.camera.layers, *self.microphone.layers)
        for ssrc, layer in enumerate(layers):
            layer.bind(ssrc, self.now)
        self._layers, self._slots = layers, {"stage": self.stage, "stage-voice": voice}
        self.allocation = Allocation(self._slots, (), self.now)
        self._numbers: dict[str, int] = {}
        self._key_wanted = True
        self._free_at = self._frame_at = self._sound_at = self._told_at = self.now
        self._steps = 0
        self._arriving: deque[tuple[float, int]] = deque()
        self._log, self._reports = ArrivalLog(), deque[tuple[float, list[bytes]]]()

    def begin(self, ceiling: str = "h") -> None:
        """Route the presenter to the browser."""
        self.stage.follow(self.camera, RANKS[ceiling], self.now)
        self.speak()

    def speak(self) -> None:
        """Route the presenter's voice to the browser."""
        self._slots["stage-voice"].follow(self.microphone, RANKS["h"], self.now)
        self.allocation.renew(self.now)

    def pass_for(self, seconds: float) -> None:
        """Let time pass."""
        for _ in range(round(seconds / STEP_S)):
            self._step()

    def height(self) -> str:
        """The layer that came last, if anything came in the last second; else nothing."""
        return self.shown[-1][1] if self.shown and self.now - self._seen_at < DARK_S else ""

    def switches(self, since: float) -> int:
        """How often the layer changed; a picture that goes and comes back has changed twice."""
        return sum(at > since for at, _ in self.shown)

    def dark_s(self, since: float) -> float:
        """For how long there was no picture, without the first `DARK_S` of each time."""
        stretches = pairwise([*self.shown, (self.now, "")])
        return sum(max(0.0, end - max(at, since)) for (at, rid), (end, _) in stretches if not rid)

    def _step(self) -> None:
        self.now += STEP_S
        self._steps += 1
        if self.shown and self.shown[-1][1] and self.now - self._seen_at >= DARK_S:
            self.shown.append((self.now, ""))
        if self.now >= self._frame_at:
            self._frame_at += 0.04
            for rid in FRAME_BYTES:
                self._film(rid)
            self._key_wanted = False
        if self.now >= self._sound_at:
            self._sound_at += 0.02
            number = self._numbers["sound"] = self._numbers.get("sound", 0) + 1
            self.microphone.layers[0].receive(0, number & 0xFFFF, number * 960, bytes(120), self.now)
        while self._arriving and self._arriving[0][0] <= self.now:
            arrived_at, number = self._arriving.popleft()
            self._log.note(number, arrived_at)
        if self.now - self._told_at >= 0.1:
            self._told_at = self.now
            told = self._log.feedback()
            if self._chance.random() >= self.line.loss_up and self.tells:
                self._reports.append((self.now + 0.04, told))
        while self._reports and self._reports[0][0] <= self.now:
            for body in self._reports.popleft()[1]:
                self.allocation.hear(rtcp.TransportFeedback(body), self.now)
        if self.allocation.is_probing:
            self.allocation.step(self.now)
        if self._steps % 5 == 0:
            for layer in self._layers:
                layer.tick(self.now)
            self.allocation.tick(self.now)
        if self._steps % 100 == 0:
            block = rtcp.ReportBlock(6000, 0, 0, self._numbers.get("sound", 0), 0, 0, 0)
            self.allocation.received(block, self._slots["stage-voice"], self.now)
        if self._steps % 10 == 0:
            self.allocation.renew(self.now)
            for consumer in self._slots.values():
                consumer.steer(self.now)

    def _film(self, rid: str) -> None:
        layer = next(layer for layer in self.camera.layers if layer.rid == rid)
        left = int(FRAME_BYTES[rid] * self.richness * self._chance.uniform(0.7, 1.3))
        left *= KEY_FRAME_TIMES if self._key_wanted else 1
        is_first = True
        while left > 0:
            number = self._numbers[rid] = self._numbers.get(rid, 0) + 1
            body = rid.encode() + bytes(min(left, PACKET_BYTES))
            payload = picture(key=self._key_wanted and is_first, picture_id=number, body=body)
            if not is_first:
                payload = bytes([0x80]) + payload[1:]
            layer.receive(0, number & 0xFFFF, int(self.now * 90000) & 0xFFFFFFFF, payload, self.now)
            left, is_first = left - PACKET_BYTES, False

    def _asked(self, packet: bytes) -> None:
        if any(isinstance(said, rtcp.KeyframeWanted) for said in rtcp.parse(packet) or ()):
            self.plis += 1
            self._key_wanted = True

    # the line, in the place of an Outlet

    def group(self, targets: Sequence[object]) -> tuple[object, ...]:
        return tuple(targets)

    def fan_out(self, targets, marker, number, timestamp, payload, descriptor, now) -> None:
        for _ in targets:
            is_sound = len(payload) == 120
            arrived_at = self._carry(len(payload) + HEADERS_BYTES)
            self.sound_sent += is_sound
            if arrived_at is None:
                self.sound_lost += is_sound
            elif is_sound:
                self.sound_late_s.append(arrived_at - self.now)
            elif descriptor is not None:
                rid = chr(payload[6])
                self._seen_at = arrived_at
                if not self.shown or self.shown[-1][1] != rid:
                    self.shown.append((arrived_at, rid))

    send_each = fan_out

    def send_rtp(self, packet: bytes, tx: object, address: object) -> None:
        arrived_at = self._carry(len(packet) + 44)
        if arrived_at is not None:
            self._arriving.append((arrived_at, struct.unpack_from("!I", packet, 16)[0] >> 8 & 0xFFFF))

    def send_rtcp(self, packet: bytes) -> None:
        pass

    def _carry(self, size: int) -> float | None:
        line = self.line
        if self._chance.random() < line.loss:
            self.lost += 1
            return None
        self._free_at = max(self._free_at, self.now)
        if line.kbps is not None:
            if self._free_at - self.now > line.queue_s:
                self.dropped += 1
                return None
            self._free_at += size * 8 / 1000 / line.kbps
        return self._free_at + line.delay_s + self._chance.uniform(0, line.jitter_s)
