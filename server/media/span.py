"""A stretch of a slot's numbers: from which layer they come, and what is added to the layer's own.

To find what was sent under a number, for whoever asks for it again, takes no list of what was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import NamedTuple

from server.media import vp8
from server.media.layer import Kept, Layer
from server.media.nack import Gaps


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


def find(number: int, present: Span | None, before: Span | None) -> tuple[Span, Kept] | None:
    """What was sent under this outgoing number in the present span, or before it in the other."""
    span = present
    if present is not None and present.extended(number) < present.first_number:
        span = before
    kept = None if span is None else span.kept(number)
    return None if span is None or kept is None else (span, kept)


class Numbers:
    """How far the outgoing numbers of a slot got; `randbelow` chooses where they start."""

    def __init__(self, randbelow: Callable[[int], int]) -> None:
        # Below 32768, so that nobody's first guess of the rollover counter is wrong (RFC 3711, 3.3.1).
        self._sequence = randbelow(0x7FFF)
        self.timestamp = randbelow(1 << 32)
        """That of the last packet before the present span."""
        self._sent_at: float | None = None
        self._picture: int | None = None
        self._tl0 = 0

    def begin(
        self, layer: Layer, extended: int, timestamp: int, descriptor: vp8.Descriptor | None, now: float
    ) -> Span:
        """The span that goes on with this packet of `layer`, which comes `now`."""
        first_out = (self._sequence + 1) & 0xFFFF
        passed = 0 if self._sent_at is None else max(1, int((now - self._sent_at) * layer.clock_rate))
        add_picture = add_tl0 = 0
        if descriptor is not None and self._picture is not None:
            add_picture = self._picture + 1 - descriptor.picture_id
            add_tl0 = self._tl0 + 1 - descriptor.tl0
        return Span(
            layer=layer,
            gaps=layer.gaps,
            first_number=extended,
            last_number=inf,
            add_sequence=(first_out - extended) & 0xFFFF,
            add_time=(self.timestamp + passed - timestamp) & 0xFFFFFFFF,
            add_picture=add_picture & 0x7FFF,
            add_tl0=add_tl0 & 0xFF,
            early={},
        )

    def end(self, span: Span) -> Span:
        """Note how far they got with the present span, which ends here."""
        layer = span.layer
        self._sequence = (layer.gaps.highest + span.add_sequence) & 0xFFFF
        self.timestamp = (layer.last_timestamp + span.add_time) & 0xFFFFFFFF
        self._sent_at = layer.last_at
        self._picture = layer.last_picture + span.add_picture
        self._tl0 = layer.last_tl0 + span.add_tl0
        return span._replace(last_number=layer.gaps.highest)
