"""Load for a real media worker process: whole classes of light clients with prebuilt packets.

The worker is `moveroom media`, charged for all its CPU time. Clients do ICE and DTLS as browsers do, send
receiver reports and REMB once a second, and are drained by processes that look by the clock (over loopback
the sender would else be charged for waking them). In each class one patient decrypts what comes and takes
the kernel's time of arrival, from which the added forwarding delay is known.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.forward import Drain
from server.media import rtcp
from server.media.dtls import SRTP
from server.media.spec import Route, SlotSpec, SourceSpec
from tests.synthetic.client import (
    OPUS,
    VP8,
    Client,
    camera,
    microphone,
    picture_slot,
    rtp,
    voice_slot,
)
from tests.synthetic.processes import Usage, usage
from tests.synthetic.worker import Worker

STEP_S = 0.005
REPORT_EVERY_S = 1.0
CHECK_EVERY_S = 2.0
LINE_KBPS = 5000
STAGE, STAGE_VOICE = 5000, 6000
_SEAT, _SEAT_VOICE = 7000, 8000
_STAMP = struct.Struct("!Q")
_STAMP_AT = 6
"""In a payload, behind the VP8 descriptor."""
_SO_TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("=qq")
_PATCH = struct.Struct("!HI").pack_into


@dataclass(frozen=True)
class Stream:
    """One RTP stream as it is sent: `packets` packets in each of `per_s` bursts a second."""

    ssrc: int
    kind: int
    per_s: float
    packets: int
    payload_bytes: int
    rid: str = ""
    level: int = 16
    """How loud, in dB below the loudest (RFC 6464); 127 is silence."""


class Feed:
    """Sends a stream from one prebuilt packet, protected in place: about 6 µs a packet."""

    def __init__(self, client: Client, stream: Stream, at_s: float = 0.0) -> None:
        self._client, self._stream, self._every_s, self.next_s = client, stream, 1 / stream.per_s, at_s
        self._raw, self._view = SRTP.new_buffer()
        self._length = SRTP.new_length()
        head = bytes([0x90, 0xC0, 0x80, 0, 0, 0]) if stream.kind == VP8 else b""
        ids = {1: b"1" if stream.kind == VP8 else b"0", 4: bytes([stream.level]), 5: b"\0\0"}
        if stream.rid:
            ids[2] = stream.rid.encode()
        self._packet = bytearray(
            rtp(
                payload_type=stream.kind,
                number=0,
                timestamp=0,
                ssrc=stream.ssrc,
                payload=head + os.urandom(stream.payload_bytes),
                extensions=ids,
            )
        )
        self._payload_at = len(self._packet) - stream.payload_bytes - len(head)
        self._number, self._frame = 60_000, 0
        self.sent = 0

    def send_due(self, now_s: float) -> None:
        """Send all bursts due at `now_s` seconds of the loop's clock."""
        while self.next_s <= now_s:
            self.next_s += self._every_s
            self._frame += 1
            self._burst()

    def _burst(self) -> None:
        stream, packet, view, length = self._stream, self._packet, self._view, self._length
        tx = SRTP.handle(self._client.dtls._tx_srtp)
        size, at = len(packet), self._payload_at
        stamp = int(self.next_s * (90_000 if stream.kind == VP8 else 48_000)) & 0xFFFFFFFF
        for place in range(stream.packets):
            self._number = (self._number + 1) & 0xFFFF
            packet[1] = stream.kind | (0x80 if place == stream.packets - 1 else 0)
            _PATCH(packet, 2, self._number, stamp)
            if stream.kind == VP8:
                first = place == 0
                packet[at] = 0x90 if first else 0x80
                packet[at + 2 : at + 5] = bytes(
                    [0x80 | self._frame >> 8 & 0x7F, self._frame & 0xFF, self._frame & 0xFF]
                )
                # Every burst of the first second, and each fiftieth, is a key frame: nobody waits for long.
                packet[at + 5] = 0 if first and (self._frame < 25 or self._frame % 50 == 0) else 1
                _STAMP.pack_into(packet, at + _STAMP_AT, time.clock_gettime_ns(time.CLOCK_REALTIME))
            view[:size] = packet
            length[0] = size
            if SRTP.protect(tx, self._raw, length) == 0:
                with contextlib.suppress(BlockingIOError):
                    self._client.send_raw(view[: length[0]])
                    self.sent += 1


