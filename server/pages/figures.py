"""`/staff/figures`: the month of a service for who is signed in, X beside Y. No patient is named on it.

The same month as that of a class's link (`measures`), as far as the server's rounds have settled it: looking
takes few statements and writes nothing. Who may see the figures of several services chooses one; the file of
the contacts, a row for each patient seen, is for those who keep the service's patients.
"""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.contacts.months import Month
from server.errors import Refused
from server.pages.access import STAFF, allow, not_yours, staff
from server.pages.contact import ServiceLine
from server.pages.measures_month import (
    MonthAsked,
    contacts_file,
    month_asked,
    month_comments,
    month_values,
)
from server.pages.site import SITE, Site
from server.pages.staff_page import staff_page
from server.people.auditing import audit
from server.people.staff import Action
from server.storage.tables import Service
from server.timetable.services import services_of

routes = web.RouteTableDef()

HERE = "/staff/figures"
ONE = HERE + "/{service_id:[A-Za-z0-9_-]{1,32}}"
MONTHS_TO_CHOOSE = 24


@routes.get(HERE)
@staff(Action.SEE_FIGURES)
async def show_figures(request: web.Request) -> web.Response:
    """Show the month of the service that was chosen, or of the first by name."""
    return await _month_page(request, request.query.get("service"))


@routes.get(ONE)
@staff(Action.SEE_FIGURES)
async def show_figures_of_service(request: web.Request) -> web.Response:
    """Show the month of the service in the address."""
    return await _month_page(request, request.match_info["service_id"])


@routes.get(ONE + "/comments")
@staff(Action.SEE_FIGURES)
async def show_what_was_said(request: web.Request) -> web.Response:
    """Show why patients gave their answers: together, in no order, beside nothing that has a time."""
    site, service_id = request.app[SITE], request.match_info["service_id"]
    allow(request, Action.SEE_FIGURES, service_id)
    try:
        asked = month_asked(site, service_id, request.query.get("month"))
    except Refused as refused:
        return _no_such_month(request, service_id, refused.words)
    async with site.database.reading() as session:
        service = await session.get(Service, service_id)
        if service is None:
            raise not_yours()
        comments = await month_comments(session, site, asked)
    return staff_page(
        request,
        "staff_figures_comments.jinja",
        here=HERE,
        service=ServiceLine(service.name, service.phone),
        address=_address(service_id),
        month=asked.month,
        comments=comments,
    )


@routes.post(ONE + "/contacts.csv")
@staff(Action.KEEP_PATIENTS)
async def download_contacts(request: web.Request) -> web.StreamResponse:
    """Give the month's contacts as CSV; that they were given stands in the audit first."""
    site, service_id = request.app[SITE], request.match_info["service_id"]
    member = allow(request, Action.KEEP_PATIENTS, service_id)
    try:
        asked = month_asked(site, service_id, request.query.get("month"))
    except Refused as refused:
        return _no_such_month(request, service_id, refused.words)
    audit_id = site.new_id()

    def note(session: AsyncSession) -> None:
        detail = {"month": str(asked.month)}
        audit(session, member, "export_contacts", asked.now, audit_id, service_id=service_id, detail=detail)

    return await contacts_file(site, asked, note)


async def _month_page(request: web.Request, service_id: str | None) -> web.Response:
    site, member = request.app[SITE], request[STAFF]
    if service_id:
        allow(request, Action.SEE_FIGURES, service_id)
    async with site.database.reading() as session:
        services = await services_of(session, member.services(Action.SEE_FIGURES))
        service = next((each for each in services if not service_id or each.id == service_id), None)
        if service is None and service_id:
            raise not_yours()
        if service is None:
            return staff_page(request, "staff_figures_none.jinja", here=HERE)
        try:
            asked = month_asked(site, service.id, request.query.get("month") or None)
        except Refused as refused:
            return _no_such_month(request, service.id, refused.words)
        values = await month_values(session, site, asked)
    return staff_page(
        request,
        "staff_figures.jinja",
        here=HERE,
        service=ServiceLine(service.name, service.phone),
        address=_address(service.id),
        form={"service": service.id, "month": str(asked.month)},
        services=_to_choose(services),
        months=_months(site, asked),
        may_download=member.may(Action.KEEP_PATIENTS, service.id),
        **values,
    )


def _no_such_month(request: web.Request, service_id: str, words: str) -> web.Response:
    site = request.app[SITE]
    return staff_page(
        request,
        "staff_figures_no_month.jinja",
        here=HERE,
        status=404,
        address=_address(service_id),
        words=words,
        this_month=Month.of(site.clock(), site.zone),
    )


def _address(service_id: str) -> str:
    return f"{HERE}/{service_id}"


def _to_choose(services: Sequence[Service]) -> list[tuple[str, str]]:
    return [(each.id, each.name) for each in services]


def _months(site: Site, asked: MonthAsked) -> list[tuple[str, str]]:
    """The months to choose from, the newest first; an older one that is shown stands at the end."""
    months = [Month.of(asked.now, site.zone)]
    while len(months) < MONTHS_TO_CHOOSE:
        months.append(months[-1].previous())
    if asked.month not in months:
        months.append(asked.month)
    return [(str(each), each.spoken) for each in months]
