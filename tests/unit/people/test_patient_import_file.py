"""Files of patients as spreadsheets write them."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import Refused
from server.people.patient_import import NAME_PARTS, PATIENT_COLUMNS
from server.people.patient_import_file import (
    MOST_ROWS,
    harmless,
    key_of,
    letters,
    plain,
    read_table,
    template,
)

COLUMNS = (*PATIENT_COLUMNS, *NAME_PARTS)
HEADER = ["Full name", "Date of birth", "Phone"]


def cells(content: bytes) -> list[dict[str, str]]:
    return [dict(line.cells) for line in read_table(content, COLUMNS).lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_every_encoding_and_separator_of_excel_is_read(encoding: str, separator: str, line_end: str) -> None:
    text = line_end.join([separator.join(HEADER), separator.join(["Zoë Müller", "31/03/1955", "01632"]), ""])
    assert cells(text.encode(encoding)) == [
        {"full_name": "Zoë Müller", "date_of_birth": "31/03/1955", "phone": "01632"}
    ]


def test_headers_are_known_by_other_names_whatever_their_case_and_signs() -> None:
    content = "FORENAME;Surname;D.O.B.;NHS No.;e-mail;GP practice\nA;B;C;D;E;F"
    table = read_table(content.encode(), COLUMNS)
    assert table.lines[0].cells == {
        "first_name": "A",
        "last_name": "B",
        "date_of_birth": "C",
        "nhs_number": "D",
        "email": "E",
    }
    assert table.not_read == ("GP practice",)
    assert table.where["nhs_number"] == "D, NHS No."


def test_no_header_stands_for_two_columns() -> None:
    known = [key_of(name) for column in COLUMNS for name in {column.title, column.key, *column.others}]
    by_column = [{key_of(name) for name in (each.title, each.key, *each.others)} for each in COLUMNS]
    assert len(set(known)) == sum(len(names) for names in by_column)


def test_rows_are_numbered_as_in_the_spreadsheet_and_empty_ones_left_out() -> None:
    content = 'sep=;\nFull name;Date of birth\n\nRose;1\n;\n"two\nlines";2\n'
    assert [line.row for line in read_table(content.encode(), COLUMNS).lines] == [3, 5]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\xff\xfe", "file_empty"),
        (b"PK\x03\x04", "file_is_workbook"),
        (b"Full name\0\n", "file_unreadable"),
        (b"\xff\xfe\x00", "file_unreadable"),
        (b"A,B\nC,D\n", "file_no_header"),
        (b"Name,Full name\nA,B\n", "file_column_twice"),
        (b"Full name\n" + b"," * 200, "file_too_wide"),
        (b'Full name\n"A\n', "file_broken"),
        (b"x" * (2 * 1024 * 1024 + 1), "file_too_large"),
        (b"Full name\n" + b"A\n" * (MOST_ROWS + 1), "file_too_many_rows"),
        (b"Full name\n" + b"A\n" * (4 * MOST_ROWS), "file_too_many_rows"),
        (b"Full name\n" + b"x" * 200_000, "file_broken"),
    ],
)
def test_what_is_no_table_of_patients_is_refused_in_words(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_table(content, COLUMNS)
    assert refused.value.code == code


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda more: b"Full name,Phone\n" + more))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        lines, words = read_table(content, COLUMNS).lines, ""
    except Refused as refused:
        lines, words = (), refused.words
    assert lines or words


words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\x85"),
    max_size=20,
).map(str.strip)


@given(st.lists(st.tuples(words, words, words), min_size=1, max_size=8), st.sampled_from([",", ";", "\t"]))
def test_what_a_spreadsheet_writes_is_what_is_read(rows: list[tuple[str, ...]], separator: str) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(HEADER)
    writer.writerows([[harmless(cell) for cell in row] for row in rows])
    expected = [
        dict(zip(("full_name", "date_of_birth", "phone"), row, strict=True)) for row in rows if any(row)
    ]
    try:
        found = cells(text.getvalue().encode())
    except Refused as refused:
        found = [] if refused.code == "file_empty" else [{"refused": refused.code}]
    assert found == expected


@given(st.text(max_size=10))
def test_no_cell_that_we_write_is_run_as_a_formula_and_it_comes_back(cell: str) -> None:
    assert not harmless(cell).startswith(("=", "+", "-", "@"))
    if not cell.startswith("'"):
        assert plain(harmless(cell)) == cell


def test_columns_have_the_letters_of_a_spreadsheet() -> None:
    assert [letters(at) for at in (0, 25, 26, 27, 701, 702)] == ["A", "Z", "AA", "AB", "ZZ", "AAA"]


def test_the_template_has_every_column_and_an_example() -> None:
    table = read_table(template(PATIENT_COLUMNS).encode(), COLUMNS)
    assert set(table.where) == {column.key for column in PATIENT_COLUMNS}
    assert table.lines[0].cells["full_name"] == "Margaret Ellis"
