"""How often passwords may be tried, and new ones asked for, from one source address.

Right ones count too, because many could be asked for at the same moment. A hospital behind one address has 60
tries at once and one more every 5 seconds. What one account takes is less, and survives a restart: it stands
in its row (`people.sign_in`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from server.pages.rates import Rate


@dataclass(frozen=True, slots=True)
class SignInRates:
    """Each by source address."""

    passwords: Rate
    resets: Rate

    @classmethod
    def made(cls, monotonic_s: Callable[[], float]) -> SignInRates:
        """The rates as they are meant."""
        return cls(Rate(60, 5.0, monotonic_s), Rate(10, 120.0, monotonic_s))
