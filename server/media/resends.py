"""Which resends a slot grants: no number twice within a round trip, all within a share of what flows.

Each goes out twice while half of what may be saved up is left: whatever is lost once more is late by a round
trip. The share is for a line that loses a tenth and stops for 0.3 s at times; where packets are lost because
too much is sent, the queue tells the estimate, and less is sent (`server.media.estimate`).
"""

from __future__ import annotations

from math import inf

from server.media import rtcp
from server.media.nack import REPEAT_AFTER_S, Budget
from server.media.throttle import Bucket

_NUMBERS_AT_ONCE = rtcp.MAX_LOST
_NUMBERS_PER_S = 10 * rtcp.MAX_LOST
_LEAST_BYTES = 12_000
_SHARE, _SAVED_S = 0.25, 0.4
_KEPT_FOR_FIRST = 0.5
_MOST_REMEMBERED, _REMEMBERED_S = 256, 1.0


class Resends:
    """Of one slot."""

    def __init__(self) -> None:
        self.repeat_after_s = REPEAT_AFTER_S
        self._sent_at: dict[int, float] = {}
        self._budget = Budget(_LEAST_BYTES, share=_SHARE, saved_s=_SAVED_S)
        self._numbers = Bucket(_NUMBERS_AT_ONCE, _NUMBERS_PER_S)

    def granted(self, numbers: int, now: float) -> int:
        """How many of so many numbers asked for will be looked at."""
        return self._numbers.take(numbers, now)

    def copies(self, number: int, cost_bytes: int, flowed_bytes: int, now: float) -> int:
        """How often this number is sent now, 0 to 2; `flowed_bytes` is the slot's total so far."""
        before = self._sent_at.get(number, -inf)
        if now - before < self.repeat_after_s or not self._budget.allows(cost_bytes, flowed_bytes, now):
            return 0
        self._remember(number, now)
        return 1 + self.allows_another(cost_bytes, flowed_bytes, now)

    def allows_another(self, cost_bytes: int, flowed_bytes: int, now: float) -> bool:
        """Whether a packet may be sent once more than it must, and spends what that takes."""
        return self._budget.allows(cost_bytes, flowed_bytes, now, keep=_KEPT_FOR_FIRST)

    def note_first(self, number: int, now: float) -> None:
        """This number goes out for the first time, but late: for who asked meanwhile it is on its way."""
        self._remember(number, now)

    def _remember(self, number: int, now: float) -> None:
        if len(self._sent_at) > _MOST_REMEMBERED:
            self._sent_at = {n: at for n, at in self._sent_at.items() if now - at < _REMEMBERED_S}
        self._sent_at[number] = now

    def forget(self) -> None:
        """Another stream begins."""
        self._sent_at.clear()
