"""From the token in an address to the person behind it; or the page that says why there is no way in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.contact import ServiceLine, service_of_link
from server.pages.rendering import link_in, page
from server.pages.site import SITE, Site
from server.people.birth_dates import has_birth_date
from server.people.links import (
    SESSION_LASTS,
    Link,
    LinkBrowser,
    browser_of,
    cookie_name,
    link_by_token,
    secret_in,
    start_session,
)
from server.timetable.courses import Enrolled, enrolled


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who opened a personal link, and whom they would ring."""

    link: Link
    person: Enrolled
    service: ServiceLine


async def visitor(request: web.Request, session: AsyncSession, now: datetime) -> Visitor | web.Response:
    """Return who is behind the link in the address (`/j/{token}...`).

    Otherwise a page: nobody's link, one that was replaced, has ended, or whose person left the course.
    """
    contact = request.app[SITE].contact
    link = await link_by_token(session, token_of(request))
    if link is None:
        return page(request, "link_unknown.jinja", await contact.of_server(), status=404)
    service = await service_of_link(session, link.link_id) or contact.last_known
    if (this := link_in(request)) is not None and service.phone:
        contact.remember(this, service)
    person = await enrolled(session, link.course_id, link.person_id)
    if link.has_ended(now) and not link.revoked:
        return page(request, "link_ended.jinja", service, status=410)
    if link.revoked or person is None:
        return page(request, "link_replaced.jinja", service, status=410)
    return Visitor(link, person, service)


def token_of(request: web.Request) -> str:
    """Return the token without what mail programs and letters hang on to a link's end: `.`, `>`, `)`."""
    found = re.match(r"[A-Za-z0-9_-]*", request.match_info["token"])
    return found.group() if found else ""


def address_of(request: web.Request) -> str:
    """Return the path of the person's own page, without what hangs on to it."""
    return f"/j/{token_of(request)}"


async def known_browser(
    request: web.Request, session: AsyncSession, link: Link, now: datetime
) -> LinkBrowser | None:
    """Return this browser when it was let in by this link before, proven or not; None for any other."""
    secret = secret_in(request.cookies, link.link_id, is_https=request.app[SITE].is_https)
    return await browser_of(session, link.link_id, secret, now) if secret else None


async def is_sealed(session: AsyncSession, link: Link, known: LinkBrowser | None) -> bool:
    """Whether this browser may be told no more than the link alone tells: the date of birth is due in it."""
    return await has_birth_date(session, link.person_id) if known is None else known.birth_date_due


async def let_in(site: Site, link: Link, known: LinkBrowser | None, now: datetime, to: str) -> web.Response:
    """Send this browser on to `to`; one that is not known yet gets a session and its cookie.

    Where the date of birth is due, the page at `to` asks for it.
    """
    answer = see(to)
    if known is None:
        secret, session_id = site.new_secret(), site.new_id()
        await site.database.write(lambda session: start_session(session, link, now, secret, session_id))
        answer.set_cookie(
            cookie_name(link.link_id, is_https=site.is_https),
            secret,
            max_age=int(SESSION_LASTS.total_seconds()),
            path="/",
            secure=site.is_https,
            httponly=True,
            samesite="Lax",
        )
    return answer


def see(path: str) -> web.Response:
    """Send the browser on to another page, by GET."""
    return web.Response(status=303, headers={"Location": path, "Cache-Control": "no-store"})
