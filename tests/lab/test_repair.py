"""What the product's repair of losses is worth by itself, in simulated time: see `repair`."""

from __future__ import annotations

import pytest

from tests.lab.conditions import Conditions
from tests.lab.repair import Repair, Watched

MINUTE_S = 60.0
CUSHION_S = 0.32
"""What a viewer on a line that loses waits at 80 ms round trip (`web_client/live/media/cushion.ts`)."""


def minutes(seeds: range, conditions: Conditions) -> list[Watched]:
    return [Repair(seed, conditions).run(MINUTE_S) for seed in seeds]


@pytest.mark.timeout(120)
def test_at_5_percent_both_ways_no_picture_stops() -> None:
    seen = minutes(range(6), Conditions(loss=0.05))
    assert [each.frozen(CUSHION_S) for each in seen] == [(0, 0.0)] * 6
    late_ms = sorted(late for each in seen for late in each.late_ms())
    assert late_ms[int(0.999 * len(late_ms))] < 1000 * CUSHION_S


@pytest.mark.timeout(120)
def test_at_10_percent_both_ways_less_than_3_percent_of_the_time_is_frozen() -> None:
    frozen = [each.frozen(CUSHION_S)[1] for each in minutes(range(6), Conditions(loss=0.1))]
    assert max(frozen) < 0.03
    assert sum(frozen) / len(frozen) < 0.01


def test_where_nothing_is_lost_nothing_is_late() -> None:
    (seen,) = minutes(range(1), Conditions())
    assert max(seen.late_ms()) == pytest.approx(0, abs=0.1)
