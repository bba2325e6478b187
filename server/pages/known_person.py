"""Whose browser asks for a page behind a link's public id: known by the link's cookie alone."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.contact import ServiceLine, service_of_link
from server.pages.rendering import page
from server.pages.site import SITE
from server.people.links import cookie_name, holder_of_session, link_that_let_in
from server.timetable.courses import Enrolled, enrolled


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody who pressed Join in this browser and is still on the course."""

    link_id: str
    course_id: str
    person: Enrolled
    service: ServiceLine


async def known_person(request: web.Request, session: AsyncSession) -> KnownPerson | web.Response:
    """Return who asks for `/…/{link_id}`, or the page for somebody who may not have what is there.

    See `turned_away` for those whom the link's cookie lets in no more.
    """
    site = request.app[SITE]
    link_id = request.match_info["link_id"]
    secret = request.cookies.get(cookie_name(link_id), "")
    service = await service_of_link(session, link_id) or site.contact.last_known
    holder = await holder_of_session(session, link_id, secret, site.clock()) if secret else None
    if holder is None:
        return await turned_away(request, session, service)
    person = await enrolled(session, holder.course_id, holder.person_id)
    if person is None:
        return page(request, "link_replaced.jinja", service, status=410)
    return KnownPerson(link_id, holder.course_id, person, service)


async def turned_away(
    request: web.Request, session: AsyncSession, service: ServiceLine, *, to_watch: bool = False
) -> web.Response:
    """Return the page for a browser whose cookie for `/…/{link_id}` opens nothing (any more).

    A browser that was let in by this link hears that the link has ended or was replaced. Any other gets the
    same page whether or not there is such a link, but for the service's phone number. `to_watch`: it came
    for the exercises, not for class.
    """
    link_id = request.match_info["link_id"]
    secret = request.cookies.get(cookie_name(link_id), "")
    link = await link_that_let_in(session, link_id, secret) if secret else None
    if link is not None and link.revoked:
        return page(request, "link_replaced.jinja", service, status=410)
    if link is not None and link.has_ended(request.app[SITE].clock()):
        return page(request, "link_ended.jinja", service, status=410)
    return page(request, "open_link_again.jinja", service, status=403, to_watch=to_watch)
