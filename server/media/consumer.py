"""One slot of a browser: which source fills it, at which layer, under numbers that never jump.

To the browser a slot is one stream for the whole class. When the source or its layer changes, the
outgoing numbers go on: sequence + 1, timestamp + the time that passed, picture id + 1, TL0PICIDX + 1.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from server.media import opening, outlet, preroll, rtcp, vp8
from server.media.counts import Counts
from server.media.layer import Kept, Layer
from server.media.link import Link
from server.media.outlet import Outlet, Target
from server.media.producer import RANKS, Producer
from server.media.rtx import Rtx
from server.media.sender_reports import SenderReports
from server.media.span import Numbers, Span
from server.media.spec import SlotSpec
from server.media.throttle import Bucket

_STEADY_S, _MOST_STEADY_S = 2.0, 30.0
"""A layer that stopped must have run for so long before the slot takes it again, twice as long each time."""
_FORGIVEN_S = 60.0
"""What had run for so long had not been wavering."""
_KEYFRAME_PATIENCE_S = 0.5
_RISE_PATIENCE_S = 2.0
"""Who has a picture and waits for a better one asks no sooner than this after the last request of anybody."""
_WISH_S = 0.5
"""A browser's requests for a key frame within this time are one wish."""
_WISHES_AT_ONCE, _WISHES_PER_S = 3, 0.5
"""A key frame costs all who watch: three help over a bad moment, and nobody gets more for long."""


