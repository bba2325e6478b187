"""What people see and hear on bad networks: `python -m benchmarks.networks`, or some runs by name.

A real Chromium on each side of a real service, everyone behind the lab's relay with 80 ms round trip
(`tests/lab`). The presenter's three layers of 720p are encoded on the same cores that judge the picture: with
other work on the machine the figures say more about the machine, so its load is printed beside them. `repair`
needs no browser and no quiet machine: it is what the product's repair does by itself, in simulated time.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.lab import runs
from tests.lab.classroom import Classroom, classroom
from tests.lab.conditions import Conditions
from tests.lab.crowd import crowd
from tests.lab.repair import Repair

LOSS_S = 60.0
NARROW_S = 120.0
CROWD = 16
REPAIR, REPAIR_MINUTES = "repair", 40
CUSHIONS_MS = (320, 400, 480)
"""Four to six round trips: what a page waits on a line that loses."""

Run = Callable[[Classroom], Awaitable[dict[str, Any]]]


async def crowd_joins(room: Classroom) -> dict[str, Any]:
    """16 light people and a Chromium join within one second."""
    others = room.service.patients[1:CROWD]
    async with crowd(others, room.service.helper) as people:
        return await runs.with_a_crowd(room, people)


RUNS: dict[str, Run] = {
    "loss_5": lambda room: runs.on_lossy_lines(room, LOSS_S, loss=0.05),
    "loss_10": lambda room: runs.on_lossy_lines(room, LOSS_S, loss=0.1),
    "bursts_10": lambda room: runs.on_lossy_lines(room, LOSS_S, burst_loss=0.1, burst_pkts=4),
    "outages_300ms": lambda room: runs.on_lossy_lines(room, LOSS_S, outage_ms=300, outage_every_s=20),
    "jitter": lambda room: runs.on_lossy_lines(room, LOSS_S / 2, jitter_ms=30, reorder=0.01),
    "narrow": lambda room: runs.on_a_narrow_line(room, wide_kbps=3000, narrow_kbps=300, seconds=NARROW_S),
    "sound_only": lambda room: runs.with_sound_only(room, kbps=100, seconds=30),
    "address_patient": lambda room: runs.with_another_address(room, "patient"),
    "address_presenter": lambda room: runs.with_another_address(room, "physio"),
    "ice_restart": runs.with_ice_restarted,
    "udp_blocked": runs.with_udp_blocked,
    "crowd": crowd_joins,
    "worker_killed": runs.when_the_worker_is_killed,
}
"""Each is given a class under way and leaves it so."""


def repaired(loss: float) -> dict[str, Any]:
    """Lines that lose so much of everything, both ways, at the publisher and at the viewer."""
    seen = [Repair(seed, Conditions(loss=loss)).run(60.0) for seed in range(REPAIR_MINUTES)]
    late_ms = sorted(late for minute in seen for late in minute.late_ms())
    figures: dict[str, Any] = {
        "minutes": REPAIR_MINUTES,
        "late_ms_p50": round(late_ms[len(late_ms) // 2]),
        "late_ms_p99": round(late_ms[int(0.99 * len(late_ms))]),
        "late_ms_p99.9": round(late_ms[int(0.999 * len(late_ms))]),
        "late_ms_most": round(late_ms[-1]),
    }
    for cushion_ms in CUSHIONS_MS:
        frozen = [minute.frozen(cushion_ms / 1000) for minute in seen]
        figures[f"frames_later_than_{cushion_ms}"] = sum(late > cushion_ms for late in late_ms)
        figures[f"freezes_with_{cushion_ms}"] = sum(freezes for freezes, _ in frozen)
        figures[f"frozen_percent_with_{cushion_ms}"] = round(
            100 * sum(share for _, share in frozen) / len(frozen), 2
        )
    return figures


def show(name: str, figures: dict[str, Any], took_s: float) -> None:
    """Print a run's figures."""
    print(f"{name}  (load {os.getloadavg()[0]:.1f}, {took_s:.0f} s)")
    for what, value in figures.items():
        print(f"    {what:<26} {value}", flush=True)


async def measure(names: list[str]) -> None:
    """Run these in one class, and print each one's figures as soon as they are there."""
    with tempfile.TemporaryDirectory(prefix="moveroom-networks-") as folder:
        async with classroom(Path(folder), workers=2, patients=CROWD) as room:
            for name in names:
                began_s = time.monotonic()
                figures = await RUNS[name](room)
                show(name, figures, time.monotonic() - began_s)


def main(names: list[str]) -> int:
    """Run the named ones, or all; return 2 for a name that is none."""
    names = names or [REPAIR, *RUNS]
    if unknown := set(names) - {REPAIR, *RUNS}:
        print(f"no run named {', '.join(sorted(unknown))}; there are {', '.join([REPAIR, *RUNS])}")
        return 2
    if REPAIR in names:
        for loss in (0.05, 0.1):
            began_s = time.monotonic()
            show(f"{REPAIR} at {loss:.0%}", repaired(loss), time.monotonic() - began_s)
    if in_class := [name for name in names if name != REPAIR]:
        asyncio.run(measure(in_class))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
