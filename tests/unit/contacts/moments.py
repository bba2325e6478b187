"""Classes around moments at which days, months and clocks change, in seconds of Unix time."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from server.contacts.rules import ClassTimes
from tests.unit.contacts import slow_reference as slow

LONDON = ZoneInfo("Europe/London")
MINUTE, HOUR = 60, 3600
TIMES = int(os.environ.get("CONTACT_EXAMPLES_TIMES", "1"))
"""CONTACT_EXAMPLES_TIMES=10 plays ten times as many random classes."""


def second(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp())  # type: ignore[misc]


MOMENTS = {
    "an ordinary morning": second(2026, 11, 24, 10, 0),
    "midnight at the end of November": second(2026, 12, 1, 0, 0),
    "midnight at the end of June, in summer time": second(2026, 6, 30, 23, 0),
    "the turn of the year": second(2027, 1, 1, 0, 0),
    "the clocks go forward": second(2026, 3, 29, 1, 0),
    "the clocks go back": second(2026, 10, 25, 1, 0),
}
moments = st.sampled_from(sorted(MOMENTS))


def at(moment: int) -> datetime:
    return datetime.fromtimestamp(moment, UTC)


def unix(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def times_of(planned: slow.PlannedClass) -> ClassTimes:
    ended, cancelled = planned.ended, planned.cancelled
    return ClassTimes(
        at(planned.start),
        at(planned.end),
        None if ended is None else at(ended),
        None if cancelled is None else at(cancelled),
        None if cancelled is None else "other",
    )
