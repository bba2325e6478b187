"""The rows of a file of patients as places on a course: the referral of each, and whether there is room."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from server.people.patient_import import Cells
from server.people.patient_import_cells import short
from server.people.patient_import_file import Column, Line, Problem
from server.timetable.codes import organisation_code
from server.timetable.enrolment import Newcomer
from server.timetable.referrals import (
    COMMISSIONER_WORDS,
    SERVICE_REQUEST_WORDS,
    AdminCategory,
    Referral,
    service_request_id,
)

REFERRAL_COLUMNS = (
    Column(
        "service_request_id",
        "Service request ID",
        ("service request", "service request identifier", "referral", "referral id", "referral number"),
        "REF-1001",
    ),
    Column("commissioner_code", "Commissioner code", ("commissioner", "orgid commissioner"), "15E"),
    Column(
        "admin_category", "Administrative category", ("admin category", "administrative category code"), "01"
    ),
)


def read_referrals(
    lines: Sequence[Line], where: Mapping[str, str]
) -> tuple[dict[int, Referral], dict[int, Sequence[Problem]]]:
    """Return the referrals by row, and by row what is wrong with them. Pure."""
    referrals: dict[int, Referral] = {}
    problems: dict[int, Sequence[Problem]] = {}
    for line in lines:
        cells = Cells(line, where)
        referrals[line.row] = Referral(
            cells.read("service_request_id", _request_id),
            cells.read("commissioner_code", _commissioner),
            cells.read("admin_category", _category),
        )
        if cells.problems:
            problems[line.row] = cells.problems
    return referrals, problems


def newcomers(
    people: Mapping[int, str], referrals: Mapping[int, Referral], there: Collection[str]
) -> list[Newcomer]:
    """Return whom of the people (by row) to put on the course: each once, nobody who is on it."""
    first: dict[str, Referral] = {}
    for row, person_id in sorted(people.items()):
        if person_id not in there:
            first.setdefault(person_id, referrals[row])
    return [Newcomer(person_id, referral) for person_id, referral in first.items()]


def _request_id(cell: str) -> str:
    value = service_request_id(short(cell, 40))
    if value is None:
        raise ValueError(SERVICE_REQUEST_WORDS)
    return value


def _commissioner(cell: str) -> str:
    value = organisation_code(short(cell, 40))
    if value is None:
        raise ValueError(COMMISSIONER_WORDS)
    return value


def _category(cell: str) -> AdminCategory:
    """Its code; the 0 at its front that spreadsheets leave out is put back."""
    code = cell.strip().split(" ")[0].zfill(2)
    if code not in list(AdminCategory):
        raise ValueError("This must be 01, 02, 03, 04, 98 or 99")
    return AdminCategory(code)
