"""A slot with a camera before it and a browser behind it, and a recorder in place of the socket."""

from __future__ import annotations

from server.media import rtcp, vp8
from server.media.consumer import Consumer
from server.media.counts import Counts
from server.media.outlet import Target
from server.media.producer import Producer
from tests.synthetic.client import camera, picture, picture_slot


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