class Watcher(Client):
    """Notes how long each picture packet took from its sender's send to the kernel's note of its arrival."""

    def __init__(self, name: str, **given: object) -> None:
        self.delays_ms: list[float] = []
        super().__init__(name, **given)

    def _open_socket(self) -> None:
        super()._open_socket()
        self.socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)

    def look(self) -> None:
        """Take what has come since."""
        while True:
            try:
                datagram, notes, _, _ = self.socket.recvmsg(2048, 64)
            except BlockingIOError:
                return
            if not 127 < datagram[0] < 192 or 192 <= datagram[1] <= 223 or datagram[1] & 0x7F != VP8:
                continue
            seconds, nanoseconds = _TIMESPEC.unpack(notes[0][2][:16])
            packet = self.dtls._rx_srtp.unprotect(datagram)
            at = 16 + 4 * int.from_bytes(packet[14:16], "big") if packet[0] & 0x10 else 12
            if len(packet) < at + _STAMP_AT + 8:
                continue
            (sent_ns,) = _STAMP.unpack_from(packet, at + _STAMP_AT)
            self.delays_ms.append((seconds * 10**9 + nanoseconds - sent_ns) / 1e6)


@dataclass
class LoadedClass:
    """One class: who is in it, and what they send."""

    room: str
    clients: list[Client]
    routes: list[Route]
    streams: list[tuple[Client, Stream]]
    feeds: list[Feed] = field(default_factory=list)
    drain: Drain | None = None

    @property
    def watchers(self) -> list[Watcher]:
        """Those who note delays."""
        return [client for client in self.clients if isinstance(client, Watcher)]

    async def open(self, worker: Worker) -> None:
        """Everybody joins."""
        for client in self.clients:
            await worker.admit(client)
        await worker.channel.set_routes(self.room, self.routes)
        for client in self.clients:
            client.quiet()
        self.drain = Drain([each.socket for each in self.clients if not isinstance(each, Watcher)])
        spread = len(self.streams)
        now_s = asyncio.get_running_loop().time()
        self.feeds = [
            Feed(client, stream, now_s + place / spread / stream.per_s)
            for place, (client, stream) in enumerate(self.streams)
        ]

    async def close(self) -> None:
        """Everybody leaves."""
        if self.drain is not None:
            self.drain.stop()
        for client in self.clients:
            await client.close()


def _routes(
    to: str, slot: str, of: str, *, voice: bool = True, layer: str = "h", priority: int = 2
) -> list[Route]:
    routes = [Route(to_peer=to, slot=slot, from_peer=of, source="camera", layer=layer, priority=priority)]
    if voice:
        routes.append(Route(to_peer=to, slot=f"{slot}-voice", from_peer=of, source="microphone"))
    return routes


PRESENTED = (
    Stream(2000, VP8, 25, 1, 740, "l"),
    Stream(2100, VP8, 25, 3, 825, "m"),
    Stream(2200, VP8, 25, 7, 1060, "h"),
    Stream(1000, OPUS, 50, 1, 80),
)
"""150, 500 and 1,500 kbit/s at 25 frames a second, and a voice."""
OWN = (Stream(3000, VP8, 20, 1, 740, "l"), Stream(3001, OPUS, 2.5, 1, 10, level=127))
"""A patient of sixteen: the layer that is needed, and a microphone in silence (DTX)."""


def _sources(*streams: Stream) -> list[SourceSpec]:
    rids = [stream.rid for stream in streams if stream.rid]
    voice = next(stream.ssrc for stream in streams if stream.kind == OPUS)
    return [microphone(voice), camera(*rids) if rids else camera(ssrcs=(streams[0].ssrc,))]


