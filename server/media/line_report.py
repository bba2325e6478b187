"""How each browser's line is, told every 2 s from what is counted anyway; nothing here is done per packet.

Losses are those of the line itself, before repair. What a publisher's line lost is missing in what we
forward, too, and counts as lost in every receiver's reports: it is taken off there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import NamedTuple

from server.media.counts import Counts
from server.media.layer import Layer
from server.media.liveness import State
from server.media.nack import Gaps
from server.media.peer import Peer
from server.media.producer import RANKS, Producer
from server.media.spec import LayerName, LineNotice

EVERY_S = 2.0
_LEAST_PACKETS = 20
"""Of fewer packets no share is told: one lost of three says nothing."""
_MOST_PACKETS = 1 << 16
"""More within 2 s are no count but another stream."""
_log = logging.getLogger(__name__)


class _Came(NamedTuple):
    """How far a stream had come."""

    gaps: Gaps
    expected: int
    received: int
    repaired: int


class _Heard(NamedTuple):
    """What a browser had said of a slot, and how far what fills it had come then."""

    highest: int
    lost: int
    came: _Came | None


class LineReports:
    """The lines of all peers; `tick` is called every 50 ms, each peer has a moment of its own."""

    def __init__(self, say: Callable[[LineNotice], None], counts: Counts) -> None:
        self._say, self._counts = say, counts
        self._meters: dict[str, LineMeter] = {}

    def tick(self, peers: Iterable[Peer], now: float) -> None:
        """Tell what is due of these peers, and forget all others."""
        meters: dict[str, LineMeter] = {}
        for peer in peers:
            if peer.state is not State.CONNECTED:
                continue
            meter = self._meters.get(peer.spec.peer) or LineMeter(peer, now)
            meters[peer.spec.peer] = meter
            if now - meter.read_at < EVERY_S:
                continue
            try:
                self._say(meter.read(peer, now))
            except Exception:
                self._counts.failures += 1
                _log.exception("the reading of a line met a bug")
        self._meters = meters


class LineMeter:
    """One peer's line, from one reading to the next."""

    def __init__(self, peer: Peer, now: float) -> None:
        self.read_at = now
        self._sent_octets = peer.allocation.sent_octets()
        self._came: dict[int, _Came] = {}
        self._heard: dict[str, _Heard] = {}
        self._loss_up(peer)
        self._loss_down(peer)

    def read(self, peer: Peer, now: float) -> LineNotice:
        """Return how the line was since the last reading."""
        over_s, self.read_at = now - self.read_at, now
        before, self._sent_octets = self._sent_octets, peer.allocation.sent_octets()
        line = peer.allocation.line
        pictures = (each.layer for each in peer.consumers.values() if each.spec.kind == "video")
        return LineNotice(
            room=peer.spec.room,
            peer=peer.spec.peer,
            rtt_ms=peer.allocation.rtt_ms,
            loss_up=self._loss_up(peer),
            loss_down=self._loss_down(peer),
            estimate_kbps=line.estimate_kbps,
            sent_kbps=max(0.0, (self._sent_octets - before) * 8 / 1000 / over_s),
            wanted_kbps=line.wanted_kbps,
            withheld=line.withheld,
            reduced=line.reduced,
            pictures=sum(1 for layer in pictures if layer is not None and layer.flows(now)),
            unsent=_unsent(peer.producers.get("camera"), now),
        )

    def _loss_up(self, peer: Peer) -> float:
        """Of what the browser sent, the share that did not come at first."""
        expected = missing = 0
        for layer in (layer for producer in peer.producers.values() for layer in producer.layers):
            came, before = _came(layer), self._came.get(id(layer))
            self._came[id(layer)] = came
            if before is None or before.gaps is not came.gaps:
                continue
            newly = came.expected - before.expected
            expected += newly
            at_first = came.received - before.received - (came.repaired - before.repaired)
            missing += min(newly, max(0, newly - at_first))
        return _share(missing, expected)

    def _loss_down(self, peer: Peer) -> float:
        """Of what we sent, the share that the browser misses, by its receiver reports (RFC 3550, 6.4.1)."""
        expected = missing = 0
        for slot, consumer in peer.consumers.items():
            said = peer.allocation.reports.get(consumer.spec.ssrc)
            before = self._heard.get(slot)
            if said is None or (before is not None and said[0] == before.highest):
                continue
            heard = _Heard(*said, None if consumer.layer is None else _came(consumer.layer))
            self._heard[slot] = heard
            if before is None:
                continue
            newly = (heard.highest - before.highest) & 0xFFFFFFFF
            if newly < _MOST_PACKETS:
                expected += newly
                lost = ((heard.lost - before.lost + 0x800000) & 0xFFFFFF) - 0x800000  # of 24 bits, signed
                missing += min(newly, max(0, lost - _never_came(before.came, heard.came)))
        return _share(missing, expected)


def _came(layer: Layer) -> _Came:
    gaps = layer.gaps
    expected = gaps.highest - gaps.first + 1 if gaps.highest >= 0 else 0
    return _Came(gaps, expected, gaps.received, layer.repaired)


def _never_came(before: _Came | None, after: _Came | None) -> int:
    """How many packets between the two never came to us, so that we could not forward them."""
    if before is None or after is None or before.gaps is not after.gaps:
        return 0
    return max(0, after.expected - before.expected - (after.received - before.received))


def _share(missing: int, expected: int) -> float:
    return missing / expected if expected >= _LEAST_PACKETS else 0.0


def _unsent(camera: Producer | None, now: float) -> tuple[LayerName, ...]:
    """The layers that somebody takes and that do not come, while a lower one does."""
    if camera is None or not camera.spec.rids:
        return ()
    flowing = [layer.rank for layer in camera.layers if layer.flows(now)]
    lowest = min(flowing, default=None)
    return tuple(
        name
        for name, rank in RANKS.items()
        if lowest is not None and rank > lowest and rank not in flowing and camera.needs.in_vain(rank, now)
    )
