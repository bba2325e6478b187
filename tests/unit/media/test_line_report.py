from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from server.media.counts import Counts
from server.media.line_report import EVERY_S, LineReports
from server.media.liveness import State
from server.media.nack import Gaps
from server.media.needs import MISSED_S, Needs
from server.media.spec import LineNotice


@dataclass
class FakeLayer:
    """A layer as far as its counts go."""

    rank: int = 0
    gaps: Gaps = field(default_factory=Gaps)
    repaired: int = 0
    is_flowing: bool = True
    next: int = 100

    def flows(self, now: float) -> bool:
        return self.is_flowing

    def come(self, packets: int, *, lost: int = 0) -> None:
        """So many packets were sent to us, evenly spread; `lost` of them did not come."""
        every = packets // lost if lost else 0
        missing = {every * number for number in range(lost)}
        for number in range(packets):
            if number not in missing:
                self.gaps.note(self.next + number & 0xFFFF, 0.0)
        self.next += packets
        self.gaps.note(self.next & 0xFFFF, 0.0)
        self.next += 1

    def repair(self, packets: int) -> None:
        for number in list(self.gaps.missing)[:packets]:
            self.gaps.note(number & 0xFFFF, 0.0)
            self.repaired += 1


class FakePeer:
    """A patient with a camera and the slots stage and stage-voice."""

    def __init__(self) -> None:
        self.spec: Any = SimpleNamespace(room="class3", peer="margaret.p1")
        self.state = State.CONNECTED
        self.layers = {rank: FakeLayer(rank) for rank in (0, 2)}
        self.needs = Needs([0, 2])
        camera = SimpleNamespace(
            layers=tuple(self.layers.values()), spec=SimpleNamespace(rids=("l", "h")), needs=self.needs
        )
        self.producers: Any = {"camera": camera}
        self.stage, self.voice = FakeLayer(), FakeLayer()
        self.consumers: Any = {
            "stage": SimpleNamespace(spec=SimpleNamespace(ssrc=1, kind="video"), layer=self.stage),
            "stage-voice": SimpleNamespace(spec=SimpleNamespace(ssrc=2, kind="audio"), layer=self.voice),
            "side": SimpleNamespace(spec=SimpleNamespace(ssrc=3, kind="video"), layer=None),
        }
        self.octets = 0
        line = SimpleNamespace(
            estimate_kbps=900.0, wanted_kbps=1800.0, withheld=("side",), reduced=("stage",)
        )
        self.allocation: Any = SimpleNamespace(
            line=line, rtt_ms=80.0, reports={}, sent_octets=lambda: self.octets
        )

    def reports(self, *, highest: int, lost: int, ssrc: int = 1) -> None:
        self.allocation.reports[ssrc] = highest, lost & 0xFFFFFF


class World:
    def __init__(self) -> None:
        self.told: list[LineNotice] = []
        self.counts = Counts()
        self.reports = LineReports(self.told.append, self.counts)
        self.peer = FakePeer()
        self.now = 10.0
        self.tick()

    def tick(self) -> None:
        self.reports.tick([self.peer], self.now)

    def next_report(self) -> LineNotice:
        self.now += EVERY_S
        self.tick()
        return self.told[-1]


@pytest.fixture
def world() -> World:
    return World()


def test_each_peer_is_told_of_every_two_seconds(world: World) -> None:
    for _ in range(100):
        world.now += 0.05
        world.tick()
    assert len(world.told) == 2
    notice = world.told[-1]
    assert (notice.room, notice.peer, notice.rtt_ms) == ("class3", "margaret.p1", 80.0)
    assert (notice.estimate_kbps, notice.wanted_kbps) == (900.0, 1800.0)
    assert (notice.withheld, notice.reduced) == (("side",), ("stage",))


@pytest.mark.parametrize("state", [State.NEW, State.SILENT, State.GONE])
def test_of_whom_nothing_is_heard_nothing_is_told(world: World, state: State) -> None:
    world.peer.state = state
    for _ in range(100):
        world.now += 0.05
        world.tick()
    assert world.told == []


def test_what_was_sent_is_told_as_a_rate(world: World) -> None:
    world.peer.octets = 250_000
    assert world.next_report().sent_kbps == 1000.0
    assert world.next_report().sent_kbps == 0.0


