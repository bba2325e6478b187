"""One incoming stream, a simulcast layer or an only one: its order, its loss, its key frames, its ring.

The ring keeps the last packets once for all receivers; each receiver is a precomputed tuple of offsets
(`outlet.Target`), rebuilt only when somebody joins, leaves, switches or moves.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import NamedTuple, Protocol

from server.media import rtcp, vp8
from server.media.counts import Counts
from server.media.nack import REACH, REPEAT_AFTER_S, Arrival, Gaps
from server.media.outlet import Group, Outlet, Target
from server.media.rate import Rate
from server.media.spec import Kind

FLOWING_S = 0.5
"""A layer without a packet for this long has stopped."""
_KEYFRAME_GAP_S = 0.3
"""Requests for key frames are sent no closer than this; those in between become one."""
_MOST_PASSED_ON = 13
"""Of 256. Opus sends error correction (FEC) only for loss that it is told of, so a microphone is told of what
its listeners miss, too: enough to begin with it, and too little (5%) to have music coded as speech.
"""
_RING_PACKETS = {"video": REACH, "audio": 128}
"""And as far back a late packet is still taken, so that it never takes the place of a newer one."""
_NTP_SECOND = 1 << 32

Kept = tuple[int, int, int, bytes, "vp8.Descriptor | None", float]
"""In the ring: number, marker, timestamp, payload, descriptor, and when it came."""


class Key(NamedTuple):
    """The last key frame: its extended number, when it came, and the layer's octets before it."""

    number: int
    at: float
    octets: int


class Tap(Protocol):
    """Somebody inside who wants every packet."""

    def hear(self, marker: int, number: int, timestamp: int, payload: bytes, rid: str, now: float) -> None:
        """A packet came; `number` is extended. Must not throw."""


class Receiver(Protocol):
    """What a layer wants of a consumer."""

    first_number: int
    """The first extended number it takes; older ones came before its key frame."""
    missed: int
    """How much its browser says it lacks, of 256."""

    def target(self) -> Target | None:
        """How to send to it, or None while that cannot be."""

    def came_late(self, kept: Kept, now: float) -> None:
        """A packet that was missing went to it just now."""

    def switch(
        self, layer: Layer, extended: int, timestamp: int, descriptor: vp8.Descriptor | None, now: float
    ) -> None:
        """Take `layer` from this packet on."""

    def restart(self) -> None:
        """The stream is about to begin anew, under another SSRC."""

    def report(self, now: float) -> None:
        """The layer has a new sender report."""


