"""A slot's choice of layer, with a recorder in place of the socket."""

from __future__ import annotations

from server.media.consumer import Consumer
from server.media.producer import RANKS, Producer
from tests.synthetic.client import microphone, picture, voice_slot
from tests.unit.media.consumer_world import World, begun, numbers


def test_a_consumer_starts_only_when_its_browser_has_keys_and_an_address() -> None:
    world = World("l")
    address, world.browser.tx, world.browser.address = world.browser.address, None, None
    world.slot.follow(world.camera, RANKS["h"], world.now)
    world.film("l", 1, key=True)
    assert world.shown() == ""
    world.browser.tx = "keys"
    world.slot.steer(world.now)
    assert world.shown() == ""
    world.browser.address = address
    world.slot.steer(world.now)
    assert world.shown() == "l", "and then at once, with the key frame that has just passed"


def test_a_key_frame_that_does_not_come_is_asked_for_again() -> None:
    world = World("l")
    world.film("l", 1)
    world.slot.follow(world.camera, RANKS["h"], world.now)
    assert world.asked == [0]
    for tenth in range(12):
        world.now += 0.1
        world.film("l", 2 + tenth)
        world.slot.steer(world.now)
    assert len(world.asked) == 3


def test_after_a_layer_stopped_it_must_run_for_2_s_to_be_taken_again_and_then_for_twice_as_long() -> None:
    world = World("l", "h")
    world.film("h", 1)
    world.slot.follow(world.camera, RANKS["h"], world.now)
    world.film("h", 2, key=True)
    number = 2
    waited = []
    for _ in range(2):
        for _ in range(7):
            number += 1
            world.now += 0.1
            world.film("l", number, key=True)
            world.slot.steer(world.now)
        assert world.shown()[-1] == "l"
        since = len(world.shown())
        while world.shown()[-1] == "l":
            number += 1
            world.now += 0.1
            world.film("l", number)
            world.film("h", number, key=True)
            world.slot.steer(world.now)
        waited.append(len(world.shown()) - since)
    assert 19 <= waited[0] <= 24
    assert 39 <= waited[1] <= 44


def test_an_outage_of_the_whole_camera_costs_no_layer_whichever_is_back_first() -> None:
    world = World("l", "h")
    for number in range(3):
        world.film("l", 1 + number)
        world.film("h", 1 + number, key=number == 0)
        world.slot.follow(world.camera, RANKS["h"], world.now)
        world.now += 0.1
    before = len(world.asked)
    for _ in range(12):
        world.now += 0.1
        world.slot.steer(world.now)
    world.film("l", 4)
    world.slot.steer(world.now)
    world.now += 0.3
    world.film("h", 4)
    world.slot.steer(world.now)
    assert world.slot.layer is world.camera.layers[1]
    assert len(world.asked) == before


def test_a_layer_that_does_not_come_back_after_an_outage_is_left() -> None:
    world = World("l", "h")
    world.film("l", 1)
    world.film("h", 1)
    world.slot.follow(world.camera, RANKS["h"], world.now)
    world.film("h", 2, key=True)
    world.now += 1.0
    for tenth in range(7):
        world.film("l", 2 + tenth)
        world.slot.steer(world.now)
        world.now += 0.1
    world.film("l", 9, key=True)
    assert world.slot.layer is world.camera.layers[0]


def test_a_lower_ceiling_brings_the_slot_down_at_a_key_frame() -> None:
    world = World("l", "m", "h")
    for rid in ("l", "m", "h"):
        world.film(rid, 1)
    world.slot.follow(world.camera, RANKS["h"], world.now)
    world.film("h", 2, key=True)
    world.slot.follow(world.camera, RANKS["m"], world.now)
    world.film("m", 2)
    world.film("h", 3)
    world.film("m", 3, key=True)
    world.film("h", 4)
    assert world.shown() == "hhm"


def test_nothing_allowed_flows_so_the_lowest_that_does_is_shown() -> None:
    world = World("l", "m", "h")
    world.film("h", 1)
    world.film("m", 1)
    world.slot.follow(world.camera, RANKS["l"], world.now)
    world.film("h", 2, key=True)
    world.film("m", 2, key=True)
    assert world.shown() == "m"


def test_sound_is_taken_at_once_and_needs_no_key_frame() -> None:
    world = World("l")
    source = Producer(microphone(7), world._asked, world.outlet, world.counts)
    (layer,) = source.layers
    layer.bind(7, world.now)
    slot = Consumer(voice_slot("v", 6000), world.browser, world.outlet, world.counts, lambda below: 0)
    slot.follow(source, RANKS["h"], world.now)
    layer.receive(0, 5, 1, b"voice", world.now)
    assert [payload for _, _, _, payload in world.outlet.sent] == [b"voice"]
    assert world.asked == []


def test_requests_for_one_key_frame_are_one_wish_and_leave_the_others_unspent() -> None:
    world = World("l")
    world.slot.follow(world.camera, RANKS["h"], world.now)
    world.film("l", 1)
    world.slot.steer(world.now)
    world.film("l", 2, key=True)
    before = len(world.asked)
    for tenth in range(12):  # as a browser does while its key frame is under way
        world.now = 200.0 + tenth / 10
        world.slot.want_keyframe(world.now)
        world.film("l", 3 + tenth, key=True)
    assert len(world.asked) - before == 3, "at 0, 0.5 and 1 s"
    assert world.counts.plis_withheld == 9