class Consumer:
    """See the module. `randbelow` chooses where the outgoing numbers start."""

    def __init__(
        self, spec: SlotSpec, link: Link, sender: Outlet, counts: Counts, randbelow: Callable[[int], int]
    ) -> None:
        self.spec, self._link, self._outlet, self._counts = spec, link, sender, counts
        self.producer: Producer | None = None
        self.first_number = 0
        self.missed = 0
        self.ceiling = 0
        self.priority = 0
        """Where bandwidth is short, lower ones get theirs first; the picture of 0 is everybody's."""
        self.wish: int | None = None
        """The layer rank that it would like, and that its publisher is to keep up for it."""
        self._granted = self._unasked = RANKS["h"] if not self.can_mark else None
        """The layer rank that the line allows, or None for no picture; at first all, or what is granted."""
        self._now: Span | None = None
        self._before: Span | None = None
        """The layer before, of the same source: for resends only."""
        self._awaited: Layer | None = None
        self._taken_at = -inf
        self._steady_s = 0.0
        self._is_crowded_out = False
        """Whether it left a layer because its line is full: what came before would only clog it further."""
        self._heard_since: float | None = None
        self._numbers = Numbers(randbelow)
        self._packets = self._octets = 0
        self._rtx = Rtx(spec, link, sender, counts, randbelow(0x7FFF))
        self._reports = SenderReports(spec.ssrc, link)
        self._wishes = Bucket(_WISHES_AT_ONCE, _WISHES_PER_S)
        self._wished_at = -inf
        extension = outlet.send_time_id(spec.extensions.abs_send_time)
        self._head = outlet.first_word(spec.payload_type), outlet.identity(spec.ssrc), extension

    @property
    def layer(self) -> Layer | None:
        """What fills the slot now."""
        return self._now.layer if self._now is not None else None

    def target(self) -> Target | None:
        """How packets of the present layer become ours."""
        span, tx, address = self._now, self._link.tx, self._link.address
        if span is None or tx is None or address is None:
            return None
        first, ident, stamp_id = self._head
        return (
            first, span.add_sequence, span.add_time, ident, stamp_id, tx, address,
            span.add_picture, span.add_tl0,
        )  # fmt: skip

    def follow(
        self,
        producer: Producer,
        ceiling: int,
        now: float,
        heard_since: float | None = None,
        priority: int = 0,
    ) -> None:
        """Fill the slot from `producer`, at most at layer rank `ceiling`; nothing of another any more.

        Of a voice that may be heard since a moment, what has just been said since comes first.
        """
        if self.producer is not producer:
            self.stop()
            self.producer, self._heard_since = producer, heard_since
            producer.followers.append(self)
        self.ceiling, self.priority = ceiling, priority
        self.steer(now)

    def came_late(self, kept: Kept, now: float) -> None:
        """A packet that had been missing was sent to it just now. To a browser that loses packets itself it
        goes twice: a second repair on top of the first would come too late.
        """
        span = self._now
        if span is not None:
            number = (kept[0] + span.add_sequence) & 0xFFFF
            _, flowed = self._sent()
            self._rtx.repeat(number, span, kept, flowed, now, twice=self.missed > 0)

    def lacks(self, fraction: int) -> None:
        """Its browser says how much it lacks since its last report, of 256: it counts for some reports."""
        self.missed = max(fraction, self.missed >> 1)

    def grant(self, rank: int | None, now: float, *, at_once: bool = False) -> None:
        """The line allows layers up to this rank, or no picture at all (None).

        A higher one goes on until a key frame of a lower is here, or with `at_once` ends now.
        """
        self._granted = rank
        present = self.layer
        if rank is None:
            self._await(None)
        if at_once and present is not None and (rank is None or present.rank > rank):
            self._is_crowded_out = True
            self._leave()
        elif rank is None:
            self._leave()
        if self._now is None:
            self._before = None  # what is resent now only delays what is to come
        self.steer(now)

    @property
    def repeat_after_s(self) -> float:
        """How long to wait before a packet is resent once more: most of a round trip, once that is known."""
        return self._rtx.resends.repeat_after_s

    @repeat_after_s.setter
    def repeat_after_s(self, seconds: float) -> None:
        self._rtx.resends.repeat_after_s = seconds

    def seeks(self) -> set[int]:
        """The ranks of the layers it takes, or would."""
        wished = set() if self.producer is None or self.wish is None else {self.wish}
        if self.producer is None or self._granted is None:
            return wished
        found = wished | {self.producer.target(min(self.ceiling, self._granted)).rank}
        if self.can_mark:  # a line may narrow at any moment: what it falls back to must be there
            found.add(self.producer.layers[0].rank)
        found |= {layer.rank for layer in (self.layer, self._awaited) if layer is not None}
        return found

    def flowed(self) -> tuple[int, int]:
        """How many packets and octets have been sent so far, resends among the octets."""
        packets, octets = self._sent()
        return packets, octets + self._rtx.octets

    def _sent(self) -> tuple[int, int]:
        layer = self.layer
        packets, octets = (0, 0) if layer is None else (layer.packets, layer.octets)
        return self._packets + packets, self._octets + octets

    def stop(self) -> None:
        """Forward nothing any more, resends included. Idempotent."""
        self._await(None)
        self._leave()
        self._before = None
        self._granted, self.wish = self._unasked, None
        self._rtx.resends.forget()
        self._steady_s, self._is_crowded_out = 0.0, False
        if self.producer is not None:
            self.producer.followers.remove(self)
            self.producer = None

    def restart(self) -> None:
        """The layer's stream is about to begin anew: leave it, to take it again at its next key frame."""
        self._leave()
        self._before = None

    def moved(self) -> None:
        """The peer's keys or address changed."""
        if self._now is not None:
            self._now.layer.rebuild()

    def steer(self, now: float) -> None:
        """Choose the layer: the best that flows, going up with patience and down at once.

        The present layer is kept until a key frame of the chosen one is here.
        """
        link = self._link
        if self.producer is None or link.tx is None or link.address is None or self._granted is None:
            return
        best = self.producer.best(self.ceiling, self._granted, now)
        present = self.layer
        if best is None:
            return
        if best is present:
            self._await(None)
            return
        if present is not None:
            if not self.producer.runs(present, now):
                is_wavering = now - self._taken_at < _FORGIVEN_S
                self._steady_s = min(_MOST_STEADY_S, 2 * self._steady_s) if is_wavering else 0.0
                self._steady_s = max(_STEADY_S, self._steady_s)
            elif best.rank > present.rank and self.producer.has_run_s(best, now) < self._steady_s:
                self._await(None)
                return
        elif not self._is_crowded_out and self._open(best, now):
            return
        present = self.layer
        is_rise = present is not None and best.rank > present.rank
        patience_s = _RISE_PATIENCE_S if is_rise else _KEYFRAME_PATIENCE_S
        if best is not self._awaited:
            self._await(best)
            if not best.packets or (is_rise and now - best.asked_at < patience_s):
                return  # a stream that has just begun brings its key frame unasked
            best.ask_keyframe(now)
        elif now - best.asked_at >= patience_s:
            best.ask_keyframe(now)

    def _open(self, best: Layer, now: float) -> bool:
        """Begin with what came since the last key frame, of the highest layer that has one of late; whether
        that is the best.
        """
        if self.producer is None or self._granted is None or self.priority > 0:
            return False
        found = opening.choose(self.producer.layers, min(self.ceiling, self._granted), now)
        if found is None:
            return False
        layer, packets = found
        self._await(None)
        self.switch(layer, layer.gaps.extended(packets[0][0]), packets[-1][2], packets[0][4], now)
        if self._now is not None:
            early = opening.dense(packets, self._now.add_time)
            self._now = self._now._replace(early=early)
            self._packets += len(packets)
            self._octets += sum(len(kept[3]) for kept in packets)
            opening.send(packets, early, self._outlet, self.target(), now)
        return layer is best

    def _await(self, layer: Layer | None) -> None:
        if self._awaited is not None and self in self._awaited.waiting:
            self._awaited.waiting.remove(self)
        self._awaited = layer
        if layer is not None:
            layer.waiting.append(self)

    def _leave(self) -> None:
        """Take leave of the present layer, and note how far the outgoing numbers got."""
        span, self._now = self._now, None
        if span is None:
            return
        layer = span.layer
        layer.detach(self)
        self._before = self._numbers.end(span)
        self._packets += layer.packets
        self._octets += layer.octets

    def switch(
        self, layer: Layer, extended: int, timestamp: int, descriptor: vp8.Descriptor | None, now: float
    ) -> None:
        """Take `layer` from the packet with this extended number on, or from a little before."""
        earlier, self._heard_since = preroll.before(layer, extended, timestamp, self._heard_since, now), None
        if earlier:
            extended, timestamp = extended - ((extended - earlier[0][0]) & 0xFFFF), earlier[0][2]
        self._leave()
        self._awaited, self._is_crowded_out = None, False
        self._now = self._numbers.begin(layer, extended, timestamp, descriptor, now)
        self.first_number = extended
        self._packets -= layer.packets
        self._octets -= layer.octets
        self._counts.switches += 1
        self._taken_at = now
        layer.attach(self)
        if earlier:
            preroll.send(earlier, self._outlet, self.target(), now)
        self.report(now)

    def round_trip(self, block: rtcp.ReportBlock, now: float) -> float | None:
        """The round trip in seconds that a report on this slot tells of."""
        return self._reports.round_trip(block, now)

    def report(self, now: float) -> None:
        """Relay the publisher's sender report, in our numbers, for lip sync."""
        if self._now is not None:
            self._reports.relay(self._now, *self._sent(), now)

    def want_keyframe(self, now: float) -> None:
        """The browser lost the picture: ask for a key frame, as far as it has not had its share."""
        self._counts.plis_in += 1
        if self._now is None:
            return
        if now - self._wished_at < _WISH_S or not self._wishes.take(1, now):
            self._counts.plis_withheld += 1
            return
        self._wished_at = now
        self._now.layer.ask_keyframe(now)

    @property
    def can_mark(self) -> bool:
        """Whether the browser would tell when a packet of padding arrived (`pad`)."""
        return self.spec.rtx_payload_type is not None and self.spec.extensions.transport_cc is not None

    def resend(self, numbers: tuple[int, ...], now: float) -> None:
        """Send these outgoing numbers again, as far as the budget goes (RFC 4588)."""
        _, flowed = self._sent()
        self._rtx.resend(numbers, self._now, self._before, flowed, now)

    def pad(self, transport_number: int, padding: int) -> None:
        """Send 1 to `rtx.PAD_BYTES` of padding under this transport-wide number, beside the picture."""
        self._rtx.pad(transport_number, padding, self._numbers.timestamp)
