"""A month's care contacts as CSV with the columns of the Community Services Data Set's table CYP201.

A service's data team loads it; it is no submission (see `docs/contacts.md`). Only what is settled is in it:
classes that lie ahead have no contact yet. No name and no NHS number is in it; the team joins it to the
patient by the service request.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Executable

from server.contacts.months import Month
from server.contacts.rules import Status
from server.storage import tables as t
from server.timetable.cancelling import CSDS_REASONS, NON_CLINICAL

CYP201_COLUMNS = (
    "CareContactID",
    "ServiceRequestID",
    "TeamID_Local",
    "Contact_Date",
    "Contact_Time",
    "OrgID_Commissioner",
    "AdminCategory",
    "CareContact_Duration",
    "Consultation_Type",
    "CareContact_Subject",
    "ConsMechanism",
    "Activity_LocationType",
    "Treatment_OrgSiteID",
    "GroupTherapyIndicator",
    "AttendanceStatus",
    "Contact_CancellationDate",
    "Contact_CancellationReason",
)
PLACE_NOT_KNOWN = ""
"""NHS Data Dictionary: ACTIVITY LOCATION TYPE CODE. Where the patient was (A01, their home; A02, their
carer's; A04, another place of theirs) is not recorded, so it is left empty and not guessed."""

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


async def cyp201_csv(session: AsyncSession, service_id: str, month: Month, *, zone: ZoneInfo) -> str:
    """Return a service's contacts of a month as CSV (RFC 4180), by when they began, with a line of names."""
    return as_csv(await cyp201_rows(session, service_id, month, zone=zone))


async def cyp201_rows(
    session: AsyncSession, service_id: str, month: Month, *, zone: ZoneInfo
) -> list[tuple[str, ...]]:
    """Return a service's contacts of a month, each as the values of `CYP201_COLUMNS`."""
    rows = await session.execute(_contacts(service_id, month.starts(zone), month.ends(zone)))
    return [_values(row, zone) for row in rows]


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    """Return rows of `CYP201_COLUMNS` as CSV, none of which a spreadsheet takes for a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(CYP201_COLUMNS)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return text.getvalue()


def harmless(value: str) -> str:
    """Return a value before which an apostrophe stands if a spreadsheet would run it as a formula.

    OWASP, "CSV Injection". Codes and ids of the NHS begin with a letter or a digit and stay as they are.
    """
    return f"'{value}" if value.startswith(_BEGINS_A_FORMULA) else value


def _contacts(service_id: str, start: datetime, end: datetime) -> Executable:
    return (
        select(t.CareContact.__table__)
        .where(
            t.CareContact.service_id == service_id,
            t.CareContact.starts_at >= start,
            t.CareContact.starts_at < end,
        )
        .order_by(t.CareContact.starts_at, t.CareContact.id)
    )


def _values(row: Row[Any], zone: ZoneInfo) -> tuple[str, ...]:
    begins = row.starts_at.astimezone(zone)
    return (
        row.id,
        row.service_request_id or "",
        row.team_code or "",
        f"{begins:%Y-%m-%d}",
        f"{begins:%H:%M:%S}",
        row.commissioner_code or "",
        row.admin_category or "",
        "" if row.duration_minutes is None else str(row.duration_minutes),
        row.consultation_type,
        row.contact_subject,
        row.consultation_mechanism,
        PLACE_NOT_KNOWN,
        row.site_code or "",
        row.group_therapy,
        row.attendance_status,
        "" if row.cancelled_at is None else f"{row.cancelled_at.astimezone(zone):%Y-%m-%d}",
        _reason(row.attendance_status, row.cancelled_reason),
    )


def _reason(status: str, reason: str | None) -> str:
    """NHS Data Dictionary: CARE CONTACT CANCELLATION REASON, of contacts that the service cancelled.

    Ours that stand for no calling off (nobody of the staff came, nobody saw the patient) are not clinical.
    """
    if status != Status.SERVICE_CANCELLED:
        return ""
    return CSDS_REASONS.get(reason or "", NON_CLINICAL)
