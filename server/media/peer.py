"""One browser: its address, its keys, what it sends and the slots it receives in."""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from server.media import rtcp, rtp
from server.media.allocation import Allocation
from server.media.consumer import Consumer
from server.media.counts import Counts
from server.media.dtls import (
    OK,
    SRTP,
    Certificate,
    DtlsLink,
    Handle,
    Keys,
    Length,
    Raw,
)
from server.media.guard import Guard
from server.media.handshakes import Handshakes, is_hello
from server.media.layer import Layer
from server.media.liveness import Notice, State, judge
from server.media.mux import Mux
from server.media.outlet import Address, Outlet
from server.media.path import Credentials, Path
from server.media.paths import Paths
from server.media.producer import Producer
from server.media.spec import IceCredentials, PeerSpec
from server.media.twcc import ArrivalLog

_STEER_TICKS = 2
_REPORT_TICKS = 20
_NTP_SECOND = 1 << 32
_SPARE_SSRCS = 32
"""More than a browser sends under, whose reports on a slot may come under one of their own."""
_read_ssrc = Struct("!I").unpack_from


class Peer:
    """Owned by the Sfu, which calls `tick` every 50 ms and `close` at the end.

    `on_up` and `on_down` tell of DTLS; silence is judged by `tick`.
    """

    def __init__(
        self,
        spec: PeerSpec,
        certificate: Certificate,
        mux: Mux,
        outlet: Outlet,
        counts: Counts,
        handshakes: Handshakes,
        clock: Callable[[], float],
        randbelow: Callable[[int], int],
        on_up: Callable[[Peer], None],
        on_down: Callable[[Peer], None],
    ) -> None:
        self.spec = spec
        self.state = State.NEW
        self.address: Address | None = None
        """Where media go."""
        self.tx: Handle | None = None
        self.keys: Keys | None = None
        self._rx: Handle | None = None
        self._ssrcs: set[tuple[int]] = set()
        """Under which something authentic came: libsrtp keeps state for each, in a list it walks."""
        self._most_ssrcs = _SPARE_SSRCS + len(spec.slots)
        self._mux, self._outlet, self._counts, self._clock = mux, outlet, counts, clock
        self._on_up, self._on_down = on_up, on_down
        self._handshakes = handshakes
        ours = Credentials(IceCredentials(ufrag=spec.ufrag, pwd=spec.pwd), spec.remote)
        self.paths = Paths(self, ours, mux, outlet.send, counts, clock, randbelow, self._moved)
        self._opened_at = clock()
        self._dtls: DtlsLink[Path] = DtlsLink(
            certificate, self.paths.send_record, self.paths.talk, self._up, self._down
        )
        self.producers = {s.source: Producer(s, self.send_rtcp, outlet, counts) for s in spec.sources}
        self.consumers = {s.slot: Consumer(s, self, outlet, counts, randbelow) for s in spec.slots}
        self._consumer_of = {consumer.spec.ssrc: consumer for consumer in self.consumers.values()}
        self._layers = tuple(layer for p in self.producers.values() for layer in p.layers)
        self.allocation = Allocation(self.consumers, self._layers, self._opened_at)
        self._by_ssrc: dict[int, tuple[Producer, Layer]] = {}
        for producer in self.producers.values():
            if not producer.spec.rids:
                for ssrc in producer.spec.ssrcs:
                    self._by_ssrc[ssrc] = producer, producer.layers[0]
        self._transport_cc = next(
            (s.extensions.transport_cc for s in spec.sources if s.extensions.transport_cc is not None), None
        )
        self._arrivals = ArrivalLog()
        self._arrivals_ssrc = 0
        self._clock_offset: int | None = None
        self._guard = Guard(counts)
        self._ticks = 0

    # from the mux

    def take_record(self, record: bytes, path: Path) -> None:
        """Pass a DTLS record on; the first must be a ClientHello, which begins the handshake."""
        if not self._dtls.has_begun:
            if not is_hello(record):
                self._counts.dropped_dtls += 1
                return
            if not self._handshakes.begin(self.spec.peer, path.source[0], self._clock()):
                self._counts.dropped_handshakes += 1
                return
            self._dtls.begin(self.spec.remote_fingerprints)
        if not self._dtls.feed(record, path):
            self._counts.dropped_dtls += 1

    def take_srtp(self, raw: Raw, view: memoryview, length: Length, path: Path) -> bool:
        """Authenticate, decrypt and handle SRTP or SRTCP, in place; False if it is not authentic."""
        if self._rx is None:
            self._counts.dropped_early += 1
            return False
        is_rtcp = 192 <= view[1] <= 223  # RFC 5761, section 4
        ssrc = _read_ssrc(view, 4 if is_rtcp else 8)
        is_known = ssrc in self._ssrcs
        if not is_known and len(self._ssrcs) >= self._most_ssrcs:
            self._counts.dropped_ssrc += 1
            return False
        if (SRTP.unprotect_rtcp if is_rtcp else SRTP.unprotect)(self._rx, raw, length) != OK:
            self._counts.dropped_srtp += 1
            return False
        if not is_known:
            self._ssrcs.add(ssrc)
            self._mux.learn_ssrc(ssrc[0], self)
        now, paths = self._clock(), self.paths
        if path is paths.current:
            paths.heard_at = path.heard_at = now
        else:
            paths.take_media(path, now)
        if is_rtcp:
            self._take_rtcp(bytes(view[: length[0]]), now)
        else:
            self._take_rtp(view, length[0], now)
        return True

    def _take_rtp(self, view: memoryview, size: int, now: float) -> None:
        packet = rtp.parse(view, size)
        if packet is None:
            self._counts.dropped_malformed += 1
            return
        self._counts.rtp_in += 1
        kind, number, timestamp, ssrc, extension_at, start, end = packet
        if extension_at and self._transport_cc is not None:
            transport = rtp.transport_sequence(view, extension_at, start, self._transport_cc)
            if transport is not None:
                self._arrivals.note(transport, now)
                self._arrivals_ssrc = ssrc
        bound = self._by_ssrc.get(ssrc) or self._bind(view, packet)
        if bound is None:
            self._counts.dropped_unbound += 1
            return
        producer, layer = bound
        spec = producer.spec
        if kind & 0x7F == spec.rtx_payload_type:
            self._counts.rtx_in += 1
            if end - start < 2:  # a probe of padding
                return
            number = view[start] << 8 | view[start + 1]
            if not layer.gaps.misses(number):  # a probe of old packets, or one that came after all
                self._counts.dropped_stale += 1
                return
            layer.repaired += 1
            start += 2
        elif kind & 0x7F != spec.payload_type:
            self._counts.dropped_unbound += 1
            return
        elif layer.ssrc != ssrc:
            layer.bind(ssrc, now)
            producer.bound(now)
        if producer.loudness is not None:
            level = rtp.audio_level(view, extension_at, start, spec.extensions.audio_level)
            producer.loudness.hear(level, end - start, now)
        layer.receive(kind & 0x80, number, timestamp, bytes(view[start:end]), now)

    def _bind(self, view: memoryview, packet: rtp.Packet) -> tuple[Producer, Layer] | None:
        for producer in self.producers.values():
            layer = producer.layer_of(view, packet)
            if layer is not None:
                is_rtx = packet.marker_and_type & 0x7F == producer.spec.rtx_payload_type
                for known, (_, other) in list(self._by_ssrc.items()):  # one of each kind per layer
                    if other is layer and (known != layer.ssrc) == is_rtx:
                        del self._by_ssrc[known]
                self._by_ssrc[packet.ssrc] = producer, layer
                return producer, layer
        return None

    def _take_rtcp(self, packet: bytes, now: float) -> None:
        understood = rtcp.parse(packet)
        if understood is None:
            self._counts.dropped_malformed += 1
            return
        self._counts.rtcp_in += 1
        for said in understood:
            if isinstance(said, rtcp.SenderReport):
                bound = self._by_ssrc.get(said.ssrc)
                if bound is not None and bound[1].ssrc == said.ssrc:
                    if self._clock_offset is None:  # one for all its streams, or lips and voice part
                        self._clock_offset = int(now * _NTP_SECOND) - said.ntp
                    bound[1].take_sender_report(said, self._clock_offset, now)
                continue
            if isinstance(said, rtcp.TransportFeedback | rtcp.BitrateLimit):
                self.allocation.hear(said, now)
                continue
            consumer = self._consumer_of.get(said.ssrc)
            if consumer is None:
                continue
            if isinstance(said, rtcp.Nack):
                consumer.resend(said.numbers, now)
            elif isinstance(said, rtcp.ReportBlock):
                self.allocation.received(said, consumer, now)
                consumer.lacks(said.fraction_lost)
            else:
                consumer.want_keyframe(now)

    # to the browser

    def send_rtcp(self, packet: bytes) -> None:
        """Send RTCP, if there are keys."""
        if self.tx is not None and self.address is not None:
            self._outlet.send_rtcp(packet, self.tx, self.address)

    def restart_ice(self, ours: IceCredentials, remote: IceCredentials) -> None:
        """Take fresh credentials; the old ones hold until the browser uses these."""
        self.paths.restart(Credentials(ours, remote))

    # life

    def _up(self, keys: Keys) -> None:
        self.keys, self.tx, self._rx = keys, keys.tx, keys.rx
        self.state = State.CONNECTED
        self._handshakes.end(self.spec.peer)
        self.paths.up()
        for ssrc in (ssrc for source in self.spec.sources for ssrc in source.ssrcs):
            self._mux.learn_ssrc(ssrc, self)
        self._steer(self._clock())
        self._on_up(self)

    def _down(self) -> None:
        self._on_down(self)

    def _moved(self, address: Address) -> None:
        self.address = address
        self.allocation.moved(self._clock())
        for consumer in self.consumers.values():
            consumer.moved()

    def _steer(self, now: float) -> None:
        self.allocation.renew(now)
        for consumer in self.consumers.values():
            consumer.steer(now)

    def tick(self, now: float) -> Notice | None:
        """Send what is due, choose layers, and say whether the browser has gone quiet, come back or gone."""
        if self.state is State.NEW and self._handshakes.overdue(self.spec.peer, now):
            return "gone"
        self.paths.tick(now)
        self.state, notice = judge(self.state, now - self.paths.heard_at, now - self._opened_at)
        if self.tx is None or notice == "gone":
            return notice
        self._ticks += 1
        self._guard.run("what a peer is due", self._send_due, now)
        self._guard.run("the allocation of a peer", self.allocation.tick, now)
        return notice

    @property
    def is_asking(self) -> bool:
        """Whether `repair` wants to be called every 10 ms."""
        return any(layer.is_asking for layer in self._layers)

    def repair(self, now: float) -> None:
        """Ask the browser again for what it sent and has not come."""
        for layer in self._layers:
            if layer.is_asking:
                layer.repair(now)

    def _send_due(self, now: float) -> None:
        for body in self._arrivals.feedback():
            self.send_rtcp(rtcp.transport_feedback(self._arrivals_ssrc, body))
        for layer in self._layers:
            layer.tick(now)
        if self._ticks % _STEER_TICKS == 0:
            self._guard.run("the steering of a peer", self._steer, now)
        if self._ticks % _REPORT_TICKS == 0:
            blocks = [block for layer in self._layers if (block := layer.report_block(now)) is not None]
            if blocks:
                self.send_rtcp(rtcp.receiver_report(blocks[: rtcp.MAX_REPORTS]))

    def detach(self) -> None:
        """Leave the mux and stop all forwarding to and from this browser, at once. Idempotent."""
        self.state = State.GONE
        self._handshakes.end(self.spec.peer)
        self.paths.close()
        self._mux.forget_ssrcs(self)
        for producer in self.producers.values():
            producer.close()
        for consumer in self.consumers.values():
            consumer.stop()
        self._rx = None

    async def close(self) -> None:
        """Detach, say goodbye and await the end. Idempotent."""
        self.detach()
        await self._dtls.close()
        self.tx = self.keys = None
