"""What a line does to packets in one direction, and changes to it as they come in JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Conditions:
    """One direction of a line. Shares are from 0 to 1."""

    delay_ms: float = 40.0
    """One way: 40 in both directions is a round trip of 80."""
    jitter_ms: float = 0.0
    """Each packet is late by 0 to so much more; the order is kept."""
    reorder: float = 0.0
    """The share of packets that is held back, so that later ones overtake."""
    reorder_ms: float = 20.0
    """By how much they are held back."""
    loss: float = 0.0
    """The share lost at random, each packet for itself."""
    burst_loss: float = 0.0
    """The share lost in bursts (Gilbert–Elliott: all is lost in the bad state, nothing in the good)."""
    burst_pkts: float = 5.0
    """The mean length of a burst."""
    outage_ms: float = 0.0
    """For so long, once in `outage_every_s`, everything is lost."""
    outage_every_s: float = 10.0
    kbps: float | None = None
    """The bandwidth, headers of IP and UDP (or TCP) included; None: without limit."""
    queue_ms: float = 300.0
    """What the queue before a limited line holds; what would wait longer is dropped (drop tail)."""
    udp_blocked: bool = False
    """UDP is dropped; TCP works."""
    cut: bool = False
    """Nothing gets through. UDP is dropped, TCP waits until the line is there again."""

    def changed(self, changes: Mapping[str, Any]) -> Conditions:
        """These conditions with some of them changed. ValueError for one that there is not."""
        unknown = changes.keys() - {field.name for field in dataclasses.fields(self)}
        if unknown:
            raise ValueError(f"no such condition: {', '.join(sorted(unknown))}")
        return dataclasses.replace(self, **changes)
