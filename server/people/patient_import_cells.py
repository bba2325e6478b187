"""Reads single cells of a file of patients, as people and spreadsheets write them. Pure.

Each reader returns the value, or raises `ValueError` with words that say what is wrong with the cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from server.people.patients import NEED_WORDS, Need, Sex

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{5,24}")
_SHORTENED = re.compile(r"[0-9][.,]?[0-9]*[eE]\+?[0-9]+")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WRITTEN_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s./-]+([A-Za-z]{3,9}|\d{1,2})[\s./-]+(\d{2,4})")
_ISO_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_NO_TIME = re.compile(r"[T\s]+00:00(:00(\.0+)?)?$")

_SEXES: Mapping[str, Sex] = {
    **{sex.value.casefold(): sex for sex in Sex},
    "male": Sex.MALE,
    "m": Sex.MALE,
    "man": Sex.MALE,
    "female": Sex.FEMALE,
    "f": Sex.FEMALE,
    "woman": Sex.FEMALE,
    "indeterminate": Sex.INDETERMINATE,
    "notknown": Sex.NOT_KNOWN,
    "unknown": Sex.NOT_KNOWN,
}
_YES, _NO = frozenset({"yes", "y", "true", "1", "x"}), frozenset({"no", "n", "false", "0", ""})


def short(cell: str, most: int) -> str:
    """A line of text."""
    value = " ".join(cell.split())
    if len(value) > most:
        raise ValueError(f"This must be {most} characters or less; it has {len(value)}")
    return value


def day(cell: str) -> date:
    """A date: 31/03/1955, 31-3-1955, 31 March 1955 or 1955-03-31."""
    written = _NO_TIME.sub("", cell.strip())
    if found := _ISO_DAY.fullmatch(written):
        year, month, day_of_month = (int(part) for part in found.groups())
    elif found := _WRITTEN_DAY.fullmatch(written):
        if len(found[3]) != 4:
            raise ValueError("The year must have 4 digits, like 31/03/1955")
        year, month, day_of_month = int(found[3]), _month(found[2]), int(found[1])
    else:
        raise ValueError("This must be a date, like 31/03/1955 or 1955-03-31")
    try:
        return date(year, month, day_of_month)
    except ValueError:
        raise ValueError("There is no such day. Write it like 31/03/1955: day, month, year") from None


def _month(written: str) -> int:
    if written.isdigit():
        return int(written)
    name = written.casefold()[:3]
    return _MONTHS.index(name) + 1 if name in _MONTHS else 0


def sex(cell: str) -> Sex:
    """A PERSON STATED GENDER CODE, or its word."""
    found = _SEXES.get("".join(cell.casefold().split()))
    if found is None:
        raise ValueError("This must be 1, 2, 9 or X, or male, female, indeterminate or not known")
    return found


def decile(cell: str) -> int:
    """A deprivation decile."""
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 2 and 1 <= int(cell) <= 10):
        raise ValueError("This must be a whole number from 1 (most deprived) to 10")
    return int(cell)


def phone(cell: str) -> str:
    """A phone number; the 0 at its front that spreadsheets leave out is put back."""
    value = _not_shortened(short(cell, 40))
    if re.fullmatch(r"[12378][0-9]{9}", value.replace(" ", "")):
        value = f"0{value}"
    if not _PHONE.fullmatch(value):
        raise ValueError("This must be a phone number, like 01632 960 001")
    return value


def email(cell: str) -> str:
    """An e-mail address in lower case."""
    value = short(cell, 254).lower()
    if not _EMAIL.fullmatch(value):
        raise ValueError("This must be an email address, like name@example.com")
    return value


def needs(cell: str) -> tuple[Need, ...]:
    """Communication needs with ; , / or | between them, as values or in words."""
    known = {_plain(name): need for need, words in NEED_WORDS.items() for name in (need.value, words)}
    known |= {_plain(words.split(":")[0]): need for need, words in NEED_WORDS.items()}
    found = set()
    for part in re.split(r"[;,/|]", cell):
        if not part.strip():
            continue
        need = known.get(_plain(part))
        if need is None:
            names = ", ".join(words.split(":")[0] for words in NEED_WORDS.values())
            raise ValueError(f"“{part.strip()[:40]}” is not one of: {names}. Put it into the note instead")
        found.add(need)
    return tuple(need for need in Need if need in found)


def yes_or_no(cell: str) -> bool:
    """Yes or no; nothing is no."""
    value = cell.strip().casefold()
    if value not in _YES | _NO:
        raise ValueError("This must be yes or no")
    return value in _YES


def number_as_text(cell: str) -> str:
    """A long number as its digits; refuses what a spreadsheet has rounded."""
    return _not_shortened(cell)


def _not_shortened(value: str) -> str:
    if _SHORTENED.fullmatch(value):
        raise ValueError(f"The spreadsheet has shortened this number to {value}. Format the column as text")
    return value


def _plain(words: str) -> str:
    return "".join(character for character in words.casefold() if character.isalnum())
