from __future__ import annotations

import csv
import io

import pytest

from server.contacts.export import CYP201_COLUMNS, as_csv, harmless


def test_the_columns_are_those_of_cyp201_in_their_order() -> None:
    assert as_csv([]) == (
        "CareContactID,ServiceRequestID,TeamID_Local,Contact_Date,Contact_Time,OrgID_Commissioner,"
        "AdminCategory,CareContact_Duration,Consultation_Type,CareContact_Subject,ConsMechanism,"
        "Activity_LocationType,Treatment_OrgSiteID,GroupTherapyIndicator,AttendanceStatus,"
        "Contact_CancellationDate,Contact_CancellationReason\r\n"
    )


@pytest.mark.parametrize("value", ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_what_a_spreadsheet_would_run_is_made_text(value: str) -> None:
    assert harmless(value) == f"'{value}"


@pytest.mark.parametrize("value", ["", "REFERRAL-1", "01", "2026-11-24", "C-abc", "Z9Z"])
def test_codes_and_dates_stay_as_they_are(value: str) -> None:
    assert harmless(value) == value


def test_a_value_with_commas_quotes_and_lines_stays_one_value() -> None:
    row = ['a,"b"', "one\ntwo", "=cmd|' /C calc'!A1", *[""] * (len(CYP201_COLUMNS) - 3)]
    read = list(csv.reader(io.StringIO(as_csv([row]), newline="")))
    assert read[1][:3] == ['a,"b"', "one\ntwo", "'=cmd|' /C calc'!A1"]
