"""Who may open which page: every route carries its rule, and a route without one fails a test.

| rule | who |
|---|---|
| `anybody` | everyone; the page shows nothing of anybody |
| `by_link` | who has a personal link's token or its cookie; the handler itself looks it up |
| `staff(action)` | who is signed in with the code given, in a role that may do it somewhere |

A staff handler still asks for the service of what it touches: `allow(request, action, service_id)`.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import quote

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from server.errors import Refused
from server.pages.site import SITE
from server.people.staff import Action, StaffMember
from server.people.staff_sessions import ends_if_idle, member_of_session, needs_touch, touch
from server.storage.database import StorageFailed

log = structlog.get_logger(__name__)

STAFF = web.RequestKey("staff", StaffMember)
SIGNED_OUT_AT = web.RequestKey("signed_out_at", datetime)
"""When whoever is signed in will be signed out if nothing more is asked for."""
LOOKS_AGAIN = "Moveroom-Looks-Again"
"""A header of requests that a page makes by itself, while nobody need be in front of it."""
PageHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Whom(StrEnum):
    """For whom a route is."""

    ANYBODY = "anybody"
    BY_LINK = "by_link"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Rule:
    """Of one route."""

    whom: Whom
    action: Action | None = None


NOT_OURS: Mapping[str, Rule] = {"/socket.io/": Rule(Whom.BY_LINK)}
"""Routes of libraries, by their pattern. A socket is asked for its link by `signalling.door`."""


def rule_of(handler: Handler) -> Rule | None:
    """The rule that a handler carries; None for one without."""
    found = getattr(handler, "access_rule", None)
    return found if isinstance(found, Rule) else None


def anybody(handler: PageHandler) -> PageHandler:
    """Mark a page that everyone may open."""
    return _marked(handler, Rule(Whom.ANYBODY))


def by_link(handler: PageHandler) -> PageHandler:
    """Mark a page for the holder of a personal link; the handler itself looks the link up."""
    return _marked(handler, Rule(Whom.BY_LINK))


def staff(action: Action) -> Callable[[PageHandler], PageHandler]:
    """Mark a page for signed-in staff who may do this; others are asked to sign in, or refused."""

    def guarded(handler: PageHandler) -> PageHandler:
        @functools.wraps(handler)
        async def guard(request: web.Request) -> web.StreamResponse:
            member = await signed_in(request)
            if member is None:
                return to_sign_in(request)
            await _note_use(request, member)
            if not member.may(action):
                raise not_yours()
            request[STAFF] = member
            return await handler(request)

        return _marked(guard, Rule(Whom.STAFF, action))

    return guarded


def allow(request: web.Request, action: Action, service_id: str) -> StaffMember:
    """Who is signed in, if they may do this in this service; raises `Refused` (staff_only) if not."""
    member = request[STAFF]
    if not member.may(action, service_id):
        raise not_yours()
    return member


def not_yours() -> Refused:
    """The same words whether there is such a thing or not."""
    return Refused(
        "not_yours",
        "You cannot see or change this with your account. If you need to, ask your service's administrator.",
    )


def staff_cookie(request: web.Request) -> str:
    """The name of the cookie: bound to this host over https (RFC 6265bis, __Host- prefix)."""
    return "__Host-mr_staff" if request.app[SITE].is_https else "mr_staff"


async def signed_in(request: web.Request) -> StaffMember | None:
    """Who is signed in in this browser."""
    site = request.app[SITE]
    secret = request.cookies.get(staff_cookie(request))
    if not secret:
        return None
    async with site.database.reading() as session:
        return await member_of_session(session, secret, site.clock())


async def _note_use(request: web.Request, member: StaffMember) -> None:
    """Put off the end by idleness. A storage that takes nothing now keeps nobody from reading a page.

    A page that looks again by itself (`LOOKS_AGAIN`) is not used by anybody: it puts nothing off, else a
    browser that was left alone would stay signed in (OWASP ASVS 4.0.3, 3.3.2).
    """
    site = request.app[SITE]
    now = site.clock()
    request[SIGNED_OUT_AT] = ends_if_idle(member, now)
    if needs_touch(member, now) and LOOKS_AGAIN not in request.headers:
        try:
            await site.database.write(lambda session: touch(session, member.session_id, now))
        except StorageFailed as failed:
            log.warning("session_not_touched", fault=str(failed.fault))


def give_staff_cookie(request: web.Request, answer: web.Response, secret: str) -> None:
    """Put the session's secret into this browser, until it is closed or the session ends."""
    answer.set_cookie(
        staff_cookie(request),
        secret,
        path="/",
        secure=request.app[SITE].is_https,
        httponly=True,
        samesite="Lax",
    )


def take_staff_cookie(request: web.Request, answer: web.Response) -> None:
    """Take the cookie out of this browser. A `__Host-` cookie goes only by one with the same attributes."""
    answer.del_cookie(
        staff_cookie(request),
        path="/",
        secure=request.app[SITE].is_https,
        httponly=True,
        samesite="Lax",
    )


def to_sign_in(request: web.Request) -> web.Response:
    """Send the browser to the sign-in page, and back here afterwards if this is a page to read."""
    back = f"?next={quote(request.path_qs)}" if request.method == "GET" else ""
    return web.Response(
        status=303, headers={"Location": f"/staff/sign-in{back}", "Cache-Control": "no-store"}
    )


def _marked(handler: PageHandler, rule: Rule) -> PageHandler:
    handler.access_rule = rule  # type: ignore[attr-defined]
    return handler
