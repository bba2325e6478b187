"""A patient's record: what a care contact needs, and what people need so that they can take part.

Codes are those of the NHS Data Dictionary; communication needs follow the Accessible Information Standard
(DAPB1605). An NHS number stands on one record of the installation only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.people.roles import Role
from server.storage.tables import Patient, Person, Service


class Sex(StrEnum):
    """NHS Data Dictionary: PERSON STATED GENDER CODE."""

    MALE = "1"
    FEMALE = "2"
    INDETERMINATE = "9"
    NOT_KNOWN = "X"


SEX_WORDS: Mapping[Sex, str] = {
    Sex.FEMALE: "Female",
    Sex.MALE: "Male",
    Sex.INDETERMINATE: "Indeterminate",
    Sex.NOT_KNOWN: "Not known",
}
"""In the order in which they are offered."""


class Need(StrEnum):
    """What somebody needs in order to read, hear and take part; the values stand in the tables."""

    LARGE_PRINT = "large_print"
    EASY_READ = "easy_read"
    BRAILLE = "braille"
    AUDIO = "audio"
    CAPTIONS = "captions"
    BSL = "bsl"
    LIP_READING = "lip_reading"
    HEARING_AID = "hearing_aid"
    SCREEN_READER = "screen_reader"
    MORE_TIME = "more_time"
    ADVOCATE = "advocate"


NEED_WORDS: Mapping[Need, str] = {
    Need.LARGE_PRINT: "Large print",
    Need.EASY_READ: "Easy Read",
    Need.BRAILLE: "Braille",
    Need.AUDIO: "Information as sound",
    Need.CAPTIONS: "Captions",
    Need.BSL: "British Sign Language interpreter",
    Need.LIP_READING: "Lip reading: needs to see your face",
    Need.HEARING_AID: "Hearing aid",
    Need.SCREEN_READER: "Screen reader",
    Need.MORE_TIME: "More time",
    Need.ADVOCATE: "Somebody who speaks for them (advocate)",
}


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """What staff keep of a patient."""

    full_name: str
    shown_name: str
    """First or chosen name: what the group sees."""
    date_of_birth: date | None
    """None only where it was never told, as on older records."""
    sex: Sex | None = None
    nhs_number: str | None = None
    """Ten digits, checked."""
    deprivation_decile: int | None = None
    """Index of Multiple Deprivation, 1 (most deprived) to 10."""
    phone: str = ""
    email: str | None = None
    refuses_email: bool = False
    """Asked us not to write to that address."""
    needs: tuple[Need, ...] = ()
    needs_note: str = ""
    interpreter: str | None = None
    """The language for which an interpreter is needed."""


@dataclass(frozen=True, slots=True)
class KnownPatient:
    """A record as it is stored, and whose it is."""

    person_id: str
    service_id: str
    service_name: str
    service_phone: str
    record: PatientRecord
    emergency_name: str | None
    emergency_phone: str | None


async def patient_of(session: AsyncSession, person_id: str) -> KnownPatient | None:
    """Return a patient's record; None when there is no such patient."""
    query = (
        select(Person, Patient, Service)
        .join(Patient, Patient.person_id == Person.id)
        .join(Service, Service.id == Person.service_id)
        .where(Person.id == person_id, Person.role == Role.PATIENT)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    person, patient, service = row
    return KnownPatient(
        person_id=person.id,
        service_id=service.id,
        service_name=service.name,
        service_phone=service.phone,
        record=_record(person, patient),
        emergency_name=patient.emergency_name,
        emergency_phone=patient.emergency_phone,
    )


def _record(person: Person, patient: Patient) -> PatientRecord:
    return PatientRecord(
        full_name=person.full_name,
        shown_name=person.shown_name,
        date_of_birth=patient.date_of_birth,
        sex=None if patient.sex is None else Sex(patient.sex),
        nhs_number=patient.nhs_number,
        deprivation_decile=patient.deprivation_decile,
        phone=person.phone,
        email=patient.email,
        refuses_email=patient.refuses_email,
        needs=tuple(need for need in Need if need in patient.needs),
        needs_note=patient.needs_note,
        interpreter=patient.interpreter,
    )


async def add_patients(
    session: AsyncSession, service_id: str, records: Sequence[PatientRecord], new_id: Callable[[], str]
) -> list[str]:
    """Store new patients of a service, with a few statements however many; return their person ids.

    Raises `Refused` (nhs_number_taken) when one of their numbers stands on a record already.
    """
    if not records:
        return []
    await _check_numbers(session, [each.nhs_number for each in records])
    ids = [new_id() for _ in records]
    pairs = list(zip(ids, records, strict=True))
    await session.execute(
        insert(Person),
        [
            {"id": person_id, "service_id": service_id, "role": Role.PATIENT.value, **_of_person(record)}
            for person_id, record in pairs
        ],
        execution_options=_ONE_STATEMENT,
    )
    await session.execute(
        insert(Patient),
        [
            {"person_id": person_id, "subject_id": new_id(), **_of_patient(record)}
            for person_id, record in pairs
        ],
        execution_options=_ONE_STATEMENT,
    )
    return ids


async def change_patient(session: AsyncSession, person_id: str, record: PatientRecord) -> None:
    """Store what has changed of a record. Raises `Refused` (nhs_number_taken)."""
    await _check_numbers(session, [record.nhs_number], but=person_id)
    await session.execute(update(Person).where(Person.id == person_id).values(**_of_person(record)))
    await session.execute(update(Patient).where(Patient.person_id == person_id).values(**_of_patient(record)))


async def numbers_in_use(
    session: AsyncSession, numbers: Collection[str], *, but: str | None = None
) -> frozenset[str]:
    """Return which of these NHS numbers stand on a record of the installation, other than `but`'s."""
    if not numbers:
        return frozenset()
    query = select(Patient.nhs_number).where(Patient.nhs_number.in_(sorted(numbers)))
    if but is not None:
        query = query.where(Patient.person_id != but)
    return frozenset(number for number in await session.scalars(query) if number is not None)


_ONE_STATEMENT = {"render_nulls": True}
"""Else rows are put into as many statements as there are ways of leaving something empty."""


def number_taken() -> Refused:
    """The same words whether the other record is one of this service or not."""
    return Refused(
        "nhs_number_taken",
        "This NHS number stands on another record. Look for that record, or leave the number out.",
    )


async def _check_numbers(
    session: AsyncSession, written: Sequence[str | None], but: str | None = None
) -> None:
    numbers = [number for number in written if number is not None]
    if len(set(numbers)) < len(numbers) or await numbers_in_use(session, numbers, but=but):
        raise number_taken()


def _of_person(record: PatientRecord) -> dict[str, Any]:
    return {"full_name": record.full_name, "shown_name": record.shown_name, "phone": record.phone}


def _of_patient(record: PatientRecord) -> dict[str, Any]:
    return {
        "nhs_number": record.nhs_number,
        "date_of_birth": record.date_of_birth,
        "sex": None if record.sex is None else record.sex.value,
        "deprivation_decile": record.deprivation_decile,
        "email": record.email,
        "refuses_email": record.refuses_email,
        "needs": [need.value for need in record.needs],
        "needs_note": record.needs_note,
        "interpreter": record.interpreter,
    }
