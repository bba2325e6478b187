import pytest

from server.media import rtp
from server.media.counts import Counts
from server.media.outlet import Outlet
from server.media.producer import Producer
from server.media.spec import SourceSpec
from tests.synthetic.client import VP8, VP8_RTX, camera
from tests.synthetic.client import rtp as build


def producer(spec: SourceSpec) -> Producer:
    return Producer(spec, lambda packet: None, Outlet(Counts(), batching=False), Counts())


def layer_for(source: Producer, payload_type: int, extensions: dict[int, bytes] | None) -> str | None:
    packet = build(
        payload_type=payload_type, number=1, timestamp=1, ssrc=9, payload=b"x", extensions=extensions
    )
    found = rtp.parse(memoryview(packet), len(packet))
    assert found is not None
    layer = source.layer_of(memoryview(packet), found)
    return None if layer is None else layer.rid


def test_a_packet_finds_its_layer_by_mid_and_rid() -> None:
    source = producer(camera("l", "h"))
    assert layer_for(source, VP8, {1: b"1", 2: b"h"}) == "h"
    assert layer_for(source, VP8_RTX, {1: b"1", 3: b"l"}) == "l"


@pytest.mark.parametrize(
    ("payload_type", "extensions"),
    [
        (VP8, None),
        (VP8, {2: b"h"}),
        (VP8, {1: b"0", 2: b"h"}),
        (VP8, {1: b"1", 2: b"x"}),
        (VP8, {1: b"1", 3: b"h"}),
        (VP8_RTX, {1: b"1", 2: b"h"}),
        (100, {1: b"1", 2: b"h"}),
    ],
)
def test_a_packet_that_is_not_ours_finds_none(payload_type: int, extensions: dict[int, bytes] | None) -> None:
    assert layer_for(producer(camera("l", "h")), payload_type, extensions) is None


def test_a_single_stream_needs_no_rid() -> None:
    assert layer_for(producer(camera()), VP8, {1: b"1"}) == ""


def test_the_best_layer_is_the_highest_that_flows_under_the_ceiling() -> None:
    source = producer(camera("l", "m", "h"))
    low, middle, high = source.layers
    assert source.best(2, 2, 10.0) is None
    low.last_at = high.last_at = 10.0
    assert source.best(2, 2, 10.0) is high
    assert source.best(1, 2, 10.0) is low
    assert source.best(2, 2, 10.6) is high, "nothing comes at all: an outage"
    assert source.best(2, 2, 12.1) is None
    middle.last_at = 20.0
    assert source.best(2, 2, 20.1) is middle
    assert source.best(0, 2, 20.1) is middle, "better too high than black"
    assert source.best(2, 0, 20.1) is None, "but never more than the line carries"


def test_a_layer_that_has_just_begun_is_not_taken_for_cheap_on_a_line_that_was_full() -> None:
    source = producer(camera("l", "m", "h"))
    for at in (100.0, 120.0):
        for layer, kbps in zip(source.layers, (150.0, 160.0, 400.0), strict=True):
            layer.last_at, layer.rate.kbps = at, kbps
        measured = source.costs(2, at)
        assert measured == [(0, 150.0), (1, 160.0), (2, 400.0)]
        expected = [(0, 150.0), (1, 560.0), (2, 1600.0)] if at == 100.0 else measured
        assert source.costs(2, at, at_least_usual=True) == expected
