"""When watching counts as an on-demand view, and where to go on. Pure.

An on-demand view has no care professional in it: it is shown beside the month's contacts, never among them
(docs/ondemand.md).
"""

from __future__ import annotations

from dataclasses import dataclass

WATCHED_WHOLE_PERCENT = 97
"""From here on it was watched to its end, and starts anew: nobody wants to go on in the last words."""
NOT_BEGUN_MS = 3_000
"""Who stopped within the first seconds begins at the beginning."""
NEAR_BEGINNING_MS = 15_000
NEAR_BEGINNING_PART = 10
"""The beginning is the first 15 s, but no more than a tenth of the session."""


@dataclass(frozen=True, slots=True)
class ViewRule:
    """How much must have been watched: a part of the session or so many minutes, whichever comes first."""

    percent: int
    minutes: int

    def counts(self, watched_ms: int, duration_ms: int) -> bool:
        """Return whether so much of a session of this length is an on-demand view."""
        return watched_ms * 100 >= self.percent * duration_ms or watched_ms >= self.minutes * 60_000


def percent_of(watched_ms: int, duration_ms: int) -> int:
    """Return how much of the session was watched in whole percent, 0 to 100."""
    return min(100, watched_ms * 100 // duration_ms) if duration_ms > 0 else 0


def where_to_go_on_ms(position_ms: int, watched_ms: int, duration_ms: int) -> int:
    """Return where the player starts: where the person stopped, or 0 when hardly begun or at its end."""
    at_end = percent_of(max(watched_ms, position_ms), duration_ms) >= WATCHED_WHOLE_PERCENT
    return 0 if at_end or position_ms < NOT_BEGUN_MS else position_ms


def is_near_beginning(from_ms: int, duration_ms: int) -> bool:
    """Return whether playing from here is playing from the beginning."""
    return from_ms <= min(NEAR_BEGINNING_MS, duration_ms // NEAR_BEGINNING_PART)
