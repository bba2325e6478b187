"""The rows of a file as patients, and what is wrong with a cell."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.people import patient_import_cells as cells
from server.people.carers import CarerRecord
from server.people.patient_import import NAME_PARTS, PATIENT_COLUMNS, ImportRow, Rules, read_rows
from server.people.patient_import_file import Problem, read_table
from server.people.patients import Need, Sex

RULES = Rules(date(2026, 11, 24), test_numbers_only=True)


def rows(*lines: str) -> tuple[ImportRow, ...]:
    return read_rows(read_table("\n".join(lines).encode(), (*PATIENT_COLUMNS, *NAME_PARTS)), RULES)


def test_a_row_with_everything_is_a_record_and_a_carer() -> None:
    header = (
        "Full name,Shown name,DOB,Sex,NHS number,IMD,Phone,Email,Needs,Note,Interpreter,Carer,Relation,Proxy"
    )
    [row] = rows(
        header,
        "Rose O'Hara,Rosie,31/03/1955,f,999 000 0131,3,7700900555,R@x.org,large print; lip reading,Left ear,"
        "Polish,John,husband,yes",
    )
    assert row.problems == ()
    record = row.record
    assert record is not None
    assert (record.full_name, record.shown_name, record.sex) == ("Rose O'Hara", "Rosie", Sex.FEMALE)
    assert (record.phone, record.email) == ("07700900555", "r@x.org")
    assert record.needs == (Need.LARGE_PRINT, Need.LIP_READING)
    assert row.carer == CarerRecord("John", "husband", "", may_stand_in=True)


def test_first_and_last_name_stand_in_for_the_full_name() -> None:
    [row] = rows("First name,Surname,DOB", "Rose,O'Hara,1955-03-31")
    assert row.record is not None
    assert (row.record.full_name, row.record.shown_name) == ("Rose O'Hara", "Rose")


def test_each_wrong_cell_is_named_by_row_and_column() -> None:
    [row] = rows(
        "Full name,DOB,NHS number,Sex,Phone,Carer,Relation",
        ",31/02/1955,9.99E+09,woman?,ring him,,husband",
    )
    assert row.record is None
    assert [(problem.row, problem.column) for problem in row.problems] == [
        (2, "A, Full name"),
        (2, "B, DOB"),
        (2, "D, Sex"),
        (2, "C, NHS number"),
        (2, "E, Phone"),
        (2, "F, Carer"),
    ]
    assert "shortened this number" in row.problems[3].words


def test_a_demo_takes_test_numbers_only() -> None:
    [row] = rows("Name,DOB,NHS number", "Rose,1955-03-31,943 476 5919")
    assert row.problems == (
        Problem(2, "C, NHS number", "This is a demo. Use only NHS numbers that begin with 999."),
    )


@pytest.mark.parametrize(
    "written",
    ["31/03/1955", "31-3-1955", "31.03.1955", "31 March 1955", "31-Mar-1955", "31st mar 1955", "1955-03-31",
     "1955/3/31", "1955-03-31 00:00:00", "1955-03-31T00:00"],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(written: str) -> None:
    assert cells.day(written) == date(1955, 3, 31)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("31/03/55", "4 digits"),
        ("31/13/1955", "no such day"),
        ("31 Foo 1955", "no such day"),
        ("03311955", "must be a date"),
        ("20179", "must be a date"),
        ("", "must be a date"),
    ],
)
def test_what_is_no_day_is_said(written: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        cells.day(written)


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)))
def test_both_ways_of_writing_a_day_mean_the_same(born: date) -> None:
    assert cells.day(f"{born:%d/%m/%Y}") == cells.day(born.isoformat()) == born


@given(st.text(max_size=30))
def test_any_cell_is_read_or_said_to_be_wrong(text: str) -> None:
    for read in (cells.day, cells.sex, cells.decile, cells.phone, cells.email, cells.needs, cells.yes_or_no):
        words = "read"
        try:
            read(text)
        except ValueError as wrong:
            words = str(wrong)
        assert words
        assert "invalid literal" not in words


@given(st.lists(st.sampled_from(list(Need)), unique=True), st.sampled_from([";", ", ", "/", "|"]))
def test_needs_are_read_by_their_values_in_any_order(found: list[Need], between: str) -> None:
    assert set(cells.needs(between.join(found))) == set(found)


def test_a_need_that_is_none_of_ours_belongs_in_the_note() -> None:
    with pytest.raises(ValueError, match="Put it into the note"):
        cells.needs("Large print; sits at the window")


@pytest.mark.parametrize(
    ("written", "kept"),
    [("7700900142", "07700900142"), ("1632 960123", "01632 960123"), ("+44 1632 960123",) * 2],
)
def test_the_nought_that_a_spreadsheet_leaves_out_is_put_back(written: str, kept: str) -> None:
    assert cells.phone(written) == kept
