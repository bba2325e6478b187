"""Which rows of a file are patients that are on record already, or stand in the file twice; and what is
stored when staff have decided.

| a row | stands as | what becomes of it |
|---|---|---|
| like nobody | NEW | a new record |
| has the NHS number of a record of the service | KNOWN | that record stays as it is |
| name or phone, and date of birth, of a record or an earlier row | LIKELY | as staff decide for the file |
| something is wrong with it | WRONG | keeps the whole file out |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from server.people.carers import CarerRecord, add_carers
from server.people.patient_import import ImportRow
from server.people.patient_import_file import Problem
from server.people.patient_likeness import Identity, KnownPeople, Likeness, Why, people_of_service
from server.people.patients import PatientRecord, add_patients, numbers_in_use

_ROW = "row "
"""Begins the id of an earlier row among the identities."""


class Stands(StrEnum):
    """As what a row stands."""

    NEW = "new"
    KNOWN = "known"
    LIKELY = "likely"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class MatchedRow:
    """A row, compared with the records and with the rows before it."""

    row: ImportRow
    stands: Stands
    problems: tuple[Problem, ...] = ()
    same_as: str | None = None
    """The person whose record it is, or is likely to be; None for a new one or an earlier row."""
    same_as_row: int | None = None
    """The earlier row that it is like."""
    why: str = ""
    """In words: of whom, and why."""


def match(
    rows: Sequence[ImportRow], known: KnownPeople, numbers_elsewhere: frozenset[str], where: Mapping[str, str]
) -> tuple[MatchedRow, ...]:
    """Compare the rows with the records of the service and with each other.

    `numbers_elsewhere` are the NHS numbers of the file that stand on a record of whichever service.
    """
    matcher = _Matcher(known, numbers_elsewhere, where.get("nhs_number", ""))
    return tuple(matcher.matched(row) for row in rows)


class _Matcher:
    """Goes through the rows from the first to the last."""

    def __init__(self, known: KnownPeople, numbers_elsewhere: frozenset[str], number_column: str) -> None:
        self._known = known
        self._before = KnownPeople(())
        self._numbers_elsewhere = numbers_elsewhere
        self._number_column = number_column

    def matched(self, row: ImportRow) -> MatchedRow:
        if row.record is None:
            return MatchedRow(row, Stands.WRONG, row.problems)
        here, before = self._known.like(row.record), self._before.like(row.record)
        self._before.add(_identity(row, row.record))
        if wrong := self._wrong(row, row.record, here, before):
            return MatchedRow(row, Stands.WRONG, (Problem(row.line.row, self._number_column, wrong),))
        if here:
            first = here[0]
            stands = Stands.KNOWN if first.why is Why.NHS_NUMBER else Stands.LIKELY
            why = f"{first.identity.full_name} is on record with the {first.why}"
            return MatchedRow(row, stands, same_as=first.identity.person_id, why=why)
        if before:
            number = int(before[0].identity.person_id.removeprefix(_ROW))
            why = f"It has the {before[0].why} as row {number}"
            return MatchedRow(row, Stands.LIKELY, same_as_row=number, why=why)
        return MatchedRow(row, Stands.NEW)

    def _wrong(
        self,
        row: ImportRow,
        record: PatientRecord,
        here: Sequence[Likeness],
        before: Sequence[Likeness],
    ) -> str | None:
        if before and before[0].why is Why.NHS_NUMBER:
            earlier = before[0].identity.person_id.removeprefix(_ROW)
            return f"The same NHS number stands in row {earlier}. Take one of the two out"
        if here and here[0].why is Why.NHS_NUMBER:
            born = here[0].identity.date_of_birth
            if born is not None and born != record.date_of_birth:
                return (
                    "This NHS number is on record with another date of birth. Check both, and whose number"
                    " it is"
                )
        elif record.nhs_number in self._numbers_elsewhere:
            return "This NHS number stands on another record. Leave it out, or ask your administrator"
        return None


def _identity(row: ImportRow, record: PatientRecord) -> Identity:
    return Identity(
        f"{_ROW}{row.line.row}", record.full_name, record.phone, record.date_of_birth, record.nhs_number
    )


async def match_with_records(
    session: AsyncSession, service_id: str, rows: Sequence[ImportRow], where: Mapping[str, str]
) -> tuple[MatchedRow, ...]:
    """Compare the rows with the tables: two statements."""
    numbers = {row.record.nhs_number for row in rows if row.record and row.record.nhs_number}
    elsewhere = await numbers_in_use(session, numbers)
    return match(rows, await people_of_service(session, service_id), elsewhere, where)


def with_problems(
    matched: Sequence[MatchedRow], found: Mapping[int, Sequence[Problem]]
) -> tuple[MatchedRow, ...]:
    """Return the rows with more problems, by row."""
    return tuple(
        replace(each, stands=Stands.WRONG, problems=(*each.problems, *found[each.row.line.row]))
        if found.get(each.row.line.row)
        else each
        for each in matched
    )


async def store(
    session: AsyncSession,
    service_id: str,
    matched: Sequence[MatchedRow],
    new_id: Callable[[], str],
    *,
    alike_are_same: bool,
) -> dict[int, str]:
    """Store the new patients and their carers; return by row whose record each row is.

    `alike_are_same`: what staff decided of the rows that are likely on record. No row may be wrong.
    """
    assert all(each.stands is not Stands.WRONG for each in matched), "a file is taken over whole"
    new = [each for each in matched if _is_new(each, alike_are_same)]
    records = [each.row.record for each in new if each.row.record is not None]
    ids = await add_patients(session, service_id, records, new_id)
    people = {each.row.line.row: person_id for each, person_id in zip(new, ids, strict=True)}
    carers: list[tuple[str, CarerRecord, str]] = [
        (people[each.row.line.row], each.row.carer, new_id()) for each in new if each.row.carer is not None
    ]
    await add_carers(session, carers)
    for each in matched:
        if each.row.line.row not in people:
            people[each.row.line.row] = each.same_as or people[each.same_as_row or 0]
    return people


def _is_new(each: MatchedRow, alike_are_same: bool) -> bool:
    return each.stands is Stands.NEW or (each.stands is Stands.LIKELY and not alike_are_same)
