"""A class on loopback: a forwarding unit, its clients, and a clock that stands still unless it is moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from server.media import rtcp
from server.media.sfu import Sfu
from server.media.spec import Notice, PeerNotice, Route, SlotSpec, Source, SourceSpec
from tests.synthetic.client import (
    OPUS,
    VP8,
    Client,
    camera,
    microphone,
    picture,
    picture_slot,
    rtp,
    voice_slot,
)

VOICE_SSRC = 1000
LAYER_SSRCS = {"l": 2000, "m": 2100, "h": 2200}
STAGE, STAGE_VOICE = 5000, 6000


class Class:
    """A room: an Sfu on `host`, its notices, and the clients in it."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.now = 1000.0
        self.notices: list[Notice] = []
        self.clients: list[Client] = []
        self.sfu = Sfu(self.notices.append, host=host, port=0, clock=lambda: self.now)
        self._numbers: dict[int, int] = {}

    def told(self, peer: str) -> list[str]:
        """What was told of a peer."""
        return [n.what for n in self.notices if isinstance(n, PeerNotice) and n.peer == peer]

    def pass_time(self, seconds: float, then: Callable[[], None] = lambda: None) -> None:
        """Let time pass in steps of a tick; `then` is done before each."""
        for _ in range(round(seconds / 0.05)):
            self.now += 0.05
            then()
            self.sfu.tick()

    async def join(
        self,
        name: str,
        *,
        sources: Sequence[SourceSpec] = (),
        slots: Sequence[SlotSpec] = (),
        room: str = "room",
        tcp: bool = False,
        host: str = "127.0.0.1",
    ) -> Client:
        """Somebody connects, from `host`."""
        client = Client(name, room=room, sources=sources, slots=slots, tcp=tcp, host=host)
        self.clients.append(client)
        self.sfu.open_peer(client.spec)
        hello = self.sfu.hello()
        places = hello.tcp_addresses if tcp else hello.addresses
        await client.connect(hello, next((at for at in places if at[0] == host), None))
        return client

    async def presenter(
        self, name: str = "physio", *rids: str, tcp: bool = False, host: str = "127.0.0.1"
    ) -> Client:
        """Somebody with a microphone and a camera of these layers (l, m and h)."""
        sources = [microphone(VOICE_SSRC), camera(*(rids or ("l", "m", "h")))]
        return await self.join(name, sources=sources, tcp=tcp, host=host)

    async def viewer(self, name: str = "patient", *, tcp: bool = False, host: str = "127.0.0.1") -> Client:
        """Somebody with a slot for a picture and one for a voice."""
        slots = [picture_slot("stage", STAGE), voice_slot("stage-voice", STAGE_VOICE)]
        return await self.join(name, slots=slots, tcp=tcp, host=host)

    def show(self, *pairs: tuple[str, str], layer: str = "h", voice: bool = True) -> None:
        """Route pictures (and voices) of the first of each pair to the second, and nothing else."""
        kinds: list[tuple[str, Source]] = [("stage", "camera")]
        if voice:
            kinds.append(("stage-voice", "microphone"))
        self.sfu.set_routes(
            "room",
            [
                Route(to_peer=to, slot=slot, from_peer=source, source=kind, layer=layer)
                for source, to in pairs
                for slot, kind in kinds
            ],
        )

    def speak(self, client: Client, payload: bytes = b"voice", number: int | None = None) -> None:
        """Send one packet of sound."""
        client.send_rtp(
            rtp(
                payload_type=OPUS,
                number=self._next(id(client) ^ VOICE_SSRC) if number is None else number,
                timestamp=int(self.now * 48000),
                ssrc=VOICE_SSRC,
                payload=payload,
                extensions={1: b"0"},
            )
        )

    def film(
        self,
        client: Client,
        rid: str,
        *,
        key: bool = False,
        number: int | None = None,
        body: bytes = b"picture",
    ) -> int:
        """Send one frame of a layer, of one packet; the packet's number."""
        stream = id(client) ^ LAYER_SSRCS[rid]
        number = self._numbers[stream] = self._next(stream) if number is None else number
        client.send_rtp(
            rtp(
                payload_type=VP8,
                number=number,
                timestamp=int(self.now * 90000) + LAYER_SSRCS[rid] * 1_000_000,
                ssrc=LAYER_SSRCS[rid],
                payload=picture(key=key, picture_id=number, tl0=number, body=rid.encode() + body),
                marker=True,
                extensions={1: b"1", 2: rid.encode()},
            )
        )
        return number

    async def handled(self, client: Client) -> None:
        """Wait until the server has handled all that the client sent so far."""
        known = len(client.answers)
        client.check()
        await client.until(lambda: len(client.answers) > known)

    async def proven(self, client: Client) -> None:
        """Check until the server has asked back, and knows that the client is where it seems to be."""
        known = len(client.asked)
        while len(client.asked) == known:
            await self.handled(client)
        await self.handled(client)

    def _next(self, stream: int) -> int:
        self._numbers[stream] = self._numbers.get(stream, 99) + 1
        return self._numbers[stream]

    async def end(self) -> None:
        """Everybody leaves."""
        for client in self.clients:
            await client.close()
        await self.sfu.close()
        assert self.sfu.stats()["failures"] == 0, "a datagram met a bug"


def key_frames_asked_of(client: Client) -> list[int]:
    """The SSRCs that picture loss was indicated for."""
    found = client.feedback(rtcp.PAYLOAD_FEEDBACK, rtcp.PICTURE_LOSS)
    return [int.from_bytes(message[8:12], "big") for message in found]
