"""One browser's share of its line: what it shows, what that costs, what the line carries, and who gets what.

Brings together the estimate, the probes and the allocator; `line` tells of the result. The peer passes on
what the browser reports, and calls `tick` every 50 ms and, while `is_probing`, `step` every 10 ms.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from server.media import allocator, rtcp, twcc
from server.media.allocator import Ask, Share, allocate, next_goal, wanted_kbps
from server.media.consumer import Consumer
from server.media.estimate import START_KBPS, Estimate
from server.media.layer import Layer
from server.media.nack import again_at_most_every_s, repeat_after_s
from server.media.probing import Probe, State
from server.media.producer import RANKS
from server.media.rate import PACKET_OVERHEAD_BYTES
from server.media.rtx import PAD_BYTES
from server.media.spec import PeerView

ENLARGED = 1
_ENLARGED_LINES = 360
"""A picture that is shown higher than this is the one that is looked at."""
_BEACON_BYTES = 1
_BEACON_EVERY_S = 0.1
_BEACON_OFTEN_S = 0.05
_MUCH_KBPS = 400.0
"""A line that carries so much clogs fast when it narrows: watch it closely."""
_BOLDNESS = 3.0
"""A probe may show this many times what is known, and no more."""
_MARGIN = 1.05
_FLOWS = 0.75
"""Of what was granted; sound has a reserve that it seldom takes."""
_NO_PROBE_S = 0.1
"""A line with such a queue carries no more just now, and a probe would only lengthen it."""
_RATE_OVER_S = 0.5
_WARY_S = 5.0
"""For so long after the line was found to carry less, a layer that has just begun is not taken for cheap."""
_VOICE_KBPS, _VOICES = 60.0, 3
"""What a voice takes while it speaks, with its headers, and how many speak at once."""
_WISH_KEPT_S = 60.0
"""A layer that was stopped takes its publisher seconds to start again; a bad moment of a line is shorter."""
_TRY_EVERY_S = 1.0
"""How often a browser that told of no marked packet is sent one all the same."""
_FIRST_TRIAL_S, _MOST_TRIAL_S = 10.0, 120.0


@dataclass(frozen=True, slots=True)
class Line:
    """How a browser's line is, as far as forwarding knows. Rates in kbit/s, in all, headers included."""

    estimate_kbps: float | None
    wanted_kbps: float
    withheld: tuple[str, ...]
    """Picture slots that carry nothing because the line is too slow."""
    reduced: tuple[str, ...]
    """Picture slots that carry a lower layer than asked for, because the line is too slow."""


