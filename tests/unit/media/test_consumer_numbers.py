"""A slot's numbers, resends and padding, with a recorder in place of the socket."""

from __future__ import annotations

from itertools import pairwise

from server.media import rtp, vp8
from server.media.consumer import Consumer
from server.media.producer import RANKS
from tests.synthetic.client import IDS, picture, picture_slot
from tests.unit.media.consumer_world import World, begun


def test_numbers_start_low_and_go_on_when_the_sources_wrap() -> None:
    world = World("l", start=0x7FFE)
    world.film("l", 65534)
    world.slot.follow(world.camera, RANKS["h"], world.now)
    world.film("l", 65535, key=True)
    world.film("l", 0)
    world.film("l", 1)
    assert [number for _, number, _, _ in world.outlet.sent] == [0x7FFF, 0x8000, 0x8001]


def test_a_late_packet_from_before_the_switch_is_not_forwarded() -> None:
    world = World("l", "h")
    world.film("h", 10)
    world.film("h", 12)
    world.slot.follow(world.camera, RANKS["h"], world.now)
    world.film("h", 13, key=True)
    world.film("h", 11)
    world.film("h", 14)
    assert [number for _, number, _, _ in world.outlet.sent] == [1, 2]


def test_a_key_frame_that_comes_late_is_still_taken() -> None:
    world = World("l")
    world.film("l", 10)
    world.slot.follow(world.camera, RANKS["h"], world.now)
    world.film("l", 12)
    world.film("l", 11, key=True)
    world.film("l", 13)
    assert [number for _, number, _, _ in world.outlet.sent] == [1, 3]
    world.slot.resend((2,), world.now)
    assert world.outlet.sent[-1][3].endswith(b"l"), "what passed before it can be asked for"


def test_what_is_asked_for_is_sent_twice_and_again_only_after_a_round_trip() -> None:
    world = World("l")
    world.film("l", 0)
    world.slot.follow(world.camera, RANKS["h"], world.now)
    for number in range(1, 9):
        world.film("l", number, key=number == 1)
    world.slot.repeat_after_s = 0.1
    before, sent = len(world.outlet.sent), []
    for passed_s in (0.0, 0.05, 0.11):
        world.now += passed_s
        world.slot.resend((1,), world.now)
        sent.append(len(world.outlet.sent) - before)
    assert sent == [2, 2, 4]


def late(world: World) -> list[int]:
    """A frame comes late to a slot whose picture flows; the numbers that the slot then sends."""
    world.film("l", 0)
    world.slot.follow(world.camera, RANKS["h"], world.now)
    for number in (1, 2, 4, 5):
        world.film("l", number, key=number == 1)
    before = len(world.outlet.sent)
    world.film("l", 3)
    came, *again = world.outlet.sent[before:]
    return [came[1], *(int.from_bytes(payload[:2]) for _, _, _, payload in again)]


def test_what_comes_late_is_sent_once_to_a_browser_that_loses_nothing() -> None:
    world = World("l")
    assert late(world) == [3]


def test_what_comes_late_is_sent_twice_to_a_browser_that_loses_packets() -> None:
    world = World("l")
    world.slot.lacks(13)
    assert late(world) == [3, 3]


def test_who_asked_before_it_came_late_does_not_get_it_once_more() -> None:
    world = World("l")
    late(world)
    world.slot.repeat_after_s = 0.06
    world.now += 0.04
    assert resent(world, 3) is None
    world.now += 0.03
    assert resent(world, 3) is not None


def resent(world: World, number: int) -> bytes | None:
    """What the slot sends when its browser asks for this outgoing number, without the number itself."""
    before = len(world.outlet.sent)
    world.slot.resend((number & 0xFFFF,), world.now)
    again = [payload[2:] for _, _, _, payload in world.outlet.sent[before:]]
    return again[0] if again else None


