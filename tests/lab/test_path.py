"""The fate of packets: no sockets, no clock."""

from __future__ import annotations

import itertools
import random

import pytest

from tests.lab.conditions import Conditions
from tests.lab.path import UDP_HEADERS_BYTES, Path

COUNT = 20_000
STEP_S = 0.01


def path(seed: int = 1, **conditions: float) -> Path:
    return Path(random.Random(seed), Conditions(**conditions))


def fates(one: Path, count: int = COUNT, size: int = 100) -> list[float | None]:
    """When each of `count` datagrams arrives, one sent every 10 ms from the moment 0 on."""
    return [one.datagram(at * STEP_S, size) for at in range(count)]


def test_a_packet_takes_half_a_round_trip_of_80_ms():
    assert path().datagram(5.0, 100) == pytest.approx(5.04)


@pytest.mark.parametrize("conditions", [{"loss": 0.05}, {"burst_loss": 0.1, "burst_pkts": 6}])
def test_as_many_are_lost_as_was_said(conditions: dict[str, float]):
    lost = fates(path(**conditions)).count(None) / COUNT
    assert lost == pytest.approx(sum(conditions.get(key, 0) for key in ("loss", "burst_loss")), rel=0.15)


def test_bursts_are_as_long_as_was_said():
    alive = [fate is not None for fate in fates(path(burst_loss=0.1, burst_pkts=6))]
    begun = sum(before and not now for before, now in itertools.pairwise(alive))
    assert alive.count(False) / begun == pytest.approx(6, rel=0.15)


def test_single_losses_are_not_bursts():
    alive = [fate is not None for fate in fates(path(loss=0.1))]
    begun = sum(before and not now for before, now in itertools.pairwise(alive))
    assert alive.count(False) / begun == pytest.approx(1.1, rel=0.1)


def test_one_seed_gives_one_fate():
    conditions = {"loss": 0.1, "jitter_ms": 30, "reorder": 0.05}
    assert fates(path(7, **conditions)) == fates(path(7, **conditions))
    assert fates(path(7, **conditions)) != fates(path(8, **conditions))


def test_a_change_of_one_condition_does_not_move_the_losses():
    plain, with_jitter = fates(path(loss=0.1)), fates(path(loss=0.1, jitter_ms=30))
    assert [at is None for at in plain] == [at is None for at in with_jitter]


def test_jitter_makes_late_but_keeps_the_order():
    came = fates(path(jitter_ms=50))
    assert came == sorted(came)
    late_ms = [(due - at * STEP_S) * 1000 - 40 for at, due in enumerate(came)]
    assert min(late_ms) >= -1e-6
    assert 45 < max(late_ms) < 50.001


def test_reordered_packets_are_overtaken():
    came = fates(path(reorder=0.1, reorder_ms=25))
    overtaken = sum(due > following for due, following in itertools.pairwise(came))
    assert overtaken / COUNT == pytest.approx(0.09, rel=0.15)


def test_an_outage_takes_everything_for_its_time_and_comes_again():
    came = fates(path(outage_ms=300, outage_every_s=10), 2000)
    assert [at * STEP_S for at, due in enumerate(came) if due is None] == pytest.approx(
        [start + at * STEP_S for start in (0, 10) for at in range(30)]
    )


def test_a_limited_line_carries_what_it_can_and_drops_what_does_not_fit_in_its_queue():
    narrow = path(kbps=300, queue_ms=200)
    came = [due for due in fates(narrow, 1000, 1172 - UDP_HEADERS_BYTES) if due is not None]
    carried_kbps = len(came) * 1172 * 8 / 1000 / (came[-1] - came[0])
    assert carried_kbps == pytest.approx(300, rel=0.02)
    assert narrow.counts["queue_full"] == 1000 - len(came)
    assert narrow.waits_s(999 * STEP_S) == pytest.approx(0.2, abs=0.05)


def test_a_line_below_its_limit_drops_nothing():
    wide = path(kbps=1000, queue_ms=50)
    assert None not in fates(wide, 1000, 1000)
    assert wide.counts["delivered_bytes"] == 1_000_000


@pytest.mark.parametrize("condition", ["cut", "udp_blocked"])
def test_nothing_comes_through_a_line_that_is_cut_or_blocks_udp(condition: str):
    closed = path(**{condition: True})
    assert set(fates(closed, 100)) == {None}
    closed.conditions = Conditions()
    assert None not in fates(closed, 100)


def test_tcp_loses_nothing_and_keeps_its_order_but_waits_for_what_is_sent_again():
    lossy = path(loss=0.1)
    came = [lossy.segment(at * STEP_S, 1000, stream=1) for at in range(1000)]
    assert came == sorted(came)
    longest_ms = max((due - at * STEP_S) * 1000 for at, due in enumerate(came))
    assert longest_ms == pytest.approx(120)


def test_a_tcp_connection_does_not_wait_for_what_another_has_lost():
    lossy = path(loss=1)
    lossy.segment(0.0, 1000, stream=1)
    lossy.conditions = Conditions()
    assert lossy.segment(0.0, 1000, stream=1) == pytest.approx(0.12)
    assert lossy.segment(0.0, 1000, stream=2) == pytest.approx(0.04)


def test_a_tcp_sender_waits_while_the_queue_is_full_or_the_line_is_cut():
    narrow = path(kbps=100, queue_ms=300)
    assert not narrow.is_full(0.0)
    for _ in range(5):
        narrow.segment(0.0, 1000, stream=1)
    assert narrow.is_full(0.0)
    assert not narrow.is_full(0.2)
    assert path(cut=True).is_full(0.0)


def test_a_condition_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="no such condition: lost"):
        Conditions().changed({"lost": 1})
