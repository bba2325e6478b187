"""`/staff/patients`: the list, looking for somebody, and a new patient.

What is looked for is posted, so that no name and no number stands in an address, a history or a log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import STAFF, not_yours, staff
from server.pages.forms import form_of
from server.pages.patients_form import read_patient
from server.pages.patients_here import HERE, address_of, course_of, page_number, today
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.auditing import audit
from server.people.patient_likeness import Likeness, likenesses
from server.people.patient_search import FoundPage, find_patients
from server.people.patients import NEED_WORDS, SEX_WORDS, add_patients, number_taken, numbers_in_use
from server.people.staff import Action
from server.storage.tables import Service
from server.timetable.enrolment import Places

routes = web.RouteTableDef()

DONE: Mapping[str, str] = {"imported": "The patients of the file are on record."}
ANYWAY = "save_anyway"
"""The button with which somebody is saved though a record is like theirs."""


@routes.get(HERE)
@staff(Action.KEEP_PATIENTS)
async def show_patients(request: web.Request) -> web.Response:
    """List the patients of the services one works for, by name."""
    async with request.app[SITE].database.reading() as session:
        course = await _course(request, session)
        found = await _found(request, session, course, "", request.query.get("page"))
    return _list(request, found, course, "", done=DONE.get(request.query.get("done", "")))


@routes.post(HERE)
@staff(Action.KEEP_PATIENTS)
async def look_for_patients(request: web.Request) -> web.Response:
    """Show whom the posted words fit."""
    form = await form_of(request)
    words = " ".join(form.get("words", "").split())[:200]
    async with request.app[SITE].database.reading() as session:
        course = await _course(request, session)
        found = await _found(request, session, course, words, form.get("page"))
    return _list(request, found, course, words)


async def _course(request: web.Request, session: AsyncSession) -> Places | None:
    """Return the course for which a patient is looked for; None when it is for none."""
    course_id = request.query.get("course")
    return None if course_id is None else await course_of(request, session, course_id)


async def _found(
    request: web.Request, session: AsyncSession, course: Places | None, words: str, page: str | None
) -> FoundPage:
    services = request[STAFF].services(Action.KEEP_PATIENTS)
    if course is not None:
        services = frozenset({course.service_id})
    return await find_patients(session, services, words, page_number(page))


def _list(
    request: web.Request, found: FoundPage, course: Places | None, words: str, done: str | None = None
) -> web.Response:
    services = request[STAFF].services(Action.KEEP_PATIENTS)
    return staff_page(
        request,
        "staff_patients.jinja",
        here=HERE,
        found=found,
        words=words,
        done=done,
        several=course is None and (services is None or len(services) > 1),
        course_id=course.course_id if course else None,
        course_title=course.title if course else None,
    )


@routes.get(HERE + "/new")
@staff(Action.KEEP_PATIENTS)
async def show_new(request: web.Request) -> web.Response:
    """Ask for a new patient's record."""
    async with request.app[SITE].database.reading() as session:
        services = await services_of(request, session)
    return _form(request, services, {}, {})


@routes.post(HERE + "/new")
@staff(Action.KEEP_PATIENTS)
async def add(request: web.Request) -> web.Response:
    """Store a new patient. Records that are likely of the same person are shown first, once."""
    site, member = request.app[SITE], request[STAFF]
    now = site.clock()
    form = await form_of(request)
    record, found = read_patient(form, today=today(request), test_numbers_only=site.test_nhs_numbers_only)
    errors = dict(found)
    async with site.database.reading() as session:
        services = await services_of(request, session)
        service_id = chosen_service(services, form)
        if service_id is None:
            errors = {"service": "Select the service that treats the patient", **errors}
        alike = await likenesses(session, service_id, record) if service_id and not errors else []
        if record.nhs_number and await numbers_in_use(session, [record.nhs_number]):
            errors["nhs_number"] = number_taken().words
    if errors or service_id is None:
        return _form(request, services, form, errors, alike)
    if alike and ANYWAY not in form:
        return _form(request, services, form, {}, alike)
    audit_id = site.new_id()

    async def work(session: AsyncSession) -> str:
        [person_id] = await add_patients(session, service_id, [record], site.new_id)
        audit(session, member, "add_patient", now, audit_id, service_id=service_id, subject_id=person_id)
        return person_id

    person_id = await site.database.write(work)
    return see(f"{address_of(person_id)}?done=added")


async def services_of(request: web.Request, session: AsyncSession) -> dict[str, str]:
    """Return the services for which one keeps patients: name by id, in the order of the names."""
    allowed = request[STAFF].services(Action.KEEP_PATIENTS)
    query = select(Service.id, Service.name).order_by(Service.name, Service.id)
    if allowed is not None:
        query = query.where(Service.id.in_(sorted(allowed)))
    return dict((await session.execute(query)).all())


def chosen_service(services: Mapping[str, str], form: Mapping[str, str]) -> str | None:
    """Return the only service there is, or the one that was chosen; None while none was.

    Raises `Refused` (not_yours) for one that is not offered.
    """
    if len(services) == 1:
        return next(iter(services))
    chosen = form.get("service") or None
    if chosen is not None and chosen not in services:
        raise not_yours()
    return chosen


def _form(
    request: web.Request,
    services: Mapping[str, str],
    form: Mapping[str, str],
    errors: Mapping[str, str],
    alike: Sequence[Likeness] = (),
) -> web.Response:
    return staff_page(
        request,
        "staff_patients_form.jinja",
        here=HERE,
        status=400 if errors else 200,
        errors=errors,
        form=form,
        alike=alike,
        services=services if len(services) > 1 else None,
        needs=NEED_WORDS,
        sexes=SEX_WORDS,
        anyway=ANYWAY,
        address=f"{HERE}/new",
        back=HERE,
        title="New patient",
        button_words="Save the patient",
    )