def test_however_long_a_picture_has_flowed_what_is_asked_for_is_resent() -> None:
    world = World("l")
    world.film("l", 0)
    world.slot.follow(world.camera, RANKS["h"], world.now)
    for number in range(1, 70_001):
        world.now += 0.001
        world.film("l", number & 0xFFFF, key=number == 1)
        if number in (1000, 33_000, 60_000, 66_000, 70_000):
            _, out, _, payload = world.outlet.sent[-3]
            assert resent(world, out) == payload, number
            assert resent(world, out + 3 + number) is None, "nothing of that number was sent lately"


def test_after_a_switch_what_came_before_is_resent_as_it_was_and_nothing_else() -> None:
    world = World("l", "h")
    for number in range(100):
        world.film("l", number)
        world.film("h", 7000 + number)
    world.slot.follow(world.camera, RANKS["l"], world.now)
    for number in range(100, 110):
        world.film("l", number, key=number == 100)
    world.slot.follow(world.camera, RANKS["h"], world.now)
    world.film("h", 7100, key=True)
    for number in range(110, 120):
        world.film("l", number)
    for _, out, _, payload in world.outlet.sent[:]:
        assert resent(world, out) == payload
    assert out == 11
    for never in (0, -1, -50, 12, 13):
        assert resent(world, never) is None, "what the layers have near by was never sent under these"


def test_a_layer_that_stopped_long_ago_is_not_taken_for_what_its_successor_misses() -> None:
    world = World("l", "h")
    world.film("h", 1)
    world.film("l", 1)
    world.slot.follow(world.camera, RANKS["h"], world.now)
    world.film("h", 2, key=True)
    world.slot.follow(world.camera, RANKS["l"], world.now)
    world.film("l", 2, key=True)
    for number in range(3, 0x10003):
        world.now += 0.001
        if number != 0x10001:
            world.film("l", number & 0xFFFF)
    assert world.outlet.sent[-1][1] == 2
    assert resent(world, 1) is None, "what the high layer was sent under an hour ago"


def test_of_a_layer_that_began_anew_nothing_is_resent_under_the_old_numbers() -> None:
    world = World("l", "h")
    world.film("l", 1)
    world.film("h", 1)
    world.slot.follow(world.camera, RANKS["h"], world.now)
    for number in range(100, 110):
        world.film("h", number, key=number == 100)
    world.slot.follow(world.camera, RANKS["l"], world.now)
    world.film("l", 2, key=True)
    world.camera.layers[1].bind(77, world.now)
    for number in range(100, 110):
        world.film("h", number, key=number == 100)
    assert resent(world, 5) is None, "those are other pictures"
    assert resent(world, 11) is not None


def test_time_that_passed_between_sources_passes_in_the_slot_too() -> None:
    world = World("l")
    world.slot.follow(world.camera, RANKS["h"], world.now)
    world.film("l", 1)
    world.slot.steer(world.now)
    world.film("l", 2, key=True)
    world.slot.stop()
    world.now += 2
    world.film("l", 3)
    world.slot.follow(world.camera, RANKS["h"], world.now)
    world.film("l", 4, key=True)
    (_, first, at_first, _), (_, second, at_second, _) = world.outlet.sent
    assert second == first + 1
    assert (at_second - at_first) & 0xFFFFFFFF == 2 * 90000


def test_a_slot_without_rtx_encrypts_nothing_twice_under_one_number() -> None:
    world = World("l")
    spec = picture_slot("stage", 5000).model_copy(update={"rtx_ssrc": None, "rtx_payload_type": None})
    slot = Consumer(spec, world.browser, world.outlet, world.counts, lambda below: 0)
    slot.follow(world.camera, RANKS["h"], world.now)
    world.film("l", 1)
    slot.steer(world.now)
    world.film("l", 2, key=True)
    slot.resend((1,), world.now)
    assert [number for _, number, _, _ in world.outlet.sent] == [1]
    assert world.counts.rtx_withheld == 1


