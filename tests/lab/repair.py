"""Lost packets and their repair in simulated time: a publisher, a slot of the product, and a viewer.

The layer and the slot are the product's own. Publisher and viewer behave as Chromium's do: packets of a frame
are paced, no packet is sent again within a round trip of the last time, what is missing is asked for at once
and then once in a round trip, looked at every 20 ms. Nothing is encoded or drawn: what is late here was late
on its way.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count, pairwise

from server.media import rtcp
from server.media.consumer import Consumer
from server.media.counts import Counts
from server.media.nack import again_at_most_every_s, repeat_after_s
from server.media.outlet import Target
from server.media.probing import STEP_S
from server.media.producer import RANKS, Producer
from server.media.sfu import TICK_S
from tests.lab.conditions import Conditions
from tests.lab.path import Path
from tests.synthetic.client import camera, picture, picture_slot

FRAMES_PER_S, PACKETS_PER_FRAME, PACKET_BYTES = 20, 9, 1100
"""Of 720p at 1.6 Mbit/s."""
PACED_S = 0.02
RTT_S = 0.09
"""As both browsers measure it."""
WELL_S = 0.5
"""Nothing is lost for so long: the key frame with which it begins has passed."""
LOOKS_EVERY_S = 0.02
MOST_ASKED = 10
GIVEN_UP_S = 1.5
"""What never came: about then a key frame that was asked for is there."""
SLOT_SSRC = 5000


@dataclass
class Watched:
    """By frame: when its picture was taken, and when the viewer had it and all before it."""

    taken_at: list[float] = field(default_factory=list)
    had_at: list[float] = field(default_factory=list)
    delay_s: float = 0.0

    def late_ms(self) -> list[float]:
        """By how much each was later than one that nothing delays."""
        return [
            1000 * (had - taken - self.delay_s - PACED_S)
            for taken, had in zip(self.taken_at, self.had_at, strict=False)
        ]

    def frozen(self, cushion_s: float) -> tuple[int, float]:
        """How many freezes (webrtc-stats) a viewer sees who waits so long, and their share of the time."""
        wait_s = self.delay_s + PACED_S + cushion_s
        shown = [max(had, taken + wait_s) for taken, had in zip(self.taken_at, self.had_at, strict=False)]
        usual_s = 1 / FRAMES_PER_S
        gaps = [later - earlier for earlier, later in pairwise(shown)]
        freezes = [gap for gap in gaps if gap > max(3 * usual_s, usual_s + 0.15)]
        return len(freezes), sum(freezes) / max(0.001, shown[-1] - shown[0])


class Line:
    """One person's line, both ways, with chances of their own."""

    def __init__(self, seed: int) -> None:
        self.up = Path(random.Random(2 * seed))
        self.down = Path(random.Random(2 * seed + 1))

    def turns(self, conditions: Conditions) -> None:
        """Both ways are like this from now on."""
        self.up.conditions = self.down.conditions = conditions


