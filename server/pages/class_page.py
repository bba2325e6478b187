"""`/class/{link_id}`: the shell into which the class room's client is loaded."""

from __future__ import annotations

from aiohttp import web

from server.pages.access import by_link, to_sign_in
from server.pages.invitation import invitation
from server.pages.known_person import known_person
from server.pages.personal_link import invitation_page
from server.pages.rendering import page
from server.pages.site import SITE
from server.pages.situation import situation_of
from server.pages.way_in import see
from server.timetable.steps import Step, next_step_of

routes = web.RouteTableDef()


@routes.get("/class/{link_id:[A-Za-z0-9_-]{1,32}}")
@by_link
async def show_class(request: web.Request) -> web.Response:
    """Give the class room to a browser in which Join was pressed; while the doors are shut, say so.

    The link's id in the address opens nothing (see `known_person.turned_away`). Whoever has left out a step
    on the way is sent to its page (see `timetable.steps`).
    """
    site = request.app[SITE]
    now = site.clock()
    async with site.database.reading() as session:
        who = await known_person(request, session, to_class=True)
        if isinstance(who, web.Response):
            return who
        situation = await situation_of(session, who.course_id, now)
        class_id = situation.details.id if situation.details else None
        step = await next_step_of(session, who.session_id, class_id)
    if not invitation(situation, who.person, now, site.zone).can_join:
        if who.sign_in_due:
            return to_sign_in(request)
        return invitation_page(
            request, who.person, who.service, situation, may_see_names=True, address=None, me=who.link_id
        )
    if step is not Step.CLASS_ROOM:
        return see(f"/me/{who.link_id}/{step}")
    config = {
        "link": who.link_id,
        "service_phone": who.service.phone,
        "service_name": who.service.name,
        "role": who.person.role,
    }
    return page(request, "class.jinja", who.service, config=config, room=site.client.class_room)
