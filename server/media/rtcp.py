"""RTCP (RFC 3550) and its feedback messages (RFC 4585, RFC 5104): what we say and what we understand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from struct import Struct
from typing import NamedTuple

SENDER_REPORT, RECEIVER_REPORT, TRANSPORT_FEEDBACK, PAYLOAD_FEEDBACK = 200, 201, 205, 206
GENERIC_NACK, TRANSPORT_CC = 1, 15
PICTURE_LOSS, FULL_INTRA, APPLICATION = 1, 4, 15

OUR_SSRC = 1
"""The SSRC our feedback comes from: we send no media under it."""
MAX_REPORTS = 31
MAX_LOST = 64
"""Sequence numbers read from one NACK; one datagram could name 6,000."""

_PADDED = 0x20
_HEADER = Struct("!BBH")
_FEEDBACK = Struct("!BBHII")
_SENDER = Struct("!BBHIQIII")
_SENDER_BODY = Struct("!IQI")
_REPORT = Struct("!IIIIII")
_LOST = Struct("!HH")
_WORD = Struct("!I")
_REMB = Struct("!4sI")
_REMB_NAME = b"REMB"


class SenderReport(NamedTuple):
    """When `rtp_timestamp` was sampled, by the sender's own clock (64-bit NTP time)."""

    ssrc: int
    ntp: int
    rtp_timestamp: int


class Nack(NamedTuple):
    """Sequence numbers of `ssrc` that the other side misses."""

    ssrc: int
    numbers: tuple[int, ...]


class KeyframeWanted(NamedTuple):
    """A picture loss indication or full intra request for `ssrc`."""

    ssrc: int


class ReportBlock(NamedTuple):
    """Reception of one SSRC; the fields of RFC 3550, section 6.4.1."""

    ssrc: int
    fraction_lost: int
    """Of 256, since the last report."""
    packets_lost: int
    highest_sequence: int
    """Extended by the count of its wraps."""
    jitter: int
    """In units of the stream's clock."""
    last_sender_report: int
    """The middle 32 bits of its NTP time."""
    since_last_sender_report: int
    """In 1/65,536 s."""


class BitrateLimit(NamedTuple):
    """What the browser believes it can receive of all pictures together (REMB)."""

    bps: int


class TransportFeedback(NamedTuple):
    """When packets with transport-wide numbers arrived; `twcc.read` understands the body."""

    body: bytes


Understood = SenderReport | Nack | KeyframeWanted | ReportBlock | BitrateLimit | TransportFeedback


def parse(data: bytes) -> list[Understood] | None:
    """What a compound packet says that we act on; None if it is malformed. The rest is passed over."""
    found: list[Understood] = []
    at = 0
    while at < len(data):
        if at + 4 > len(data):
            return None
        first, kind, words = _HEADER.unpack_from(data, at)
        end = at + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            return None
        told = end
        if first & _PADDED:  # the last byte says how much; Chromium pads its feedback by one to three bytes
            told -= data[end - 1]
            if not at + 4 <= told < end:
                return None
        if kind == SENDER_REPORT and told - at >= 28:
            found.append(SenderReport(*_SENDER_BODY.unpack_from(data, at + 4)))
            found += _blocks(first & 0x1F, data, at + 28, told)
        elif kind == RECEIVER_REPORT:
            found += _blocks(first & 0x1F, data, at + 8, told)
        elif kind in (TRANSPORT_FEEDBACK, PAYLOAD_FEEDBACK) and told - at >= 12:
            found += _feedback(kind, first & 0x1F, data, at, told)
        at = end
    return found


def _blocks(count: int, data: bytes, at: int, end: int) -> list[Understood]:
    """The report blocks that stand between `at` and `end`, as far as they are whole."""
    found: list[Understood] = []
    for start in range(at, min(end - _REPORT.size + 1, at + count * _REPORT.size), _REPORT.size):
        ssrc, lost, highest, jitter, last, since = _REPORT.unpack_from(data, start)
        found.append(ReportBlock(ssrc, lost >> 24, lost & 0xFFFFFF, highest, jitter, last, since))
    return found


