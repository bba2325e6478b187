"""Calling a class off and putting it back on: who may, until when, and why.

A class is called off as a whole, by the physio, before anybody is in. Everybody on the course is told by
the page behind their link; each patient's care contact becomes "cancelled by the provider"
(`server.contacts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Reason(StrEnum):
    """Why a class was called off; the values stand in `class_sessions.cancelled_reason`."""

    STAFF_ILL = "staff_ill"
    TECHNICAL = "technical"
    TOO_FEW = "too_few"
    OTHER = "other"


CLINICAL, NON_CLINICAL = "01", "02"
"""NHS Data Dictionary: CARE CONTACT CANCELLATION REASON."""

CSDS_REASONS: Mapping[str, str] = dict.fromkeys(Reason, NON_CLINICAL)
"""Contact_CancellationReason of CYP201, by `Reason`. A clinical reason lies in one patient, never in a whole
class that is called off."""
