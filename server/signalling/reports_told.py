"""What staff are told of reports: why, and never who said so. Pure."""

from __future__ import annotations

from server.rooms.message import ReportReason
from server.signalling.kinds import ReportReason as ReportReasonName


def reasons_of(reports: frozenset[tuple[str, ReportReason]]) -> tuple[ReportReasonName, ...]:
    """Return why it was reported, each reason once and in a fixed order, without who said so."""
    given = {reason for _, reason in reports}
    return tuple(each.value for each in ReportReason if each in given)
