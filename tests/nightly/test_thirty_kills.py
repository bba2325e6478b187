"""The test of a killed web process, many times over."""

from __future__ import annotations

import random
import statistics
from pathlib import Path

import pytest

from tests.faults.test_kill_the_web_process import BACK_WITHIN_S, survive
from tests.nightly.scale import scaled_count

KILLS = 30


@pytest.mark.nightly
@pytest.mark.timeout(600)
async def test_nothing_is_lost_or_twice_over_thirty_kills(tmp_path: Path, figure):
    seed = random.SystemRandom().randrange(1_000_000)
    rounds = await survive(tmp_path, scaled_count(KILLS, least=3), seed)
    back_s = [each.back_within_s for each in rounds]
    figure(
        "kills",
        kills=len(rounds),
        lost_or_twice=sum(len(each.faults) for each in rounds),
        sent_again=sum(each.resent for each in rounds),
        back_s_median=round(statistics.median(back_s), 1),
        back_s_longest=round(max(back_s), 1),
        seed=seed,
    )
    assert max(back_s) < BACK_WITHIN_S
