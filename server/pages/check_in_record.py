"""Keeps what the pages of the check-in are sent: with the check-in, and in the record for the next time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.check_in_form import Answers, Details, Where
from server.pages.checking_in import CheckingIn
from server.storage.tables import CheckIn, Patient, Person
from server.timetable.check_in_rules import Stage, State, after_last_page
from server.timetable.check_ins import begun, has_details, take_symptoms


async def known_details(session: AsyncSession, checking: CheckingIn) -> dict[str, str]:
    """Return the first page's fields as far as they are known: from this check-in, else from the record and
    the last one. Who joins today, and whether the partner is there, are asked each time.
    """
    person = checking.who.person
    patient = await session.get(Patient, checking.person_id)
    row = checking.row if has_details(checking.row) else None
    known = row or await _last_of(session, checking.person_id)
    name = row.emergency_name if row else (patient.emergency_name if patient else None)
    phone = row.emergency_phone if row else (patient.emergency_phone if patient else None)
    values = {
        "phone": row.phone if row else person.phone,
        "emergency_name": name or "",
        "emergency_phone": phone or "",
    }
    if known is not None:
        values |= {"alone": "no" if known.with_whom else "yes", "with_whom": known.with_whom}
        if not known.emergency_name and not name:
            values["no_emergency"] = "yes"
    return values


async def keep_details(session: AsyncSession, checking: CheckingIn, details: Details, now: datetime) -> None:
    """Keep the first page."""
    row = await begun(session, checking.details.id, checking.person_id, now)
    was_together = row.partner_too
    row.at = now
    row.comes, row.carer_id, row.partner_too = details.comes, details.carer_id, details.partner_too
    row.phone, row.with_whom = details.phone, details.with_whom
    row.emergency_name, row.emergency_phone = details.emergency_name, details.emergency_phone
    person = await session.get_one(Person, checking.person_id)
    person.phone = details.phone
    patient = await session.get(Patient, checking.person_id)
    if patient is not None and details.emergency_name:
        patient.emergency_name, patient.emergency_phone = details.emergency_name, details.emergency_phone
    if checking.partner is not None and (details.partner_too or was_together):
        await _keep_partner(session, checking, details, now)


async def take_answers(
    session: AsyncSession, checking: CheckingIn, answers: Mapping[str, Answers], now: datetime
) -> None:
    """Keep the second page, by person."""
    for person_id, each in answers.items():
        row = await begun(session, checking.details.id, person_id, now)
        if not row.phone:
            row.phone = (await session.get_one(Person, person_id)).phone
        take_symptoms(row, each.said, each.told, now)


async def keep_where(session: AsyncSession, checking: CheckingIn, where: Where, now: datetime) -> None:
    """Keep the third page, for all who are in front of this device. After a red flag it is taken also where
    the first is missing, and the check-in is not done by that.
    """
    for person, _ in checking.rows:
        row = await begun(session, checking.details.id, person.person_id, now)
        row.place, row.is_space_clear, row.at = where.place, where.is_space_clear, now
        if has_details(row):
            row.stage = Stage.DONE
            row.state = after_last_page(State(row.state))


async def _keep_partner(session: AsyncSession, checking: CheckingIn, details: Details, now: datetime) -> None:
    """The other one of a couple has a check-in too; phone and emergency contact are those on record."""
    partner = checking.partner
    assert partner is not None
    row = await begun(session, checking.details.id, partner.person_id, now)
    row.partner_too = details.partner_too
    if not details.partner_too:
        return
    patient = await session.get(Patient, partner.person_id)
    row.with_whom = checking.who.person.shown_name
    row.phone = row.phone or partner.phone or details.phone
    if not row.emergency_name:
        name, phone = (patient.emergency_name, patient.emergency_phone) if patient else (None, None)
        row.emergency_name, row.emergency_phone = (
            (name, phone or "") if name else (details.emergency_name, details.emergency_phone)
        )


async def _last_of(session: AsyncSession, person_id: str) -> CheckIn | None:
    """What this patient said before the last class, whichever course it was of."""
    return await session.scalar(
        select(CheckIn)
        .where(CheckIn.person_id == person_id, CheckIn.stage == Stage.DONE)
        .order_by(CheckIn.at.desc())
        .limit(1)
    )
