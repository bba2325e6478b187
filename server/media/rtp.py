"""RTP packets (RFC 3550) and their header extensions (RFC 8285), read in place."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

_HEADER = Struct("!BBHII")
_ONE_BYTE = 0xBEDE
_TWO_BYTE = 0x1000
MIN_BYTES = 12

unpack_header = _HEADER.unpack_from


class Packet(NamedTuple):
    """Where the parts of one RTP packet stand in the buffer it was read from."""

    marker_and_type: int
    """Second byte as it came: the marker in bit 7, the payload type below."""
    sequence: int
    timestamp: int
    ssrc: int
    extension_at: int
    """Offset of the extension header, or 0 without one."""
    payload_at: int
    payload_end: int
    """Behind the payload; equal to `payload_at` in a packet of nothing but padding."""


def parse(packet: memoryview, size: int) -> Packet | None:
    """The parts of the first `size` bytes of `packet`, or None where they contradict one another."""
    if size < MIN_BYTES:
        return None
    first, marker_and_type, sequence, timestamp, ssrc = unpack_header(packet)
    if first >> 6 != 2:
        return None
    start = MIN_BYTES + 4 * (first & 0x0F)
    extension_at = 0
    if first & 0x10:
        if start + 4 > size:
            return None
        extension_at = start
        start += 4 + 4 * (packet[start + 2] << 8 | packet[start + 3])
    end = size
    if first & 0x20:
        padding = packet[size - 1]
        if padding == 0:
            return None
        end -= padding
    if start > end:
        return None
    return Packet(marker_and_type, sequence, timestamp, ssrc, extension_at, start, end)


def extension(packet: memoryview, at: int, end: int, wanted: int) -> bytes | None:
    """The value of extension `wanted` in the extension header that stands in `packet[at:end]`.

    Both forms of RFC 8285. None when it is not there or is cut off.
    """
    profile = packet[at] << 8 | packet[at + 1]
    i = at + 4
    if profile == _ONE_BYTE:
        while i < end:
            head = packet[i]
            if head == 0:
                i += 1
                continue
            size = (head & 0x0F) + 1
            if head >> 4 == wanted:
                return bytes(packet[i + 1 : i + 1 + size]) if i + 1 + size <= end else None
            if head >> 4 == 15:  # stop here, RFC 8285 section 4.2
                return None
            i += 1 + size
    elif profile & 0xFFF0 == _TWO_BYTE:
        while i + 1 < end:
            if packet[i] == 0:
                i += 1
                continue
            size = packet[i + 1]
            if packet[i] == wanted:
                return bytes(packet[i + 2 : i + 2 + size]) if i + 2 + size <= end else None
            i += 2 + size
    return None


def audio_level(packet: memoryview, at: int, end: int, wanted: int | None) -> int | None:
    """The level in extension `wanted` (RFC 6464): 0 is as loud as can be, 127 silence. None without it.

    `at` is 0 where the packet has no extensions.
    """
    if wanted is None or not at:
        return None
    i = at + 4
    if packet[at] != 0xBE:
        value = extension(packet, at, end, wanted)
        return value[0] & 0x7F if value else None
    while i + 1 < end:
        head = packet[i]
        if head >> 4 == wanted:
            return packet[i + 1] & 0x7F
        i += 1 if head == 0 else 2 + (head & 0x0F)
    return None


def transport_sequence(packet: memoryview, at: int, end: int, wanted: int) -> int | None:
    """The transport-wide sequence number in one-byte extension `wanted`; the hot form of `extension`.

    draft-holmer-rmcat-transport-wide-cc-extensions-01, section 2.
    """
    i = at + 4
    if packet[at] != 0xBE:
        value = extension(packet, at, end, wanted)
        return value[0] << 8 | value[1] if value is not None and len(value) >= 2 else None
    while i + 2 < end:
        head = packet[i]
        if head >> 4 == wanted:
            return packet[i + 1] << 8 | packet[i + 2]
        i += 1 if head == 0 else 2 + (head & 0x0F)
    return None
