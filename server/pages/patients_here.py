"""The patient or the course that a staff page is about, for those who may have it.

Whether there is no such thing or it belongs to another service, the answer is the same.
"""

from __future__ import annotations

from datetime import date

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import STAFF, not_yours
from server.pages.contact import ServiceLine
from server.pages.site import SITE
from server.people.patients import KnownPatient, patient_of
from server.people.staff import Action
from server.timetable.enrolment import Places, places_of

HERE = "/staff/patients"
"""The address of the patients' entry in the navigation."""


async def patient_here(request: web.Request, session: AsyncSession) -> KnownPatient:
    """Return the patient of `/staff/patients/{person_id}...`; raises `Refused` (not_yours)."""
    found = await patient_of(session, request.match_info["person_id"])
    if found is None or not request[STAFF].may(Action.KEEP_PATIENTS, found.service_id):
        raise not_yours()
    return found


async def course_here(request: web.Request, session: AsyncSession) -> Places:
    """Return how full the course of `/staff/courses/{course_id}...` is; raises `Refused` (not_yours)."""
    return await course_of(request, session, request.match_info["course_id"])


async def course_of(request: web.Request, session: AsyncSession, course_id: str) -> Places:
    """Return how full a course is, for those who keep its patients; raises `Refused` (not_yours)."""
    places = await places_of(session, course_id, request.app[SITE].clock())
    if places is None or not request[STAFF].may(Action.KEEP_PATIENTS, places.service_id):
        raise not_yours()
    return places


def line_of(patient: KnownPatient) -> ServiceLine:
    """Return the service of a patient, for the page's foot."""
    return ServiceLine(patient.service_name, patient.service_phone)


def address_of(person_id: str) -> str:
    """Return the address of a patient's record; the id is random and says nothing."""
    return f"{HERE}/{person_id}"


def today(request: web.Request) -> date:
    """Return the day at the service."""
    site = request.app[SITE]
    return site.clock().astimezone(site.zone).date()


def page_number(written: str | None) -> int:
    """Return which page of a list is asked for; the first for whatever is no number."""
    return int(written) if written and written.isascii() and written.isdigit() and len(written) < 7 else 1
