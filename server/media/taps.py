"""Taps: packets of a source for somebody inside, as they come. For a recorder, and for tests.

A tap sees what the browser sent, decrypted, in order of arrival: late and repaired packets come behind
newer ones, and a listener that wants them in order waits for them. It asks for layers as a slot does, so that
a publisher does not stop one that is only recorded. With no tap a packet costs one comparison more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from typing import Protocol

from server.errors import ProtocolError
from server.media.counts import Counts
from server.media.layer import Layer
from server.media.producer import Producer
from server.media.spec import Source

_log = logging.getLogger(__name__)


class Tapped(Protocol):
    """What is wanted of a peer."""

    producers: dict[Source, Producer]


Listener = Callable[[int, int, int, bytes, str, float], None]
"""Is given a packet: marker (0 or 128), extended number, timestamp, payload, rid, and when it came."""


class Tap:
    """One listener of one source, made by `Sfu.tap`. `close` when done; it closes itself with the source.

    The listener is called from the packet path: it must be quick. Without simulcast the rid is "", and
    padding has an empty payload. When a browser begins a stream anew its numbers jump.
    """

    def __init__(
        self,
        peer: Tapped | None,
        source: Source,
        listener: Listener,
        counts: Counts,
        clock: Callable[[], float],
    ) -> None:
        """ProtocolError where there is no such source."""
        producer = peer.producers.get(source) if peer is not None else None
        if producer is None:
            raise ProtocolError("no_such_source", "this peer is not here or does not send that")
        self._listener, self._counts, self._clock = listener, counts, clock
        self._producer: Producer | None = producer
        self._layers: tuple[Layer, ...] = ()
        producer.followers.append(self)
        self.choose([layer.rid for layer in producer.layers])

    @property
    def is_open(self) -> bool:
        """Whether anything may still come."""
        return self._producer is not None

    def choose(self, rids: Collection[str]) -> None:
        """Hear these layers from now on and no others; at first all."""
        wanted = (
            tuple(layer for layer in self._producer.layers if layer.rid in rids) if self._producer else ()
        )
        for layer in self._layers:
            if layer not in wanted:
                _leave(layer, self)
        for layer in wanted:
            if layer not in self._layers:
                layer.taps = (*layer.taps, self)
        self._layers = wanted

    def ask_keyframe(self) -> None:
        """Ask for a key frame of each layer that is heard."""
        for layer in self._layers:
            layer.ask_keyframe(self._clock())

    def close(self) -> None:
        """Hear nothing any more. Idempotent."""
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.followers.remove(self)
            for layer in self._layers:
                _leave(layer, self)
            self._layers = ()

    # from the layers

    def hear(self, marker: int, number: int, timestamp: int, payload: bytes, rid: str, now: float) -> None:
        """Pass a packet on. A listener that throws is told nothing more, and harms nobody."""
        try:
            self._listener(marker, number, timestamp, payload, rid, now)
        except Exception:
            self._counts.taps_failed += 1
            _log.exception("a tap's listener failed")
            self.close()

    # as a follower of the producer

    def steer(self, now: float) -> None:
        """Nothing is to be chosen: what comes is heard."""

    def seeks(self) -> set[int]:
        """The ranks of the layers it takes."""
        return {layer.rank for layer in self._layers}

    def stop(self) -> None:
        """The producer is gone."""
        self.close()


def _leave(layer: Layer, tap: Tap) -> None:
    layer.taps = tuple(each for each in layer.taps if each is not tap)