def test_pictures_are_counted_that_carry_something(world: World) -> None:
    assert world.next_report().pictures == 1
    world.peer.stage.is_flowing = False
    assert world.next_report().pictures == 0


def test_losses_up_are_those_before_repair(world: World) -> None:
    low = world.peer.layers[0]
    low.come(100)
    world.next_report()
    low.come(200, lost=20)
    low.repair(20)
    assert low.gaps.missing == {}
    assert world.next_report().loss_up == pytest.approx(0.1, abs=0.01)
    low.come(200)
    assert world.next_report().loss_up == 0.0


def test_what_came_late_but_unasked_is_not_lost(world: World) -> None:
    low = world.peer.layers[0]
    low.come(100)
    world.next_report()
    low.come(100, lost=10)
    for number in list(low.gaps.missing):
        low.gaps.note(number & 0xFFFF, 0.0)
    assert world.next_report().loss_up == 0.0


def test_of_a_few_packets_no_share_is_told(world: World) -> None:
    world.peer.layers[0].come(4, lost=2)
    world.next_report()
    world.peer.layers[0].come(4, lost=2)
    assert world.next_report().loss_up == 0.0


def test_a_stream_that_begins_anew_is_not_a_loss(world: World) -> None:
    low = world.peer.layers[0]
    low.come(100)
    world.next_report()
    low.gaps, low.next = Gaps(), 40_000
    low.come(30)
    assert world.next_report().loss_up == 0.0


def test_losses_down_are_what_the_browser_reports(world: World) -> None:
    world.peer.reports(highest=1000, lost=7)
    world.next_report()
    world.peer.reports(highest=1200, lost=27)
    assert world.next_report().loss_down == pytest.approx(0.1)
    assert world.next_report().loss_down == 0.0, "what was reported once counts once"


def test_packets_that_came_late_lower_what_the_browser_reports(world: World) -> None:
    world.peer.reports(highest=1000, lost=2)
    world.next_report()
    world.peer.reports(highest=1200, lost=-5)
    assert world.next_report().loss_down == 0.0


def test_numbers_that_wrap_are_no_losses(world: World) -> None:
    world.peer.reports(highest=0xFFFFFFF0, lost=0xFFFFFF)
    world.next_report()
    world.peer.reports(highest=0x54, lost=9)
    assert world.next_report().loss_down == pytest.approx(0.1)


def test_what_the_publishers_line_lost_is_not_put_down_to_who_receives_it(world: World) -> None:
    world.peer.stage.come(100)
    world.peer.reports(highest=1000, lost=0)
    world.next_report()
    world.peer.stage.come(199, lost=20)
    world.peer.reports(highest=1200, lost=20)
    assert world.next_report().loss_down == 0.0
    world.peer.stage.come(199, lost=20)
    world.peer.reports(highest=1400, lost=60)
    assert world.next_report().loss_down == pytest.approx(0.1)


def test_layers_that_are_wanted_and_do_not_come_are_told_while_a_lower_one_does(world: World) -> None:
    high = world.peer.layers[2]
    high.is_flowing = False
    assert world.next_report().unsent == (), "nobody wants it"
    world.peer.needs.note({2}, True, world.now)
    world.now += MISSED_S
    assert world.next_report().unsent == ("h",)
    world.peer.layers[0].is_flowing = False
    assert world.next_report().unsent == (), "a camera that is off is no slow line"
    world.peer.layers[0].is_flowing = high.is_flowing = True
    assert world.next_report().unsent == ()


def test_a_peer_that_is_gone_is_forgotten(world: World) -> None:
    world.next_report()
    world.reports.tick([], world.now)
    world.now += EVERY_S
    world.tick()
    assert len(world.told) == 1, "it begins anew"


def test_a_line_that_cannot_be_read_is_counted_and_keeps_nothing_from_the_others(world: World) -> None:
    broken, sound = FakePeer(), FakePeer()
    broken.spec.peer = "broken"
    world.reports.tick([broken, sound], world.now)
    del broken.allocation.line
    world.now += EVERY_S
    world.reports.tick([broken, sound], world.now)
    assert ([each.peer for each in world.told], world.counts.failures) == (["margaret.p1"], 1)
