"""What must hold on bad networks, with whole minutes and the limits that the product promises.

Two browsers encode, decode and judge on the same few cores, so each run has up to `TRIES` tries of which one
must hold, and on a machine that has other work the limits are doubled, and it says so. Other work is what
takes the cores while a test has not begun: the load average would tell of the browsers of the test before.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from server.cores import usable_cores
from tests.lab import runs
from tests.lab.classroom import classroom
from tests.lab.crowd import crowd
from tests.nightly.scale import scaled

pytestmark = [pytest.mark.nightly, pytest.mark.browser, pytest.mark.timeout(2400)]

LOSS_S, NARROW_S = 60, 150
SYNTHETIC = 16
CORES_FOR_A_CROWD = 4
TRIES = 3
BUSY_SHARE, LOOKED_FOR_S = 0.4, 3.0
MEASURING_NOISE_PERCENT = 0.5
"""Frozen where no freeze is allowed: a core that is away for 0.3 s of a minute looks like one."""

Run = Callable[[], Awaitable[dict[str, Any]]]
Holds = Callable[[str, Run, Mapping[str, float]], Awaitable[None]]


def broken(figures: Mapping[str, Any], limits: Mapping[str, float]) -> list[str]:
    """Which limits the figures break, in words; None is the figure of what did not come in time."""
    found = []
    for name, most in limits.items():
        value = figures[name]
        for each in value if isinstance(value, list) else [value]:
            if each is None:
                found.append(f"{name}: it did not come at all")
            elif each > most:
                found.append(f"{name}: {each}, at most {most}")
    return found


@pytest.fixture
async def holds(figure: Callable[..., None]) -> Holds:
    """Tries a run up to `TRIES` times until it keeps within its limits, and notes each one's figures."""
    share = await share_of_others()
    factor = 2 if share > BUSY_SHARE else 1
    if factor > 1:
        print(f"busy: limits doubled (others take {share:.0%} of the cores)")

    async def tried(name: str, run: Run, limits: Mapping[str, float]) -> None:
        allowed = {what: factor * most for what, most in limits.items()}
        wrong: list[str] = []
        for attempt in range(1, TRIES + 1):
            load = round(os.getloadavg()[0], 1)
            try:
                figures = await run()
            except AssertionError as failed:
                wrong.append(f"try {attempt}, load {load}: {failed}")
                continue
            figure(name, attempt=attempt, load=load, limits_times=factor, **figures)
            found = broken(figures, allowed)
            if not found:
                return
            wrong.append(f"try {attempt}, load {load}: {'; '.join(found)}")
        pytest.fail(f"{name} held in none of {TRIES} tries\n" + "\n".join(wrong))

    return tried


async def share_of_others() -> float:
    """How much of all cores is in use, while nothing of this test is."""
    began = _ticks()
    await asyncio.sleep(LOOKED_FOR_S)
    ended = _ticks()
    idle, every = (after - before for before, after in zip(began, ended, strict=True))
    return 1 - idle / max(1, every)


def _ticks() -> tuple[int, int]:
    user, nice, system, idle, wait, *others = map(
        int, Path("/proc/stat").read_text().split("\n")[0].split()[1:9]
    )
    return idle + wait, user + nice + system + idle + wait + sum(others)


async def test_losses_do_not_stop_the_picture(tmp_path: Path, holds: Holds):
    seconds = scaled(LOSS_S, 15)
    async with classroom(tmp_path) as room:
        await holds(
            "loss_5_percent",
            lambda: runs.on_lossy_lines(room, seconds, loss=0.05),
            {"frozen_percent": MEASURING_NOISE_PERCENT, "concealed_percent": 5},
        )
        await holds(
            "loss_10_percent",
            lambda: runs.on_lossy_lines(room, seconds, loss=0.1),
            {"frozen_percent": 3, "concealed_percent": 10},
        )
        await holds(
            "loss_10_percent_half_in_bursts",
            lambda: runs.on_lossy_lines(room, seconds, burst_loss=0.05, burst_pkts=4, loss=0.05),
            {"frozen_percent": 3},
        )
        await holds(
            "outages_of_300_ms",
            lambda: runs.on_lossy_lines(room, seconds, outage_ms=300, outage_every_s=20),
            {"frozen_percent": 3},
        )


async def test_a_narrow_line_carries_the_low_layer_and_then_sound_alone(tmp_path: Path, holds: Holds):
    async with classroom(tmp_path) as room:
        seconds = scaled(NARROW_S, 30)
        await holds(
            "line_of_300_kbps",
            lambda: runs.on_a_narrow_line(room, wide_kbps=3000, narrow_kbps=300, seconds=seconds),
            {
                "low_after_s": 3,
                "high_after_s": 10,
                "longest_gap_ms": 4000,
                "steady_frozen_percent": 3,
                "steady_switches_a_minute": 1,
                "steady_concealed_percent": 2,
            },
        )
        await holds(
            "line_of_100_kbps",
            lambda: runs.with_sound_only(room, kbps=100, seconds=scaled(60, 30)),
            {
                "said_after_s": 15,
                "steady_frames": 0,
                "steady_concealed_percent": 5,
                "picture_after_s": 10,
                "words_gone_after_s": 20,
            },
        )


async def test_people_change_networks_and_come_by_tcp(tmp_path: Path, holds: Holds):
    async with classroom(tmp_path) as room:
        for of in ("patient", "physio"):
            await holds(
                f"address_change_of_{of}",
                lambda of=of: runs.with_another_address(room, of, times=5),
                {"sound_back_s": 2},
            )
        await holds(
            "ice_restart",
            lambda: runs.with_ice_restarted(room),
            {"new_connections": 0, "restarted_after_s": 5},
        )

        async def by_tcp() -> dict[str, Any]:
            blocked = await runs.with_udp_blocked(room)
            assert blocked["tcp_flows"] == 1
            return blocked

        await holds("udp_blocked", by_tcp, {"first_frame_s": 2})


async def test_a_crowd_joins_and_a_worker_dies(tmp_path: Path, holds: Holds):
    async def crowd_joins() -> dict[str, Any]:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        async with (
            classroom(folder, workers=2, patients=SYNTHETIC) as room,
            crowd(room.service.patients[1:SYNTHETIC], room.service.helper) as people,
        ):
            joined = await runs.with_a_crowd(room, people)
        assert joined["synthetic_served"] == SYNTHETIC
        return joined | {"plis_of_a_layer": list(joined["pli_by_layer"].values())}

    cores = usable_cores()
    if cores < CORES_FOR_A_CROWD:
        print(f"limited by {cores} cores, on which {SYNTHETIC} people shake hands while the picture comes")
    most_s = 1.0 if cores >= CORES_FOR_A_CROWD else 1.5
    await holds("crowd_joins", crowd_joins, {"first_frame_s": most_s, "plis_of_a_layer": 1})

    (tmp_path / "kill").mkdir()
    async with classroom(tmp_path / "kill", workers=2) as room:
        await holds("worker_killed", lambda: runs.when_the_worker_is_killed(room), {"picture_back_s": 3})
