"""`/staff/services/{id}/sites/...`: the sites of a service, each with its code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.pages.access import allow, staff
from server.pages.contact import ServiceLine
from server.pages.fields import Fields
from server.pages.forms import form_of
from server.pages.service_admin import HERE, ONE
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.staff import Action
from server.storage.tables import Service, Site
from server.timetable.codes import SITE_WORDS, site_code
from server.timetable.services import SiteDetails, add_site, change_site, gone, remove_site

routes = web.RouteTableDef()

NEW = ONE + "/sites/new"
EXISTING = ONE + "/sites/{site_id:[A-Za-z0-9_-]{1,32}}"


@routes.get(NEW)
@staff(Action.RUN_SERVICE)
async def show_new_site(request: web.Request) -> web.Response:
    """Ask for a site's name and code."""
    return await _page(request, {}, {}, None)


@routes.post(NEW)
@staff(Action.RUN_SERVICE)
async def post_new_site(request: web.Request) -> web.Response:
    """Add a site."""
    site = request.app[SITE]
    service_id = request.match_info["service_id"]
    member = allow(request, Action.RUN_SERVICE, service_id)
    now = site.clock()

    async def work(session: AsyncSession, details: SiteDetails) -> None:
        await add_site(session, member, service_id, details, now, new_id=site.new_id)

    return await _save(request, work, None)


@routes.get(EXISTING)
@staff(Action.RUN_SERVICE)
async def show_site(request: web.Request) -> web.Response:
    """Show a site, to be changed or removed."""
    service_id, site_id = request.match_info["service_id"], request.match_info["site_id"]
    allow(request, Action.RUN_SERVICE, service_id)
    async with request.app[SITE].database.reading() as session:
        row = await session.get(Site, site_id)
    if row is None or row.service_id != service_id:
        raise gone("site")
    return await _page(request, {"name": row.name, "code": row.code or ""}, {}, site_id)


@routes.post(EXISTING)
@staff(Action.RUN_SERVICE)
async def post_site(request: web.Request) -> web.Response:
    """Change a site."""
    site = request.app[SITE]
    service_id, site_id = request.match_info["service_id"], request.match_info["site_id"]
    member = allow(request, Action.RUN_SERVICE, service_id)
    now, audit_id = site.clock(), site.new_id()

    async def work(session: AsyncSession, details: SiteDetails) -> None:
        await change_site(session, member, service_id, site_id, details, now, audit_id=audit_id)

    return await _save(request, work, site_id)


@routes.post(EXISTING + "/remove")
@staff(Action.RUN_SERVICE)
async def post_remove_site(request: web.Request) -> web.Response:
    """Take a site away that no course names."""
    site = request.app[SITE]
    service_id, site_id = request.match_info["service_id"], request.match_info["site_id"]
    member = allow(request, Action.RUN_SERVICE, service_id)
    now, audit_id = site.clock(), site.new_id()
    await site.database.write(
        lambda session: remove_site(session, member, service_id, site_id, now, audit_id=audit_id)
    )
    return see(f"{HERE}/{service_id}?done=site-removed")


async def _save(
    request: web.Request,
    work: Callable[[AsyncSession, SiteDetails], Awaitable[None]],
    site_id: str | None,
) -> web.Response:
    fields = Fields(await form_of(request))
    name = fields.text("name", "Enter the name of the site")
    written = fields.text("code", None, most=40)
    code = site_code(written) if written else None
    if written and code is None:
        fields.errors["code"] = SITE_WORDS
    if not fields.errors:
        details = SiteDetails(name, code)
        try:
            await request.app[SITE].database.write(lambda session: work(session, details))
        except Refused as refused:
            if refused.code != "name_taken":
                raise
            fields.errors["name"] = refused.words
        else:
            done = "site-added" if site_id is None else "site-changed"
            return see(f"{HERE}/{request.match_info['service_id']}?done={done}")
    return await _page(request, fields.form, fields.errors, site_id)


async def _page(
    request: web.Request, form: Mapping[str, str], errors: Mapping[str, str], site_id: str | None
) -> web.Response:
    service_id = request.match_info["service_id"]
    allow(request, Action.RUN_SERVICE, service_id)
    async with request.app[SITE].database.reading() as session:
        service = await session.get(Service, service_id)
    if service is None:
        raise gone("service")
    return staff_page(
        request,
        "staff_services_site.jinja",
        here=HERE,
        service=ServiceLine(service.name, service.phone),
        status=400 if errors else 200,
        service_id=service_id,
        site_id=site_id,
        form=form,
        errors=errors,
    )
