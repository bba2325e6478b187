"""What must hold on bad networks, with whole minutes: the limits of each, with room for a busy machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab import runs
from tests.lab.classroom import classroom
from tests.lab.crowd import crowd
from tests.nightly.scale import scaled

pytestmark = [pytest.mark.nightly, pytest.mark.browser, pytest.mark.timeout(900)]

LOSS_S, NARROW_S = 60, 150
SYNTHETIC = 16


async def test_losses_do_not_stop_the_picture(tmp_path: Path, figure):
    seconds = scaled(LOSS_S, 15)
    async with classroom(tmp_path) as room:
        play = await runs.on_lossy_lines(room, seconds, loss=0.05)
        figure("loss_5_percent", **play)
        assert play["frozen_percent"] < 3
        assert play["concealed_percent"] < 12

        play = await runs.on_lossy_lines(room, seconds, loss=0.1)
        figure("loss_10_percent", **play)
        assert play["frozen_percent"] < 9

        play = await runs.on_lossy_lines(room, seconds, burst_loss=0.05, burst_pkts=4, loss=0.05)
        figure("loss_10_percent_half_in_bursts", **play)
        assert play["frozen_percent"] < 12

        play = await runs.on_lossy_lines(room, seconds, outage_ms=300, outage_every_s=20)
        figure("outages_of_300_ms", **play)
        assert play["frozen_percent"] < 6


async def test_a_narrow_line_carries_the_low_layer_and_then_sound_alone(tmp_path: Path, figure):
    async with classroom(tmp_path) as room:
        seconds = scaled(NARROW_S, 30)
        play = await runs.on_a_narrow_line(room, wide_kbps=3000, narrow_kbps=300, seconds=seconds)
        figure("line_of_300_kbps", **play)
        assert play["low_after_s"] < 6
        assert play["high_after_s"] < 20
        assert play["steady_switches_a_minute"] <= 2
        assert play["steady_concealed_percent"] < 2

        play = await runs.with_sound_only(room, kbps=100, seconds=scaled(60, 30))
        figure("line_of_100_kbps", **play)
        assert play["said_after_s"] < 15
        assert play["steady_concealed_percent"] < 5
        assert play["picture_after_s"] < 25


async def test_people_change_networks_and_come_by_tcp(tmp_path: Path, figure):
    async with classroom(tmp_path) as room:
        for of in ("patient", "physio"):
            back = await runs.with_another_address(room, of, times=5)
            figure("address_change", **back)
            assert max(back["sound_back_s"]) < 4
        restarted = await runs.with_ice_restarted(room)
        figure("ice_restart", **restarted)
        assert restarted["new_connections"] == 0
        blocked = await runs.with_udp_blocked(room)
        figure("udp_blocked", **blocked)
        assert blocked["first_frame_s"] < 4
        assert blocked["tcp_flows"] == 1


async def test_a_crowd_joins_and_a_worker_dies(tmp_path: Path, figure):
    async with classroom(tmp_path, workers=2, patients=SYNTHETIC) as room:
        others = room.service.patients[1:SYNTHETIC]
        async with crowd(others, room.service.helper) as people:
            joined = await runs.with_a_crowd(room, people)
        figure("crowd_joins", **joined)
        assert joined["synthetic_served"] == SYNTHETIC
        assert joined["first_frame_s"] < 3
        assert max(joined["pli_by_layer"].values()) <= 2

        killed = await runs.when_the_worker_is_killed(room)
        figure("worker_killed", **killed)
        assert killed["picture_back_s"] < 6
