"""The VP8 payload descriptor (RFC 7741, section 4.2): where frames begin, and the numbers we rewrite."""

from __future__ import annotations

from typing import NamedTuple


class Descriptor(NamedTuple):
    """What forwarding needs of one VP8 payload. Offsets count from the payload's first byte; 0 is absent."""

    keyframe: bool
    """The first packet of a key frame."""
    picture_at: int
    picture_mask: int
    """0x7FFF or 0x7F, after the width of the picture id."""
    picture_id: int
    tl0_at: int
    tl0: int


def parse(payload: bytes) -> Descriptor | None:
    """The descriptor of `payload`, or None where it is cut off."""
    try:
        first = payload[0]
        i = 1
        picture_at = picture_mask = picture_id = tl0_at = tl0 = 0
        if first & 0x80:
            fields = payload[1]
            i = 2
            if fields & 0x80:
                picture_at = i
                picture_id = payload[i]
                if picture_id & 0x80:
                    picture_mask = 0x7FFF
                    picture_id = (picture_id & 0x7F) << 8 | payload[i + 1]
                    i += 2
                else:
                    picture_mask = 0x7F
                    i += 1
            if fields & 0x40:
                tl0_at = i
                tl0 = payload[i]
                i += 1
            if fields & 0x30:
                i += 1
        # A frame begins with S set in partition 0; its P bit is clear in key frames (RFC 6386, 9.1).
        keyframe = payload[i] & 1 == 0 and first & 0x17 == 0x10
    except IndexError:
        return None
    return Descriptor(keyframe, picture_at, picture_mask, picture_id, tl0_at, tl0)


def rewrite(
    packet: memoryview | bytearray, at: int, found: Descriptor, picture_offset: int, tl0_offset: int
) -> None:
    """Shift the picture id and TL0PICIDX of the payload that begins at `packet[at]`, in place.

    Decoders take a jump in either for loss (RFC 7741, 4.2), so both must go on across a switch.
    """
    where, mask = found.picture_at, found.picture_mask
    if where:
        picture = (found.picture_id + picture_offset) & mask
        if mask == 0x7F:
            packet[at + where] = picture
        else:
            packet[at + where] = 0x80 | picture >> 8
            packet[at + where + 1] = picture & 0xFF
    if found.tl0_at:
        packet[at + found.tl0_at] = (found.tl0 + tl0_offset) & 0xFF
