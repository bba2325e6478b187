"""The tick of the forwarding unit goes on, whatever one of its steps meets."""

from __future__ import annotations

import asyncio

import pytest

from server.media.sfu import Sfu
from tests.synthetic.room import STAGE, Class


def boom(*_: object) -> None:
    raise ValueError("a bug")


@pytest.mark.parametrize("step", ["_mux.tick", "_voices.tick", "_apply", "_tell_needs", "_lines.tick"])
async def test_a_step_that_meets_a_bug_leaves_the_others_alone(
    monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    room = Class()
    await room.sfu.start()
    await room.viewer()
    owner, _, name = step.rpartition(".")
    monkeypatch.setattr(getattr(room.sfu, owner) if owner else room.sfu, name, boom)
    room.pass_time(6)
    assert room.told("patient") == ["connected", "silent"]
    monkeypatch.undo()
    await room.sfu.close()


async def test_a_broken_allocation_costs_neither_notices_nor_repair(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = Class()
    await room.sfu.start()
    physio, patient = await room.presenter("physio", "l"), await room.viewer()
    for name in ("tick", "renew"):
        monkeypatch.setattr(room.sfu._peers["physio"].allocation, name, boom)
    room.film(physio, "l")
    room.show(("physio", "patient"))
    room.film(physio, "l", key=True)
    await patient.until(lambda: patient.of(STAGE))
    room.pass_time(6)
    assert room.told("physio") == ["connected", "silent"]
    assert room.sfu.stats()["failures"] > 0
    await room.sfu.close()


async def test_should_the_ticking_end_all_the_same_the_worker_hears_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    died = asyncio.Event()
    sfu = Sfu(lambda notice: None, host="127.0.0.1", port=0, died=died.set)
    monkeypatch.setattr(sfu, "tick", boom)
    await sfu.start()
    await asyncio.wait_for(died.wait(), 5)
    await sfu.close()