class Allocation:
    """See the module."""

    def __init__(self, consumers: Mapping[str, Consumer], layers: Sequence[Layer], now: float) -> None:
        """`layers` are what the same browser sends: its round trip is theirs."""
        self._layers = layers
        self._pictures = {slot: c for slot, c in consumers.items() if c.spec.kind == "video"}
        self._voices = [c for c in consumers.values() if c.spec.kind == "audio"]
        self._marker = next((c for c in self._pictures.values() if c.can_mark), None)
        self._carrier = self._marker
        """The slot that marked packets are sent on; None where the browser would not tell of them."""
        self.estimate = Estimate(now, is_marked=self._carrier is not None)
        self._probe = Probe()
        self._heights: Mapping[str, int] | None = None
        self._sound_only = False
        self._asks: list[Ask] = []
        self._share = Share({}, 0.0)
        self._ranks: dict[str, list[int]] = {}
        self._padded_octets = 0
        self._history: deque[tuple[float, int, int]] = deque(maxlen=16)
        """Moments, what had been sent in all until then, and how much of it was padding."""
        self._short_since: dict[str, float] = {}
        """Since when the line does not carry what a slot would like."""
        self._trial_s = _FIRST_TRIAL_S
        self._beacon_at = -inf
        self.reports: dict[int, tuple[int, int]] = {}
        """By the slot's SSRC: the highest sequence number and the losses, as last reported."""
        self.line = Line(self.estimate.kbps, 0.0, (), ())

    @property
    def is_probing(self) -> bool:
        """Whether `step` wants to be called."""
        return self._probe.state is State.SENDING

    @property
    def rtt_ms(self) -> float | None:
        """The round trip, from the browser's receiver reports; None before the first."""
        return None if self.estimate.rtt_s is None else 1000 * self.estimate.rtt_s

    def sent_octets(self) -> int:
        """All that was sent so far, with headers."""
        total = self._padded_octets
        for consumer in (*self._pictures.values(), *self._voices):
            packets, octets = consumer.flowed()
            total += octets + PACKET_OVERHEAD_BYTES * packets
        return total

    def sent_kbps(self, now: float) -> float:
        """What flowed over the last half second."""
        since = self._half_a_second_ago(now)
        return 0.0 if since is None else (self.sent_octets() - since[1]) * 8 / 1000 / (now - since[0])

    def _media_kbps(self, now: float) -> float:
        """The same without padding."""
        since = self._half_a_second_ago(now)
        if since is None:
            return 0.0
        octets = self.sent_octets() - self._padded_octets - (since[1] - since[2])
        return octets * 8 / 1000 / (now - since[0])

    def _half_a_second_ago(self, now: float) -> tuple[float, int, int] | None:
        recent = (each for each in self._history if 0.04 < now - each[0] <= _RATE_OVER_S)
        return next(recent, None)

    # what the browser wants and reports

    def set_view(self, view: PeerView, now: float) -> None:
        """This is what the browser shows now."""
        self._heights = {wish.slot: wish.height for wish in view.slots}
        self._sound_only = view.sound_only
        self.renew(now)

    def moved(self, now: float) -> None:
        """The browser is at another address."""
        self.estimate.begin_anew(now)
        self._probe = Probe()
        self._listen_again()

    def _listen_again(self) -> None:
        if self._carrier is not self._marker:
            self._carrier, self.estimate.kbps = self._marker, START_KBPS

    def hear(self, said: rtcp.BitrateLimit | rtcp.TransportFeedback, now: float) -> None:
        """The browser reports on the line."""
        if isinstance(said, rtcp.TransportFeedback):
            for number, sample in self.estimate.arrivals(twcc.read(said.body), now):
                self._probe.heard(number, sample)
            if self.estimate.is_told:
                self._listen_again()
            if self.estimate.judge(self.sent_kbps(now), self._share.kbps, now):
                self._lowered(now)
        elif self._carrier is None:
            sound_kbps = self._sound_kbps()
            if self.estimate.limit(said.bps, self.sent_kbps(now) - sound_kbps, sound_kbps, now):
                self._lowered(now)

    def received(self, block: rtcp.ReportBlock, consumer: Consumer, now: float) -> None:
        """The browser reports on one slot."""
        rtt_s = consumer.round_trip(block, now)
        if rtt_s is not None:
            known = self.estimate.rtt_s
            self.estimate.rtt_s = rtt_s = rtt_s if known is None else known + (rtt_s - known) / 4
            for picture in self._pictures.values():
                picture.repeat_after_s = again_at_most_every_s(rtt_s)
            for layer in self._layers:
                layer.repeat_after_s = repeat_after_s(rtt_s)
        if self._carrier is not None and self.estimate.is_in_vain(now):
            self._carrier, self.estimate.kbps = None, None
        self.reports[block.ssrc] = block.highest_sequence, block.packets_lost

    # what follows

    def renew(self, now: float, *, at_once: bool = False) -> None:
        """Share the line out anew; with `at_once` what is too much ends now and not at the next key frame."""
        asks: list[Ask] = []
        ranks: dict[str, list[int]] = {}
        is_wary = now - self.estimate.lowered_at < _WARY_S
        for slot, consumer in self._pictures.items():
            if consumer.producer is None:
                consumer.grant(None if self._carrier is not None else RANKS["h"], now)
                continue
            most = self._most(slot, consumer)
            if most is None:
                consumer.grant(None, now, at_once=at_once)
                continue
            costs = consumer.producer.costs(most, now, at_least_usual=is_wary)
            ranks[slot] = [rank for rank, _ in costs]
            asks.append(Ask(slot, self._priority(slot, consumer), tuple(kbps for _, kbps in costs)))
        sound_kbps = self._sound_kbps()
        self._believe_what_flows(asks, sound_kbps, now)
        # Who comes begins with the lowest layer, like all who come at once: one key frame serves them.
        tried = (
            asks if self.estimate.is_tried else [Ask(ask.slot, ask.priority, ask.kbps[:1]) for ask in asks]
        )
        share = allocate(tried, sound_kbps, self.estimate.kbps, self._share.steps)
        self._asks, self._share, self._ranks = asks, share, ranks
        for slot, steps in share.steps.items():
            self._pictures[slot].grant(ranks[slot][steps - 1] if steps else None, now, at_once=at_once)
        self._keep_wishes(asks, now)
        below = [ask for ask in asks if share.steps[ask.slot] < len(ask.kbps)]
        self.line = Line(
            estimate_kbps=self.estimate.kbps,
            wanted_kbps=wanted_kbps(asks, sound_kbps),
            withheld=tuple(ask.slot for ask in below if not share.steps[ask.slot]),
            reduced=tuple(ask.slot for ask in below if share.steps[ask.slot]),
        )

    def _believe_what_flows(self, asks: Sequence[Ask], sound_kbps: float, now: float) -> None:
        """A layer takes more than when it was granted, so more than is known of the line: if all of it comes,
        without a queue, then the line carries that too, and nothing is to be taken back.
        """
        known = self.estimate.kbps
        if known is None:
            return
        present = self._share.steps
        takes = sound_kbps + sum(max(ask.kbps[: present.get(ask.slot, 0)], default=0.0) for ask in asks)
        if known < takes and self.sent_kbps(now) > _FLOWS * takes and self.estimate.is_clear(now):
            self.estimate.proven(takes + 1)

    def _keep_wishes(self, asks: Sequence[Ask], now: float) -> None:
        """Have publishers keep up for a while what a line does not carry just now."""
        short = {ask.slot: self._short_since.get(ask.slot, now) for ask in asks if self._falls_short(ask)}
        self._short_since = short
        for slot, consumer in self._pictures.items():
            since = short.get(slot, -inf)
            consumer.wish = self._ranks[slot][-1] if now - since < _WISH_KEPT_S else None

    def _falls_short(self, ask: Ask) -> bool:
        return self._share.steps[ask.slot] < len(ask.kbps)

    def _most(self, slot: str, consumer: Consumer) -> int | None:
        """The highest layer rank that is of use in this slot; None while it cannot be seen."""
        if self._heights is None or consumer.producer is None:
            return consumer.ceiling
        height = 0 if self._sound_only else self._heights.get(slot, 0)
        return min(consumer.ceiling, consumer.producer.rank_for(height)) if height else None

    def _priority(self, slot: str, consumer: Consumer) -> int:
        """The room's, but that whatever is shown large goes before what is not."""
        enlarged = self._heights is not None and self._heights.get(slot, 0) > _ENLARGED_LINES
        return ENLARGED if enlarged and consumer.priority >= allocator.SHARED else consumer.priority

    def _sound_kbps(self) -> float:
        rates = [c.layer.rate.kbps or 0.0 for c in self._voices if c.layer is not None]
        return max(sum(rates), _VOICE_KBPS * min(_VOICES, len(rates)))

    def _lowered(self, now: float) -> None:
        self._probe.lowered(now)
        self.renew(now, at_once=True)

    def tick(self, now: float) -> None:
        """Do what time makes due."""
        self._history.append((now, self.sent_octets(), self._padded_octets))
        if self._carrier is None:
            self._try_unmarked(now)
            return
        flowing_kbps = self.sent_kbps(now)
        if self.estimate.judge(flowing_kbps, self._share.kbps, now):
            self._lowered(now)
        shown = self._probe.verdict(self.estimate.round_s, now)
        if shown is not None:
            self.estimate.proven(shown)
            before = self._share.steps
            self.renew(now)
            for ask in self._asks:
                if self._share.steps[ask.slot] > before.get(ask.slot, 0):
                    self._probe.rose(now, is_first=ask.priority == 0 and self._share.steps[ask.slot] == 1)
        self._probe_if_due(now)
        every_s = _BEACON_OFTEN_S if flowing_kbps > _MUCH_KBPS else _BEACON_EVERY_S
        if any(self._share.steps.values()) and now - self._beacon_at >= every_s - 0.01:
            self._beacon_at = now
            self._pad(self._carrier, _BEACON_BYTES, now)

    def _try_unmarked(self, now: float) -> None:
        """A line that cannot be probed is tried out with the pictures themselves, at growing intervals."""
        if self.estimate.kbps is not None and now - self.estimate.lowered_at > self._trial_s:
            self._trial_s = min(_MOST_TRIAL_S, 2 * self._trial_s)
            self.estimate.kbps = None
        if self._marker is not None and now - self._beacon_at >= _TRY_EVERY_S:
            self._beacon_at = now
            self._pad(self._marker, _BEACON_BYTES, now)

    def _probe_if_due(self, now: float) -> None:
        known = self.estimate.kbps
        if known is None or next_goal(self._asks, self._share) is None:
            return
        sound_kbps = self._sound_kbps()
        without = (ask for ask in self._asks if not self._share.steps[ask.slot])
        first = next((ask for ask in without if ask.priority == 0), None)
        if not self._probe.is_due(now, is_first=first is not None):
            return
        if first is None:
            if any(self._share.steps.values()) and self.estimate.queue_s() > _NO_PROBE_S:
                return
            everything = _MARGIN * allocator.HEADROOM * wanted_kbps(self._asks, sound_kbps)
            goal_kbps = min(everything, max(_BOLDNESS * known, START_KBPS))
        else:
            goal_kbps = _MARGIN * allocator.FIRST_HEADROOM * (sound_kbps + first.kbps[0])
        self._probe.begin(goal_kbps, known, now, is_first=first is not None)
        self.step(now)

    def step(self, now: float) -> None:
        """Send of a probe's burst what is due."""
        if self._carrier is None:
            return
        owed = self._probe.owed(self._media_kbps(now), now)
        while owed > PACKET_OVERHEAD_BYTES:
            padding = int(min(PAD_BYTES, max(1.0, owed - PACKET_OVERHEAD_BYTES)))
            number = self._pad(self._carrier, padding, now, in_burst=True)
            self._probe.sent(number, padding + PACKET_OVERHEAD_BYTES)
            owed -= padding + PACKET_OVERHEAD_BYTES

    def _pad(self, carrier: Consumer, padding: int, now: float, *, in_burst: bool = False) -> int:
        self._padded_octets += padding + PACKET_OVERHEAD_BYTES
        number = self.estimate.mark(now, self.sent_octets(), in_burst=in_burst)
        carrier.pad(number, padding)
        return number
