"""How fast one person may ask: a token bucket. What costs the server more, costs more tokens.

What a page reports by itself has a bucket of its own: however often it does, a call for help gets through.
"""

from __future__ import annotations

from collections.abc import Callable

BURST_REQUESTS = 40
REQUESTS_PER_S = 10.0
BURST_REPORTS = 20
REPORTS_PER_S = 4.0


class TokenBucket:
    """Full at first; requests take tokens, and tokens come back with time.

    `monotonic_s` gives seconds that never go back.
    """

    def __init__(
        self,
        monotonic_s: Callable[[], float],
        burst: int = BURST_REQUESTS,
        per_second: float = REQUESTS_PER_S,
    ) -> None:
        self._monotonic_s = monotonic_s
        self._burst = burst
        self._per_second = per_second
        self._tokens = float(burst)
        self._at_s = monotonic_s()

    def take(self, tokens: int = 1) -> bool:
        """Take so many tokens; False, and none is taken, when there are too few."""
        self._refill()
        if self._tokens < tokens:
            return False
        self._tokens -= tokens
        return True

    @property
    def is_full(self) -> bool:
        """Whether it is as a new one."""
        self._refill()
        return self._tokens == self._burst

    def _refill(self) -> None:
        now_s = self._monotonic_s()
        self._tokens = min(self._burst, self._tokens + (now_s - self._at_s) * self._per_second)
        self._at_s = now_s
