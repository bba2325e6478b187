"""What a browser gets over wide, narrow, lossy and wavering lines (`tests.synthetic.narrow_line`)."""

from __future__ import annotations

import pytest

from server.media.estimate import BACK_OFF, START_KBPS, Estimate
from server.media.spec import PeerView, SlotWish
from tests.synthetic.narrow_line import Conditions, World


def begun(**line: float) -> World:
    world = World()
    world.line = Conditions(**line)
    world.begin()
    world.pass_for(5)
    return world


def test_on_a_good_line_the_small_picture_comes_at_once_and_the_large_one_within_about_a_second() -> None:
    world = World()
    world.begin()
    began = world.now
    world.pass_for(3)
    (small_at, small), *_, (large_at, large) = world.shown
    assert (small, large) == ("l", "h")
    assert small_at - began < 0.3
    assert large_at - began < 1.6
    assert world.sound_lost == 0


def test_a_line_that_narrows_from_3_mbps_to_300_kbps_carries_the_small_picture_and_the_sound_within_3_s() -> (
    None
):
    world = begun(kbps=3000)
    assert world.height() == "h"
    world.line.kbps, cut_at = 300, world.now
    world.pass_for(3)
    assert world.height() == "l"
    settled_at, lost, world.sound_late_s = world.now, world.sound_lost, []
    world.pass_for(30)
    assert world.height() == "l"
    assert world.switches(settled_at) == 0
    assert world.sound_lost - lost <= 3
    assert sorted(world.sound_late_s)[int(0.95 * len(world.sound_late_s))] < 0.3, "nor is it late"
    world.line.kbps, back_at = 3000, world.now
    world.pass_for(10)
    assert world.height() == "h"
    assert world.shown[-1][0] - back_at < 9
    assert world.switches(cut_at) <= 4


@pytest.mark.parametrize("kbps", [None, 3000])
def test_a_camera_that_has_only_begun_and_takes_more_soon_keeps_its_layer(kbps: float | None) -> None:
    world = World()
    world.line.kbps, world.richness = kbps, 0.2
    world.pass_for(3)
    world.begin()
    world.pass_for(2)
    assert world.height() == "h"
    began, world.richness = world.now, 1.0
    world.pass_for(5)
    assert world.switches(began) == 0


def test_a_picture_that_takes_more_than_the_line_carries_becomes_smaller() -> None:
    world = World()
    world.line.kbps, world.richness = 800, 0.2
    world.begin()
    world.pass_for(5)
    assert world.height() == "h"
    while world.richness < 1:
        world.pass_for(0.2)
        world.richness *= 1.05
    world.pass_for(5)
    assert world.height() in "lm"


def test_what_is_known_of_a_line_falls_to_what_the_small_picture_takes_before_it_falls_further() -> None:
    estimate = Estimate(0.0, is_marked=True)
    estimate.rtt_s = 0.08
    estimate.proven(2000.0)
    fallen = []
    for at in (0.0, 2.0):  # and nothing is heard of what was sent
        estimate.mark(at, 100)
        assert estimate.judge(400.0, 400.0, at + 1.0)
        fallen.append(estimate.kbps)
    assert fallen == [pytest.approx(BACK_OFF * START_KBPS), pytest.approx(BACK_OFF * 100)]


def test_on_100_kbps_there_is_sound_alone_and_the_slot_is_said_to_be_withheld() -> None:
    world = begun(kbps=3000)
    world.line.kbps = 100
    world.pass_for(4)
    lost = world.sound_lost
    world.pass_for(30)
    assert world.height() == ""
    assert world.allocation.line.withheld == ("stage",)
    assert (world.allocation.line.estimate_kbps or 0) < 200
    assert world.sound_lost - lost < 75, "of 1,500"
    world.line.kbps = 3000
    world.pass_for(10)
    assert world.height() == "h"
    assert world.allocation.line.withheld == ()


@pytest.mark.parametrize(
    "line",
    [
        {"loss": 0.05, "loss_up": 0.05},
        {"loss": 0.1, "loss_up": 0.1},
        {"jitter_s": 0.03},
        {"jitter_s": 0.06, "loss": 0.05},
        {"delay_s": 0.15},
        {"kbps": 3000, "loss": 0.1, "loss_up": 0.1},
    ],
    ids=str,
)
def test_loss_jitter_and_distance_alone_cost_no_picture(line: dict[str, float]) -> None:
    world = begun(**line)
    assert world.height() == "h"
    began = world.now
    world.pass_for(30)
    assert world.switches(began) == 0


@pytest.mark.parametrize("kbps", [240, 260, 280, 300, 320, 350, 400, 800, 1500, 2000])
def test_whatever_the_line_carries_there_is_at_most_one_switch_a_minute_and_always_a_picture(
    kbps: float,
) -> None:
    world = begun(kbps=kbps)
    world.pass_for(15)
    began, dropped = world.now, world.dropped
    world.pass_for(60)
    assert world.switches(began) <= 1
    assert world.dark_s(began) == 0
    assert world.height() in ("l" if kbps < 700 else "lm" if kbps < 1500 else "mh")
    assert world.dropped - dropped < 80


@pytest.mark.parametrize(("kbps", "most_a_minute"), [(180, 0), (200, 4), (220, 4)])
def test_a_line_just_short_of_the_small_picture_is_tried_now_and_then_and_no_more(
    kbps: float, most_a_minute: int
) -> None:
    """A trial is two changes; there are one or two a minute where it cannot be told whether it fits."""
    world = begun(kbps=3000)
    world.line.kbps = kbps
    world.pass_for(140)
    began = world.now
    world.pass_for(120)
    assert world.switches(began) <= 2 * most_a_minute


