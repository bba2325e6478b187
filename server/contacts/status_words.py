"""Attendance statuses in words, for staff. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from server.contacts.rules import Status

STATUS_WORDS: Mapping[Status, str] = {
    Status.ON_TIME: "Attended on time",
    Status.LATE: "Late but seen",
    Status.TOO_LATE: "Late and not seen",
    Status.MISSED: "Did not attend",
    Status.PATIENT_CANCELLED: "Cancelled by the patient",
    Status.SERVICE_CANCELLED: "Cancelled by the service",
    Status.NOT_YET: "Not yet known",
}
"""NHS Data Dictionary: ATTENDANCE STATUS; those who were seen first."""
