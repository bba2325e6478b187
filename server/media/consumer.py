"""One slot of a browser: which source fills it, at which layer, under numbers that never jump.

To the browser a slot is one stream for the whole class. When the source or its layer changes, the
outgoing numbers go on: sequence + 1, timestamp + the time that passed, picture id + 1, TL0PICIDX + 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from struct import Struct
from typing import NamedTuple, Protocol

from server.media import opening, outlet, preroll, rtcp, vp8
from server.media.counts import Counts
from server.media.dtls import Handle
from server.media.layer import Kept, Layer
from server.media.nack import Gaps
from server.media.outlet import HEADER_BYTES, Outlet, Target
from server.media.producer import RANKS, Producer
from server.media.resends import Resends
from server.media.spec import SlotSpec
from server.media.throttle import Bucket

_NO_RETURN_S = 2.0
"""After a layer stopped, the slot goes up again no sooner than this."""
_KEYFRAME_PATIENCE_S = 0.5
_RISE_PATIENCE_S = 2.0
"""Who has a picture and waits for a better one asks no sooner than this after the last request of anybody."""
_WISH_S = 0.5
"""A browser's requests for a key frame within this time are one wish."""
_WISHES_AT_ONCE, _WISHES_PER_S = 3, 0.5
"""A key frame costs all who watch: three help over a bad moment, and nobody gets more for long."""
_REPORTS = 8
_MOST_RTT_S = 10.0
_NUMBER = Struct("!H")
_MARKED = Struct("!HHIIII")
_PADDING = 0x2000
_ONE_WORD = 0xBEDE0001
PAD_BYTES = 255
"""The most padding that one packet can have."""


class Link(Protocol):
    """What a consumer wants of its peer."""

    tx: Handle | None
    """The SRTP handle to send with, None while there is none."""
    address: outlet.Address | None

    def send_rtcp(self, packet: bytes) -> None:
        """Send RTCP to the browser."""


