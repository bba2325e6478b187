"""Whose browser asks for a page behind a link's public id: known by the link's cookie alone."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.contact import ServiceLine, service_of_link
from server.pages.rendering import page
from server.pages.site import SITE
from server.people.links import cookie_name, holder_of_session
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

    Without the link's cookie the answer is the same whether or not there is such a link, but for the
    service's phone number.
    """
    site = request.app[SITE]
    link_id = request.match_info["link_id"]
    secret = request.cookies.get(cookie_name(link_id), "")
    service = await service_of_link(session, link_id) or site.contact.last_known
    holder = await holder_of_session(session, link_id, secret, site.clock()) if secret else None
    if holder is None:
        return stranger(request, service)
    person = await enrolled(session, holder.course_id, holder.person_id)
    if person is None:
        return page(request, "link_replaced.jinja", service, status=410)
    return KnownPerson(link_id, holder.course_id, person, service)


def stranger(request: web.Request, service: ServiceLine) -> web.Response:
    """Return the page that asks to open the personal link again."""
    return page(request, "open_link_again.jinja", service, status=403)
