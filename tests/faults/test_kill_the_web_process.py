"""The web process is killed at random moments of a busy class: what was acknowledged is there, and once."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.e2e.service import demo_service
from tests.synthetic.scripted_class import Round, scripted_class

KILLS = 6
SEED = int(os.environ.get("KILL_SEED") or random.SystemRandom().randrange(1_000_000))
"""Another one in each run; KILL_SEED=n chooses what is done and when again, if not the exact timing."""
BACK_WITHIN_S = 10.0
"""Who is not back by then has dropped out (docs/protocol.md, section 6)."""


async def survive(folder: Path, kills: int, seed: int) -> list[Round]:
    """Kill so often; every round must be without fault."""
    print(f"KILL_SEED={seed}")
    rounds = []
    async with demo_service(folder) as service, scripted_class(service, seed) as held:
        for number in range(kills):
            seen = await held.round()
            assert not seen.faults, f"after kill {number + 1} (KILL_SEED={seed}): {seen.faults}"
            rounds.append(seen)
        assert len(held.ledger.messages) > kills
        assert len(held.ledger.questions) > kills / 2
        assert "event=bug" not in service.log.read_text()
    return rounds


@pytest.mark.timeout(90)
async def test_nothing_acknowledged_is_lost_or_twice_when_the_web_process_is_killed(tmp_path: Path):
    rounds = await survive(tmp_path, KILLS, SEED)
    assert max(each.back_within_s for each in rounds) < BACK_WITHIN_S
    assert sum(each.resent for each in rounds) > 0, "no kill met a request under way"
