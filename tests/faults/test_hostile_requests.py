"""Broken requests: 20,000 for every event's schema, 2,000 offers, a flood, beside a class that goes on."""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path

import pytest

from server.signalling.events import CLIENT_EVENTS
from tests.synthetic.hostile_requests import (
    class_beside,
    fuzz_offers,
    fuzz_schemas,
    send_broken_requests,
)
from tests.unit.signalling.clients import REQUESTS

EACH, OFFERS, SENT = 20_000, 2_000, 20
SEED = int(os.environ.get("FUZZ_SEED") or random.SystemRandom().randrange(1_000_000))
"""Another one in each run; FUZZ_SEED=n chooses the same inputs again."""


@pytest.mark.timeout(240)
async def test_every_schema_refuses_with_a_typed_error_beside_a_class_that_loses_nothing(tmp_path: Path):
    print(f"FUZZ_SEED={SEED}")
    outcome = await fuzz_schemas(tmp_path, EACH, SEED)
    assert EACH < outcome["refused"] < outcome["inputs"]


@pytest.mark.timeout(240)
async def test_offers_are_answered_or_refused_beside_a_class_that_loses_nothing(tmp_path: Path):
    print(f"FUZZ_SEED={SEED}")
    outcomes = await fuzz_offers(tmp_path, OFFERS, SEED)
    assert outcomes["answered"] > OFFERS / 50
    assert len(outcomes) > 5


async def test_broken_requests_over_a_socket_are_nobodys_fault_but_the_clients(tmp_path: Path):
    print(f"FUZZ_SEED={SEED}")
    outcomes = await send_broken_requests(tmp_path, SENT, SEED)
    assert outcomes["bad_request"] > SENT


async def test_who_floods_is_refused_and_nobody_else_waits(tmp_path: Path):
    async with class_beside(tmp_path) as beside:
        flood = [
            beside.margaret.ask(row.name, REQUESTS[row.name])
            for _ in range(20)
            for row in CLIENT_EVENTS
            if row.name not in ("class:leave", "class:end")
        ]
        acks = asyncio.gather(*flood)
        await beside.turn()
        codes = [ack["error"]["code"] for ack in await acks if not ack["ok"]]
        assert codes.count("too_fast") > 150
        await beside.turn()
        await beside.assert_nothing_lost()
        counts = beside.server.signalling.counts
        assert counts["refused"] + counts["protocol_error"] == len(codes)


def test_every_event_is_among_them():
    assert set(REQUESTS) == {row.name for row in CLIENT_EVENTS}
