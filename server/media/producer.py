"""What one m-line of a browser sends: a microphone, or a camera in up to three simulcast layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from server.media import rtp
from server.media.counts import Counts
from server.media.layer import Layer
from server.media.loudness import Loudness
from server.media.outlet import Outlet
from server.media.spec import SourceSpec

RANKS = {"l": 0, "m": 1, "h": 2}
"""The names of simulcast layers, and of the ceilings that routes set."""


class Follower(Protocol):
    """What a producer wants of a consumer."""

    def steer(self, now: float) -> None:
        """Something began to flow; choose again."""

    def stop(self) -> None:
        """The producer is gone."""


class Producer:
    """A source, and whoever wants it (`followers`), whether it flows yet or not."""

    def __init__(
        self, spec: SourceSpec, send_rtcp: Callable[[bytes], None], outlet: Outlet, counts: Counts
    ) -> None:
        self.spec = spec
        self.layers = tuple(
            Layer(spec.kind, spec.clock_rate, rid, RANKS.get(rid, place), send_rtcp, outlet, counts)
            for place, rid in enumerate(spec.rids or ("",))
        )
        self.followers: list[Follower] = []
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

    def best(self, ceiling: int, now: float) -> Layer | None:
        """The highest layer up to rank `ceiling` that flows; else the lowest that flows; else None.

        A slot with a layer above its ceiling is better than a slot that stays black.
        """
        flowing = [layer for layer in self.layers if layer.flows(now)]
        allowed = [layer for layer in flowing if layer.rank <= ceiling]
        if allowed:
            return max(allowed, key=lambda layer: layer.rank)
        return min(flowing, key=lambda layer: layer.rank, default=None)

    def bound(self, now: float) -> None:
        """A layer has been bound to its SSRC."""
        for follower in tuple(self.followers):
            follower.steer(now)

    def close(self) -> None:
        """The browser is gone: stop all who follow."""
        for follower in tuple(self.followers):
            follower.stop()
