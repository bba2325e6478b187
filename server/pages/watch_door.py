"""Who watches: nobody's link (`open`), or the person whose cookie this browser has.

Also the way in: the button "Exercises to do at home" behind a personal link starts a session for the
browser, as Join does, but whether the doors of the class are open or not.
"""

from __future__ import annotations

from datetime import datetime

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.ondemand.audience import Viewer
from server.pages.access import by_link
from server.pages.contact import ServiceLine, service_of_link
from server.pages.known_person import ask_birth_date, turned_away
from server.pages.rendering import page
from server.pages.site import SITE
from server.pages.watch_visit import Visit
from server.pages.way_in import address_of, known_browser, let_in, see, visitor
from server.people.links import LinkHolder, browser_of, secret_in
from server.people.roles import Role
from server.storage.tables import Course, CourseMember, Person, Programme, Service

routes = web.RouteTableDef()

OPEN = "open"
"""Stands for a link in the addresses of what everyone may watch."""
LINK = "/watch/{link_id:[A-Za-z0-9_-]{1,32}}"


async def visit_of(request: web.Request, *, recent_will_do: bool = False) -> Visit | web.Response:
    """Return who watches; or the page that says why this browser may not, as the class page has it.

    `recent_will_do`: also when that was verified a few seconds ago.
    """
    site = request.app[SITE]
    link_id = request.match_info["link_id"]
    if link_id == OPEN:
        service = site.contact.last_known if recent_will_do else await site.contact.of_server()
        return Visit(OPEN, None, service)
    secret = secret_in(request.cookies, link_id, is_https=request.app[SITE].is_https)
    now = site.clock()
    if recent_will_do and (visit := site.recent_visits.find(link_id, secret, now)) is not None:
        return visit
    async with site.database.reading() as session:
        browser = await browser_of(session, link_id, secret, now) if secret else None
        if browser is not None and browser.birth_date_due:
            return ask_birth_date(request)
        found = await _viewer(session, browser.holder) if browser is not None else None
        if found is not None:
            visit = Visit(link_id, *found)
            site.recent_visits.remember(link_id, secret, now, visit)
            return visit
        service = await service_of_link(session, link_id) or site.contact.last_known
        if browser is None:
            return await turned_away(request, session, service, to_watch=True)
    return page(request, "link_replaced.jinja", service, status=410)


async def _viewer(session: AsyncSession, holder: LinkHolder) -> tuple[Viewer, ServiceLine] | None:
    """Return who that is on their course; None when not (any more) on it."""
    row = (
        await session.execute(
            select(Person.role, Person.shown_name, Programme.title, Service.name, Service.phone)
            .join(CourseMember, CourseMember.person_id == Person.id)
            .join(Course, Course.id == CourseMember.course_id)
            .join(Programme, Programme.id == Course.programme_id)
            .join(Service, Service.id == Programme.service_id)
            .where(Person.id == holder.person_id, Course.id == holder.course_id)
        )
    ).one_or_none()
    if row is None:
        return None
    role, shown_name, programme_title, service_name, phone = row
    viewer = Viewer(holder.person_id, Role(role), shown_name, holder.course_id, programme_title, service_name)
    return viewer, ServiceLine(service_name, phone)


@routes.post("/j/{token:[^/]*}/watch")
@by_link
async def open_library(request: web.Request) -> web.Response:
    """Start a session for this browser, as Join does, and go to the sessions to watch."""
    site = request.app[SITE]
    now: datetime = site.clock()
    async with site.database.reading() as session:
        who = await visitor(request, session, now)
        if isinstance(who, web.Response):
            return who
        known = await known_browser(request, session, who.link, now)
    return await let_in(site, who.link, known, now, f"/watch/{who.link.link_id}")


@routes.get("/j/{token:[^/]*}/watch")
@by_link
async def back_to_link(request: web.Request) -> web.Response:
    """Looking changes nothing: whoever opens this address by GET comes to the link's page."""
    return see(address_of(request))
