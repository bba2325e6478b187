"""Which sessions the demo's patients have watched at home: made up, the same each time. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from server.demo.samples.scripts import SAMPLES
from server.ondemand.counting import ViewRule
from server.storage.tables import Viewing, WatchedInterval

FIRST_SEAT = 3
"""The first patients have watched nothing, so that whoever tries the demo as one of them begins anew."""

# Days ago, minutes after nine in the morning, which sample, and how much of it in percent.
_WATCHED = (
    (1, 20, 0, 100),
    (2, 95, 1, 100),
    (3, 400, 2, 72),
    (4, 61, 0, 100),
    (5, 505, 1, 38),
    (6, 130, 0, 100),
    (7, 300, 2, 100),
    (8, 45, 1, 88),
    (9, 610, 0, 12),
    (10, 222, 2, 100),
    (11, 75, 0, 64),
    (12, 480, 1, 100),
)


def viewings(
    person_ids: Sequence[str], until: datetime, rule: ViewRule, id_source: Callable[[], str]
) -> list[tuple[Viewing, list[WatchedInterval]]]:
    """Return a fortnight's viewings before `until` by all but the first patients, each watching in turn."""
    watching = person_ids[FIRST_SEAT:]
    found: list[tuple[Viewing, list[WatchedInterval]]] = []
    begun_anew_at: dict[tuple[str, str], datetime] = {}
    for index, (days_ago, minutes, sample_index, percent) in enumerate(_WATCHED):
        sample = SAMPLES[sample_index]
        length_ms = sample.timeline.length_ms
        watched_ms = length_ms * percent // 100
        day = (until - timedelta(days=days_ago)).replace(hour=9, minute=0, second=0, microsecond=0)
        started_at = day + timedelta(minutes=minutes)
        last_at = started_at + timedelta(milliseconds=watched_ms)
        again = (watching[index % len(watching)], sample.name)
        viewing = Viewing(
            id=id_source(),
            person_id=again[0],
            session_name=sample.name,
            started_at=started_at,
            last_at=last_at,
            position_ms=watched_ms,
            playback=None,
            watched_ms=watched_ms,
            counted_at=last_at if rule.counts(watched_ms, length_ms) else None,
            closed_at=begun_anew_at.get(again),
        )
        begun_anew_at[again] = started_at
        found.append((viewing, [WatchedInterval(viewing_id=viewing.id, from_ms=0, to_ms=watched_ms)]))
    return found