class Repair:
    """See the module."""

    def __init__(self, seed: int, conditions: Conditions) -> None:
        self.now = 100.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._conditions = conditions
        self._publisher, self._viewer = Line(seed), Line(seed + 1_000_000)
        self.counts = Counts()
        self.tx: object | None = "keys"
        self.address = ("192.0.2.1", 1)
        self._camera = Producer(camera("h"), self._tell_publisher, self, self.counts)  # type: ignore[arg-type]
        self._layer = self._camera.layers[0]
        self._layer.bind(1, self.now)
        self._layer.repeat_after_s = repeat_after_s(0.08)
        slot = picture_slot("stage", SLOT_SSRC)
        self._slot = Consumer(slot, self, self, self.counts, lambda below: 0)  # type: ignore[arg-type]
        self._slot.grant(RANKS["h"], self.now)
        self._slot.repeat_after_s = again_at_most_every_s(0.08)
        self._slot.follow(self._camera, RANKS["h"], self.now)
        # the publisher
        self._number = -1
        self._made: dict[int, tuple[int, bytes]] = {}
        self._resent_at: dict[int, float] = {}
        # the viewer
        self._newest: int | None = None
        self._missing: dict[int, tuple[float, int]] = {}
        self._got: set[int] = set()
        self._first = 0
        self._frame_of: dict[int, int] = {}
        self._has: dict[int, float] = {}
        self.watched = Watched(delay_s=2 * conditions.delay_ms / 1000)

    def run(self, seconds: float) -> Watched:
        """A class for so long, and a second more for what is on its way."""
        began = self.now
        for frame in range(int(seconds * FRAMES_PER_S)):
            self._at(began + frame / FRAMES_PER_S, lambda frame=frame: self._film(frame))
        self._at(began + 0.013, self._tick)
        self._at(began + WELL_S, self._lose)
        for look in range(int((seconds + 1) / LOOKS_EVERY_S)):
            self._at(began + 0.007 + look * LOOKS_EVERY_S, self._ask_again)
        while self._events and self._events[0][0] < began + seconds + 1:
            self.now, _, what = heapq.heappop(self._events)
            what()
        self._sum_up()
        return self.watched

    def _lose(self) -> None:
        self._publisher.turns(self._conditions)
        self._viewer.turns(self._conditions)
        self._slot.missed = round(256 * self._conditions.loss)

    def _at(self, when: float, what: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._order), what))

    def _through(self, path: Path, size: int, what: Callable[[], None]) -> None:
        due = path.datagram(self.now, size)
        if due is not None:
            self._at(due, what)

    # the publisher

    def _film(self, frame: int) -> None:
        self.watched.taken_at.append(self.now)
        for place in range(PACKETS_PER_FRAME):
            self._number += 1
            number = self._number & 0xFFFF
            body = bytes(PACKET_BYTES - 20)
            payload = picture(key=frame == 0 and place == 0, picture_id=frame & 0x7FFF, body=body)
            self._made[number] = round(self.watched.taken_at[frame] * 90000), payload
            self._frame_of[number] = frame
            marker = 0x80 if place == PACKETS_PER_FRAME - 1 else 0
            at = self.now + PACED_S * place / (PACKETS_PER_FRAME - 1)
            self._at(at, lambda number=number, marker=marker: self._publish(number, marker))

    def _publish(self, number: int, marker: int) -> None:
        timestamp, payload = self._made[number]
        self._through(
            self._publisher.up, PACKET_BYTES, lambda: self._receive(marker, number, timestamp, payload)
        )

    def _receive(self, marker: int, number: int, timestamp: int, payload: bytes) -> None:
        self._layer.receive(marker, number, timestamp & 0xFFFFFFFF, payload, self.now)

    def _tell_publisher(self, packet: bytes) -> None:
        def heard() -> None:
            for said in rtcp.parse(packet) or ():
                if isinstance(said, rtcp.Nack):
                    self._publish_again(said.numbers)

        self._through(self._publisher.down, len(packet), heard)

    def _publish_again(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            if self.now - self._resent_at.get(number, -1.0) < RTT_S:
                continue
            self._resent_at[number] = self.now
            timestamp, payload = self._made[number]

            def come(number: int = number, timestamp: int = timestamp, payload: bytes = payload) -> None:
                if self._layer.gaps.misses(number):
                    marker = 0x80 if (number + 1) % PACKETS_PER_FRAME == 0 else 0
                    self._receive(marker, number, timestamp, payload)

            self._through(self._publisher.up, PACKET_BYTES, come)

    # the server: an outlet for the product's parts

    def _tick(self) -> None:
        self._layer.tick(self.now)
        self._at(self.now + (STEP_S if self._layer.is_asking else TICK_S), self._tick)

    def group(self, targets: list[Target]) -> tuple[Target, ...]:
        """As an outlet does."""
        return tuple(targets)

    def fan_out(self, targets, marker, number, timestamp, payload, descriptor, now) -> None:  # type: ignore[no-untyped-def]
        """As an outlet does."""
        for target in targets:
            out = (number + target[1]) & 0xFFFF
            if int.from_bytes(target[3][:4]) != SLOT_SSRC:
                out = int.from_bytes(payload[:2])
            self._through(self._viewer.down, len(payload) + 20, lambda out=out: self._see(out))

    send_each = fan_out

    def send_rtcp(self, packet: bytes) -> None:
        """Reports for the viewer, which has no use for them here."""

    # the viewer

    def _see(self, number: int) -> None:
        if self._newest is None:
            self._newest = self._first = number
        elif 0 < (ahead := (number - self._newest) & 0xFFFF) < 0x8000:
            lost = [(self._newest + step) & 0xFFFF for step in range(1, ahead)]
            self._newest = number
            self._missing.update(dict.fromkeys(lost, (self.now, 1)))
            self._ask(lost)
        else:
            self._missing.pop(number, None)
        self._got.add(number)
        frame = ((number - self._first) & 0xFFFF) // PACKETS_PER_FRAME
        whole = range(frame * PACKETS_PER_FRAME, (frame + 1) * PACKETS_PER_FRAME)
        if frame not in self._has and all((self._first + each) & 0xFFFF in self._got for each in whole):
            self._has[frame] = self.now

    def _ask_again(self) -> None:
        due = [
            n
            for n, (asked, times) in self._missing.items()
            if self.now - asked >= RTT_S and times < MOST_ASKED
        ]
        for number in due:
            self._missing[number] = self.now, self._missing[number][1] + 1
        self._ask(due)

    def _ask(self, numbers: list[int]) -> None:
        for at in range(0, len(numbers), rtcp.MAX_LOST):
            some = tuple(numbers[at : at + rtcp.MAX_LOST])
            self._through(self._viewer.up, 40, lambda some=some: self._slot.resend(some, self.now))

    def _sum_up(self) -> None:
        had = 0.0
        judged = len(self.watched.taken_at) - FRAMES_PER_S  # what is missing shows by what follows
        for frame in range(judged):
            taken = self.watched.taken_at[frame]
            had = max(had, self._has.get(frame, taken + GIVEN_UP_S))
            self.watched.had_at.append(had)