def _feedback(kind: int, form: int, data: bytes, at: int, end: int) -> list[Understood]:
    (media,) = _WORD.unpack_from(data, at + 8)
    if kind == TRANSPORT_FEEDBACK and form == GENERIC_NACK:
        numbers: list[int] = []
        for i in range(at + 12, end - 3, 4):
            if len(numbers) >= MAX_LOST:
                break
            first, mask = _LOST.unpack_from(data, i)
            numbers.append(first)
            numbers += [(first + 1 + bit) & 0xFFFF for bit in range(16) if mask >> bit & 1]
        return [Nack(media, tuple(numbers[:MAX_LOST]))]
    if kind == PAYLOAD_FEEDBACK and form == PICTURE_LOSS:
        return [KeyframeWanted(media)]
    if kind == PAYLOAD_FEEDBACK and form == FULL_INTRA:  # names its streams in entries of 8 bytes
        return [KeyframeWanted(_WORD.unpack_from(data, i)[0]) for i in range(at + 12, end - 7, 8)]
    if kind == TRANSPORT_FEEDBACK and form == TRANSPORT_CC:
        return [TransportFeedback(data[at + 12 : end])]
    if kind == PAYLOAD_FEEDBACK and form == APPLICATION and end - at >= 20:
        name, packed = _REMB.unpack_from(data, at + 12)  # draft-alvestrand-rmcat-remb-03, section 2.2
        if name == _REMB_NAME:
            return [BitrateLimit((packed & 0x3FFFF) << (packed >> 18 & 0x3F))]
    return []


def picture_loss(ssrc: int) -> bytes:
    """Ask for a key frame (RFC 4585, section 6.3.1)."""
    return _FEEDBACK.pack(0x80 | PICTURE_LOSS, PAYLOAD_FEEDBACK, 2, OUR_SSRC, ssrc)


def nack(ssrc: int, numbers: Sequence[int]) -> bytes:
    """Ask for packets again (RFC 4585, section 6.2.1); `numbers` in the order they were sent."""
    entries: list[tuple[int, int]] = []
    for number in numbers:
        if entries:
            first, mask = entries[-1]
            distance = (number - first - 1) & 0xFFFF
            if distance < 16:
                entries[-1] = (first, mask | 1 << distance)
                continue
        entries.append((number, 0))
    head = _FEEDBACK.pack(0x80 | GENERIC_NACK, TRANSPORT_FEEDBACK, 2 + len(entries), OUR_SSRC, ssrc)
    return head + b"".join(_LOST.pack(*entry) for entry in entries)


def receiver_report(blocks: Iterable[ReportBlock]) -> bytes:
    """Say how well we receive; at most 31 blocks."""
    packed = [
        _REPORT.pack(
            block.ssrc,
            block.fraction_lost << 24 | min(block.packets_lost, 0x7FFFFF),
            block.highest_sequence & 0xFFFFFFFF,
            block.jitter & 0xFFFFFFFF,
            block.last_sender_report,
            block.since_last_sender_report & 0xFFFFFFFF,
        )
        for block in blocks
    ]
    head = _HEADER.pack(0x80 | len(packed), RECEIVER_REPORT, 1 + 6 * len(packed))
    return head + _WORD.pack(OUR_SSRC) + b"".join(packed)


def sender_report(report: SenderReport, packets: int, octets: int) -> bytes:
    """Say when a timestamp of ours was sampled, for lip sync, and how much was sent."""
    return _SENDER.pack(
        0x80,
        SENDER_REPORT,
        6,
        report.ssrc,
        report.ntp & 0xFFFFFFFFFFFFFFFF,
        report.rtp_timestamp & 0xFFFFFFFF,
        packets & 0xFFFFFFFF,
        octets & 0xFFFFFFFF,
    )


def transport_feedback(media_ssrc: int, body: bytes) -> bytes:
    """Wrap the transport-wide feedback `body`, padded to whole words (see `twcc`)."""
    words = 2 + len(body) // 4
    return _FEEDBACK.pack(0x80 | TRANSPORT_CC, TRANSPORT_FEEDBACK, words, OUR_SSRC, media_ssrc) + body
