"""The sending side of the one socket, and the loop that every forwarded packet passes.

Per packet and receiver: pack header and payload into a reused buffer, protect in place, sendto. No
objects, no logging, nothing awaited; whatever is the same for many packets was computed before.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from struct import Struct
from typing import Any

from server.media import vp8
from server.media.counts import Counts
from server.media.dtls import BUFFER_BYTES, OK, SRTP, Handle

Address = tuple[Any, ...]
"""As recvfrom gives it: (host, port), for IPv6 with two more."""

Target = tuple[int, int, int, bytes, int, Handle, Address, int, int]
"""One receiver of a layer: header bits and payload type, sequence and timestamp offset, SSRC and extension
head, abs-send-time id, SRTP handle, address, picture id and TL0PICIDX offset."""

HEADER_BYTES = 20
"""12 of RTP and 8 of one header extension word."""
MAX_PAYLOAD_BYTES = BUFFER_BYTES - HEADER_BYTES - 128
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


class Outlet:
    """Sends protected packets; a datagram the system will not take at once is dropped and counted."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._raw, self._view = SRTP.new_buffer()
        self._length = SRTP.new_length()
        self._views = [self._view[:size] for size in range(BUFFER_BYTES + 1)]
        self._packers: list[Callable[..., None] | None] = [None] * (MAX_PAYLOAD_BYTES + 1)
        self._sendto: Callable[[bytes | memoryview, Address], int] = _nowhere

    def open(self, sock: socket.socket) -> None:
        """Send through `sock` from now on."""
        self._sendto = sock.sendto

    def close(self) -> None:
        """Send nothing any more."""
        self._sendto = _nowhere

    def send(self, datagram: bytes | memoryview, address: Address) -> None:
        """Send one datagram as it is."""
        try:
            self._sendto(datagram, address)
        except (BlockingIOError, InterruptedError):
            self._counts.send_blocked += 1
        except OSError:
            self._counts.send_failed += 1

    def send_rtcp(self, packet: bytes, tx: Handle, address: Address) -> None:
        """Protect and send an RTCP packet."""
        length = self._length
        length[0] = len(packet)
        self._view[: len(packet)] = packet
        if SRTP.protect_rtcp(tx, self._raw, length) != OK:
            self._counts.send_refused += 1
            return
        self._counts.rtcp_out += 1
        self.send(self._views[length[0]], address)

    def fan_out(
        self,
        targets: Sequence[Target],
        marker: int,
        sequence: int,
        timestamp: int,
        payload: bytes,
        descriptor: vp8.Descriptor | None,
        now: float,
    ) -> None:
        """Send one packet to every target, rewritten for each."""
        size = len(payload)
        pack = self._packers[size] or self._packer(size)
        raw, view, views, length = self._raw, self._view, self._views, self._length
        protect, sendto = SRTP.protect, self._sendto
        stamp = int(now * 262144) & 0xFFFFFF
        size += HEADER_BYTES
        sent = 0
        for first, add_sequence, add_time, ident, stamp_id, tx, address, add_picture, add_tl0 in targets:
            pack(
                view,
                0,
                first | marker,
                (sequence + add_sequence) & 0xFFFF,
                (timestamp + add_time) & 0xFFFFFFFF,
                ident,
                stamp_id and stamp_id | stamp,
                payload,
            )
            if (add_picture or add_tl0) and descriptor is not None:
                vp8.rewrite(view, HEADER_BYTES, descriptor, add_picture, add_tl0)
            length[0] = size
            if protect(tx, raw, length):
                self._counts.send_refused += 1
                continue
            try:
                sendto(views[length[0]], address)
                sent += 1
            except (BlockingIOError, InterruptedError):
                self._counts.send_blocked += 1
            except OSError:
                self._counts.send_failed += 1
        self._counts.rtp_out += sent

    def _packer(self, payload_bytes: int) -> Callable[..., None]:
        packer = Struct(f"!HHI8sI{payload_bytes}s").pack_into
        self._packers[payload_bytes] = packer
        return packer


def _nowhere(datagram: bytes | memoryview, address: Address) -> int:
    return 0
