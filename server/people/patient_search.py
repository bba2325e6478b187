"""Looking for patients by name, phone number or NHS number, a page at a time."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.patient_likeness import phone_key
from server.people.roles import Role
from server.storage.tables import Patient, Person, Service

ON_A_PAGE = 50
LEAST_DIGITS = 5
"""Fewer digits are no phone number."""


@dataclass(frozen=True, slots=True)
class Found:
    """A patient in the list."""

    person_id: str
    full_name: str
    shown_name: str
    date_of_birth: date | None
    phone: str
    nhs_number: str | None
    service_name: str


@dataclass(frozen=True, slots=True)
class FoundPage:
    """One page of what was found."""

    people: tuple[Found, ...]
    total: int
    page: int
    """From 1."""

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // ON_A_PAGE))

    @property
    def first(self) -> int:
        """The number of the first on this page, from 1; 0 when there is none."""
        return min(self.total, (self.page - 1) * ON_A_PAGE + 1)

    @property
    def last(self) -> int:
        """The number of the last on this page."""
        return min(self.total, self.page * ON_A_PAGE)


async def find_patients(
    session: AsyncSession, services: Collection[str] | None, words: str, page: int
) -> FoundPage:
    """Return the patients of these services (None: of all) whom `words` fit, by name, in two statements.

    Digits are a phone number, or a part of one, or a whole NHS number; anything else is parts of a name.
    """
    conditions: list[ColumnElement[bool]] = [Person.role == Role.PATIENT.value]
    if services is not None:
        conditions.append(Person.service_id.in_(sorted(services)))
    conditions += _fits(words)
    total = await session.scalar(
        select(func.count())
        .select_from(Person)
        .join(Patient, Patient.person_id == Person.id)
        .where(*conditions)
    )
    last_page = max(1, -(-(total or 0) // ON_A_PAGE))
    page = min(max(page, 1), last_page)
    rows = await session.execute(
        select(
            Person.id,
            Person.full_name,
            Person.shown_name,
            Patient.date_of_birth,
            Person.phone,
            Patient.nhs_number,
            Service.name,
        )
        .join(Patient, Patient.person_id == Person.id)
        .join(Service, Service.id == Person.service_id)
        .where(*conditions)
        .order_by(func.lower(Person.full_name), Person.id)
        .limit(ON_A_PAGE)
        .offset((page - 1) * ON_A_PAGE)
    )
    return FoundPage(tuple(Found(*row) for row in rows), total or 0, page)


def _fits(words: str) -> list[ColumnElement[bool]]:
    digits = re.sub(r"[\s()+–-]", "", words)
    if digits.isascii() and digits.isdigit() and len(digits) >= LEAST_DIGITS:
        return [or_(_phone_digits().contains(phone_key(words)), Patient.nhs_number == digits)]
    return [_in_name(word) for word in words.split()]


def _in_name(word: str) -> ColumnElement[bool]:
    """SQLite folds the case of ASCII letters only: others are tried as they are commonly written."""
    forms = {word} if word.isascii() else {word, word.lower(), word.capitalize(), word.upper()}
    return or_(
        *(
            column.icontains(form, autoescape=True)
            for column in (Person.full_name, Person.shown_name)
            for form in sorted(forms)
        )
    )


def _phone_digits() -> ColumnElement[str]:
    """A stored phone number without what people write between digits, beginning with 0."""
    plain: ColumnElement[str] = func.replace(Person.phone, "+44", "0")
    for between in (" ", "-", "(", ")"):
        plain = func.replace(plain, between, "")
    return plain
