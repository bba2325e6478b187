"""The rows of a file as patients, with what is wrong with each cell. Pure.

Nothing is stored here. A file is taken over whole or not at all: one problem keeps all of it out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from server.people import patient_import_cells as cells
from server.people.carers import CarerRecord
from server.people.patient_import_file import Column, Line, PatientTable, Problem
from server.people.patient_words import birth_problem, first_name, number_or_problem
from server.people.patients import PatientRecord

PATIENT_COLUMNS = (
    Column("full_name", "Full name", ("name", "patient", "patient name"), "Margaret Ellis"),
    Column("shown_name", "Name shown in class", ("shown name", "known as", "preferred name"), "Margaret"),
    Column("date_of_birth", "Date of birth", ("dob", "birth date", "born", "birthday"), "31/03/1955"),
    Column("sex", "Sex", ("gender", "person stated gender code"), "Female"),
    Column("nhs_number", "NHS number", ("nhs", "nhs no", "nhs num"), "999 000 0018"),
    Column("deprivation_decile", "Deprivation decile", ("imd", "imd decile", "decile"), "4"),
    Column(
        "phone",
        "Phone",
        ("phone number", "telephone", "telephone number", "tel", "mobile", "mobile number", "mobile phone"),
        "07700 900142",
    ),
    Column("email", "Email", ("email address", "mail"), "margaret@example.com"),
    Column("needs", "Communication needs", ("needs", "accessible information"), "Large print; Hearing aid"),
    Column("needs_note", "More about these needs", ("needs note", "note"), ""),
    Column("interpreter", "Interpreter", ("interpreter language", "language"), ""),
    Column("carer_name", "Carer", ("carer full name",), ""),
    Column("carer_relation", "Who the carer is", ("carer relation", "relation"), ""),
    Column("carer_phone", "Carer's phone", ("carer phone number",), ""),
    Column("carer_may_stand_in", "Carer may come instead", ("proxy", "carer may stand in"), ""),
)
NAME_PARTS = (
    Column("first_name", "First name", ("forename", "given name", "first names")),
    Column("last_name", "Last name", ("surname", "family name")),
)
"""In place of the full name."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A row of the file."""

    line: Line
    record: PatientRecord | None
    """None while something is wrong with it."""
    carer: CarerRecord | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """By what a file is read."""

    today: date
    test_numbers_only: bool


def read_rows(table: PatientTable, rules: Rules) -> tuple[ImportRow, ...]:
    """Return the rows of a file as patients, each with what is wrong with it."""
    return tuple(_row(line, table.where, rules) for line in table.lines)


class Cells:
    """Reads the cells of a row, and collects what is wrong with them."""

    def __init__(self, line: Line, where: Mapping[str, str]) -> None:
        self._line = line
        self._where = where
        self.problems: list[Problem] = []

    def read(self, key: str, how: Callable[[str], T], missing: str | None = None) -> T | None:
        """Return the cell's value; None when it is empty or wrong. `missing`: words when it may not be."""
        cell = self._line.cells.get(key, "")
        if not cell:
            if missing is not None:
                self.wrong(key, missing)
            return None
        try:
            return how(cell)
        except ValueError as wrong:
            self.wrong(key, str(wrong))
            return None

    def wrong(self, key: str, words: str) -> None:
        """Note what is wrong with a cell."""
        self.problems.append(Problem(self._line.row, self._where.get(key, ""), words))


def _row(line: Line, where: Mapping[str, str], rules: Rules) -> ImportRow:
    row = Cells(line, where)
    full_name = _name(line, row)
    record = PatientRecord(
        full_name=full_name,
        shown_name=row.read("shown_name", lambda cell: cells.short(cell, 80)) or first_name(full_name)[:80],
        date_of_birth=row.read(
            "date_of_birth", lambda cell: _born(cell, rules.today), "The date of birth is missing"
        ),
        sex=row.read("sex", cells.sex, None),
        nhs_number=row.read("nhs_number", lambda cell: _number(cell, rules)),
        deprivation_decile=row.read("deprivation_decile", cells.decile),
        phone=row.read("phone", cells.phone) or "",
        email=row.read("email", cells.email),
        needs=row.read("needs", cells.needs) or (),
        needs_note=row.read("needs_note", lambda cell: cells.short(cell, 500)) or "",
        interpreter=row.read("interpreter", lambda cell: cells.short(cell, 60)),
    )
    carer = _carer(row)
    problems = tuple(row.problems)
    return ImportRow(line, None if problems else record, None if problems else carer, problems)


def _name(line: Line, row: Cells) -> str:
    if "full_name" in line.cells or not {"first_name", "last_name"} & line.cells.keys():
        return row.read("full_name", lambda cell: cells.short(cell, 200), "The name is missing") or ""
    parts = [row.read(key, lambda cell: cells.short(cell, 100)) for key in ("first_name", "last_name")]
    name = " ".join(part for part in parts if part)
    if not name:
        row.wrong("last_name", "The name is missing")
    return name


def _born(cell: str, today: date) -> date:
    born = cells.day(cell)
    if problem := birth_problem(born, today):
        raise ValueError(problem)
    return born


def _number(cell: str, rules: Rules) -> str:
    number, problem = number_or_problem(cells.number_as_text(cell), test_numbers_only=rules.test_numbers_only)
    if number is None:
        raise ValueError(problem)
    return number


def _carer(row: Cells) -> CarerRecord | None:
    name = row.read("carer_name", lambda cell: cells.short(cell, 200))
    relation = row.read("carer_relation", lambda cell: cells.short(cell, 60))
    phone = row.read("carer_phone", cells.phone)
    may_stand_in = row.read("carer_may_stand_in", cells.yes_or_no)
    if name is None:
        if relation or phone or may_stand_in:
            row.wrong("carer_name", "The carer's name is missing")
        return None
    return CarerRecord(name, relation or "carer", phone or "", bool(may_stand_in))
