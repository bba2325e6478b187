"""The sending side of the worker's port, and the loop that every forwarded packet passes.

Per packet and receiver: pack header and payload into a reused buffer, protect in place; then one system
call for all that are reached by UDP. No objects, no logging, nothing awaited; what is the same for many
packets was computed before.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from struct import Struct
from typing import Any, cast

from server.media import batch, vp8
from server.media.counts import Counts
from server.media.dtls import BUFFER_BYTES, OK, SRTP, Handle, Raw
from server.media.tcp import Pipe

Address = tuple[Any, ...] | Pipe
"""By UDP as recvfrom gives it: (host, port), for IPv6 with two more; by TCP the connection."""

Target = tuple[int, int, int, bytes, int, Handle, Address, int, int]
"""One receiver of a layer: header bits and payload type, sequence and timestamp offset, SSRC and extension
head, abs-send-time id, SRTP handle, address, picture id and TL0PICIDX offset."""

Row = tuple[int, int, int, bytes, int, Handle, Raw, memoryview, int, int, int]
"""A target with a slot's buffer and place instead of the address."""

HEADER_BYTES = 20
"""12 of RTP and 8 of one header extension word."""
MAX_PAYLOAD_BYTES = BUFFER_BYTES - HEADER_BYTES - 128
_LEAST_BATCH = 2
_EXTENDED_RTP = 0x9000
_ONE_WORD = b"\xbe\xde\x00\x01"
_WORD = Struct("!I")


def first_word(payload_type: int) -> int:
    """The first 16 bits of an outgoing header, without the marker."""
    return _EXTENDED_RTP | payload_type


def identity(ssrc: int) -> bytes:
    """The SSRC and the head of the header extension."""
    return _WORD.pack(ssrc) + _ONE_WORD


def send_time_id(extension_id: int | None) -> int:
    """abs-send-time's head, in place above its three bytes of value; 0, which is padding, without it."""
    return 0 if extension_id is None else extension_id << 28 | 2 << 24


def send_time(now: float) -> int:
    """Seconds as 6.18 fixed point; any steady clock does, receivers compare differences only."""
    return int(now * 262144) & 0xFFFFFF


class Group:
    """The receivers of one layer, made ready for `Outlet.fan_out`."""

    __slots__ = ("calls", "rows", "targets")

    def __init__(
        self, targets: tuple[Target, ...], rows: tuple[Row, ...] = (), calls: batch.Calls | None = None
    ) -> None:
        self.targets, self.rows, self.calls = targets, rows, calls


