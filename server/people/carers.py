"""Carers: who joins with a patient, or for one (a proxy), by the patient's own link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.storage.tables import Carer, CheckIn

MOST_CARERS = 6
"""Of one patient."""


@dataclass(frozen=True, slots=True)
class CarerRecord:
    """What staff keep of a carer."""

    full_name: str
    relation: str
    """In words: "wife", "carer"."""
    phone: str = ""
    may_stand_in: bool = False
    """Whether this one may come instead of the patient (CareContact_Subject 02, proxy)."""


@dataclass(frozen=True, slots=True)
class KnownCarer:
    """A carer as stored."""

    id: str
    patient_id: str
    record: CarerRecord


async def carers_of(session: AsyncSession, patient_id: str) -> list[KnownCarer]:
    """Return a patient's carers by name."""
    rows = await session.scalars(
        select(Carer).where(Carer.patient_id == patient_id).order_by(Carer.full_name, Carer.id)
    )
    return [_known(row) for row in rows]


async def carer_of(session: AsyncSession, patient_id: str, carer_id: str) -> KnownCarer | None:
    """Return one carer of this patient; None when there is no such one."""
    row = await session.scalar(select(Carer).where(Carer.id == carer_id, Carer.patient_id == patient_id))
    return None if row is None else _known(row)


async def add_carer(session: AsyncSession, patient_id: str, record: CarerRecord, carer_id: str) -> None:
    """Store a new carer of a patient. Raises `Refused` (too_many_carers)."""
    there = await session.scalar(
        select(func.count()).select_from(Carer).where(Carer.patient_id == patient_id)
    )
    if (there or 0) >= MOST_CARERS:
        raise Refused(
            "too_many_carers",
            f"A patient can have {MOST_CARERS} carers. Remove one who does not come any more.",
        )
    await add_carers(session, [(patient_id, record, carer_id)])


async def add_carers(session: AsyncSession, carers: Sequence[tuple[str, CarerRecord, str]]) -> None:
    """Store carers, each given with the patient's id and its own, in one statement."""
    if carers:
        await session.execute(
            insert(Carer),
            [
                {"id": carer_id, "patient_id": patient_id, **_values(record)}
                for patient_id, record, carer_id in carers
            ],
        )


async def change_carer(session: AsyncSession, patient_id: str, carer_id: str, record: CarerRecord) -> None:
    """Store what has changed of a carer of this patient."""
    await session.execute(
        update(Carer).where(Carer.id == carer_id, Carer.patient_id == patient_id).values(**_values(record))
    )


async def remove_carer(session: AsyncSession, patient_id: str, carer_id: str) -> None:
    """Delete a carer. Raises `Refused` (carer_came) once the carer has come to a class: then it stays known
    who that was.
    """
    came = await session.scalar(select(CheckIn.class_id).where(CheckIn.carer_id == carer_id).limit(1))
    if came is not None:
        raise Refused(
            "carer_came",
            "This carer has come to a class, so the record has to stay. Untick"
            " “May come instead of the patient” if they must not come alone any more.",
        )
    await session.execute(delete(Carer).where(Carer.id == carer_id, Carer.patient_id == patient_id))


def _known(row: Carer) -> KnownCarer:
    record = CarerRecord(row.full_name, row.relation, row.phone, row.may_stand_in)
    return KnownCarer(row.id, row.patient_id, record)


def _values(record: CarerRecord) -> dict[str, object]:
    return {
        "full_name": record.full_name,
        "relation": record.relation,
        "phone": record.phone,
        "may_stand_in": record.may_stand_in,
    }
