"""A million broken datagrams for each parser, and 200,000 for a worker in which a class goes on."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.nightly.scale import scaled_count
from tests.synthetic.hostile_datagrams import PARSERS, attack_a_worker, fuzz_parsers

pytestmark = pytest.mark.nightly

SEED = random.SystemRandom().randrange(1_000_000)
PARSED, SENT = 1_000_000, 200_000


@pytest.mark.timeout(1800)
def test_parsers_of_datagrams_refuse_or_understand(figure):
    began, each = time.monotonic(), scaled_count(PARSED)
    understood = fuzz_parsers(each, SEED)
    figure(
        "hostile_parsers", inputs=each * len(PARSERS), seed=SEED, seconds=round(time.monotonic() - began),
        **understood,
    )  # fmt: skip


@pytest.mark.timeout(1200)
async def test_a_worker_under_hostile_datagrams_loses_nothing_of_others(tmp_path: Path, figure):
    figure("hostile_datagrams", seed=SEED, **await attack_a_worker(tmp_path, scaled_count(SENT), SEED))
