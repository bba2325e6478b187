"""`/staff/programmes/{programme_id}/waiting-list`: who waits for a place on a course, and gets one."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.pages.access import STAFF, allow, not_yours, staff
from server.pages.courses import page_number
from server.pages.courses_words import when
from server.pages.forms import form_of
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.staff import Action
from server.storage.tables import Programme
from server.timetable.enrolment import classes_now
from server.timetable.telling import invite
from server.timetable.waiting_list import courses_going_on, give_place, remove_from_waiting_list, waiting_page

routes = web.RouteTableDef()

LIST = "/staff/programmes/{programme_id:[A-Za-z0-9_-]{1,32}}/waiting-list"

DONE: Mapping[str, str] = {
    "placed": "The patient has a place on the course.",
    "removed": "The patient is off the waiting list.",
}


@routes.get(LIST)
@staff(Action.PLAN_COURSES)
async def show_waiting_list(request: web.Request) -> web.Response:
    """Show who waits, and the courses that go on."""
    return await _page(request, {}, {})


@routes.post(LIST + "/give-place")
@staff(Action.PLAN_COURSES)
async def post_give_place(request: web.Request) -> web.Response:
    """Move a patient onto a course, and invite them."""
    site, member = request.app[SITE], request[STAFF]
    form = await form_of(request)
    now = site.clock()
    place_id, course_id = form.get("place", ""), form.get("course", "")
    async with site.database.reading() as session:
        programme = await _programme(request, session)
    missing = {} if place_id else {"place": "Select who gets the place"}
    missing |= {} if course_id else {"course": "Select a course"}
    if missing:
        return await _page(request, form, missing)

    async def work(session: AsyncSession) -> list[str]:
        members = await give_place(
            session,
            member,
            programme,
            place_id,
            course_id,
            now,
            new_id=site.new_id,
            new_secret=site.new_secret,
        )
        await invite(session, course_id, members, site.letterhead, now)
        return await classes_now(session, course_id, now)

    try:
        classes = await site.database.write(work)
    except Refused as refused:
        return await _page(request, form, {"course": refused.words})
    for class_id in classes:
        await site.timetable_changed(class_id)
    return see(f"{_address(programme)}?done=placed")


@routes.post(LIST + "/remove")
@staff(Action.PLAN_COURSES)
async def post_remove(request: web.Request) -> web.Response:
    """Take a patient off the list."""
    site, member = request.app[SITE], request[STAFF]
    form = await form_of(request)
    now = site.clock()
    place_id = form.get("place", "")
    async with site.database.reading() as session:
        programme = await _programme(request, session)
    if not place_id:
        return await _page(request, form, {"place": "Select who is to be taken off the list"})
    await site.database.write(
        lambda session: remove_from_waiting_list(
            session, member, programme, place_id, now, new_id=site.new_id
        )
    )
    return see(f"{_address(programme)}?done=removed")


async def _programme(request: web.Request, session: AsyncSession) -> Programme:
    programme = await session.get(Programme, request.match_info["programme_id"])
    if programme is None:
        raise not_yours()
    allow(request, Action.PLAN_COURSES, programme.service_id)
    return programme


async def _page(request: web.Request, form: Mapping[str, str], errors: Mapping[str, str]) -> web.Response:
    site = request.app[SITE]
    async with site.database.reading() as session:
        programme = await _programme(request, session)
        found = await waiting_page(session, programme.id, page_number(request))
        courses = await courses_going_on(session, programme.id, site.clock())
    return staff_page(
        request,
        "staff_waiting_list.jinja",
        here="/staff/courses",
        status=400 if errors else 200,
        errors=errors,
        form=form,
        done=DONE.get(request.query.get("done", "")),
        programme=programme,
        found=found,
        since={each.place_id: when(each.added_at, site.zone).rpartition(" at ")[0] for each in found.people},
        courses={
            each.course_id: f"{each.title}, {each.taken} of {programme.max_patients} places taken,"
            f" next class {when(each.next_at, site.zone)}"
            for each in courses
        },
        address=_address(programme),
    )


def _address(programme: Programme) -> str:
    return f"/staff/programmes/{programme.id}/waiting-list"