def _person(name: str, room: str, watches: bool, sources: list[SourceSpec], slots: list[SlotSpec]) -> Client:
    kind = Watcher if watches else Client
    return kind(name, room=room, sources=sources, slots=slots, keep=False)


def _seats(seats: Iterable[int]) -> list[SlotSpec]:
    return [
        slot
        for n in seats
        for slot in (picture_slot(f"seat{n}", _SEAT + 10 * n), voice_slot(f"seat{n}-voice", _SEAT_VOICE + n))
    ]


def topology(room: str, patients: int) -> LoadedClass:
    """A class as it is held: the presenter to all, every patient's small picture and sound to her."""
    physio = _person(f"{room}-physio", room, False, _sources(*PRESENTED), _seats(range(patients)))
    stage = [picture_slot("stage", STAGE), voice_slot("stage-voice", STAGE_VOICE)]
    people = [_person(f"{room}-patient{n}", room, n == 0, _sources(*OWN), stage) for n in range(patients)]
    routes: list[Route] = []
    for n, person in enumerate(people):
        routes += _routes(person.name, "stage", physio.name, priority=0)
        routes += _routes(physio.name, f"seat{n}", person.name, layer="l")
    streams = [(physio, stream) for stream in PRESENTED]
    streams += [(person, stream) for person in people for stream in OWN]
    return LoadedClass(room, [physio, *people], routes, streams)


def one_to_sixteen(room: str, packets_per_s: float) -> LoadedClass:
    """The work that other forwarders were measured with: one stream of large packets to sixteen."""
    stream = Stream(2000, VP8, 25, round(packets_per_s / 25), 1080)
    physio = _person(f"{room}-physio", room, False, [camera(ssrcs=(2000,))], [])
    people = [
        _person(f"{room}-patient{n}", room, n == 0, [], [picture_slot("stage", STAGE)]) for n in range(16)
    ]
    routes = [
        route
        for each in people
        for route in _routes(each.name, "stage", physio.name, voice=False, priority=0)
    ]
    return LoadedClass(room, [physio, *people], routes, [(physio, stream)])


def all_to_all(room: str, people: int) -> LoadedClass:
    """Everybody sends one picture and a voice to everybody."""
    streams = (Stream(2000, VP8, 30, 1, 1060), Stream(1000, OPUS, 50, 1, 80))
    others = [[k for k in range(people) if k != n] for n in range(people)]
    clients = [
        _person(f"{room}-person{n}", room, n == 0, _sources(*streams), _seats(others[n]))
        for n in range(people)
    ]
    routes = [
        route
        for n, client in enumerate(clients)
        for k in others[n]
        for route in _routes(client.name, f"seat{k}", clients[k].name)
    ]
    return LoadedClass(room, clients, routes, [(client, stream) for client in clients for stream in streams])


@dataclass(frozen=True)
class Measured:
    """What a worker did in a stretch of time."""

    seconds: float
    cpu_s: float
    rss_mb: float
    packets_out: int
    lost: int
    """Packets that the worker did not read, or could not send."""
    delay_p50_ms: float
    delay_p99_ms: float
    behind_ms: float
    """By how much the load itself came late, at worst: beyond a few milliseconds it is the limit."""

    @property
    def us_per_packet(self) -> float:
        """CPU per outgoing packet, microseconds."""
        return 1e6 * self.cpu_s / max(1, self.packets_out)

    @property
    def packets_per_s(self) -> float:
        """Outgoing packets a second."""
        return self.packets_out / self.seconds

    @property
    def cpu_percent(self) -> float:
        """Of one core."""
        return 100 * self.cpu_s / self.seconds


