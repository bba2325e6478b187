"""The fate of each packet in one direction of a line: when it arrives, or why it never does.

Pure: time and chance are passed in. Each packet takes the same number of draws whatever the conditions, so
that with one seed and the same packets the same ones are lost.
"""

from __future__ import annotations

import random
from collections import Counter

from tests.lab.conditions import Conditions

UDP_HEADERS_BYTES, TCP_HEADERS_BYTES = 28, 40


class Path:
    """One direction. `counts` says what became of the packets and of their bytes."""

    def __init__(self, chance: random.Random, conditions: Conditions | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self._chance = chance
        self.conditions = conditions or Conditions()
        """What holds now; may be changed at any time."""
        self._in_burst = False
        self._free_at_s = 0.0
        """When the last bit of what waits in the queue is on the line."""
        self._latest_s = 0.0
        self._latest_of_stream: dict[int, float] = {}

    def datagram(self, now_s: float, size: int) -> float | None:
        """When a datagram that is sent at `now_s` arrives; None if it never does."""
        have = self.conditions
        lost, late, held = self._draw()
        self._count("sent", size)
        why = (
            "cut" if have.cut
            else "blocked" if have.udp_blocked
            else "outage" if self._is_out(now_s)
            else lost
        )  # fmt: skip
        if why:
            self._count(why, size)
            return None
        on_line_s = self._through_queue(now_s, size + UDP_HEADERS_BYTES)
        if on_line_s is None:
            self._count("queue_full", size)
            return None
        self._count("delivered", size)
        due_s = on_line_s + (have.delay_ms + late * have.jitter_ms) / 1000
        if held < have.reorder:
            return due_s + have.reorder_ms / 1000
        self._latest_s = max(due_s, self._latest_s)
        return self._latest_s

    def segment(self, now_s: float, size: int, stream: int) -> float:
        """When a piece of a TCP connection arrives, in order and never lost.

        What would be lost is sent again after a round trip (fast retransmit), and all behind it waits.
        """
        have = self.conditions
        lost, late, _ = self._draw()
        self._count("sent", size)
        self._count("delivered", size)
        start_s = max(now_s, self._free_at_s)
        if have.kbps is not None:
            self._free_at_s = start_s = start_s + (size + TCP_HEADERS_BYTES) * 8 / (have.kbps * 1000)
        due_s = start_s + (have.delay_ms + late * have.jitter_ms) / 1000
        if lost or self._is_out(now_s):
            self._count("sent_again", size)
            due_s += 2 * have.delay_ms / 1000 + (have.outage_ms / 1000 if self._is_out(now_s) else 0)
        due_s = max(due_s, self._latest_of_stream.get(stream, 0.0))
        self._latest_of_stream[stream] = due_s
        return due_s

    def is_full(self, now_s: float) -> bool:
        """Whether the queue holds all it can: a TCP sender is made to wait."""
        return self.conditions.cut or self.waits_s(now_s) > self.conditions.queue_ms / 1000

    def waits_s(self, now_s: float) -> float:
        """How long what is sent now waits in the queue."""
        return max(0.0, self._free_at_s - now_s) if self.conditions.kbps is not None else 0.0

    def ended(self, stream: int) -> None:
        """A TCP connection has ended."""
        self._latest_of_stream.pop(stream, None)

    def _draw(self) -> tuple[str | None, float, float]:
        """Whether and how the packet is lost, and the chances that decide how late it is."""
        have, draw = self.conditions, self._chance.random
        single, burst, late, held = draw(), draw(), draw(), draw()
        if have.burst_loss <= 0:
            self._in_burst = False
        elif self._in_burst:
            self._in_burst = burst >= 1 / have.burst_pkts
        else:
            # In the long run p / (p + r) of all are lost, r being 1 / burst_pkts.
            self._in_burst = burst < have.burst_loss / (1 - have.burst_loss) / have.burst_pkts
        lost = "burst" if self._in_burst else "lost" if single < have.loss else None
        return lost, late, held

    def _is_out(self, now_s: float) -> bool:
        have = self.conditions
        return have.outage_ms > 0 and now_s % have.outage_every_s < have.outage_ms / 1000

    def _through_queue(self, now_s: float, size: int) -> float | None:
        have = self.conditions
        if have.kbps is None:
            return now_s
        if self.waits_s(now_s) > have.queue_ms / 1000:
            return None
        self._free_at_s = max(now_s, self._free_at_s) + size * 8 / (have.kbps * 1000)
        return self._free_at_s

    def _count(self, what: str, size: int) -> None:
        self.counts[what] += 1
        self.counts[f"{what}_bytes"] += size
