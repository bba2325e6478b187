"""How much can have been watched in the time that has passed. Pure.

A playback spends the clock on what it reports; what it has not spent yet is its credit. A viewing as a whole
has a bound of its own, so that many playbacks at once do not add up.
"""

from __future__ import annotations

from datetime import datetime, timedelta

FASTEST = 2
"""The player's highest speed: more than this times the clock cannot have been watched."""
LENIENCY_MS = 10_000
"""For reports that wait in the network, and for the first one of a playback."""
MOST_SAVED = timedelta(minutes=15)
"""Time in which a playback reported nothing new still pays for what it reports later: the server was away."""
LENIENCY_IN_ALL_MS = 30_000
"""The leniency of a whole viewing, so that ever new playbacks do not add up."""
LENIENCY_IN_ALL_PART = 10
"""It is no more than a tenth of the session, so that nothing short counts as soon as it begins."""
LEAST_LENIENCY_MS = 1_000


def may_grow_ms(
    paid_until: datetime, started_at: datetime, watched_ms: int, duration_ms: int, now: datetime
) -> int:
    """Return how much new may be added to a viewing of `watched_ms` that began at `started_at`.

    `paid_until`: up to when the playback has spent the clock. Only what is new costs: sending the same again
    is never too much, and spends nothing of what a later report needs.
    """
    in_all_ms = max(LEAST_LENIENCY_MS, min(LENIENCY_IN_ALL_MS, duration_ms // LENIENCY_IN_ALL_PART))
    of_playback_ms = _played_at_most_ms(paid_until, now) + LENIENCY_MS
    of_viewing_ms = _played_at_most_ms(started_at, now) + in_all_ms - watched_ms
    return max(0, min(of_playback_ms, of_viewing_ms))


def spent(paid_until: datetime, growth_ms: int, now: datetime) -> datetime:
    """Return up to when the clock is spent after `growth_ms` more, as fast as it can have been watched."""
    return min(now, paid_until + timedelta(milliseconds=growth_ms / FASTEST))


def _played_at_most_ms(since: datetime, now: datetime) -> int:
    return int(FASTEST * max(0.0, (now - since).total_seconds() * 1000))
