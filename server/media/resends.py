"""Which resends a slot grants: no number twice within a round trip, all within a share of what flows."""

from __future__ import annotations

from math import inf

from server.media import rtcp
from server.media.nack import REPEAT_AFTER_S, Budget
from server.media.throttle import Bucket

_NUMBERS_AT_ONCE = rtcp.MAX_LOST
_NUMBERS_PER_S = 10 * rtcp.MAX_LOST
_LEAST_BYTES = 6000
_MOST_REMEMBERED = 256


class Resends:
    """Of one slot."""

    def __init__(self) -> None:
        self.repeat_after_s = REPEAT_AFTER_S
        self._sent_at: dict[int, float] = {}
        self._budget = Budget(_LEAST_BYTES)
        self._numbers = Bucket(_NUMBERS_AT_ONCE, _NUMBERS_PER_S)

    def granted(self, numbers: int, now: float) -> int:
        """How many of so many numbers asked for will be looked at."""
        if len(self._sent_at) > _MOST_REMEMBERED:
            self._sent_at = {n: at for n, at in self._sent_at.items() if now - at < self.repeat_after_s}
        return self._numbers.take(numbers, now)

    def grants(self, number: int, cost_bytes: int, flowed_bytes: int, now: float) -> bool:
        """Whether this number is sent again now; `flowed_bytes` is the slot's total so far."""
        if now - self._sent_at.get(number, -inf) < self.repeat_after_s:
            return False
        if not self._budget.allows(cost_bytes, flowed_bytes, now):
            return False
        self._sent_at[number] = now
        return True

    def forget(self) -> None:
        """Another stream begins."""
        self._sent_at.clear()