class Outlet:
    """Sends protected packets; a datagram the system will not take at once is dropped and counted."""

    def __init__(self, counts: Counts, *, batching: bool = batch.AVAILABLE) -> None:
        self._counts = counts
        self._raw, self._view = SRTP.new_buffer()
        self._length = SRTP.new_length()
        self._views = [self._view[:size] for size in range(BUFFER_BYTES + 1)]
        self._packers: list[Callable[..., None] | None] = [None] * (MAX_PAYLOAD_BYTES + 1)
        self._socket: socket.socket | None = None
        self._sendto: Callable[[bytes | memoryview, tuple[Any, ...]], int] = _nowhere
        self._slots = batch.Slots() if batching else None

    def open(self, sock: socket.socket) -> None:
        """Send through `sock` from now on."""
        self._socket, self._sendto = sock, sock.sendto

    def close(self) -> None:
        """Send nothing any more."""
        self._socket, self._sendto = None, _nowhere

    def send(self, datagram: bytes | memoryview, address: Address) -> bool:
        """Send one datagram as it is; False if the system would not take it."""
        if not isinstance(address, tuple):
            return address.send(datagram)
        try:
            self._sendto(datagram, address)
        except (BlockingIOError, InterruptedError):
            self._counts.send_blocked += 1
            return False
        except OSError:
            self._counts.send_failed += 1
            return False
        return True

    def send_rtcp(self, packet: bytes, tx: Handle, address: Address) -> None:
        """Protect and send an RTCP packet."""
        length = self._length
        length[0] = len(packet)
        self._view[: len(packet)] = packet
        if SRTP.protect_rtcp(tx, self._raw, length) != OK:
            self._counts.send_refused += 1
            return
        if self.send(self._views[length[0]], address):
            self._counts.rtcp_out += 1

    def send_rtp(self, packet: bytes, tx: Handle, address: Address) -> None:
        """Protect and send one RTP packet as it stands."""
        length = self._length
        length[0] = len(packet)
        self._view[: len(packet)] = packet
        if SRTP.protect(tx, self._raw, length):
            self._counts.send_refused += 1
            return
        self._counts.rtp_out += self.send(self._views[length[0]], address)

    def group(self, targets: Sequence[Target]) -> tuple[Group, ...]:
        """Receivers that will get many packets together: to be built when they change, not per packet."""
        by_udp = [target for target in targets if isinstance(target[6], tuple)]
        groups = []
        if len(by_udp) < len(targets):
            groups.append(Group(tuple(target for target in targets if not isinstance(target[6], tuple))))
        for at in range(0, len(by_udp), batch.MOST):
            part = tuple(by_udp[at : at + batch.MOST])
            if self._slots is None or self._socket is None or len(part) < _LEAST_BATCH:
                groups.append(Group(part))
                continue
            rows = tuple(
                (*target[:6], *self._slots.buffers[place], place, *target[7:])
                for place, target in enumerate(part)
            )
            calls = batch.Calls(self._slots, self._socket, [cast(tuple[Any, ...], each[6]) for each in part])
            groups.append(Group(part, rows, calls))
        return tuple(groups)

    def fan_out(
        self,
        groups: Sequence[Group],
        marker: int,
        sequence: int,
        timestamp: int,
        payload: bytes,
        descriptor: vp8.Descriptor | None,
        now: float,
    ) -> None:
        """Send one packet to everybody in `groups`, rewritten for each."""
        if self._socket is None:  # groups made before the end know only its number, which may be another's
            return
        counts, slots, length = self._counts, self._slots, self._length
        protect = SRTP.protect
        size = len(payload)
        pack = self._packers[size] or self._packer(size)
        stamp = send_time(now)
        size += HEADER_BYTES
        for group in groups:
            if group.calls is None or slots is None:
                self.send_each(group.targets, marker, sequence, timestamp, payload, descriptor, now)
                continue
            lengths = slots.lengths
            refused: list[int] = []
            for (
                first,
                add_seq,
                add_time,
                ident,
                stamp_id,
                tx,
                raw,
                view,
                place,
                add_picture,
                add_tl0,
            ) in group.rows:
                pack(
                    view,
                    0,
                    first | marker,
                    (sequence + add_seq) & 0xFFFF,
                    (timestamp + add_time) & 0xFFFFFFFF,
                    ident,
                    stamp_id and stamp_id | stamp,
                    payload,
                )
                if (add_picture or add_tl0) and descriptor is not None:
                    vp8.rewrite(view, HEADER_BYTES, descriptor, add_picture, add_tl0)
                length[0] = size
                if protect(tx, raw, length):
                    refused.append(place)
                lengths[place] = length[0]
            if refused:
                self._send_but(refused, group)
                continue
            sent, blocked, failed = group.calls.send()
            counts.rtp_out += sent
            if blocked or failed:
                counts.send_blocked += blocked
                counts.send_failed += failed

    def _send_but(self, refused: list[int], group: Group) -> None:
        """Send what stands in the slots, but for those that libsrtp refused."""
        self._counts.send_refused += len(refused)
        for row, target in zip(group.rows, group.targets, strict=True):
            view, place = row[7], row[8]
            if place not in refused and self._slots is not None:
                self._counts.rtp_out += self.send(view[: self._slots.lengths[place]], target[6])

    def send_each(
        self,
        targets: Sequence[Target],
        marker: int,
        sequence: int,
        timestamp: int,
        payload: bytes,
        descriptor: vp8.Descriptor | None,
        now: float,
    ) -> None:
        """As `fan_out`, one call per packet: for resends, for a few, by TCP, and without sendmmsg."""
        size = len(payload)
        pack = self._packers[size] or self._packer(size)
        raw, view, length = self._raw, self._view, self._length
        stamp = send_time(now)
        size += HEADER_BYTES
        for first, add_seq, add_time, ident, stamp_id, tx, address, add_picture, add_tl0 in targets:
            pack(
                view,
                0,
                first | marker,
                (sequence + add_seq) & 0xFFFF,
                (timestamp + add_time) & 0xFFFFFFFF,
                ident,
                stamp_id and stamp_id | stamp,
                payload,
            )
            if (add_picture or add_tl0) and descriptor is not None:
                vp8.rewrite(view, HEADER_BYTES, descriptor, add_picture, add_tl0)
            length[0] = size
            if SRTP.protect(tx, raw, length):
                self._counts.send_refused += 1
                continue
            self._counts.rtp_out += self.send(self._views[length[0]], address)

    def _packer(self, payload_bytes: int) -> Callable[..., None]:
        packer = Struct(f"!HHI8sI{payload_bytes}s").pack_into
        self._packers[payload_bytes] = packer
        return packer


def _nowhere(datagram: bytes | memoryview, address: tuple[Any, ...]) -> int:
    return 0
