"""`/class/{link_id}`: the shell into which the class room's client is loaded."""

from __future__ import annotations

from aiohttp import web

from server.pages.contact import service_of_link
from server.pages.invitation import invitation
from server.pages.known_person import turned_away
from server.pages.personal_link import invitation_page
from server.pages.rendering import page
from server.pages.site import SITE
from server.pages.situation import situation_of
from server.people.links import cookie_name, holder_of_session
from server.timetable.courses import enrolled

routes = web.RouteTableDef()


@routes.get("/class/{link_id:[A-Za-z0-9_-]{1,32}}")
async def show_class(request: web.Request) -> web.Response:
    """Give the class room to a browser in which Join was pressed; while the doors are shut, say so.

    The link's id in the address opens nothing (see `known_person.turned_away`).
    """
    site = request.app[SITE]
    link_id = request.match_info["link_id"]
    secret = request.cookies.get(cookie_name(link_id), "")
    now = site.clock()
    async with site.database.reading() as session:
        service = await service_of_link(session, link_id) or site.contact.last_known
        holder = await holder_of_session(session, link_id, secret, now) if secret else None
        if holder is None:
            return await turned_away(request, session, service)
        person = await enrolled(session, holder.course_id, holder.person_id)
        if person is None:
            return page(request, "link_replaced.jinja", service, status=410)
        situation = await situation_of(session, holder.course_id, now)
    if not invitation(situation, person, now, site.zone).can_join:
        return invitation_page(request, person, service, situation, holder, address=None)
    config = {
        "link": link_id,
        "service_phone": service.phone,
        "service_name": service.name,
        "role": person.role,
    }
    return page(request, "class.jinja", service, config=config, room=site.client.class_room)
