"""Broken datagrams: 20,000 for each parser, and as many for a worker in which a class goes on."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.synthetic.hostile_datagrams import attack_a_worker, fuzz_parsers

EACH = 20_000
MADE = 23_000
"""Of these about one in ten is so broken that it cannot even be encrypted, and is not sent."""
SEED = int(os.environ.get("FUZZ_SEED") or random.SystemRandom().randrange(1_000_000))
"""Another one in each run; FUZZ_SEED=n chooses the same inputs again."""


def test_parsers_of_datagrams_refuse_or_understand():
    print(f"FUZZ_SEED={SEED}")
    understood = fuzz_parsers(EACH, SEED)
    assert all(0 < number < EACH for number in understood.values()), understood


@pytest.mark.timeout(240)
async def test_a_class_beside_hostile_datagrams_loses_nothing(tmp_path: Path):
    print(f"FUZZ_SEED={SEED}")
    outcome = await attack_a_worker(tmp_path, MADE, SEED)
    assert outcome["inputs"] >= EACH
    assert outcome["live_packets"]
