"""`/staff/patients/{person_id}/carers/…`: who comes with a patient, or instead of one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.pages.access import STAFF, not_yours, staff
from server.pages.forms import form_of
from server.pages.patients_form import form_of_carer, read_carer
from server.pages.patients_here import HERE, address_of, line_of, patient_here
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.auditing import audit
from server.people.carers import KnownCarer, add_carer, carer_of, change_carer, remove_carer
from server.people.patients import KnownPatient
from server.people.staff import Action

routes = web.RouteTableDef()
CARERS = HERE + "/{person_id}/carers"


@routes.get(CARERS + "/new")
@staff(Action.KEEP_PATIENTS)
async def show_new_carer(request: web.Request) -> web.Response:
    """Ask for a new carer."""
    async with request.app[SITE].database.reading() as session:
        patient = await patient_here(request, session)
    return _form(request, patient, None, {}, {})


@routes.post(CARERS + "/new")
@staff(Action.KEEP_PATIENTS)
async def new_carer(request: web.Request) -> web.Response:
    """Store a new carer."""
    site = request.app[SITE]
    form = await form_of(request)
    record, errors = read_carer(form)
    async with site.database.reading() as session:
        patient = await patient_here(request, session)
    carer_id = site.new_id()

    async def work(session: AsyncSession) -> None:
        await add_carer(session, patient.person_id, record, carer_id)

    return await _store(request, patient, None, form, errors, work, "add_carer", carer_id)


@routes.get(CARERS + "/{carer_id}")
@staff(Action.KEEP_PATIENTS)
async def show_carer(request: web.Request) -> web.Response:
    """Show a carer's form, filled in."""
    async with request.app[SITE].database.reading() as session:
        patient, carer = await _here(request, session)
    return _form(request, patient, carer, form_of_carer(carer.record), {})


@routes.post(CARERS + "/{carer_id}")
@staff(Action.KEEP_PATIENTS)
async def save_carer(request: web.Request) -> web.Response:
    """Store what has changed."""
    site = request.app[SITE]
    form = await form_of(request)
    record, errors = read_carer(form)
    async with site.database.reading() as session:
        patient, carer = await _here(request, session)

    async def work(session: AsyncSession) -> None:
        await change_carer(session, patient.person_id, carer.id, record)

    return await _store(request, patient, carer, form, errors, work, "change_carer", carer.id)


@routes.post(CARERS + "/{carer_id}/remove")
@staff(Action.KEEP_PATIENTS)
async def remove(request: web.Request) -> web.Response:
    """Delete a carer who has not come to any class."""
    site = request.app[SITE]
    async with site.database.reading() as session:
        patient, carer = await _here(request, session)

    async def work(session: AsyncSession) -> None:
        await remove_carer(session, patient.person_id, carer.id)

    form = form_of_carer(carer.record)
    return await _store(request, patient, carer, form, {}, work, "remove_carer", carer.id)


async def _here(request: web.Request, session: AsyncSession) -> tuple[KnownPatient, KnownCarer]:
    patient = await patient_here(request, session)
    carer = await carer_of(session, patient.person_id, request.match_info["carer_id"])
    if carer is None:
        raise not_yours()
    return patient, carer


async def _store(
    request: web.Request,
    patient: KnownPatient,
    carer: KnownCarer | None,
    form: Mapping[str, str],
    errors: Mapping[str, str],
    change: Callable[[AsyncSession], Awaitable[None]],
    action: str,
    carer_id: str,
) -> web.Response:
    """Do the change and note it; with errors, or when it is refused, show the form again."""
    site, member = request.app[SITE], request[STAFF]
    now, audit_id = site.clock(), site.new_id()
    if errors:
        return _form(request, patient, carer, form, errors)

    async def work(session: AsyncSession) -> None:
        await change(session)
        audit(
            session,
            member,
            action,
            now,
            audit_id,
            service_id=patient.service_id,
            subject_id=patient.person_id,
            detail={"carer_id": carer_id},
        )

    try:
        await site.database.write(work)
    except Refused as refused:
        return _form(request, patient, carer, form, {"full_name": refused.words})
    done = "carer_removed" if action == "remove_carer" else "carer"
    return see(f"{address_of(patient.person_id)}?done={done}")


def _form(
    request: web.Request,
    patient: KnownPatient,
    carer: KnownCarer | None,
    form: Mapping[str, str],
    errors: Mapping[str, str],
) -> web.Response:
    carers = f"{address_of(patient.person_id)}/carers"
    return staff_page(
        request,
        "staff_patients_carer.jinja",
        here=HERE,
        service=line_of(patient),
        status=400 if errors else 200,
        errors=errors,
        form=form,
        patient=patient,
        carer=carer,
        address=f"{carers}/{carer.id}" if carer else f"{carers}/new",
        back=address_of(patient.person_id),
    )
