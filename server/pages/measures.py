"""`/measures/{link_id}`: a service's month for its staff, X beside Y. No patient is named on it."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.contacts.months import Month
from server.errors import Refused
from server.pages.access import by_link
from server.pages.known_person import KnownPerson, known_person
from server.pages.measures_month import (
    MonthAsked,
    contacts_file,
    month_asked,
    month_comments,
    month_values,
    settle_if_possible,
)
from server.pages.rendering import form_page, page
from server.pages.site import SITE
from server.people.roles import Role
from server.storage.tables import AuditEntry

routes = web.RouteTableDef()

PATH = "/measures/{link_id:[A-Za-z0-9_-]{1,32}}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A member of staff, and the month of their service that they want to see."""

    who: KnownPerson
    month: MonthAsked

    @property
    def address(self) -> str:
        """Of the month's page, without the month."""
        return f"/measures/{self.who.link_id}"


@routes.get(PATH)
@by_link
async def show_measures(request: web.Request) -> web.Response:
    """Show the month's contacts and experience; classes that staff forgot to end are settled first.

    While the storage takes nothing, such a class is "not yet known", and the rest is shown.
    """
    site = request.app[SITE]
    asked = await _asked(request, request.query.get("month"))
    if isinstance(asked, web.Response):
        return asked
    await settle_if_possible(site, asked.month.now)
    async with site.database.reading() as session:
        values = await month_values(session, site, asked.month)
    return form_page(
        request,
        "measures.jinja",
        asked.who.service,
        link_id=asked.who.link_id,
        address=asked.address,
        may_download=_may_download(asked.who),
        **values,
    )


@routes.get(PATH + "/comments")
@by_link
async def show_comments(request: web.Request) -> web.Response:
    """Show why patients gave their answers: together, in no order, beside nothing that has a time."""
    site = request.app[SITE]
    asked = await _asked(request, request.query.get("month"))
    if isinstance(asked, web.Response):
        return asked
    async with site.database.reading() as session:
        comments = await month_comments(session, site, asked.month)
    return page(
        request,
        "measures_comments.jinja",
        asked.who.service,
        address=asked.address,
        month=asked.month.month,
        comments=comments,
    )


@routes.post(PATH + "/contacts.csv")
@by_link
async def download_contacts(request: web.Request) -> web.StreamResponse:
    """Give the month's contacts as CSV to a physio; that it was given stands in the audit first."""
    site = request.app[SITE]
    asked = await _asked(request, request.query.get("month"))
    if isinstance(asked, web.Response):
        return asked
    if not _may_download(asked.who):
        words = "Only a physio can download the contacts. Ask a physio of your service to do it."
        return page(request, "refused.jinja", asked.who.service, status=403, words=words)
    audit_id, actor_id, month = site.new_id(), asked.who.person.person_id, asked.month

    def note(session: AsyncSession) -> None:
        session.add(
            AuditEntry(
                id=audit_id,
                at=month.now,
                actor_id=actor_id,
                subject_id=None,
                class_id=None,
                action="export_contacts",
                detail={"month": str(month.month), "service_id": month.service_id},
            )
        )

    return await contacts_file(site, month, note)


async def _asked(request: web.Request, written: str | None) -> Asked | web.Response:
    """Return who asks for which month. Patients read that the page is for staff."""
    site = request.app[SITE]
    async with site.database.reading() as session:
        who = await known_person(request, session)
        if isinstance(who, web.Response):
            return who
        if not who.person.role.is_staff:
            return page(request, "staff_only.jinja", who.service, status=403, person=who.person)
    try:
        return Asked(who, month_asked(site, who.service_id, written))
    except Refused as refused:
        return page(
            request,
            "measures_no_month.jinja",
            who.service,
            status=404,
            link_id=who.link_id,
            words=refused.words,
            this_month=Month.of(site.clock(), site.zone),
        )


def _may_download(who: KnownPerson) -> bool:
    return who.person.role is Role.PHYSIO
