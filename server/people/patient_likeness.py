"""Likely the same person: the same NHS number; the same name and date of birth; the same phone and date of
birth. What is found is pointed out, staff decide.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.patients import PatientRecord
from server.people.roles import Role
from server.storage.tables import Patient, Person


class Why(StrEnum):
    """Why two records are taken to be of one person; the surest first."""

    NHS_NUMBER = "same NHS number"
    NAME = "same name and date of birth"
    PHONE = "same phone number and date of birth"


@dataclass(frozen=True, slots=True)
class Identity:
    """By what a patient on record is told from others."""

    person_id: str
    full_name: str
    phone: str
    date_of_birth: date | None
    nhs_number: str | None


@dataclass(frozen=True, slots=True)
class Likeness:
    """A record that is likely of the same person."""

    identity: Identity
    why: Why


class _BornOneDay:
    """Those with one date of birth. Their names and phone numbers are made comparable when somebody born
    that day is first asked for: of a service's thousands a file is about few.
    """

    def __init__(self) -> None:
        self._not_yet: list[Identity] = []
        self._by_name: dict[str, list[Identity]] = {}
        self._by_phone: dict[str, list[Identity]] = {}

    def add(self, each: Identity) -> None:
        self._not_yet.append(each)

    def like(self, record: PatientRecord) -> Iterator[Likeness]:
        for each in self._not_yet:
            self._by_name.setdefault(name_key(each.full_name), []).append(each)
            if phone := phone_key(each.phone):
                self._by_phone.setdefault(phone, []).append(each)
        self._not_yet.clear()
        for each in self._by_name.get(name_key(record.full_name), ()):
            yield Likeness(each, Why.NAME)
        for each in self._by_phone.get(phone_key(record.phone), ()):
            yield Likeness(each, Why.PHONE)


class KnownPeople:
    """The patients of a service, to be asked who is like a record."""

    def __init__(self, people: Iterable[Identity]) -> None:
        self._by_number: dict[str, Identity] = {}
        self._by_birth: dict[date, _BornOneDay] = {}
        for each in people:
            self.add(each)

    def add(self, each: Identity) -> None:
        """Know one more."""
        if each.nhs_number is not None:
            self._by_number[each.nhs_number] = each
        if (born := each.date_of_birth) is not None:
            if born not in self._by_birth:
                self._by_birth[born] = _BornOneDay()
            self._by_birth[born].add(each)

    def like(self, record: PatientRecord) -> list[Likeness]:
        """Return who is likely the same person, each once, for the surest reason, the surest first."""
        found: dict[str, Likeness] = {}
        if record.nhs_number is not None and (same := self._by_number.get(record.nhs_number)):
            found[same.person_id] = Likeness(same, Why.NHS_NUMBER)
        if record.date_of_birth is not None and (born_then := self._by_birth.get(record.date_of_birth)):
            for each in born_then.like(record):
                found.setdefault(each.identity.person_id, each)
        return list(found.values())


def name_key(name: str) -> str:
    """Return a name as it is compared: without case, accents, punctuation, and the order of its parts."""
    plain = name.casefold()
    if not plain.isascii():
        plain = "".join(
            character
            for character in unicodedata.normalize("NFKD", plain.translate(_WITHIN_NAMES))
            if not unicodedata.combining(character)
        ).casefold()
    return " ".join(sorted(plain.translate(_BETWEEN_NAMES).split()))


_WITHIN_NAMES = {ord(sign): None for sign in "'’‘`´-‐‑–"}
"""Left out: O'Hara is OHara."""
_BETWEEN_NAMES = {
    **{code: " " for code in range(128) if not chr(code).isalnum()},
    **_WITHIN_NAMES,
}


_NOT_DIGITS = re.compile("[^0-9]+")


def phone_key(phone: str) -> str:
    """Return a phone number's digits as they are compared: 01632 960123 and +44 1632 960123 are the same."""
    digits = _NOT_DIGITS.sub("", phone)
    for prefix in ("0044", "44"):
        if digits.startswith(prefix) and len(digits) >= len(prefix) + 9:
            rest = digits.removeprefix(prefix)
            return rest if rest.startswith("0") else f"0{rest}"
    return digits


async def people_of_service(session: AsyncSession, service_id: str) -> KnownPeople:
    """Read all patients of a service: one statement, a line each."""
    rows = await session.execute(_IDENTITIES.where(Person.service_id == service_id))
    return KnownPeople(Identity(*row) for row in rows)


async def likenesses(
    session: AsyncSession, service_id: str, record: PatientRecord, *, but: str | None = None
) -> list[Likeness]:
    """Return who of a service is likely the same person as `record`; `but` is the record's own."""
    alike = [
        column == value
        for column, value in (
            (Patient.date_of_birth, record.date_of_birth),
            (Patient.nhs_number, record.nhs_number),
        )
        if value is not None
    ]
    if not alike:
        return []
    query = _IDENTITIES.where(Person.service_id == service_id, or_(*alike))
    found = KnownPeople(Identity(*row) for row in await session.execute(query)).like(record)
    return [each for each in found if each.identity.person_id != but]


_IDENTITIES = (
    select(Person.id, Person.full_name, Person.phone, Patient.date_of_birth, Patient.nhs_number)
    .join(Patient, Patient.person_id == Person.id)
    .where(Person.role == Role.PATIENT.value)
)