def test_a_picture_that_the_line_takes_away_and_gives_back_has_changed_twice_each_time() -> None:
    world = begun(kbps=400)
    world.pass_for(15)
    began = world.now
    for _ in range(2):
        world.line.kbps = 100
        world.pass_for(15)
        world.line.kbps = 3000
        world.pass_for(20)
    assert [rid for at, rid in world.shown if at > began].count("") == 2
    assert world.switches(began) >= 4
    assert 10 < world.dark_s(began) < 50


def test_what_throws_packets_away_and_keeps_no_queue_is_found_out_by_loss() -> None:
    world = begun(kbps=3000)
    world.line = Conditions(kbps=350, queue_s=0.05)
    world.pass_for(6)
    assert world.height() == "l"


def test_a_way_that_becomes_longer_costs_the_picture_for_a_moment_at_most() -> None:
    world = begun(kbps=3000)
    world.line.delay_s = 0.25
    world.pass_for(30)
    assert world.height() == "h"


def test_a_picture_of_a_small_tile_is_the_small_one_and_of_a_hidden_page_none() -> None:
    world = begun()
    world.allocation.set_view(PeerView(peer="p", slots=(SlotWish(slot="stage", height=300),)), world.now)
    world.pass_for(1)
    assert world.height() == "m"
    assert world.allocation.line.reduced == (), "it is as large as it is shown"
    world.allocation.set_view(PeerView(peer="p", slots=(SlotWish(slot="stage", height=100),)), world.now)
    world.pass_for(1)
    assert world.height() == "l"
    for view in (
        PeerView(peer="p", slots=(SlotWish(slot="stage", height=720),), sound_only=True),
        PeerView(peer="p", slots=(SlotWish(slot="stage", height=0),)),
        PeerView(peer="p"),
    ):
        world.allocation.set_view(view, world.now)
        sent = world.allocation.sent_octets()
        world.pass_for(1)
        assert world.allocation.sent_octets() - sent < 51 * (120 + 64), "sound, and nothing beside it"
    assert world.allocation.line.withheld == ()


def test_a_browser_that_tells_of_no_arrivals_gets_everything_at_once() -> None:
    world = World(marked=False)
    world.begin()
    world.pass_for(1)
    assert {rid for _, rid in world.shown} == {"h"}
    assert world.allocation.line.estimate_kbps is None


def test_sound_alone_at_first_says_nothing_of_whether_the_browser_tells_of_arrivals() -> None:
    world = World()
    world.line = Conditions(kbps=300)
    world.speak()
    world.pass_for(10)
    world.begin()
    world.pass_for(15)
    assert world.height() == "l"
    assert world.sound_lost < 40


def test_a_browser_that_was_promised_to_tell_of_arrivals_and_does_not_gets_everything_after_a_while() -> None:
    world = World()
    world.tells = False
    world.begin()
    world.pass_for(8)
    assert world.height() == "h"
    assert world.allocation.line.estimate_kbps is None


def test_one_that_tells_later_or_at_another_address_is_listened_to_again() -> None:
    world = World()
    world.tells = False
    world.begin()
    world.pass_for(8)
    world.tells, world.line.kbps = True, 3000
    world.pass_for(3)
    assert world.allocation.line.estimate_kbps is not None
    world.line.kbps = 300
    world.pass_for(5)
    assert world.height() == "l"
    another = World()
    another.tells = False
    another.begin()
    another.pass_for(8)
    another.allocation.moved(another.now)
    assert another.allocation.estimate.kbps is not None


def test_an_estimate_that_fell_below_the_smallest_picture_for_no_reason_withholds_it_for_3_s_at_most() -> (
    None
):
    for wrongly in (190.0, 225.0):
        world = begun(kbps=300)
        world.pass_for(10)
        world.allocation.estimate.kbps = wrongly * 0.9
        world.pass_for(4)
        assert world.height() == "l", f"after {wrongly}"
        began = world.now
        world.pass_for(30)
        assert world.switches(began) == 0


def test_a_line_that_has_come_and_gone_for_long_is_back_within_10_s_of_its_last_return() -> None:
    world = begun(kbps=3000)
    for _ in range(8):
        world.line.kbps = 300
        world.pass_for(8)
        world.line.kbps = 3000
        world.pass_for(8)
    world.line.kbps = 300
    world.pass_for(10)
    world.line.kbps = 3000
    world.pass_for(10)
    assert world.height() == "h"


@pytest.mark.parametrize("delay_s", [0.8, 1.4])
def test_a_way_of_seconds_carries_pictures_too(delay_s: float) -> None:
    world = begun(delay_s=delay_s)
    world.pass_for(20)
    assert world.height() == "h"


@pytest.mark.parametrize("seed", range(3))
def test_a_tenth_lost_both_ways_withholds_no_picture_however_long_it_lasts(seed: int) -> None:
    world = World(seed=seed)
    world.line = Conditions(loss=0.1, loss_up=0.1)
    world.begin()
    for _ in range(120):
        world.pass_for(1)
        assert world.allocation.line.withheld == ()


def test_at_another_address_nothing_is_regretted() -> None:
    world = begun(kbps=300)
    world.pass_for(20)
    world.line.kbps = 3000
    world.allocation.moved(world.now)
    world.pass_for(2)
    assert world.height() == "h"


def test_a_probe_that_comes_apart_does_not_cost_the_picture_that_is_there() -> None:
    for seed in range(4):
        world = World(seed=seed)
        world.line = Conditions(kbps=300, jitter_s=0.03)
        world.begin()
        world.pass_for(10)
        for _ in range(60):
            world.pass_for(1)
            assert world.allocation.line.withheld == ()
