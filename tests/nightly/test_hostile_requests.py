"""A million broken requests for the schema of every event, and 50,000 offers, beside a class that goes on."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from server.signalling.events import CLIENT_EVENTS
from tests.nightly.scale import scaled_count
from tests.synthetic.hostile_requests import fuzz_offers, fuzz_schemas, send_broken_requests

pytestmark = pytest.mark.nightly

SEED = random.SystemRandom().randrange(1_000_000)
EACH, OFFERS, SENT = 1_000_000, 50_000, 300


@pytest.mark.timeout(3600)
async def test_every_schema_refuses_with_a_typed_error(tmp_path: Path, figure):
    began = time.monotonic()
    outcome = await fuzz_schemas(tmp_path, scaled_count(EACH), SEED)
    seconds = round(time.monotonic() - began)
    figure("hostile_requests", errors_untyped=0, seconds=seconds, seed=SEED, **outcome)


@pytest.mark.timeout(1800)
async def test_offers_are_answered_or_refused_with_a_protocol_error(tmp_path: Path, figure):
    began, count = time.monotonic(), scaled_count(OFFERS)
    outcomes = await fuzz_offers(tmp_path, count, SEED)
    figure(
        "hostile_offers", inputs=count, errors_untyped=0, seconds=round(time.monotonic() - began),
        answered=outcomes["answered"], kinds_of_refusal=len(outcomes) - 1, seed=SEED,
    )  # fmt: skip
    assert outcomes["answered"] > count / 50
    assert len(outcomes) > 5


@pytest.mark.timeout(900)
async def test_broken_requests_over_real_sockets_are_nobodys_fault_but_the_clients(tmp_path: Path, figure):
    began, each = time.monotonic(), scaled_count(SENT, least=20)
    outcomes = await send_broken_requests(tmp_path, each, SEED)
    figure(
        "hostile_requests_sent", inputs=each * len(CLIENT_EVENTS), errors_untyped=0,
        seconds=round(time.monotonic() - began), seed=SEED, **dict(outcomes.most_common(4)),
    )  # fmt: skip
