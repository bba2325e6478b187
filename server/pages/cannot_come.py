"""A patient says that they cannot come to the next class, or takes it back.

By the link (`/j/{token}/cannot-come`), which is enough where no date of birth is known, or on my page
(`/me/{link_id}/cannot-come`). The form names the class by its number, so that a page that was left open until
the class was over says nothing about the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import by_link
from server.pages.contact import ServiceLine
from server.pages.forms import form_of
from server.pages.known_person import known_person
from server.pages.personal_link import LINK
from server.pages.rendering import form_page, page
from server.pages.site import SITE
from server.pages.way_in import address_of, is_sealed, known_browser, see, visitor
from server.timetable.absences import absent_from, may_tell, take_back_absence, tell_absence
from server.timetable.courses import ClassDetails, Enrolled, current_class
from server.timetable.spoken import date_and_time

routes = web.RouteTableDef()

BY_LINK = LINK + "/cannot-come"
ON_MY_PAGE = "/me/{link_id:[A-Za-z0-9_-]{1,32}}/cannot-come"


@dataclass(frozen=True, slots=True)
class Teller:
    """Who says it, and the page they came from and go back to."""

    person: Enrolled
    course_id: str
    service: ServiceLine
    address: str


@routes.get(BY_LINK)
@routes.get(ON_MY_PAGE)
@by_link
async def show_cannot_come(request: web.Request) -> web.Response:
    """Ask whether the patient really cannot come; when it is too late to say so here, whom to ring."""
    site = request.app[SITE]
    now = site.clock()
    async with site.database.reading() as session:
        who = await _teller(request, session, now)
        if isinstance(who, web.Response):
            return who
        details = await current_class(session, who.course_id, now)
        told = details is not None and await _has_told(session, details, who.person.person_id)
    if who.person.role.is_staff:
        return see(who.address)
    if details is None or not may_tell(details, who.person, now):
        return _too_late(request, who)
    return _question(request, who, details, now, told=told)


@routes.post(BY_LINK)
@routes.post(ON_MY_PAGE)
@by_link
async def say_cannot_come(request: web.Request) -> web.Response:
    """Note the answer, then go back to the person's own page, which says so."""
    site = request.app[SITE]
    now = site.clock()
    form = await form_of(request)
    async with site.database.reading() as session:
        who = await _teller(request, session, now)
        if isinstance(who, web.Response):
            return who
        details = await current_class(session, who.course_id, now)
    person, answer = who.person, form.get("answer")
    if details is None or form.get("class") != str(details.number):
        return _too_late(request, who)
    if not person.role.is_staff and not may_tell(details, person, now):
        return _too_late(request, who)
    if answer not in ("cannot_come", "can_come"):
        return see(who.address + "/cannot-come")
    note = tell_absence if answer == "cannot_come" else take_back_absence
    await site.database.write(lambda session: note(session, details, person, now))
    return see(who.address)


async def _teller(request: web.Request, session: AsyncSession, now: datetime) -> Teller | web.Response:
    if "link_id" in request.match_info:
        known = await known_person(request, session)
        if isinstance(known, web.Response):
            return known
        return Teller(known.person, known.course_id, known.service, f"/me/{known.link_id}")
    who = await visitor(request, session, now)
    if isinstance(who, web.Response):
        return who
    if await is_sealed(session, who.link, await known_browser(request, session, who.link, now)):
        return see(address_of(request))
    return Teller(who.person, who.link.course_id, who.service, address_of(request))


async def _has_told(session: AsyncSession, details: ClassDetails, person_id: str) -> bool:
    return person_id in (await absent_from(session, [details.id]))[details.id]


def _question(
    request: web.Request, who: Teller, details: ClassDetails, now: datetime, *, told: bool
) -> web.Response:
    when = date_and_time(details.starts_at, now, request.app[SITE].zone)
    return form_page(
        request,
        "cannot_come.jinja",
        who.service,
        person=who.person,
        told=told,
        what=f"{details.title}, class {details.number} of {details.of}",
        when=when[0].upper() + when[1:],
        number=details.number,
        address=who.address,
    )


def _too_late(request: web.Request, who: Teller) -> web.Response:
    return page(
        request,
        "cannot_come_too_late.jinja",
        who.service,
        status=409 if request.method == "POST" else 200,
        person=who.person,
        address=who.address,
    )
