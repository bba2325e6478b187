"""Reads a form's fields: what is right as values, what is not as words for the page. Pure.

Each reader gives the value, or None with an error noted under the field's name (its id on the page). Words
follow the NHS service manual: "Enter ...", "Select ...".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date

from server.legible import legible

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{5,24}")


class Fields:
    """A posted form. `errors`: by field, in the order in which they were read."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self.form = form
        self.errors: dict[str, str] = {}

    def text(self, name: str, missing: str | None, *, most: int = 200) -> str:
        """A line of text; `missing` are the words when it is empty (None: it may be)."""
        value = " ".join(legible(self.form.get(name, "")).split())
        return self._checked(name, value, missing, most)

    def lines(self, name: str, missing: str | None, *, most: int = 2000) -> str:
        """Text of several lines."""
        return self._checked(name, legible(self.form.get(name, "")).strip(), missing, most)

    def email(self, name: str, missing: str | None) -> str | None:
        """An e-mail address in lower case."""
        value = self.text(name, missing, most=254).lower()
        if value and not _EMAIL.fullmatch(value):
            self.errors[name] = "Enter an email address in the correct format, like name@example.com"
            return None
        return value or None

    def phone(self, name: str, missing: str | None) -> str:
        """A phone number as it was written."""
        value = self.text(name, missing, most=40)
        if value and not _PHONE.fullmatch(value):
            self.errors[name] = "Enter a phone number, like 01632 960 001"
        return value

    def choice(self, name: str, among: Collection[str], missing: str | None) -> str | None:
        """One of these values."""
        value = self.form.get(name, "")
        if value in among:
            return value
        if value or missing is not None:
            self.errors[name] = missing or "Select one of these"
        return None

    def number(self, name: str, least: int, most: int, missing: str | None, what: str) -> int | None:
        """A whole number from `least` to `most`; `what` names it in words: "Number of classes"."""
        value = self.text(name, missing, most=12)
        if not value:
            return None
        if not (value.isascii() and value.isdigit()) or not least <= int(value) <= most:
            self.errors[name] = f"{what} must be a whole number from {least} to {most}"
            return None
        return int(value)

    def day(self, name: str, missing: str | None, what: str) -> date | None:
        """A date from three fields, `name`-day, -month and -year; `what` names it: "Date of birth"."""
        day, month, year = (self.form.get(f"{name}-{part}", "").strip() for part in ("day", "month", "year"))
        if not (day or month or year):
            if missing is not None:
                self.errors[name] = missing
            return None
        try:
            if len(year) != 4:
                raise ValueError
            return date(int(year), int(month), int(day))
        except ValueError:
            self.errors[name] = f"{what} must be a real date, like 31 3 1955"
            return None

    def is_ticked(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self.form.get(name))

    def _checked(self, name: str, value: str, missing: str | None, most: int) -> str:
        if not value and missing is not None:
            self.errors[name] = missing
        elif len(value) > most:
            self.errors[name] = f"This must be {most} characters or less"
        return value
