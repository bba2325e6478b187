"""What one browser may ask for on the cost of others: much at once, little for long."""

from __future__ import annotations


class Bucket:
    """Grants `most` at once and, as they are spent, `per_s` of them anew each second."""

    __slots__ = ("_at", "_left", "_most", "_per_s")

    def __init__(self, most: int, per_s: float) -> None:
        self._most, self._per_s = most, per_s
        self._left = float(most)
        self._at: float | None = None

    def take(self, wanted: int, now: float) -> int:
        """How many of `wanted` are granted, which are then spent."""
        if self._at is not None:
            self._left = min(self._most, self._left + (now - self._at) * self._per_s)
        self._at = now
        granted = min(wanted, int(self._left))
        self._left -= granted
        return granted