class Span(NamedTuple):
    """A stretch of outgoing numbers, and where they come from."""

    layer: Layer
    gaps: Gaps
    """The layer's, as it was: a stream that has begun anew since has others, and other numbers."""
    first_number: int
    """The first and the last of the layer's extended numbers that are sent like this."""
    last_number: float
    add_sequence: int
    add_time: int
    add_picture: int
    add_tl0: int
    early: Mapping[int, int]
    """For timestamps from before the slot was opened: what was added to each instead of `add_time`."""

    def extended(self, number: int) -> int:
        """The layer's extended number that this outgoing one would be of, near its newest."""
        return self.gaps.extended((number - self.add_sequence) & 0xFFFF)

    def kept(self, number: int) -> Kept | None:
        """What was sent under this outgoing number, if it was by this span and the ring still has it."""
        extended = self.extended(number)
        if self.layer.gaps is not self.gaps or not self.first_number <= extended <= self.last_number:
            return None
        return self.layer.kept(extended & 0xFFFF)


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
        self._no_rise_before = -inf
        self._heard_since: float | None = None
        # Below 32768, so that nobody's first guess of the rollover counter is wrong (RFC 3711, 3.3.1).
        self._sequence = randbelow(0x7FFF)
        self._timestamp = randbelow(1 << 32)
        self._sent_at: float | None = None
        self._picture: int | None = None
        self._tl0 = 0
        self._packets = self._octets = 0
        self._rtx_sequence = randbelow(0x7FFF)
        self._resends = Resends()
        self._reported: dict[int, float] = {}
        """When the last sender reports left, by the middle of their NTP time."""
        self._resent_octets = 0
        self._wishes = Bucket(_WISHES_AT_ONCE, _WISHES_PER_S)
        self._wished_at = -inf
        extension = outlet.send_time_id(spec.extensions.abs_send_time)
        self._head = outlet.first_word(spec.payload_type), outlet.identity(spec.ssrc), extension
        self._rtx_head: tuple[int, bytes, int] | None = None
        if spec.rtx_payload_type is not None and spec.rtx_ssrc is not None:
            self._rtx_head = (
                outlet.first_word(spec.rtx_payload_type),
                outlet.identity(spec.rtx_ssrc),
                extension,
            )

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
            self._leave()
        elif at_once and present is not None and present.rank > rank:
            self._leave()
        if self._now is None:
            self._before = None  # what is resent now only delays what is to come
        self.steer(now)

    @property
    def repeat_after_s(self) -> float:
        """How long to wait before a packet is resent once more: a round trip, once that is known."""
        return self._resends.repeat_after_s

    @repeat_after_s.setter
    def repeat_after_s(self, seconds: float) -> None:
        self._resends.repeat_after_s = seconds

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
        layer = self.layer
        packets, octets = (0, 0) if layer is None else (layer.packets, layer.octets)
        return self._packets + packets, self._octets + octets + self._resent_octets

    def stop(self) -> None:
        """Forward nothing any more, resends included. Idempotent."""
        self._await(None)
        self._leave()
        self._before = None
        self._granted, self.wish = self._unasked, None
        self._resends.forget()
        self._no_rise_before = -inf
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
            if not present.flows(now):
                self._no_rise_before = now + _NO_RETURN_S
            elif best.rank > present.rank and now < self._no_rise_before:
                self._await(None)
                return
        elif self._open(best, now):
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
        most = min(self.ceiling, self._granted)
        for layer in reversed(self.producer.layers):
            if layer.is_video and layer.rank <= most and layer.flows(now):
                packets = opening.since_key(layer, now)
                if packets:
                    self._await(None)
                    self._begin(layer, packets, now)
                    return layer is best
        return False

    def _begin(self, layer: Layer, packets: list[Kept], now: float) -> None:
        first, newest = packets[0], packets[-1]
        self.switch(layer, layer.gaps.extended(first[0]), newest[2], first[4], now)
        if self._now is None:
            return
        early = opening.dense(packets, self._now.add_time)
        self._now = self._now._replace(early=early)
        self._packets += len(packets)
        self._octets += sum(len(kept[3]) for kept in packets)
        opening.send(packets, early, self._outlet, self.target(), now)

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
        self._sequence = (layer.gaps.highest + span.add_sequence) & 0xFFFF
        self._timestamp = (layer.last_timestamp + span.add_time) & 0xFFFFFFFF
        self._sent_at = layer.last_at
        self._picture = layer.last_picture + span.add_picture
        self._tl0 = layer.last_tl0 + span.add_tl0
        self._packets += layer.packets
        self._octets += layer.octets
        self._before = span._replace(last_number=layer.gaps.highest)

    def switch(
        self, layer: Layer, extended: int, timestamp: int, descriptor: vp8.Descriptor | None, now: float
    ) -> None:
        """Take `layer` from the packet with this extended number on, or from a little before."""
        earlier, self._heard_since = preroll.before(layer, extended, timestamp, self._heard_since, now), None
        if earlier:
            extended, timestamp = extended - ((extended - earlier[0][0]) & 0xFFFF), earlier[0][2]
        self._leave()
        self._awaited = None
        first_out = (self._sequence + 1) & 0xFFFF
        passed = 0 if self._sent_at is None else max(1, int((now - self._sent_at) * layer.clock_rate))
        add_picture = add_tl0 = 0
        if descriptor is not None and self._picture is not None:
            add_picture = self._picture + 1 - descriptor.picture_id
            add_tl0 = self._tl0 + 1 - descriptor.tl0
        self._now = Span(
            layer=layer,
            gaps=layer.gaps,
            first_number=extended,
            last_number=inf,
            add_sequence=(first_out - extended) & 0xFFFF,
            add_time=(self._timestamp + passed - timestamp) & 0xFFFFFFFF,
            add_picture=add_picture & 0x7FFF,
            add_tl0=add_tl0 & 0xFF,
            early={},
        )
        self.first_number = extended
        self._packets -= layer.packets
        self._octets -= layer.octets
        self._counts.switches += 1
        layer.attach(self)
        if earlier:
            preroll.send(earlier, self._outlet, self.target(), now)
        self.report(now)

    def round_trip(self, block: rtcp.ReportBlock, now: float) -> float | None:
        """The round trip in seconds that a report on this slot tells of (RFC 3550, section 6.4.1)."""
        sent_at = self._reported.get(block.last_sender_report)
        if sent_at is None:
            return None
        rtt_s = now - sent_at - block.since_last_sender_report / 65536
        return rtt_s if 0 <= rtt_s < _MOST_RTT_S else None

    def report(self, now: float) -> None:
        """Relay the publisher's sender report, in our numbers, for lip sync."""
        span = self._now
        if span is None or self._link.tx is None:
            return
        sampled = span.layer.sampled(now)
        if sampled is None:
            return
        ntp, timestamp = sampled
        report = rtcp.SenderReport(self.spec.ssrc, ntp, timestamp + span.add_time)
        self._reported[ntp >> 16 & 0xFFFFFFFF] = now
        if len(self._reported) > _REPORTS:
            del self._reported[next(iter(self._reported))]
        packets = self._packets + span.layer.packets
        self._link.send_rtcp(rtcp.sender_report(report, packets, self._octets + span.layer.octets))

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

    def resend(self, numbers: tuple[int, ...], now: float) -> None:
        """Send these outgoing numbers again, as far as the budget goes (RFC 4588).

        Without rtx nothing is: with another time of sending in its header a packet would be encrypted
        twice under one number (RFC 3711, section 9.1; RFC 7714, section 8.4).
        """
        self._counts.nacks_in += len(numbers)
        granted = 0 if self._rtx_head is None else self._resends.granted(len(numbers), now)
        self._counts.rtx_withheld += len(numbers) - granted
        for number in numbers[:granted]:
            found = self._kept(number)
            if found is None:
                self._counts.rtx_missing += 1
                continue
            span, kept = found
            cost = HEADER_BYTES + len(kept[3])
            flowed = self._octets + (self._now.layer.octets if self._now is not None else 0)
            if not self._resends.grants(number, cost, flowed, now):
                self._counts.rtx_withheld += 1
                continue
            self._resent_octets += cost
            self._resend(number, span, kept, now)

    def _kept(self, number: int) -> tuple[Span, Kept] | None:
        span = self._now
        if span is not None and span.extended(number) < span.first_number:
            span = self._before
        kept = None if span is None else span.kept(number)
        return None if span is None or kept is None else (span, kept)

    def _resend(self, number: int, span: Span, kept: Kept, now: float) -> None:
        tx, address = self._link.tx, self._link.address
        if tx is None or address is None or self._rtx_head is None:
            return
        _, marker, timestamp, payload, descriptor, _ = kept
        changed = bytearray(payload)
        if descriptor is not None and (span.add_picture or span.add_tl0):
            vp8.rewrite(changed, 0, descriptor, span.add_picture, span.add_tl0)
        changed[:0] = _NUMBER.pack(number)
        first, ident, stamp_id = self._rtx_head
        out = self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
        add_time = span.early.get(timestamp, span.add_time)
        target = (first, 0, add_time, ident, stamp_id, tx, address, 0, 0)
        self._outlet.send_each((target,), marker, out, timestamp, bytes(changed), None, now)
        self._counts.rtx_out += 1

    @property
    def can_mark(self) -> bool:
        """Whether the browser would tell when a packet of padding arrived (`pad`)."""
        return self.spec.rtx_payload_type is not None and self.spec.extensions.transport_cc is not None

    def pad(self, transport_number: int, padding: int) -> None:
        """Send a packet of nothing but 1 to `PAD_BYTES` of padding, under the SSRC of resends and this
        transport-wide number (draft-holmer-rmcat-transport-wide-cc-extensions-01, section 2).
        """
        tx, address, marked = self._link.tx, self._link.address, self.spec.extensions.transport_cc
        if tx is None or address is None or self._rtx_head is None or marked is None:
            return
        self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
        first, ident, _ = self._rtx_head
        value = marked << 28 | 1 << 24 | transport_number << 8
        ssrc = int.from_bytes(ident[:4])
        head = _MARKED.pack(first | _PADDING, self._rtx_sequence, self._timestamp, ssrc, _ONE_WORD, value)
        self._outlet.send_rtp(head + bytes(padding - 1) + bytes((padding,)), tx, address)
