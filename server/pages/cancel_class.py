"""`/j/{token}/cancel-class` and `/put-back-on`: a physio calls a class off, or puts it back on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.pages import calling_off
from server.pages.access import by_link
from server.pages.cancelled_words import CHOICES
from server.pages.forms import form_of
from server.pages.personal_link import LINK
from server.pages.rendering import form_page
from server.pages.site import SITE
from server.pages.way_in import Visitor, address_of, see, visitor
from server.storage.tables import ClassSession
from server.timetable.absences import absent_from
from server.timetable.cancelling import Reason, cancel_class, may_cancel, put_class_back_on, still_to_cancel
from server.timetable.courses import classes_of
from server.timetable.spoken import date_and_time

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Coming:
    """A class that could be called off, as the page offers it."""

    number: int
    words: str
    told: int
    """How many patients said that they cannot come."""


@routes.get(LINK + "/cancel-class")
@by_link
async def show_cancel_class(request: web.Request) -> web.Response:
    """Ask which class, and why; say what happens then."""
    site = request.app[SITE]
    now = site.clock()
    async with site.database.reading() as session:
        who = await physio(request, session, now)
        if isinstance(who, web.Response):
            return who
        coming = await _coming(session, who.link.course_id, now, site.zone)
    if not coming:
        return see(address_of(request))
    return _question(request, who, coming, {}, {})


@routes.post(LINK + "/cancel-class")
@by_link
async def post_cancel_class(request: web.Request) -> web.Response:
    """Call the class off and settle its contacts, then go back to the person's own page, which says so."""
    site = request.app[SITE]
    now = site.clock()
    form = await form_of(request)
    async with site.database.reading() as session:
        who = await physio(request, session, now)
        if isinstance(who, web.Response):
            return who
        classes = await classes_of(session, who.link.course_id)
        coming = await _coming(session, who.link.course_id, now, site.zone)
    chosen = _by_number(classes, form.get("class"))
    reason = next((each for each in Reason if each == form.get("reason")), None)
    missing = {}
    if chosen is None:
        missing["class"] = "Select which class you want to cancel"
    if reason is None:
        missing["reason"] = "Select why you cancel the class"
    if chosen is None or reason is None:
        return _question(request, who, coming, form, missing) if coming else see(address_of(request))
    class_id, audit_id = chosen.id, site.new_id()

    async def call_off(session: AsyncSession, people_in: int) -> bool:
        return await cancel_class(
            session, class_id, reason, who.person, now, people_in=people_in, audit_id=audit_id
        )

    await calling_off.cancel(site, class_id, now, call_off)
    return see(address_of(request))


@routes.post(LINK + "/put-back-on")
@by_link
async def post_put_back_on(request: web.Request) -> web.Response:
    """Let the class take place after all, then go back to the person's own page."""
    site = request.app[SITE]
    now = site.clock()
    form = await form_of(request)
    async with site.database.reading() as session:
        who = await physio(request, session, now)
        if isinstance(who, web.Response):
            return who
        chosen = _by_number(await classes_of(session, who.link.course_id), form.get("class"))
    if chosen is None:
        return see(address_of(request))
    class_id, audit_id = chosen.id, site.new_id()

    async def put_back_on(session: AsyncSession) -> bool:
        return await put_class_back_on(session, class_id, who.person, now, audit_id=audit_id)

    await calling_off.put_back(site, class_id, now, put_back_on)
    return see(address_of(request))


async def physio(request: web.Request, session: AsyncSession, now: datetime) -> Visitor | web.Response:
    """Return the physio behind the link; everybody else is refused, in words."""
    who = await visitor(request, session, now)
    if isinstance(who, Visitor) and not may_cancel(who.person):
        raise Refused("physio_only", "Only a physio of this course can cancel a class. Ask one of them.")
    return who


async def _coming(session: AsyncSession, course_id: str, now: datetime, zone: ZoneInfo) -> list[Coming]:
    classes = still_to_cancel(await classes_of(session, course_id), now)
    absent = await absent_from(session, [each.id for each in classes])
    return [
        Coming(
            each.number,
            f"Class {each.number}, {date_and_time(each.starts_at, now, zone)}",
            len(absent[each.id]),
        )
        for each in classes
    ]


def _by_number(classes: Sequence[ClassSession], number: str | None) -> ClassSession | None:
    return next((each for each in classes if str(each.number) == number), None)


def _question(
    request: web.Request,
    who: Visitor,
    coming: Sequence[Coming],
    chosen: Mapping[str, str],
    missing: Mapping[str, str],
) -> web.Response:
    return form_page(
        request,
        "cancel_class.jinja",
        who.service,
        status=400 if missing else 200,
        person=who.person,
        coming=coming,
        reasons=CHOICES,
        sends_mail=request.app[SITE].letterhead.sends_mail,
        chosen=chosen,
        missing=missing,
        address=address_of(request),
    )
