"""What one m-line of a browser sends: a microphone, or a camera in up to three simulcast layers."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Protocol

from server.media import rtp
from server.media.counts import Counts
from server.media.layer import FLOWING_S, Layer
from server.media.loudness import Loudness
from server.media.needs import Needs
from server.media.outlet import Outlet
from server.media.spec import LayerName, SourceSpec

RANKS: dict[LayerName, int] = {"l": 0, "m": 1, "h": 2}
"""The names of simulcast layers, and of the ceilings that routes set."""
_USUAL_KBPS = {1: (600.0,), 2: (150.0, 450.0), 3: (180.0, 560.0, 1600.0)}
"""By the number of layers; with the headers of their packets."""
_RISES_S = 10.0
"""A publisher that has begun a layer sends more of it for so long."""
_SILENCE_S, _OUTAGE_S = 0.2, 2.0
"""So long without any packet of a camera is a silence; so long, and it is over with this camera."""
_LINES = {2: (180, 360), 3: (180, 360, 720)}


class Follower(Protocol):
    """What a producer wants of a consumer."""

    def steer(self, now: float) -> None:
        """Something began to flow; choose again."""

    def seeks(self) -> set[int]:
        """The ranks of the layers it takes, or would."""

    def stop(self) -> None:
        """The producer is gone."""


class Producer:
    """A source, and whoever wants it (`followers`), whether it flows yet or not."""

    def __init__(
        self, spec: SourceSpec, send_rtcp: Callable[[bytes], None], outlet: Outlet, counts: Counts
    ) -> None:
        self.spec = spec
        self.layers = tuple(
            Layer(spec.kind, spec.clock_rate, rid, _rank(rid, place), send_rtcp, outlet, counts)
            for place, rid in enumerate(spec.rids or ("",))
        )
        self.needs = Needs([layer.rank for layer in self.layers])
        self.followers: list[Follower] = []
        self._newest = self._silent_from = self._back_at = -inf
        """When the last packet came; when the last silence began, and ended."""
        self._runs_since: dict[int, float] = {}
        self.loudness: Loudness | None = None
        """Told of each packet of sound; None while nobody chooses by it (`server.media.voices`)."""

    def layer_of(self, view: memoryview, packet: rtp.Packet) -> Layer | None:
        """The layer a packet of an unknown SSRC belongs to, by mid and rid or repaired-rid (RFC 8852).

        None where it belongs to another m-line, or names a layer that was not negotiated.
        """
        ids = self.spec.extensions
        kind = packet.marker_and_type & 0x7F
        if kind not in (self.spec.payload_type, self.spec.rtx_payload_type):
            return None
        at, end = packet.extension_at, packet.payload_at
        if not at:
            return None
        mid = rtp.extension(view, at, end, ids.mid) if ids.mid is not None else None
        if mid is None or mid != self.spec.mid.encode():
            return None
        if not self.spec.rids:
            return self.layers[0]
        wanted = ids.rid if kind == self.spec.payload_type else ids.repaired_rid
        rid = rtp.extension(view, at, end, wanted) if wanted is not None else None
        if rid is None:
            return None
        return next((layer for layer in self.layers if layer.rid.encode() == rid), None)

    def best(self, ceiling: int, granted: int, now: float) -> Layer | None:
        """The highest layer up to both ranks that flows; else the lowest within `granted`; else None.

        A slot with a layer above its ceiling is better than a slot that stays black; one above what the
        line carries is not.
        """
        flowing = [
            layer
            for layer in self.layers
            if self.runs(layer, now) and layer.rank <= self.target(granted).rank
        ]
        allowed = [layer for layer in flowing if layer.rank <= ceiling]
        if allowed:
            return max(allowed, key=lambda layer: layer.rank)
        return min(flowing, key=lambda layer: layer.rank, default=None)

    def target(self, most: int) -> Layer:
        """The highest layer up to this rank, whether it flows or not; the lowest where there is none."""
        return next((layer for layer in reversed(self.layers) if layer.rank <= most), self.layers[0])

    def runs(self, layer: Layer, now: float) -> bool:
        """Whether a layer flows, or is only held up with all the others: an outage is no reason to take
        another, neither while it lasts nor in the moment after it, when one of them is back first.
        """
        newest = max(each.last_at for each in self.layers)
        if newest > self._newest:
            if _SILENCE_S < newest - self._newest < _OUTAGE_S:
                self._silent_from, self._back_at = self._newest, newest
            self._newest = newest
        at = newest if now - newest < _OUTAGE_S else now
        flowed_before = layer.last_at > self._silent_from - FLOWING_S
        does = layer.flows(at) or (flowed_before and at - self._back_at < FLOWING_S)
        if does:
            self._runs_since.setdefault(layer.rank, now)
        else:
            self._runs_since.pop(layer.rank, None)
        return does

    def has_run_s(self, layer: Layer, now: float) -> float:
        """For how long it has run without a stop, as far as anybody looked (`runs`)."""
        return now - self._runs_since.get(layer.rank, now)

    def flows(self, now: float) -> bool:
        """Whether anything comes."""
        return any(layer.flows(now) for layer in self.layers)

    def costs(self, ceiling: int, now: float, *, at_least_usual: bool = False) -> list[tuple[int, float]]:
        """The ranks of the layers up to `ceiling` (at least the lowest), and what each takes, in kbit/s.

        Measured where it flows. Else what is usual, for it may have stopped at our word; but one that does
        not come although it is wanted takes no more than the layer below it. With `at_least_usual` one
        that has only just begun will take what is usual: what it takes now says little.
        """
        usual = _USUAL_KBPS.get(len(self.layers), _USUAL_KBPS[1])
        most = self.target(ceiling).rank
        found: list[tuple[int, float]] = []
        for layer, expected in zip(self.layers, usual, strict=False):
            if layer.rank > most:
                break
            below = found[-1][1] if found else 0.0
            if self.runs(layer, now):
                kbps = expected if layer.rate.kbps is None else layer.rate.kbps
                if at_least_usual and layer.rank and self.has_run_s(layer, now) < _RISES_S:
                    kbps = max(kbps, expected)
            else:
                kbps = 0.0 if self.needs.in_vain(layer.rank, now) else expected
            found.append((layer.rank, max(below, kbps)))
        return found

    def rank_for(self, height: int) -> int:
        """The rank of the smallest layer that fills so many lines; the highest where none does."""
        lines = _LINES.get(len(self.layers), ())
        return next(
            (layer.rank for layer, has in zip(self.layers, lines, strict=False) if has >= height),
            self.layers[-1].rank,
        )

    def needs_news(self, now: float) -> tuple[LayerName, ...] | None:
        """The layers that anybody takes, when that has changed (see `spec.NeedsNotice`)."""
        taken = {rank for follower in self.followers for rank in follower.seeks()}
        self.needs.note(taken, self.flows(now), now)
        news = self.needs.news(now)
        if news is None:
            return None
        if not self.spec.rids:
            return ("h",) if news else ()
        return tuple(name for name, rank in RANKS.items() if rank in news)

    def bound(self, now: float) -> None:
        """A layer has been bound to its SSRC."""
        for follower in tuple(self.followers):
            follower.steer(now)

    def close(self) -> None:
        """The browser is gone: stop all who follow."""
        for follower in tuple(self.followers):
            follower.stop()


def _rank(rid: str, place: int) -> int:
    return next((rank for name, rank in RANKS.items() if name == rid), place)
