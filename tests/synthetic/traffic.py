"""Steady traffic: people who send simulcast VP8 and Opus at a browser's pace, and count what they receive."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.media import rtcp
from server.media.spec import SlotSpec, SourceSpec
from tests.synthetic.client import OPUS, VP8, Client, rtp

STEP_S = 0.01
CHECK_EVERY_S = 2.0
_RCVBUF_FORCE = 33
_NUMBER = struct.Struct("!H")


@dataclass
class Tally:
    """What came under one SSRC."""

    received: int = 0
    missing: int = 0
    """Sequence numbers that were skipped."""
    late: int = 0
    """Packets that came behind a later one, or twice."""
    highest: int | None = None

    def note(self, number: int) -> None:
        """A packet of this sequence number came."""
        self.received += 1
        step = 1 if self.highest is None else (number - self.highest) & 0xFFFF
        if 0 < step < 0x8000:
            self.missing += step - 1
            self.highest = number
        else:
            self.late += 1


@dataclass(frozen=True)
class Layer:
    """One layer of a picture: a frame is `packets` packets of `payload_bytes` each."""

    rid: str
    ssrc: int
    packets: int
    payload_bytes: int


class Sender:
    """What somebody sends: sound, or the layers of a picture, `per_s` frames a second, of prebuilt bodies."""

    def __init__(
        self, client: Counting, per_s: float, *, layers: Sequence[Layer] = (), voice: int = 0, at_s: float = 0
    ) -> None:
        self._client, self._every_s = client, 1 / per_s
        self._layers, self._voice, self._next_s = layers, voice, at_s
        self._bodies = {layer.rid: os.urandom(layer.payload_bytes) for layer in layers}
        self._voice_body = os.urandom(80)
        self._numbers: dict[int, int] = {}
        self._frame = 0
        self.sent = 0

    def send_due(self, now_s: float) -> None:
        """Send all frames that are due `now_s` seconds after the start."""
        while self._next_s <= now_s:
            self._next_s += self._every_s
            self._frame += 1
            for layer in self._layers:
                self._film(layer)
            if self._voice:
                self._send(OPUS, self._voice, int(self._next_s * 48000), self._voice_body, True, {1: b"0"})

    def _film(self, layer: Layer) -> None:
        key = layer.ssrc in self._client.key_frames_wanted or self._frame == 1
        self._client.key_frames_wanted.discard(layer.ssrc)
        for place in range(layer.packets):
            head = bytes(
                [
                    0x90 if place == 0 else 0x80,
                    0xC0,
                    0x80 | self._frame >> 8 & 0x7F,
                    self._frame & 0xFF,
                    self._frame & 0xFF,
                    0 if key and place == 0 else 1,
                ]
            )
            self._send(
                VP8,
                layer.ssrc,
                int(self._next_s * 90000),
                head + self._bodies[layer.rid],
                place == layer.packets - 1,
                {1: b"1", 2: layer.rid.encode()},
            )

    def _send(
        self, kind: int, ssrc: int, timestamp: int, payload: bytes, marker: bool, ids: dict[int, bytes]
    ) -> None:
        number = self._numbers[ssrc] = self._numbers.get(ssrc, 65_000) + 1
        self.sent += 1
        ids = ids | {5: _NUMBER.pack(self._client.next_transport_number())}
        self._client.send_rtp(
            rtp(
                payload_type=kind,
                number=number,
                timestamp=timestamp,
                ssrc=ssrc,
                payload=payload,
                marker=marker,
                extensions=ids,
            )
        )


class Counting(Client):
    """A client that decrypts what comes, keeps only counts of it, and hears when a key frame is wanted."""

    def __init__(
        self, name: str, *, sources: Sequence[SourceSpec] = (), slots: Sequence[SlotSpec] = ()
    ) -> None:
        self.tallies: dict[int, Tally] = {}
        self.key_frames_wanted: set[int] = set()
        self.refused = 0
        """Packets that did not decrypt."""
        self._transport_number = 0
        super().__init__(name, sources=sources, slots=slots)

    def _open_socket(self) -> None:
        super()._open_socket()
        with contextlib.suppress(OSError):  # past the system's limit, where we may
            self.socket.setsockopt(socket.SOL_SOCKET, _RCVBUF_FORCE, 4 << 20)

    def next_transport_number(self) -> int:
        """The transport-wide sequence number of the next packet."""
        self._transport_number = (self._transport_number + 1) & 0xFFFF
        return self._transport_number

    def _take(self, datagram: bytes) -> None:
        if not 127 < datagram[0] < 192 or self.dtls.state != "connected":
            super()._take(datagram)
            self.answers[:-1] = []
        elif 192 <= datagram[1] <= 223:
            for said in rtcp.parse(self.dtls._rx_srtp.unprotect_rtcp(datagram)) or ():
                if isinstance(said, rtcp.KeyframeWanted):
                    self.key_frames_wanted.add(said.ssrc)
        else:
            self.note(self.dtls._rx_srtp.unprotect(datagram))

    def note(self, packet: bytes) -> None:
        """Count an RTP packet that came."""
        number, ssrc = _NUMBER.unpack_from(packet, 2)[0], int.from_bytes(packet[8:12], "big")
        self.tallies.setdefault(ssrc, Tally()).note(number)

    def begin_anew(self) -> None:
        """Count from here on; the sequences go on."""
        self.tallies = {ssrc: Tally(highest=tally.highest) for ssrc, tally in self.tallies.items()}


async def run_traffic(senders: Iterable[Sender], clients: Sequence[Client], seconds: float) -> None:
    """Send for so long, and keep up everybody's consent."""
    await keep_up(senders, clients, asyncio.create_task(asyncio.sleep(seconds)))


async def keep_up(senders: Iterable[Sender], clients: Sequence[Client], until: asyncio.Task[object]) -> None:
    """Send, and keep up everybody's consent, while that task runs."""
    loop = asyncio.get_running_loop()
    senders, began_s, checked_s = list(senders), loop.time(), -CHECK_EVERY_S
    offsets = [sender._next_s for sender in senders]
    while not until.done():
        now_s = loop.time() - began_s
        for sender, offset in zip(senders, offsets, strict=True):
            sender.send_due(offset + now_s)
        if now_s - checked_s >= CHECK_EVERY_S:
            checked_s = now_s
            for client in clients:
                client.check()
        await asyncio.wait((until,), timeout=STEP_S)
    await until