def test_who_comes_just_after_a_key_frame_begins_with_it_and_nobody_is_asked_for_another() -> None:
    world = begun("l")
    world.slot.follow(world.camera, RANKS["h"], world.now)
    world.now += 0.04
    world.film("l", 14)
    assert numbers(world) == [1, 2, 3, 4, 5]
    assert world.asked == []
    stamps = [stamp for _, _, stamp, _ in world.outlet.sent]
    assert [(later - stamps[0]) & 0xFFFFFFFF for later in stamps[:4]] == [0, 1, 2, 3], "all due at once"
    assert (stamps[4] - stamps[3]) & 0xFFFFFFFF == 3600, "and then as time goes by"


def test_without_all_that_came_since_the_key_frame_another_is_asked_for() -> None:
    for spoil in ("age", "gap", "size"):
        world = begun("l")
        if spoil == "age":
            for number in range(14, 60):
                world.now += 0.04
                world.film("l", number)
        elif spoil == "gap":
            world.film("l", 15)
        else:
            world.camera.layers[0].octets += 50_000
        world.slot.follow(world.camera, RANKS["h"], world.now)
        assert world.outlet.sent == [], spoil
        assert world.asked == [0], spoil


def test_a_key_frame_that_came_late_counts_with_all_that_came_before_it_did() -> None:
    for body, begins in ((b"x" * 400, True), (b"x" * 1000, False)):
        world = World("l")
        (layer,) = world.camera.layers
        for number in [10, *range(12, 71), 11]:
            payload = picture(key=number == 11, picture_id=number, tl0=number, body=body)
            layer.receive(0, number, number, payload, world.now)
        world.slot.follow(world.camera, RANKS["h"], world.now)
        assert bool(world.outlet.sent) is begins
        assert layer.key.octets == len(payload)


def test_an_older_key_frame_that_comes_late_is_not_gone_back_to() -> None:
    world = World("l")
    for number in (10, 12, 11):
        world.film("l", number, key=True)
    world.slot.follow(world.camera, RANKS["h"], world.now)
    assert len(world.outlet.sent) == 1


def test_of_a_picture_that_not_everybody_may_see_nothing_from_before_is_shown() -> None:
    world = begun("l")
    world.slot.follow(world.camera, RANKS["h"], world.now, priority=2)
    assert world.outlet.sent == []
    assert world.asked == [0]


def test_who_waits_for_a_better_layer_asks_once_in_2_s_whoever_else_has_asked() -> None:
    world = begun("l", "h")
    world.camera.layers[1].octets += 50_000
    world.slot.follow(world.camera, RANKS["h"], world.now)
    assert world.shown() == "llll"
    assert world.asked == [1]
    for tenth in range(18):
        world.now += 0.1
        world.film("l", 14 + tenth)
        world.film("h", 14 + tenth)
        world.slot.steer(world.now)
    assert world.asked == [1]
    for tenth in range(4):
        world.now += 0.1
        world.film("h", 40 + tenth)
        world.slot.steer(world.now)
    assert world.asked == [1, 1]


def test_nothing_granted_is_nothing_sent_and_a_grant_brings_it_back() -> None:
    world = begun("l", "h")
    world.slot.follow(world.camera, RANKS["h"], world.now)
    sent = len(world.outlet.sent)
    world.slot.grant(None, world.now)
    world.film("l", 14)
    world.film("h", 14, key=True)
    assert len(world.outlet.sent) == sent
    assert world.slot.seeks() == set()
    world.slot.grant(RANKS["l"], world.now)
    world.film("l", 15, key=True)
    assert set(world.shown()[sent:]) == {"l"}
    assert world.slot.seeks() == {RANKS["l"]}


def test_a_lower_grant_keeps_the_picture_until_the_key_frame_or_ends_it_at_once() -> None:
    for at_once in (False, True):
        world = World("l", "h")
        world.film("l", 1)
        world.film("h", 1)
        world.slot.follow(world.camera, RANKS["h"], world.now)
        world.film("h", 2, key=True)
        world.slot.grant(RANKS["l"], world.now, at_once=at_once)
        world.film("h", 3)
        world.film("l", 2, key=True)
        world.film("h", 4)
        assert world.shown() == ("hl" if at_once else "hhl")


def test_who_left_a_layer_for_a_full_line_gets_nothing_of_before_but_the_next_key_frame() -> None:
    for at_once in (True, False):
        world = World("l", "h")
        world.film("h", 1)
        world.slot.follow(world.camera, RANKS["h"], world.now)
        world.film("h", 2, key=True)
        world.film("l", 1, key=True)
        world.film("l", 2)
        asked = len(world.asked)
        world.slot.grant(RANKS["l"] if at_once else None, world.now, at_once=at_once)
        world.slot.grant(RANKS["l"], world.now)
        world.film("l", 3)
        if at_once:
            assert world.shown() == "h", "what came before would only clog it further"
            assert world.asked[asked:] == [0]
        world.film("l", 4, key=True)
        world.film("l", 5)
        assert world.shown() == ("hll" if at_once else "hlllll")


def test_who_lost_the_picture_to_a_full_line_and_has_it_back_waits_for_a_key_frame_too() -> None:
    world = World("l")
    world.film("l", 1, key=True)
    world.slot.follow(world.camera, RANKS["l"], world.now)
    world.slot.grant(None, world.now, at_once=True)
    world.film("l", 2)
    world.slot.grant(RANKS["l"], world.now)
    world.film("l", 3)
    assert world.shown() == "l"
    world.film("l", 4, key=True)
    assert world.shown() == "ll"
