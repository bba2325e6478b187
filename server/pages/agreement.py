"""`/me/{link_id}/agreement`: the group agreement, accepted once per course and version."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import by_link
from server.pages.checking_in import ME
from server.pages.forms import form_of
from server.pages.known_person import KnownPerson, known_person
from server.pages.rendering import form_page
from server.pages.site import SITE
from server.pages.way_in import see
from server.storage.tables import CourseMember
from server.timetable.agreement import TEXT, VERSION, accept, has_accepted
from server.timetable.courses import Enrolled, enrolled

routes = web.RouteTableDef()

PATH = ME + "/agreement"


@dataclass(frozen=True, slots=True)
class _Agreeing:
    who: KnownPerson
    partner: Enrolled | None
    """The other one of a couple, as long as she has not accepted."""
    accepted: bool


@routes.get(PATH)
@by_link
async def show_agreement(request: web.Request) -> web.Response:
    """Show the text, and ask for it to be accepted."""
    async with request.app[SITE].database.reading() as session:
        agreeing = await _agreeing(request, session)
    if isinstance(agreeing, web.Response):
        return agreeing
    return form_page(
        request,
        "agreement.jinja",
        agreeing.who.service,
        person=agreeing.who.person,
        link_id=agreeing.who.link_id,
        accepted=agreeing.accepted,
        partner=agreeing.partner,
        text=TEXT,
        version=VERSION,
    )


@routes.post(PATH)
@by_link
async def send_agreement(request: web.Request) -> web.Response:
    """Note that it is accepted; of a page with an older text nothing, the new one is shown."""
    site = request.app[SITE]
    form = await form_of(request)
    async with site.database.reading() as session:
        agreeing = await _agreeing(request, session)
    if isinstance(agreeing, web.Response):
        return agreeing
    who, partner, now = agreeing.who, agreeing.partner, site.clock()
    if form.get("version") != str(VERSION):
        return see(f"/me/{who.link_id}/agreement")

    async def work(session: AsyncSession) -> None:
        await accept(session, who.course_id, who.person.person_id, now)
        if partner is not None and form.get("partner"):
            await accept(session, who.course_id, partner.person_id, now)

    await site.database.write(work)
    return see(f"/me/{who.link_id}/on")


async def _agreeing(request: web.Request, session: AsyncSession) -> _Agreeing | web.Response:
    who = await known_person(request, session)
    if isinstance(who, web.Response):
        return who
    if who.person.role.is_staff:
        return see(f"/me/{who.link_id}/on")
    person_id = who.person.person_id
    member = await session.get(CourseMember, (who.course_id, person_id))
    partner = None
    if member is not None and member.partner_id is not None:
        partner = await enrolled(session, who.course_id, member.partner_id)
        if partner and await has_accepted(session, who.course_id, partner.person_id):
            partner = None
    return _Agreeing(who, partner, await has_accepted(session, who.course_id, person_id))
