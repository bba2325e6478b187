"""How often codes and dates of birth may be tried at the doors for patients.

A code has 46 random bits: at the rate that is allowed to all addresses together, 20 a minute, guessing one
of 10,000 codes in use takes 900 years on average (OWASP ASVS 4.0.3, 2.2.1). Right ones count too: what is
asked for at the same moment could otherwise be tried before the first wrong one is counted. A care home
behind one address has 20 tries at once, and one more each minute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from server.pages.rates import Rate

ALL = "all"
"""The key under which all addresses together are counted."""


@dataclass(frozen=True, slots=True)
class DoorRates:
    """Each in memory: wrong dates of birth are also counted in the link's row (`people.birth_dates`)."""

    codes_from: Rate
    """By source address."""
    codes_in_all: Rate
    births_from: Rate
    """By source address."""

    @classmethod
    def made(cls, monotonic_s: Callable[[], float]) -> DoorRates:
        """The rates as they are meant."""
        return cls(Rate(20, 60.0, monotonic_s), Rate(400, 3.0, monotonic_s), Rate(40, 30.0, monotonic_s))

    def may_try_code(self, source: str) -> bool:
        """Spend a try of a code; False when this address, or all together, have none left."""
        return self.codes_from.take(source) and self.codes_in_all.take(ALL)
