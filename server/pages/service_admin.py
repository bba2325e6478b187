"""`/staff/services`: the services of this installation, and what each says of itself.

A system admin makes services and changes all; a service admin changes the own ones.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from server.errors import Refused
from server.pages.access import STAFF, allow, staff
from server.pages.contact import ServiceLine
from server.pages.fields import Fields
from server.pages.forms import form_of
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.staff import Action
from server.storage.tables import Service
from server.timetable import codes
from server.timetable.services import (
    ServiceDetails,
    add_service,
    change_service,
    gone,
    services_of,
    sites_of,
)

routes = web.RouteTableDef()

HERE = "/staff/services"
ONE = HERE + "/{service_id:[A-Za-z0-9_-]{1,32}}"
MOST_CONTACTS = 100_000

DONE: Mapping[str, str] = {
    "added": "Service added. Add its staff next.",
    "changed": "Your changes are saved.",
    "site-added": "Site added.",
    "site-changed": "Site changed.",
    "site-removed": "Site removed.",
}


@routes.get(HERE)
@staff(Action.RUN_SERVICE)
async def show_services(request: web.Request) -> web.Response:
    """List the services that one runs."""
    member = request[STAFF]
    async with request.app[SITE].database.reading() as session:
        services = await services_of(session, member.services(Action.RUN_SERVICE))
    return staff_page(
        request,
        "staff_services.jinja",
        here=HERE,
        services=services,
        may_add=member.may(Action.RUN_INSTALLATION),
    )


@routes.get(HERE + "/new")
@staff(Action.RUN_INSTALLATION)
async def show_new_service(request: web.Request) -> web.Response:
    """Ask what the new service is."""
    return staff_page(request, "staff_services_new.jinja", here=HERE, form={}, errors={})


@routes.post(HERE + "/new")
@staff(Action.RUN_INSTALLATION)
async def post_new_service(request: web.Request) -> web.Response:
    """Make a service."""
    site = request.app[SITE]
    fields = Fields(await form_of(request))
    details = _details(fields)
    if details is not None and not fields.errors:
        service_id, audit_id, now = site.new_id(), site.new_id(), site.clock()
        try:
            await site.database.write(
                lambda session: add_service(
                    session, request[STAFF], details, now, service_id=service_id, audit_id=audit_id
                )
            )
        except Refused as refused:
            fields.errors["name"] = refused.words
        else:
            await site.contact.of_server()
            return see(f"{HERE}/{service_id}?done=added")
    return staff_page(
        request, "staff_services_new.jinja", here=HERE, status=400, form=fields.form, errors=fields.errors
    )


@routes.get(ONE)
@staff(Action.RUN_SERVICE)
async def show_service(request: web.Request) -> web.Response:
    """Show what a service says of itself, to be changed, and its sites."""
    service_id = request.match_info["service_id"]
    allow(request, Action.RUN_SERVICE, service_id)
    return await _service_page(request, service_id, None, {})


@routes.post(ONE)
@staff(Action.RUN_SERVICE)
async def post_service(request: web.Request) -> web.Response:
    """Change what a service says of itself."""
    site = request.app[SITE]
    service_id = request.match_info["service_id"]
    member = allow(request, Action.RUN_SERVICE, service_id)
    fields = Fields(await form_of(request))
    details = _details(fields)
    if details is not None and not fields.errors:
        audit_id, now = site.new_id(), site.clock()
        try:
            await site.database.write(
                lambda session: change_service(session, member, service_id, details, now, audit_id=audit_id)
            )
        except Refused as refused:
            if refused.code != "name_taken":
                raise
            fields.errors["name"] = refused.words
        else:
            await site.contact.of_server()
            return see(f"{HERE}/{service_id}?done=changed")
    return await _service_page(request, service_id, fields.form, fields.errors)


async def _service_page(
    request: web.Request, service_id: str, form: Mapping[str, str] | None, errors: Mapping[str, str]
) -> web.Response:
    async with request.app[SITE].database.reading() as session:
        service = await session.get(Service, service_id)
        if service is None:
            raise gone("service")
        sites = await sites_of(session, service_id)
    return staff_page(
        request,
        "staff_services_one.jinja",
        here=HERE,
        service=ServiceLine(service.name, service.phone),
        status=400 if errors else 200,
        service_id=service_id,
        form=_form_of(service) if form is None else form,
        errors=errors,
        sites=sites,
        done=DONE.get(request.query.get("done", "")) if not errors else None,
    )


def _details(fields: Fields) -> ServiceDetails | None:
    """Read the form; None, with errors noted, when something is missing or wrong."""
    details = ServiceDetails(
        name=fields.text("name", "Enter the name of the service"),
        phone=fields.phone("phone", "Enter the phone number that patients call"),
        opening=fields.text("opening", None),
        ods_code=_code(fields, "ods_code"),
        team_code=_code(fields, "team_code"),
        site_code=_code(fields, "site_code"),
        contacts_target=fields.number("contacts_target", 1, MOST_CONTACTS, None, "Contacts a month"),
        experience_target_percent=fields.number(
            "experience_target_percent", 1, 100, None, "Percentage of good answers"
        ),
    )
    return None if fields.errors else details


READERS = {
    "ods_code": (codes.organisation_code, codes.ORGANISATION_WORDS),
    "team_code": (codes.team_code, codes.TEAM_WORDS),
    "site_code": (codes.site_code, codes.SITE_WORDS),
}


def _code(fields: Fields, name: str) -> str | None:
    written = fields.text(name, None, most=40)
    if not written:
        return None
    reader, words = READERS[name]
    code = reader(written)
    if code is None:
        fields.errors[name] = words
    return code


def _form_of(service: Service) -> dict[str, str]:
    names = ("name", "phone", "opening", *READERS, "contacts_target", "experience_target_percent")
    return {name: "" if (value := getattr(service, name)) is None else str(value) for name in names}