class Layer:
    """See the module. Numbers without a suffix are of the incoming stream."""

    def __init__(
        self,
        kind: Kind,
        clock_rate: int,
        rid: str,
        rank: int,
        send_rtcp: Callable[[bytes], None],
        outlet: Outlet,
        counts: Counts,
    ) -> None:
        self.is_video = kind == "video"
        self.clock_rate, self.rid, self.rank = clock_rate, rid, rank
        self.ssrc: int | None = None
        self._send_rtcp, self._outlet, self._counts = send_rtcp, outlet, counts
        self._mask = _RING_PACKETS[kind] - 1
        self.consumers: list[Receiver] = []
        self.waiting: list[Receiver] = []
        """Those that take this layer at its next key frame."""
        self.taps: tuple[Tap, ...] = ()
        """Told of each packet, whoever else wants it (`server.media.taps`)."""
        self._groups: tuple[Group, ...] = ()
        self.packets = 0
        self.octets = 0
        self.repaired = 0
        """Packets that were missing and came when asked for (RFC 4588)."""
        self.rate = Rate()
        self.repeat_after_s = REPEAT_AFTER_S
        """What is missing is asked for again no sooner than this: a round trip, once that is known."""
        self._begin()

    def _begin(self) -> None:
        self.gaps = Gaps(self._mask + 1)
        self._ring: list[Kept | None] = [None] * (self._mask + 1)
        self.last_at = -inf
        self.last_timestamp = 0
        self.last_picture = self.last_tl0 = 0
        self._transit = self._jitter = 0.0
        self.asked_at = -inf
        self._ask_again = False
        self.key: Key | None = None
        self.rate.begin_anew()
        self._sampled: tuple[int, int, float] | None = None
        """NTP time in our clock, timestamp, and when the report came."""
        self._their_ntp = 0

    def bind(self, ssrc: int, now: float) -> None:
        """The stream comes under this SSRC from now on."""
        if self.ssrc is not None and self.ssrc != ssrc:
            for consumer in tuple(self.consumers):
                consumer.restart()
            self._begin()
        self.ssrc = ssrc
        self.last_at = now

    def flows(self, now: float) -> bool:
        """Whether packets come. Of sound there is only one layer, which in silence sends next to nothing
        (DTX) or nothing (muted): once it has come, it flows.
        """
        return now - self.last_at < (FLOWING_S if self.is_video else inf)

    def receive(self, marker: int, number: int, timestamp: int, payload: bytes, now: float) -> None:
        """Take one packet, in whatever order, and forward it; an empty payload is padding and goes on too."""
        gaps = self.gaps
        arrival = gaps.note(number, now)
        if arrival is Arrival.STALE:
            self._counts.dropped_stale += 1
            return
        descriptor = None
        if self.is_video and payload:
            descriptor = vp8.parse(payload)
            if descriptor is None:
                self._counts.vp8_malformed += 1
                payload = b""
        kept = self._ring[number & self._mask] = (number, marker, timestamp, payload, descriptor, now)
        if self.taps:
            for tap in self.taps:
                tap.hear(marker, gaps.extended(number), timestamp, payload, self.rid, now)
        self.packets += 1
        self.octets += len(payload)
        if arrival is not Arrival.LATE:
            self._follow(timestamp, descriptor, now)
            if arrival is Arrival.BROKEN and (self.consumers or self.taps):
                self.ask_keyframe(now)
            if gaps.missing:
                self.repair(now)
        if payload and (descriptor.keyframe if descriptor is not None else not self.is_video):
            self._ask_again = False
            if self.is_video:
                self._note_key(gaps.extended(number), now)
            if self.waiting:
                self._admit(gaps.extended(number), timestamp, descriptor, now)
        if not self._groups:
            return
        if arrival is Arrival.LATE:
            self._send_late(gaps.extended(number), kept, now)
        else:
            self._outlet.fan_out(self._groups, marker, number, timestamp, payload, descriptor, now)

    def _note_key(self, extended: int, now: float) -> None:
        """A key frame came: in its turn, or late, when others have come after it."""
        if self.key is None or extended > self.key.number:
            since = (self.kept(number & 0xFFFF) for number in range(extended, self.gaps.highest + 1))
            octets = sum(len(kept[3]) for kept in since if kept is not None)
            self.key = Key(extended, now, self.octets - octets)

    def _follow(self, timestamp: int, descriptor: vp8.Descriptor | None, now: float) -> None:
        self.last_at = now
        if descriptor is not None:
            self.last_picture, self.last_tl0 = descriptor.picture_id, descriptor.tl0
        if timestamp != self.last_timestamp:  # jitter by frames: RFC 3550, appendix A.8
            transit = now * self.clock_rate - timestamp
            apart = abs(transit - self._transit)
            if apart < self.clock_rate * 10:  # else the timestamp wrapped, or this is the first
                self._jitter += (apart - self._jitter) / 16
            self._transit = transit
            self.last_timestamp = timestamp

    def _admit(self, extended: int, timestamp: int, descriptor: vp8.Descriptor | None, now: float) -> None:
        waiting, self.waiting = self.waiting, []
        for consumer in waiting:
            consumer.switch(self, extended, timestamp, descriptor, now)

    def _send_late(self, extended: int, kept: Kept, now: float) -> None:
        """Send a packet that was missing to those who take this layer since before it."""
        number, marker, timestamp, payload, descriptor, _ = kept
        wanting = [consumer for consumer in self.consumers if consumer.first_number <= extended]
        targets = [target for consumer in wanting if (target := consumer.target()) is not None]
        self._outlet.send_each(targets, marker, number, timestamp, payload, descriptor, now)
        if self.is_video:
            for consumer in wanting:
                consumer.came_late(kept, now)

    def attach(self, consumer: Receiver) -> None:
        """Forward to `consumer` from now on."""
        self.consumers.append(consumer)
        self.rebuild()

    def detach(self, consumer: Receiver) -> None:
        """Forward nothing more to `consumer`, at once."""
        if consumer in self.consumers:
            self.consumers.remove(consumer)
            self.rebuild()
        if consumer in self.waiting:
            self.waiting.remove(consumer)

    def rebuild(self) -> None:
        """Somebody's keys, address or offsets changed."""
        found = (consumer.target() for consumer in self.consumers)
        self._groups = self._outlet.group([target for target in found if target is not None])

    def kept(self, number: int) -> Kept | None:
        """The packet of this 16-bit number, if the ring still has it."""
        kept = self._ring[number & self._mask]
        return kept if kept is not None and kept[0] == number else None

    def ask_keyframe(self, now: float) -> None:
        """Send a picture loss indication, now or when the last is 300 ms past."""
        if not self.is_video or self.ssrc is None:
            return
        if now - self.asked_at < _KEYFRAME_GAP_S:
            self._ask_again = True
            return
        self.asked_at = now
        self._ask_again = False
        self._counts.plis_out += 1
        self._send_rtcp(rtcp.picture_loss(self.ssrc))

    def tick(self, now: float) -> None:
        """Ask again for what is due."""
        self.rate.note(self.packets, self.octets, now)
        if self._ask_again:
            self.ask_keyframe(now)
        if self.gaps.missing:
            self.repair(now)

    @property
    def is_asking(self) -> bool:
        """Whether something is missing that is asked for: somebody wants it, and it can come in time, which
        sound cannot.
        """
        return bool(self.gaps.missing) and self._repairs

    @property
    def _repairs(self) -> bool:
        return self.is_video and self.ssrc is not None and bool(self.consumers or self.waiting or self.taps)

    def repair(self, now: float) -> None:
        """Ask for what is due of what is missing; every 10 ms while `is_asking`, and with each packet."""
        gaps = self.gaps
        if self.ssrc is None or not self._repairs:
            gaps.forgo()
            return
        asked, withheld = gaps.due(now, self.repeat_after_s)
        self._counts.nacks_withheld += withheld
        if asked:
            self._counts.nacks_out += len(asked)
            self._send_rtcp(rtcp.nack(self.ssrc, asked))

    def take_sender_report(self, report: rtcp.SenderReport, clock_offset: int, now: float) -> None:
        """The publisher said when a timestamp was sampled; `clock_offset` turns its NTP time into ours."""
        self._their_ntp = report.ntp
        self._sampled = (report.ntp + clock_offset, report.rtp_timestamp, now)
        for consumer in self.consumers:
            consumer.report(now)

    def sampled(self, now: float) -> tuple[int, int] | None:
        """(NTP time in our clock, timestamp) as of `now`, or None before the first sender report."""
        if self._sampled is None:
            return None
        ntp, timestamp, came_at = self._sampled
        since = now - came_at
        return ntp + int(since * _NTP_SECOND), timestamp + int(since * self.clock_rate)

    def report_block(self, now: float) -> rtcp.ReportBlock | None:
        """How well we receive this stream, for its sender; None before its first packet."""
        if self.ssrc is None or self.gaps.highest < 0:
            return None
        fraction, lost = self.gaps.loss_since_last()
        if not self.is_video:
            missed = max((consumer.missed for consumer in self.consumers), default=0)
            fraction = max(fraction, min(missed, _MOST_PASSED_ON))
        since = int((now - self._sampled[2]) * 65536) if self._sampled is not None else 0
        return rtcp.ReportBlock(
            ssrc=self.ssrc,
            fraction_lost=fraction,
            packets_lost=lost,
            highest_sequence=self.gaps.highest - 0x10000,
            jitter=int(self._jitter),
            last_sender_report=self._their_ntp >> 16 & 0xFFFFFFFF,
            since_last_sender_report=since,
        )
