"""A file of patients as a table: encodings, separators and headers as spreadsheets write them. Pure.

Read are comma-separated files (RFC 4180) and what Excel makes of them: UTF-8 with and without a byte order
mark, UTF-16, Windows-1252; commas, semicolons and tabs. Rows are numbered as a spreadsheet numbers them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.errors import Refused
from server.legible import legible

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 5000
MOST_COLUMNS = 100

_SEPARATORS = (",", ";", "\t")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How Excel's own files begin: xlsx, xls."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is understood."""

    key: str
    title: str
    """Its header in the template."""
    others: tuple[str, ...] = ()
    """Other headers under which it is known."""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a file from being taken over."""

    row: int
    """As in the spreadsheet; the header is row 1."""
    column: str
    """The header as it stands in the file, with the letter: "C, Date of birth"; empty for the whole row."""
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file."""

    row: int
    cells: Mapping[str, str]
    """By the column's key; only columns that are understood."""


@dataclass(frozen=True, slots=True)
class PatientTable:
    """What stands in a file."""

    where: Mapping[str, str]
    """By the column's key: where it stands, as `Problem.column` says it."""
    lines: tuple[Line, ...]
    not_read: tuple[str, ...]
    """Headers of columns that are not understood."""


def read_table(content: bytes, columns: Sequence[Column]) -> PatientTable:
    """Read a file. Raises `Refused` with words for whoever chose the file when it is no such table."""
    text = _text(content)
    header_line = text.split("\n", 1)[0]
    if header_line.lower().startswith("sep="):
        text = text.partition("\n")[2]
        header_line = text.split("\n", 1)[0]
    rows = _rows(text, _separator(header_line, columns))
    if not rows:
        raise Refused("file_empty", "The file is empty. Choose one with a row for each patient.")
    header = rows[0]
    keys = _keys(header, columns)
    where = {key: f"{letters(at)}, {header[at].strip()}" for at, key in keys.items()}
    lines = [
        Line(number, {key: cells[at].strip() for at, key in keys.items() if at < len(cells)})
        for number, cells in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in cells)
    ]
    if not lines:
        raise Refused("file_empty", "The file has a header and no patient. Add a row for each patient.")
    if len(lines) > MOST_ROWS:
        raise Refused(
            "file_too_many_rows",
            f"The file has {len(lines)} patients; {MOST_ROWS} can be taken at once. Split it.",
        )
    not_read = tuple(name.strip() for at, name in enumerate(header) if at not in keys and name.strip())
    return PatientTable(where, tuple(lines), not_read)


def template(columns: Sequence[Column]) -> str:
    """Return a file to fill in: the headers, and a made-up patient to be written over."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.title for column in columns])
    writer.writerow([harmless(column.example) for column in columns])
    return "\ufeff" + text.getvalue()


def harmless(value: str) -> str:
    """Return a cell before which an apostrophe stands if a spreadsheet would run it as a formula.

    OWASP, "CSV Injection"; undone by `plain` when such a file comes back.
    """
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def plain(cell: str) -> str:
    """Return a cell without the apostrophe that `harmless` put before it."""
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell


def letters(at: int) -> str:
    """Return the letters by which a spreadsheet knows a column: 0 is A, 26 is AA."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def key_of(header: str) -> str:
    """Return a header as it is compared: letters and digits only."""
    return "".join(character for character in header.casefold() if character.isalnum())


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise Refused("file_too_large", "The file is larger than 2 MB. Split it, or save it as CSV.")
    if content.startswith(_WORKBOOKS):
        raise Refused(
            "file_is_workbook",
            "This is an Excel workbook. In Excel choose Save as, then “CSV UTF-8 (comma delimited)”.",
        )
    return legible(_decoded(content)).lstrip("\ufeff")


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8", "cp1252")
    if b"\0" in content and encodings[0] != "utf-16":
        raise _not_a_table()
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _not_a_table()


def _not_a_table() -> Refused:
    return Refused("file_unreadable", "This file cannot be read as a table. Save it as CSV and try again.")


def _separator(header_line: str, columns: Sequence[Column]) -> str:
    """The one by which most of the header is understood; the commonest one when nothing is."""
    known = _known(columns)

    def understood(separator: str) -> tuple[int, int]:
        names = header_line.split(separator)
        return sum(key_of(name.strip('"')) in known for name in names), len(names)

    return max(_SEPARATORS, key=understood)


def _rows(text: str, separator: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    try:
        for cells in reader:
            if len(cells) > MOST_COLUMNS:
                raise Refused(
                    "file_too_wide",
                    f"Row {len(rows) + 1} has {len(cells)} columns; {MOST_COLUMNS} can be read at most.",
                )
            rows.append([plain(cell.strip()) for cell in cells])
            if len(rows) > 2 * MOST_ROWS:
                break
    except csv.Error as broken:
        raise Refused(
            "file_broken",
            f"The file breaks off near row {len(rows) + 1}: a quotation mark opens or closes a cell in the"
            " wrong place. Save it anew as CSV.",
        ) from broken
    return rows


def _keys(header: Sequence[str], columns: Sequence[Column]) -> dict[int, str]:
    """Return which columns of the file are understood, as which; raises `Refused` when one is there twice."""
    known = _known(columns)
    keys: dict[int, str] = {}
    for at, name in enumerate(header):
        key = known.get(key_of(name))
        if key is None:
            continue
        if key in keys.values():
            raise Refused(
                "file_column_twice",
                f"Two columns are the same: “{name.strip()}” in column {letters(at)} is there already."
                " Take one of them out.",
            )
        keys[at] = key
    if not keys:
        titles = ", ".join(column.title for column in columns[:3])
        raise Refused(
            "file_no_header",
            f"The first row must name the columns: {titles} and so on. The template shows how.",
        )
    return keys


def _known(columns: Sequence[Column]) -> dict[str, str]:
    return {
        key_of(name): column.key for column in columns for name in (column.title, column.key, *column.others)
    }
