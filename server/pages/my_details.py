"""`/me/{link_id}/details`: what we have about a patient, to be read; changed by ringing us.

Clinical codes (referral, deprivation) and the NHS number are not shown: the date of birth is too little to
show them for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import by_link
from server.pages.known_person import known_person
from server.pages.my_page import ME
from server.pages.rendering import page
from server.pages.site import SITE
from server.pages.way_in import see
from server.people.patients import NEED_WORDS, Need
from server.storage.tables import Carer, Patient, Person

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is stored."""

    name: str
    value: str


@routes.get(ME + "/details")
@by_link
async def show_my_details(request: web.Request) -> web.Response:
    """List what is stored."""
    site = request.app[SITE]
    async with site.database.reading() as session:
        who = await known_person(request, session)
        if isinstance(who, web.Response):
            return who
        if who.person.role.is_staff:
            return see(f"/class/{who.link_id}")
        lines = await _lines(session, who.person.person_id)
    return page(
        request,
        "my_page_details.jinja",
        who.service,
        person=who.person,
        address=f"/me/{who.link_id}",
        lines=lines,
    )


async def _lines(session: AsyncSession, person_id: str) -> list[Line]:
    person = await session.get_one(Person, person_id)
    patient = await session.get(Patient, person_id)
    carers = (await session.scalars(select(Carer).where(Carer.patient_id == person_id))).all()
    lines = [
        Line("Name", person.full_name),
        Line("Name shown in class", person.shown_name),
        Line("Phone", person.phone),
    ]
    if patient is not None:
        lines += [
            Line("Email", patient.email or ""),
            Line("Date of birth", _day(patient.date_of_birth)),
            Line("What helps you take part", _needs(patient)),
            Line("Interpreter", patient.interpreter or ""),
            Line("In an emergency we call", _emergency(patient)),
            Line("Who joins with you or for you", ", ".join(_carer(each) for each in carers)),
        ]
    return [Line(line.name, line.value or "Nothing yet") for line in lines]


def _day(born: date | None) -> str:
    return f"{born.day} {born:%B} {born.year}" if born is not None else ""


def _needs(patient: Patient) -> str:
    words: Sequence[str] = [NEED_WORDS[Need(value)] for value in patient.needs]
    return ". ".join(part for part in (", ".join(words), patient.needs_note) if part)


def _emergency(patient: Patient) -> str:
    return ", ".join(part for part in (patient.emergency_name, patient.emergency_phone) if part)


def _carer(carer: Carer) -> str:
    return f"{carer.full_name} ({carer.relation})" if carer.relation else carer.full_name