def test_what_came_at_once_is_resent_as_it_came() -> None:
    world = begun("l")
    world.slot.follow(world.camera, RANKS["h"], world.now)
    first = world.outlet.sent[0]
    world.slot.resend((first[1],), world.now)
    again = world.outlet.sent[-1]
    assert again[2] == first[2]
    assert again[3][2:] == first[3]


def test_all_numbers_go_on_across_a_switch_over_their_wraps() -> None:
    world = World("l", "h", start=0x7FFF)
    low, high = world.camera.layers

    def film(layer, number: int, stamp: int, picture_id: int, tl0: int, key: bool) -> None:
        payload = picture(key=key, picture_id=picture_id, tl0=tl0, body=b"x")
        layer.receive(0, number & 0xFFFF, stamp & 0xFFFFFFFF, payload, world.now)

    film(low, 65534, 2**32 - 6000, 0x7FFE, 254, key=False)
    world.slot.follow(world.camera, RANKS["l"], world.now)
    for step in range(3):
        film(low, 65535 + step, 2**32 - 3000 + 3000 * step, 0x7FFF + step, 255 + step, key=step == 0)
        world.now += 1 / 30
    film(high, 40, 77, 5, 9, key=False)
    world.slot.follow(world.camera, RANKS["h"], world.now)
    for step in range(3):
        film(high, 41 + step, 3077 + 3000 * step, 6 + step, 10 + step, key=step == 0)
        world.now += 1 / 30
    sent = world.outlet.sent
    pictures = [vp8.parse(payload) for _, _, _, payload in sent]
    assert len(sent) == 6
    for (_, number, stamp, _), (_, later, then, _) in pairwise(sent):
        assert (later - number) & 0xFFFF == 1
        assert (then - stamp) & 0xFFFFFFFF in (2999, 3000)
    for one, other in pairwise(pictures):
        assert (other.picture_id - one.picture_id) & 0x7FFF == 1
        assert (other.tl0 - one.tl0) & 0xFF == 1


def test_picture_ids_of_seven_bits_go_on_across_a_switch() -> None:
    world = World("l", "h")
    low, high = world.camera.layers

    def film(layer, number: int, picture_id: int, key: bool) -> None:
        payload = bytes([0x90, 0x80, picture_id & 0x7F, 0 if key else 1]) + b"x"
        layer.receive(0, number, int(world.now * 90000) & 0xFFFFFFFF, payload, world.now)

    film(low, 1, 125, key=False)
    world.slot.follow(world.camera, RANKS["l"], world.now)
    film(low, 2, 126, key=True)
    film(low, 3, 127, key=False)
    film(high, 1, 50, key=False)
    world.slot.follow(world.camera, RANKS["h"], world.now)
    film(high, 2, 51, key=True)
    film(high, 3, 52, key=False)
    ids = [vp8.parse(payload).picture_id for _, _, _, payload in world.outlet.sent]
    assert ids == [126, 127, 0, 1]


def test_padding_has_its_transport_wide_number_and_stays_out_of_the_picture() -> None:
    world = World("l")
    spec = picture_slot("stage", 5000).model_copy(update={"extensions": IDS})
    slot = Consumer(spec, world.browser, world.outlet, world.counts, lambda below: 0)
    assert slot.can_mark
    slot.pad(0xABCD, 255)
    slot.pad(0xABCE, 1)
    for place, packet in enumerate(world.outlet.padding):
        found = rtp.parse(memoryview(packet), len(packet))
        assert found.ssrc == 5001
        assert found.payload_at == found.payload_end, "nothing but padding"
        number = rtp.transport_sequence(
            memoryview(packet), found.extension_at, found.payload_at, IDS.transport_cc
        )
        assert number == 0xABCD + place
    assert [len(packet) for packet in world.outlet.padding] == [275, 21]
    assert not world.slot.can_mark, "whose browser did not negotiate it"
