"""Whose browser asks for a page behind a link's public id: known by the link's cookie alone."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import staff_cookie, to_sign_in
from server.pages.contact import ServiceLine, service_of_link
from server.pages.rendering import page
from server.pages.site import SITE
from server.pages.way_in import see
from server.people.links import browser_of, link_that_let_in, secret_in
from server.people.staff_sessions import people_of_session
from server.timetable.courses import Enrolled, enrolled


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody who pressed Join in this browser and is still on the course."""

    link_id: str
    course_id: str
    person: Enrolled
    service: ServiceLine
    session_id: str
    """Of the browser."""
    service_id: str
    sign_in_due: bool = False
    """Staff opened the class in this browser, and their sign-in has ended: the class alone goes on."""


async def known_person(
    request: web.Request, session: AsyncSession, *, to_class: bool = False
) -> KnownPerson | web.Response:
    """Return who asks for `/…/{link_id}`, or the page for somebody who may not have what is there.

    See `turned_away` for those whom the link's cookie lets in no more. A browser in which staff opened the
    class is to be signed in, too; `to_class`: not to go (back) into class, which outlasts the sign-in.
    """
    site = request.app[SITE]
    link_id = request.match_info["link_id"]
    secret = secret_in(request.cookies, link_id, is_https=request.app[SITE].is_https)
    service = await service_of_link(session, link_id) or site.contact.last_known
    browser = await browser_of(session, link_id, secret, site.clock()) if secret else None
    if browser is None:
        return await turned_away(request, session, service)
    if browser.birth_date_due:
        return ask_birth_date(request)
    holder = browser.holder
    sign_in_due = False
    if browser.staff_session_id is not None:
        people = await people_of_session(
            session, request.cookies.get(staff_cookie(request), ""), site.clock()
        )
        sign_in_due = people is None
        if sign_in_due and not to_class:
            return to_sign_in(request)
        if people is not None and holder.person_id not in people:
            return await turned_away(request, session, service)
    person = await enrolled(session, holder.course_id, holder.person_id)
    if person is None:
        return page(request, "link_replaced.jinja", service, status=410)
    return KnownPerson(
        link_id, holder.course_id, person, service, browser.session_id, browser.service_id, sign_in_due
    )


def ask_birth_date(request: web.Request) -> web.Response:
    """Send the browser to the page that asks for the date of birth, and back here afterwards."""
    link_id = request.match_info["link_id"]
    back = request.path if request.method in ("GET", "HEAD") else f"/me/{link_id}"
    return see(f"/me/{link_id}/birth?next={quote(back, safe='')}")


async def turned_away(
    request: web.Request, session: AsyncSession, service: ServiceLine, *, to_watch: bool = False
) -> web.Response:
    """Return the page for a browser whose cookie for `/…/{link_id}` opens nothing (any more).

    A browser that was let in by this link hears that the link has ended or was replaced. Any other gets the
    same page whether or not there is such a link, but for the service's phone number. `to_watch`: it came
    for the exercises, not for class.
    """
    link_id = request.match_info["link_id"]
    secret = secret_in(request.cookies, link_id, is_https=request.app[SITE].is_https)
    link = await link_that_let_in(session, link_id, secret) if secret else None
    if link is not None and link.revoked:
        return page(request, "link_replaced.jinja", service, status=410)
    if link is not None and link.has_ended(request.app[SITE].clock()):
        return page(request, "link_ended.jinja", service, status=410)
    return page(request, "open_link_again.jinja", service, status=403, to_watch=to_watch)
