"""A slot's choice of layer and its numbers, with a recorder in place of the socket."""

from __future__ import annotations

from itertools import pairwise

from server.media import rtcp, rtp, vp8
from server.media.consumer import Consumer
from server.media.counts import Counts
from server.media.outlet import Target
from server.media.producer import RANKS, Producer
from tests.synthetic.client import IDS, camera, microphone, picture, picture_slot, voice_slot


class Recorder:
    """Takes packets as an Outlet does, and keeps them."""

    def __init__(self) -> None:
        self.sent: list[tuple[Target, int, int, bytes]] = []
        """Target, and the number, timestamp and payload as they leave."""
        self.padding: list[bytes] = []

    def group(self, targets: list[Target]) -> tuple[Target, ...]:
        return tuple(targets)

    def fan_out(self, targets, marker, number, timestamp, payload, descriptor, now) -> None:
        for target in targets:
            changed = bytearray(payload)
            if descriptor is not None:
                vp8.rewrite(changed, 0, descriptor, target[7], target[8])
            out = ((number + target[1]) & 0xFFFF, (timestamp + target[2]) & 0xFFFFFFFF, bytes(changed))
            self.sent.append((target, *out))

    send_each = fan_out

    def send_rtp(self, packet: bytes, tx: object, address: object) -> None:
        self.padding.append(packet)


class Browser:
    """The subscriber's end of a consumer."""

    def __init__(self) -> None:
        self.tx: object | None = "keys"
        self.address = ("192.0.2.1", 1)
        self.rtcp: list[bytes] = []

    def send_rtcp(self, packet: bytes) -> None:
        self.rtcp.append(packet)


class World:
    def __init__(self, *rids: str, start: int = 0) -> None:
        self.now = 100.0
        self.outlet, self.browser, self.counts = Recorder(), Browser(), Counts()
        self.asked: list[int] = []
        self.camera = Producer(camera(*rids), self._asked, self.outlet, self.counts)
        for ssrc, layer in enumerate(self.camera.layers):
            layer.bind(ssrc, -100.0)
        self.slot = Consumer(
            picture_slot("stage", 5000), self.browser, self.outlet, self.counts, lambda below: start
        )

    def _asked(self, packet: bytes) -> None:
        for said in rtcp.parse(packet):
            if isinstance(said, rtcp.KeyframeWanted):
                self.asked.append(said.ssrc)

    def film(self, rid: str, number: int, *, key: bool = False) -> None:
        layer = next(layer for layer in self.camera.layers if layer.rid == rid)
        payload = picture(key=key, picture_id=number, tl0=number, body=rid.encode())
        layer.receive(0, number, int(self.now * 90000), payload, self.now)

    def shown(self) -> str:
        return "".join(chr(payload[-1]) for _, _, _, payload in self.outlet.sent)


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


def test_after_a_layer_stopped_it_is_not_tried_again_for_2_s() -> None:
    world = World("l", "h")
    world.film("h", 1)
    world.slot.follow(world.camera, RANKS["h"], world.now)
    world.film("h", 2, key=True)
    world.now += 0.6
    world.film("l", 1, key=True)
    world.slot.steer(world.now)
    world.film("l", 2, key=True)
    assert world.shown() == "hl"
    for tenth in range(30):
        world.now += 0.1
        world.film("l", 3 + tenth)
        world.film("h", 3 + tenth, key=True)
        world.slot.steer(world.now)
    shown = world.shown()[2:]
    assert 19 <= shown.index("h") <= 22


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


def begun(*rids: str) -> World:
    """A camera of which a key frame and three frames more have passed, and nobody saw them."""
    world = World(*rids)
    for rid in rids:
        world.film(rid, 10, key=True)
    for number in (11, 12, 13):
        world.now += 0.04
        for rid in rids:
            world.film(rid, number)
    return world


def numbers(world: World) -> list[int]:
    return [number for _, number, _, _ in world.outlet.sent]


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


def test_what_came_at_once_is_resent_as_it_came() -> None:
    world = begun("l")
    world.slot.follow(world.camera, RANKS["h"], world.now)
    first = world.outlet.sent[0]
    world.slot.resend((first[1],), world.now)
    again = world.outlet.sent[-1]
    assert again[2] == first[2]
    assert again[3][2:] == first[3]


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
