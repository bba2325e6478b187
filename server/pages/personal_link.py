"""`/j/{token}`: what a personal link opens. Looking changes nothing; pressing Join lets this browser in."""

from __future__ import annotations

import re
from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.contact import ServiceLine, service_of_link
from server.pages.invitation import Invitation, invitation
from server.pages.rendering import page
from server.pages.site import SITE, Site
from server.people.links import (
    SESSION_LASTS,
    Link,
    cookie_name,
    holder_of_session,
    link_by_token,
    start_session,
)
from server.timetable.courses import Enrolled, class_just_finished, current_class, enrolled

routes = web.RouteTableDef()

PATH = r"/j/{token:[^/]*}{tail:/?}"


@routes.get(PATH)
async def show_link(request: web.Request) -> web.Response:
    """Show first name, class, time, and Join when the doors are open."""
    site = request.app[SITE]
    async with site.database.reading() as session:
        link = await link_by_token(session, _token(request))
        if link is None or link.revoked:
            return await _no_way_in(request, session, link)
        service = await service_of_link(session, link.link_id) or site.contact.last_known
        found = await invitation_of(session, site, link.course_id, link.person_id, site.clock())
    if found is None:
        return page(request, "link_replaced.jinja", service, status=410)
    person, invited = found
    answer = page(request, "invitation.jinja", service, person=person, invitation=invited)
    # The form below needs its Origin sent, which no-referrer would blank; other sites still get nothing.
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


@routes.post(PATH)
async def join(request: web.Request) -> web.Response:
    """Start a session for this browser and go to the class; before the doors open, back to the page."""
    site = request.app[SITE]
    now = site.clock()
    async with site.database.reading() as session:
        link = await link_by_token(session, _token(request))
        if link is None or link.revoked:
            return await _no_way_in(request, session, link)
        found = await invitation_of(session, site, link.course_id, link.person_id, now)
        if found is None or not found[1].can_join:
            return _see(f"/j/{_token(request)}")
        known = request.cookies.get(cookie_name(link.link_id))
        holder = await holder_of_session(session, link.link_id, known, now) if known else None
    answer = _see(f"/class/{link.link_id}")
    if holder is None:
        secret, session_id = site.new_secret(), site.new_id()
        await site.database.write(lambda session: start_session(session, link, now, secret, session_id))
        _set_cookie(answer, site, link, secret)
    return answer


async def invitation_of(
    session: AsyncSession, site: Site, course_id: str, person_id: str, now: datetime
) -> tuple[Enrolled, Invitation] | None:
    """Return who this is on the course, and what the page says to them; None when no longer enrolled."""
    details = await current_class(session, course_id, now)
    person = await enrolled(session, course_id, person_id)
    if person is None:
        return None
    finished = await class_just_finished(session, course_id, now)
    return person, invitation(details, person, now, site.zone, finished)


def _token(request: web.Request) -> str:
    """Return the token without what mail programs and letters hang on to a link's end: `.`, `>`, `)`."""
    found = re.match(r"[A-Za-z0-9_-]*", request.match_info["token"])
    return found.group() if found else ""


async def _no_way_in(request: web.Request, session: AsyncSession, link: Link | None) -> web.Response:
    site = request.app[SITE]
    if link is None:
        return page(request, "link_unknown.jinja", await site.contact.of_server(), status=404)
    service: ServiceLine = await service_of_link(session, link.link_id) or site.contact.last_known
    return page(request, "link_replaced.jinja", service, status=410)


def _see(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path, "Cache-Control": "no-store"})


def _set_cookie(answer: web.Response, site: Site, link: Link, secret: str) -> None:
    answer.set_cookie(
        cookie_name(link.link_id),
        secret,
        max_age=int(SESSION_LASTS.total_seconds()),
        path="/",
        secure=site.is_https,
        httponly=True,
        samesite="Lax",
    )
