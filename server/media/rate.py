"""How much of something flows, smoothed so that a key frame or a pause does not look like a change."""

from __future__ import annotations

PACKET_OVERHEAD_BYTES = 64
"""Of a packet beyond its payload: 20 of RTP, 16 of SRTP, 28 of IPv4 and UDP. Lines carry these too."""
_WINDOW_S = 1.0
_RISE, _FALL = 0.4, 0.1
"""Rises are believed sooner than falls: a still picture moves again."""


class Rate:
    """The rate of a growing total, in kbit/s; None until it has been watched for a second."""

    __slots__ = ("_at", "_total", "kbps")

    def __init__(self) -> None:
        self.kbps: float | None = None
        self._at: float | None = None
        self._total = 0

    def note(self, packets: int, octets: int, now: float) -> None:
        """So many packets and payload octets so far."""
        if self._at is not None and now - self._at < _WINDOW_S:
            return
        total = octets + PACKET_OVERHEAD_BYTES * packets
        before, self._at = self._at, now
        flowed, self._total = total - self._total, total
        if before is None:
            return
        kbps = flowed * 8 / (now - before) / 1000
        if self.kbps is None:
            self.kbps = kbps
        else:
            self.kbps += (kbps - self.kbps) * (_RISE if kbps > self.kbps else _FALL)

    def begin_anew(self) -> None:
        """What was known holds no longer: the stream begins or begins again."""
        self.kbps = self._at = None
