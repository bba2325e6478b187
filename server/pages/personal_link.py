"""`/j/{token}`: what a personal link opens. Looking changes nothing; pressing Join lets this browser in."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from server.errors import Refused
from server.pages.access import by_link
from server.pages.contact import ServiceLine
from server.pages.invitation import invitation
from server.pages.rendering import form_page
from server.pages.sealed_invitation import sealed_invitation
from server.pages.site import SITE
from server.pages.situation import Situation, situation_of
from server.pages.way_in import address_of, is_sealed, known_browser, let_in, see, visitor
from server.people.links import Link
from server.timetable.absences import may_tell, take_back_absence
from server.timetable.courses import Enrolled

routes = web.RouteTableDef()

LINK = r"/j/{token:[^/]*}"


@routes.get(LINK + "{tail:/?}")
@by_link
async def show_link(request: web.Request) -> web.Response:
    """Show first name, class, time, and Join when the doors are open."""
    site = request.app[SITE]
    now = site.clock()
    async with site.database.reading() as session:
        who = await visitor(request, session, now)
        if isinstance(who, web.Response):
            return who
        situation = await situation_of(session, who.link.course_id, now)
        known = await known_browser(request, session, who.link, now)
        sealed = await is_sealed(session, who.link, known)
    return invitation_page(
        request,
        who.person,
        who.service,
        situation,
        may_see_names=known is not None,
        address=address_of(request),
        sealed=sealed,
    )


@routes.post(LINK + "{tail:/?}")
@by_link
async def join(request: web.Request) -> web.Response:
    """Start a session for this browser and go to the class; when nobody can come in, back to the page."""
    site = request.app[SITE]
    now = site.clock()
    async with site.database.reading() as session:
        who = await visitor(request, session, now)
        if isinstance(who, web.Response):
            return who
        situation = await situation_of(session, who.link.course_id, now)
        known = await known_browser(request, session, who.link, now)
    details, person = situation.details, who.person
    if details is None or not invitation(situation, person, now, site.zone).can_join:
        return see(address_of(request))
    if person.person_id in situation.absent and may_tell(details, person, now):
        await site.database.write(lambda session: take_back_absence(session, details, person, now))
    return await let_in(site, who.link, known, now, f"/class/{who.link.link_id}")


@routes.post(LINK + "/me")
@by_link
async def open_my_page(request: web.Request) -> web.Response:
    """Start a session for this browser, as Join does, and go to the patient's page, doors open or not."""
    site = request.app[SITE]
    now = site.clock()
    async with site.database.reading() as session:
        who = await visitor(request, session, now)
        if isinstance(who, web.Response):
            return who
        known = await known_browser(request, session, who.link, now)
    if who.person.role.is_staff:
        return see(address_of(request))
    return await let_in(site, who.link, known, now, f"/me/{who.link.link_id}")


@routes.get(LINK + "/me")
@by_link
async def back_from_my_page(request: web.Request) -> web.Response:
    """Looking changes nothing: whoever opens this address by GET comes to the link's page."""
    return see(address_of(request))


@routes.post(LINK + "/measures")
@by_link
async def open_measures(request: web.Request) -> web.Response:
    """Start a session for a staff member's browser, as Join does, and go to the month's figures."""
    return await _let_staff_in(request, "this page", lambda link: f"/measures/{link.link_id}")


@routes.post(LINK + "/whom-to-ring")
@by_link
async def show_whom_to_ring(request: web.Request) -> web.Response:
    """Start a session for a staff member's browser, as Join does: then their own page names the patients."""
    return await _let_staff_in(request, "this", lambda _link: address_of(request))


async def _let_staff_in(request: web.Request, what: str, where: Callable[[Link], str]) -> web.Response:
    site = request.app[SITE]
    now = site.clock()
    async with site.database.reading() as session:
        who = await visitor(request, session, now)
        if isinstance(who, web.Response):
            return who
        known = await known_browser(request, session, who.link, now)
    if not who.person.role.is_staff:
        raise Refused("staff_only", f"Only staff can see {what}. Open your link to go back to your class.")
    return await let_in(site, who.link, known, now, where(who.link))


def invitation_page(
    request: web.Request,
    person: Enrolled,
    service: ServiceLine,
    situation: Situation,
    *,
    may_see_names: bool,
    address: str | None,
    sealed: bool = False,
    me: str | None = None,
) -> web.Response:
    """Render what the link says. `may_see_names`: this browser is known; it may see them if it is staff's.

    `address` is the person's own page; without it (its token is not known) nothing can be done here. `me` is
    the link's id where this browser may open my page. `sealed`: no more than the link alone tells.
    """
    site = request.app[SITE]
    say = sealed_invitation if sealed else invitation
    invited = say(situation, person, site.clock(), site.zone)
    patients = situation.patients if person.role.is_staff else ()
    return form_page(
        request,
        "invitation.jinja",
        service,
        person=person,
        invitation=invited,
        absent_names=[
            each.full_name for each in patients if may_see_names and each.person_id in situation.absent
        ],
        to_ring=patients if invited.choices.ring else (),
        sends_mail=site.letterhead.sends_mail,
        may_see_names=may_see_names,
        address=address,
        sealed=sealed,
        me=None if person.role.is_staff else me,
    )