async def measure(
    worker: Worker, classes: Sequence[LoadedClass], seconds: float, warm_up_s: float = 3.0
) -> Measured:
    """Run these classes, and measure the worker after a warm-up."""
    await _run(classes, warm_up_s)
    before, counted, sent = usage(worker.process.pid), await worker.channel.stats(), _sent(classes)
    _look(classes)
    for watcher in (watcher for each in classes for watcher in each.watchers):
        watcher.delays_ms.clear()
    began = time.monotonic()
    behind_s = await _run(classes, seconds)
    took = time.monotonic() - began
    after, counts = usage(worker.process.pid), await worker.channel.stats()
    return _measured(before, after, counted, counts, _sent(classes) - sent, took, classes, behind_s)


def _measured(
    before: Usage,
    after: Usage,
    counted: dict[str, int],
    counts: dict[str, int],
    sent: int,
    took_s: float,
    classes: Sequence[LoadedClass],
    behind_s: float,
) -> Measured:
    def grew(*names: str) -> int:
        return sum(counts[name] - counted[name] for name in names)

    delays = sorted(ms for each in classes for watcher in each.watchers for ms in watcher.delays_ms)

    def quantile(share: float) -> float:
        return delays[min(len(delays) - 1, int(share * len(delays)))] if delays else float("nan")

    return Measured(
        seconds=took_s,
        cpu_s=after.cpu_s - before.cpu_s,
        rss_mb=after.rss_mb,
        packets_out=grew("rtp_out"),
        lost=max(0, sent - grew("rtp_in")) + grew("send_blocked", "send_failed", "send_refused"),
        delay_p50_ms=quantile(0.5),
        delay_p99_ms=quantile(0.99),
        behind_ms=1000 * behind_s,
    )


def _sent(classes: Iterable[LoadedClass]) -> int:
    return sum(feed.sent for each in classes for feed in each.feeds)


async def _run(classes: Sequence[LoadedClass], seconds: float) -> float:
    """Send, report and check for so long; return by how much a step was late, at worst (s)."""
    loop = asyncio.get_running_loop()
    feeds = [feed for each in classes for feed in each.feeds]
    every: list[tuple[float, Callable[[], None]]] = [
        (REPORT_EVERY_S, lambda: _report(classes)),
        (CHECK_EVERY_S, lambda: _check(classes)),
        (0.1, lambda: _look(classes)),
    ]
    due = [0.0] * len(every)
    began, step, late = loop.time(), 0, 0.0
    for feed in feeds:  # what was due while nothing was sent is left out
        feed.next_s = max(feed.next_s, began)
    while (now := loop.time()) - began < seconds:
        for feed in feeds:
            if feed.next_s <= now:
                late = max(late, now - feed.next_s - STEP_S)
                feed.send_due(now)
        for place, (gap, what) in enumerate(every):
            if now >= due[place]:
                due[place] = now + gap
                what()
        step += 1
        await asyncio.sleep(max(0.0, began + step * STEP_S - loop.time()))
    return late


def _look(classes: Iterable[LoadedClass]) -> None:
    for each in classes:
        for watcher in each.watchers:
            watcher.look()


def _check(classes: Iterable[LoadedClass]) -> None:
    for each in classes:
        for client in each.clients:
            client.check()


def _report(classes: Iterable[LoadedClass]) -> None:
    for each in classes:
        for client in each.clients:
            pictures = [slot.ssrc for slot in client.spec.slots if slot.kind == "video"]
            if pictures:
                client.send_rtcp(rtcp.receiver_report([]) + remb(LINE_KBPS * 1000, pictures))


def remb(bits_per_s: int, ssrcs: Sequence[int]) -> bytes:
    """A receiver's estimate of its line (draft-alvestrand-rmcat-remb-03, section 2)."""
    exponent = max(0, bits_per_s.bit_length() - 18)
    word = len(ssrcs) << 24 | exponent << 18 | bits_per_s >> exponent
    body = struct.pack("!II4sI", rtcp.OUR_SSRC, 0, b"REMB", word) + b"".join(
        struct.pack("!I", ssrc) for ssrc in ssrcs
    )
    return struct.pack("!BBH", 0x80 | 15, rtcp.PAYLOAD_FEEDBACK, len(body) // 4) + body
