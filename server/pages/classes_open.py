"""`POST /staff/classes/{class_id}/open`: staff go into a class that is their own, by being signed in."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.pages.access import STAFF, allow, not_yours, staff
from server.pages.site import SITE
from server.pages.way_in import see
from server.people.links import Link, cookie_name
from server.people.staff import Action
from server.people.staff_links import staff_link, start_staff_session
from server.people.staff_sessions import LASTS
from server.timetable.courses import class_details, classes_of
from server.timetable.doors import Doors, current_of, doors, doors_open_at
from server.timetable.overviews import course_overview
from server.timetable.ownership import is_own
from server.timetable.spoken import date_and_time

routes = web.RouteTableDef()

CLASS = "/staff/classes/{class_id:[A-Za-z0-9_-]{1,32}}"


@routes.post(CLASS + "/open")
@staff(Action.RUN_CLASSES)
async def open_class(request: web.Request) -> web.Response:
    """Let this browser into one's own class; to all others there is no such class."""
    site = request.app[SITE]
    now = site.clock()
    member = request[STAFF]
    class_id = request.match_info["class_id"]
    async with site.database.reading() as session:
        details = await class_details(session, class_id)
        if details is None or not await is_own(session, member, class_id=class_id):
            raise not_yours()
        course = await course_overview(session, details.course_id)
        assert course is not None
        allow(request, Action.RUN_CLASSES, course.service_id)
        current = current_of(await classes_of(session, details.course_id), now)
    state = doors(details, now)
    if state is Doors.CANCELLED:
        raise Refused("class_cancelled", "This class is cancelled.")
    if state is Doors.CLOSED:
        raise Refused("class_over", "This class has finished.")
    if state is Doors.NOT_YET:
        opens = date_and_time(doors_open_at(details), now, site.zone)
        raise Refused("too_early", f"The doors of this class open {opens}. Come back then.")
    if current is None or current.id != class_id:
        raise Refused("another_class", "A later class of this course is open now. Go into that one.")
    person_id = member.people[course.service_id]
    secret = site.new_secret()

    async def work(session: AsyncSession) -> Link:
        link = await staff_link(
            session, details.course_id, person_id, now, new_id=site.new_id, new_secret=site.new_secret
        )
        start_staff_session(session, link, now, secret, site.new_id(), member.session_id)
        return link

    link = await site.database.write(work)
    answer = see(f"/class/{link.link_id}")
    answer.set_cookie(
        cookie_name(link.link_id, is_https=site.is_https),
        secret,
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=site.is_https,
        httponly=True,
        samesite="Lax",
    )
    return answer
