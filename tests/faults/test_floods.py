"""Floods of what is well-formed are dropped cheaply, and the class beside them loses nothing."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from server.media.handshakes import MOST_PER_HOST
from server.media.sfu import MOST_PEERS_PER_ROOM
from tests.synthetic.floods import flood_a_worker

EACH, JOINS = 2_000, 1_000
SEED = int(os.environ.get("FUZZ_SEED") or random.SystemRandom().randrange(1_000_000))


@pytest.mark.timeout(240)
async def test_a_class_beside_floods_of_checks_packets_and_joins_loses_nothing(tmp_path: Path):
    print(f"FUZZ_SEED={SEED}")
    outcome = await flood_a_worker(tmp_path, EACH, JOINS, SEED)
    print(outcome)
    assert outcome["address_moves"] == 0
    assert outcome["refused"] >= JOINS - 2 * MOST_PEERS_PER_ROOM, "some may have been given up meanwhile"
    assert outcome["dropped_handshakes"] >= MOST_PEERS_PER_ROOM - MOST_PER_HOST
    assert outcome["dropped_flood"] > EACH / 2, "most of the forged checks were not even looked at"
    assert outcome["dropped_stranger"] > EACH, "nor most of the forged packets"
    assert outcome["growth_mb"] < 50
