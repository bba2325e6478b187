"""The web process is killed at random moments of a busy class: what was acknowledged is there, and once."""

from __future__ import annotations

import os
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.service import demo_service
from tests.synthetic.scripted_class import Round, scripted_class

KILLS = 6
SEED = int(os.environ.get("KILL_SEED") or random.SystemRandom().randrange(1_000_000))
"""Another one in each run; KILL_SEED=n chooses what is done and when again, if not the exact timing."""
BACK_WITHIN_S = 30.0
"""From the kill; most of it is the supervisor's pause and the start of a process. Whether people were counted
as dropped out meanwhile is among the faults of a round."""


async def survive(folder: Path, kills: int, seed: int) -> list[Round]:
    """Kill so often; every round must be without fault."""
    print(f"KILL_SEED={seed}")
    rounds = []
    counts_at_once = {"MOVEROOM_SEEN_AFTER_MINUTES": "0"}
    async with demo_service(folder, counts_at_once) as service, scripted_class(service, seed) as held:
        for number in range(kills):
            seen = await held.round()
            assert not seen.faults, f"after kill {number + 1} (KILL_SEED={seed}): {seen.faults}"
            rounds.append(seen)
        assert len(held.ledger.messages) > kills
        assert len(held.ledger.questions) > kills / 2
        await held.end_for_all()
        were_there = {patient.id for patient in held.patients}
        assert held.stays.faults(service.database, held.class_id, were_there) == [], f"KILL_SEED={seed}"
        assert sum(held.watcher.watched_ms) > 0
        assert "event=bug" not in service.log.read_text()
    kept = held.ledger
    assert stored_in(folder) == tuple(map(set, (kept.questions, kept.messages, kept.help, kept.cards)))
    return rounds


def stored_in(folder: Path) -> tuple[set[str], ...]:
    """The questions, messages, calls for help and cards in the tables."""
    with closing(sqlite3.connect(folder / "state" / "moveroom.sqlite3")) as database:
        return tuple(
            {row[0] for row in database.execute(f"SELECT id FROM {table}")}
            for table in ("questions", "chat_messages", "help_calls", "cards")
        )


@pytest.mark.timeout(90)
async def test_nothing_acknowledged_is_lost_or_twice_when_the_web_process_is_killed(tmp_path: Path):
    rounds = await survive(tmp_path, KILLS, SEED)
    assert max(each.back_within_s for each in rounds) < BACK_WITHIN_S
    assert sum(each.resent for each in rounds) > 0, "no kill met a request under way"
