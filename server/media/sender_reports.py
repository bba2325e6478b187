"""The publisher's sender reports in the numbers of a slot, for lip sync, and the round trips they tell of."""

from __future__ import annotations

from server.media import rtcp
from server.media.link import Link
from server.media.span import Span

_REPORTS = 8
_MOST_RTT_S = 10.0


class SenderReports:
    """Of the slot with this SSRC."""

    def __init__(self, ssrc: int, link: Link) -> None:
        self._ssrc, self._link = ssrc, link
        self._reported: dict[int, float] = {}
        """When the last ones left, by the middle of their NTP time."""

    def relay(self, span: Span, packets: int, octets: int, now: float) -> None:
        """Send one, if the publisher has; so much of the slot has been sent so far."""
        sampled = span.layer.sampled(now)
        if self._link.tx is None or sampled is None:
            return
        ntp, timestamp = sampled
        report = rtcp.SenderReport(self._ssrc, ntp, timestamp + span.add_time)
        self._reported[ntp >> 16 & 0xFFFFFFFF] = now
        if len(self._reported) > _REPORTS:
            del self._reported[next(iter(self._reported))]
        self._link.send_rtcp(rtcp.sender_report(report, packets, octets))

    def round_trip(self, block: rtcp.ReportBlock, now: float) -> float | None:
        """The round trip in seconds that a report on this slot tells of (RFC 3550, section 6.4.1)."""
        sent_at = self._reported.get(block.last_sender_report)
        if sent_at is None:
            return None
        rtt_s = now - sent_at - block.since_last_sender_report / 65536
        return rtt_s if 0 <= rtt_s < _MOST_RTT_S else None
