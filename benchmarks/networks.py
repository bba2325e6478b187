"""What people see and hear on bad networks: `python -m benchmarks.networks`, or some runs by name.

A real Chromium on each side of a real service, everyone behind the lab's relay with 80 ms round trip
(`tests/lab`). The presenter's three layers of 720p are encoded on the same cores that judge the picture: with
other work on the machine the figures say more about the machine, so its load is printed beside them.
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
from tests.lab.crowd import crowd

LOSS_S = 60.0
NARROW_S = 120.0
CROWD = 16

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


async def measure(names: list[str]) -> None:
    """Run these in one class, and print each one's figures as soon as they are there."""
    with tempfile.TemporaryDirectory(prefix="moveroom-networks-") as folder:
        async with classroom(Path(folder), workers=2, patients=CROWD) as room:
            for name in names:
                began_s = time.monotonic()
                figures = await RUNS[name](room)
                took_s = time.monotonic() - began_s
                print(f"{name}  (load {os.getloadavg()[0]:.1f}, {took_s:.0f} s)")
                for what, value in figures.items():
                    print(f"    {what:<26} {value}", flush=True)


def main(names: list[str]) -> int:
    """Run the named ones, or all; return 2 for a name that is none."""
    if unknown := set(names) - set(RUNS):
        print(f"no run named {', '.join(sorted(unknown))}; there are {', '.join(RUNS)}")
        return 2
    asyncio.run(measure(names or list(RUNS)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
