"""What is wrong with a part of a patient's record, in words; used by the form and by the import. Pure."""

from __future__ import annotations

from datetime import date

from server.errors import Refused
from server.people.nhs_number import read_nhs_number, read_test_nhs_number

OLDEST_YEARS = 120


def birth_problem(born: date, today: date) -> str | None:
    """Return what cannot be about a date of birth; None when it can be one."""
    if born > today:
        return "Date of birth must be in the past"
    if today.year - born.year > OLDEST_YEARS:
        return f"Date of birth must be less than {OLDEST_YEARS} years ago: check the year"
    return None


def number_or_problem(written: str, *, test_numbers_only: bool) -> tuple[str | None, str | None]:
    """Return an NHS number's digits and None, or None and what is wrong with it."""
    read = read_test_nhs_number if test_numbers_only else read_nhs_number
    try:
        return read(written), None
    except Refused as refused:
        return None, refused.words


def first_name(full_name: str) -> str:
    """Return what the group sees of a name unless something else was chosen."""
    return full_name.split()[0] if full_name.split() else ""
