"""`/staff/programmes/new` and `/{id}/change`: what a programme is."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.pages.access import STAFF, allow, staff
from server.pages.fields import Fields
from server.pages.forms import form_of
from server.pages.programmes import HERE, ONE, own_programme
from server.pages.programmes_words import CONDITIONS, SIZE_HINT, form_of_programme, new_form, read_programme
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.staff import Action
from server.timetable.programmes import add_programme, change_programme
from server.timetable.services import services_of

routes = web.RouteTableDef()


@routes.get(HERE + "/new")
@staff(Action.PLAN_PROGRAMMES)
async def show_new_programme(request: web.Request) -> web.Response:
    """Ask what the programme is."""
    return await _new_page(request, new_form(), {})


@routes.post(HERE + "/new")
@staff(Action.PLAN_PROGRAMMES)
async def post_new_programme(request: web.Request) -> web.Response:
    """Make a programme."""
    site, now = request.app[SITE], request.app[SITE].clock()
    fields = Fields(await form_of(request))
    service_id = fields.form.get("service", "")
    if not service_id:
        fields.errors["service"] = "Select a service"
    details = read_programme(fields)
    if details is None:
        return await _new_page(request, fields.form, fields.errors)
    member = allow(request, Action.PLAN_PROGRAMMES, service_id)
    programme_id, audit_id = site.new_id(), site.new_id()

    async def work(session: AsyncSession) -> None:
        await add_programme(
            session, member, service_id, details, now, programme_id=programme_id, audit_id=audit_id
        )

    try:
        await site.database.write(work)
    except Refused as refused:
        fields.errors["title"] = refused.words
        return await _new_page(request, fields.form, fields.errors)
    return see(f"{HERE}/{programme_id}?done=added")


@routes.get(ONE + "/change")
@staff(Action.PLAN_PROGRAMMES)
async def show_change_programme(request: web.Request) -> web.Response:
    """Show what the programme is, to be changed."""
    async with request.app[SITE].database.reading() as session:
        programme, _member = await own_programme(request, session)
    return _change_page(request, form_of_programme(programme), {})


@routes.post(ONE + "/change")
@staff(Action.PLAN_PROGRAMMES)
async def post_change_programme(request: web.Request) -> web.Response:
    """Change what the programme is."""
    site, now = request.app[SITE], request.app[SITE].clock()
    fields = Fields(await form_of(request))
    async with site.database.reading() as session:
        await own_programme(request, session)
    details = read_programme(fields)
    if details is None:
        return _change_page(request, fields.form, fields.errors)
    audit_id = site.new_id()

    async def work(session: AsyncSession) -> str:
        programme, member = await own_programme(request, session)
        await change_programme(session, member, programme, details, now, audit_id=audit_id)
        return programme.id

    try:
        programme_id = await site.database.write(work)
    except Refused as refused:
        if refused.code != "title_taken":
            raise
        fields.errors["title"] = refused.words
        return _change_page(request, fields.form, fields.errors)
    return see(f"{HERE}/{programme_id}?done=changed")


async def _new_page(request: web.Request, form: Mapping[str, str], errors: Mapping[str, str]) -> web.Response:
    async with request.app[SITE].database.reading() as session:
        services = await services_of(session, request[STAFF].services(Action.PLAN_PROGRAMMES))
    return staff_page(
        request,
        "staff_programmes_new.jinja",
        here=HERE,
        status=400 if errors else 200,
        services=[(service.id, service.name) for service in services],
        conditions=CONDITIONS,
        size_hint=SIZE_HINT,
        form=form,
        errors=errors,
    )


def _change_page(request: web.Request, form: Mapping[str, str], errors: Mapping[str, str]) -> web.Response:
    return staff_page(
        request,
        "staff_programmes_change.jinja",
        here=HERE,
        status=400 if errors else 200,
        programme_id=request.match_info["programme_id"],
        conditions=CONDITIONS,
        size_hint=SIZE_HINT,
        form=form,
        errors=errors,
    )
