"""A browser without a browser: ICE and DTLS-SRTP by aioice's and aiortc's parts, packets made by hand.

Costs a hundredth of a real one, and can do what a real one never would.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple

from aioice import stun
from aiortc.rtcdtlstransport import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
)

from server.media.spec import (
    ExtensionIds,
    Fingerprint,
    IceCredentials,
    PeerSpec,
    SlotSpec,
    SourceSpec,
    WorkerHello,
)

CERTIFICATE = RTCCertificate.generateCertificate()
FINGERPRINT = next(f.value for f in CERTIFICATE.getFingerprints() if f.algorithm == "sha-256")
IDS = ExtensionIds(mid=1, rid=2, repaired_rid=3, audio_level=4, transport_cc=5, abs_send_time=6)
SLOT_IDS = ExtensionIds(abs_send_time=6)
"""These clients tell nothing of arrivals: their lines count as without limit."""
OPUS, VP8, VP8_RTX = 111, 96, 97
_HEADER = struct.Struct("!BBHII")


def microphone(ssrc: int, mid: str = "0") -> SourceSpec:
    return SourceSpec(
        mid=mid, source="microphone", kind="audio", payload_type=OPUS, clock_rate=48000,
        ssrcs=(ssrc,), extensions=IDS,
    )  # fmt: skip


def camera(*rids: str, ssrcs: tuple[int, ...] = (), mid: str = "1") -> SourceSpec:
    return SourceSpec(
        mid=mid, source="camera", kind="video", payload_type=VP8, rtx_payload_type=VP8_RTX,
        clock_rate=90000, rids=rids, ssrcs=ssrcs, extensions=IDS,
    )  # fmt: skip


def voice_slot(slot: str, ssrc: int, mid: str | None = None) -> SlotSpec:
    return SlotSpec(
        mid=mid or f"m{ssrc}", slot=slot, kind="audio", payload_type=OPUS, clock_rate=48000, ssrc=ssrc,
        extensions=SLOT_IDS,
    )  # fmt: skip


def picture_slot(slot: str, ssrc: int, mid: str | None = None) -> SlotSpec:
    return SlotSpec(
        mid=mid or f"m{ssrc}", slot=slot, kind="video", payload_type=VP8, rtx_payload_type=VP8_RTX,
        clock_rate=90000, ssrc=ssrc, rtx_ssrc=ssrc + 1, extensions=SLOT_IDS,
    )  # fmt: skip


def picture(*, key: bool = False, picture_id: int = 0, tl0: int = 0, body: bytes = b"picture") -> bytes:
    """The first packet of a VP8 frame, with a 15-bit picture id and TL0PICIDX."""
    return (
        bytes([0x90, 0xC0, 0x80 | picture_id >> 8 & 0x7F, picture_id & 0xFF, tl0 & 0xFF, 0 if key else 1])
        + body
    )


def rtp(
    *,
    payload_type: int,
    number: int,
    timestamp: int,
    ssrc: int,
    payload: bytes,
    marker: bool = False,
    extensions: dict[int, bytes] | None = None,
    padding: int = 0,
) -> bytes:
    """An RTP packet with one-byte header extensions and `padding` bytes of padding."""
    first = 0x80 | (0x10 if extensions else 0) | (0x20 if padding else 0)
    packet = _HEADER.pack(first, payload_type | marker << 7, number & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
    if extensions:
        values = b"".join(bytes([i << 4 | len(v) - 1]) + v for i, v in extensions.items())
        values += bytes(-len(values) % 4)
        packet += struct.pack("!HH", 0xBEDE, len(values) // 4) + values
    packet += payload
    if padding:
        packet += bytes(padding - 1) + bytes([padding])
    return packet


class Received(NamedTuple):
    """One RTP packet that a client got, decrypted."""

    payload_type: int
    marker: bool
    number: int
    timestamp: int
    ssrc: int
    payload: bytes


class _Wire:
    role = "controlling"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.records: asyncio.Queue[bytes] = asyncio.Queue()
        self._send_now = send

    async def _recv(self) -> bytes:
        return await self.records.get()

    async def _send(self, record: bytes) -> None:
        self._send_now(record)


class Client:
    """One connection, from `host`, by UDP or by TCP.

    `keep` False counts packets and throws them away, undecrypted; `full_ice` False answers no checks.
    """

    def __init__(
        self,
        name: str,
        *,
        room: str = "room",
        sources: Sequence[SourceSpec] = (),
        slots: Sequence[SlotSpec] = (),
        keep: bool = True,
        tcp: bool = False,
        host: str = "127.0.0.1",
        full_ice: bool = True,
    ) -> None:
        self.name, self._keep, self.full_ice = name, keep, full_ice
        self._tcp, self._host = tcp, host
        self._stream = b""
        self.hung_up = False
        """The server has closed the TCP connection."""
        self.spec = PeerSpec(
            room=room, peer=name, ufrag=f"ufrag-{room}-{name}", pwd=f"pwd-{room}-{name}-of-enough-length",
            remote=IceCredentials(ufrag="theirs", pwd=f"pwd-of-{name}-of-enough-length"),
            remote_fingerprints=(Fingerprint(algorithm="sha-256", value=FINGERPRINT),),
            sources=tuple(sources), slots=tuple(slots),
        )  # fmt: skip
        self.packets: list[Received] = []
        self.rtcp: list[bytes] = []
        self.counted = 0
        self.answers: list[stun.Message] = []
        self.asked: list[stun.Message] = []
        """The server's checks."""
        self._news = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self._wire = _Wire(self.send_raw)
        self.dtls = RTCDtlsTransport(self._wire, [CERTIFICATE])
        self.dtls._set_role("client")
        self._open_socket()

    def _open_socket(self) -> None:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM if self._tcp else socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind((self._host, 0))
        if not self._tcp:
            asyncio.get_running_loop().add_reader(self.socket.fileno(), self._read)

    def _dial(self) -> None:
        """By TCP: connect, which over loopback takes no time and nobody's help."""
        if self._tcp:
            self._stream, self.hung_up = b"", False
            self.socket.settimeout(5)
            self.socket.connect(self.server)
            self.socket.setblocking(False)
            asyncio.get_running_loop().add_reader(self.socket.fileno(), self._read)

    def _close_socket(self) -> None:
        if self.socket.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self.socket.fileno())
            self.socket.close()

    async def connect(self, hello: WorkerHello, at: tuple[str, int] | None = None) -> None:
        """Check, shake hands, and be connected: at the first of the server's addresses, or this one."""
        self.server = at or (hello.tcp_addresses if self._tcp else hello.addresses)[0]
        self._dial()
        self.check()
        await self.until(lambda: self.answers)
        print_ = RTCDtlsFingerprint(hello.fingerprint.algorithm, hello.fingerprint.value)
        await asyncio.wait_for(self.dtls.start(RTCDtlsParameters([print_])), 10)
        assert self.dtls.state == "connected", self.dtls.state

    def check(self, *, nominate: bool = True, password: str | None = None, ufrag: str | None = None) -> bytes:
        """Send one connectivity check; the datagram that was sent."""
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        assert self.spec.remote is not None
        request.attributes["USERNAME"] = f"{ufrag or self.spec.ufrag}:{self.spec.remote.ufrag}"
        request.attributes["PRIORITY"] = 1853693695
        request.attributes["ICE-CONTROLLING"] = 12345
        if nominate:
            request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity((password or self.spec.pwd).encode())
        datagram = bytes(request)
        self.send_raw(datagram)
        return datagram

    def quiet(self) -> None:
        """Read nothing more; somebody else drains the socket."""
        asyncio.get_running_loop().remove_reader(self.socket.fileno())

    def move(self) -> None:
        """Go to another address, as a telephone does from Wi-Fi to 4G."""
        self._close_socket()
        self._open_socket()
        self._dial()

    def send_raw(self, datagram: bytes) -> None:
        """Send as it is; by TCP in its frame, as long as the server listens."""
        if self._tcp:
            self.send_stream(struct.pack("!H", len(datagram)) + datagram)
        else:
            self.socket.sendto(datagram, self.server)

    def send_stream(self, data: bytes) -> None:
        """Send by TCP, without a frame; nowhere once the server has hung up."""
        with contextlib.suppress(OSError):
            self.socket.sendall(data)

    def send_rtp(self, packet: bytes) -> None:
        """Protect and send."""
        self.send_raw(self.dtls._tx_srtp.protect(packet))

    def send_rtcp(self, packet: bytes) -> None:
        """Protect and send."""
        self.send_raw(self.dtls._tx_srtp.protect_rtcp(packet))

    def take_what_came(self) -> None:
        """Read, by UDP, all that has come by now."""
        self._read_datagrams()

    async def until(self, condition: Callable[[], object], timeout_s: float = 5) -> None:
        """Wait until what has come makes `condition` true."""
        async with asyncio.timeout(timeout_s), self._news:
            await self._news.wait_for(condition)

    def of(self, ssrc: int) -> list[Received]:
        """What came under this SSRC."""
        return [packet for packet in self.packets if packet.ssrc == ssrc]

    def feedback(self, kind: int, form: int) -> list[bytes]:
        """The RTCP feedback messages of this kind and form that came."""
        return [p for p in self.rtcp if p[1] == kind and p[0] & 0x1F == form]

    def _read(self) -> None:
        if self._tcp:
            self._read_stream()
        else:
            self._read_datagrams()
        task = asyncio.get_running_loop().create_task(self._tell())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _read_stream(self) -> None:
        try:
            came = self.socket.recv(1 << 16)
        except ConnectionError:
            came = b""
        if not came:
            self.hung_up = True
            self.quiet()
        stream, at = self._stream + came, 0
        while len(stream) - at >= 2 and len(stream) - at >= (end := 2 + (stream[at] << 8 | stream[at + 1])):
            self._take(stream[at + 2 : at + end])
            at += end
        self._stream = stream[at:]

    def _read_datagrams(self) -> None:
        for _ in range(128):
            try:
                datagram = self.socket.recv(2048)
            except BlockingIOError:
                break
            self._take(datagram)

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    def _take(self, datagram: bytes) -> None:
        first = datagram[0]
        if first < 4:
            self._take_stun(stun.parse_message(datagram))
        elif first < 64:
            self._wire.records.put_nowait(datagram)
        elif 192 <= datagram[1] <= 223:
            if self._keep and self.dtls.state == "connected":
                self.rtcp.append(self.dtls._rx_srtp.unprotect_rtcp(datagram))
        else:
            self.counted += 1
            if self._keep and self.dtls.state == "connected":
                self.packets.append(_received(self.dtls._rx_srtp.unprotect(datagram)))

    def _take_stun(self, message: stun.Message) -> None:
        assert self.spec.remote is not None
        if message.message_class != stun.Class.REQUEST:
            assert message.check_message_integrity(self.spec.pwd.encode())
            self.answers.append(message)
            return
        self.asked.append(message)
        assert message.attributes["USERNAME"] == f"{self.spec.remote.ufrag}:{self.spec.ufrag}"
        assert message.check_message_integrity(self.spec.remote.pwd.encode())
        if self.full_ice:
            self.send_raw(self.answer_to(message))

    def answer_to(self, request: stun.Message) -> bytes:
        """What a browser answers to a check."""
        assert self.spec.remote is not None
        answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, request.transaction_id)
        answer.attributes["XOR-MAPPED-ADDRESS"] = self.server[:2]
        answer.add_message_integrity(self.spec.remote.pwd.encode())
        return bytes(answer)

    async def close(self, *, goodbye: bool = True) -> None:
        """End; with `goodbye` the server is told (close_notify), without it the client just vanishes."""
        if not goodbye:
            self._close_socket()
            self._open_socket()
            self.server = self.socket.getsockname()
        if self.dtls.state != "new":
            await self.dtls.stop()
        self._close_socket()


def _received(packet: bytes) -> Received:
    first, second, number, timestamp, ssrc = _HEADER.unpack_from(packet)
    at = 12
    if first & 0x10:
        at += 4 + 4 * struct.unpack_from("!H", packet, at + 2)[0]
    return Received(second & 0x7F, second >= 0x80, number, timestamp, ssrc, packet[at:])
