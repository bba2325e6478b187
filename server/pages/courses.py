"""`/staff/courses`: the courses of one's services, and each with its classes and its people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import STAFF, allow, not_yours, staff
from server.pages.cancelled_words import CHOICES
from server.pages.contact import ServiceLine
from server.pages.courses_form import Offered, read_staff
from server.pages.courses_words import when
from server.pages.forms import form_of
from server.pages.site import SITE, Site
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.staff import Action
from server.post.record import failures_of
from server.timetable.cancelling import Reason
from server.timetable.course_list import courses_page
from server.timetable.courses import classes_of
from server.timetable.doors import Doors, doors
from server.timetable.overviews import (
    ClassLine,
    CourseOverview,
    class_lines,
    course_overview,
    patient_lines,
)
from server.timetable.planning import archive_course, change_staff, staff_of, take_out_of_archive
from server.timetable.programmes import RECOMMENDED_PATIENTS, needs_second_staff

routes = web.RouteTableDef()

HERE = "/staff/courses"
COURSE = HERE + "/{course_id:[A-Za-z0-9_-]{1,32}}"

DONE: Mapping[str, str] = {
    "made": "The course is made. Put patients on it next.",
    "staff": "Who leads and helps is saved.",
    "archived": "The course is in the archive.",
    "unarchived": "The course is out of the archive.",
}


@routes.get(HERE)
@staff(Action.PLAN_COURSES)
async def show_courses(request: web.Request) -> web.Response:
    """List the courses that go on, or, asked for, those that are past."""
    site = request.app[SITE]
    past = request.query.get("show") == "past"
    async with site.database.reading() as session:
        found = await courses_page(
            session,
            request[STAFF].services(Action.PLAN_COURSES),
            site.clock(),
            past=past,
            page=page_number(request),
        )
    return staff_page(
        request,
        "staff_courses.jinja",
        here=HERE,
        found=found,
        past=past,
        several_services=len({each.service_name for each in found.courses}) > 1,
        when=lambda at: when(at, site.zone),
    )


@routes.get(COURSE)
@staff(Action.PLAN_COURSES)
async def show_course(request: web.Request) -> web.Response:
    """Show a course: its classes, its patients, who waits, who leads and helps."""
    return await _course_page(request, {}, {})


@routes.post(COURSE + "/staff")
@staff(Action.PLAN_COURSES)
async def post_staff(request: web.Request) -> web.Response:
    """Have others lead and help from now on."""
    site = request.app[SITE]
    form = await form_of(request)
    async with site.database.reading() as session:
        course = await the_course(request, session)
        offered = await _offered(session, course)
    chosen = read_staff(form, offered)
    if isinstance(chosen, dict):
        return await _course_page(request, form, chosen)
    lead_id, helper_id = chosen
    member, now, audit_id = request[STAFF], site.clock(), site.new_id()
    await site.database.write(
        lambda session: change_staff(session, member, course.id, lead_id, helper_id, now, audit_id)
    )
    await tell_rooms(site, course.id)
    return see(f"{HERE}/{course.id}?done=staff")


@routes.post(COURSE + "/archive")
@staff(Action.PLAN_COURSES)
async def post_archive(request: web.Request) -> web.Response:
    """Put a course in the archive, or take it out again."""
    site = request.app[SITE]
    out = (await form_of(request)).get("out") == "yes"
    async with site.database.reading() as session:
        course = await the_course(request, session)
    member, now, audit_id = request[STAFF], site.clock(), site.new_id()
    change = take_out_of_archive if out else archive_course
    await site.database.write(lambda session: change(session, member, course.id, now, audit_id))
    return see(f"{HERE}/{course.id}?done={'unarchived' if out else 'archived'}")


async def the_course(request: web.Request, session: AsyncSession) -> CourseOverview:
    """Return the course in the address, if one may plan in its service; the same refusal if there is none."""
    course = await course_overview(session, request.match_info["course_id"])
    if course is None:
        raise not_yours()
    allow(request, Action.PLAN_COURSES, course.service_id)
    return course


async def tell_rooms(site: Site, course_id: str) -> None:
    """Have the rooms of a course's classes that are open learn who leads and helps now."""
    now = site.clock()
    async with site.database.reading() as session:
        classes = await classes_of(session, course_id)
    for each in classes:
        if doors(each, now) is Doors.OPEN:
            await site.timetable_changed(each.id)


async def _course_page(
    request: web.Request, form: Mapping[str, str], errors: Mapping[str, str]
) -> web.Response:
    site = request.app[SITE]
    now = site.clock()
    async with site.database.reading() as session:
        course = await the_course(request, session)
        classes = await class_lines(session, course.id)
        patients = await patient_lines(session, course.id)
        not_sent = await failures_of(session, course.id)
        offered = await _offered(session, course)
    return staff_page(
        request,
        "staff_courses_one.jinja",
        here=HERE,
        service=ServiceLine(course.service_name, course.service_phone),
        status=400 if errors else 200,
        errors=errors,
        done=DONE.get(request.query.get("done", "")),
        course=course,
        classes=classes,
        patients=patients,
        not_sent=not_sent,
        offered=offered,
        form=form or {"lead": course.lead_id, "helper": course.helper_id or ""},
        needs_helper=needs_second_staff(course.places),
        most_for_one=RECOMMENDED_PATIENTS,
        can_archive=not any(is_to_come(each, now) for each in classes),
        when=lambda at: when(at, site.zone),
        state=lambda each: state_words(each, course),
        may_keep_patients=request[STAFF].may(Action.KEEP_PATIENTS, course.service_id),
    )


async def _offered(session: AsyncSession, course: CourseOverview) -> Offered:
    return Offered(
        programme_title=course.programme_title,
        class_count=0,
        class_minutes=course.class_minutes,
        max_patients=course.places,
        staff=tuple(await staff_of(session, course.service_id)),
        sites={},
    )


def is_to_come(each: ClassLine, now: datetime) -> bool:
    """Whether a class is still to take place, or takes place."""
    return doors(each, now) in (Doors.NOT_YET, Doors.OPEN) and each.ends_at > now


def state_words(each: ClassLine, course: CourseOverview) -> str:
    """What has become of a class, or who covers it; empty when it is to come as planned."""
    if each.cancelled_at is not None:
        reason = next((words for code, words in CHOICES.items() if code == each.cancelled_reason), None)
        known = reason is not None and each.cancelled_reason != Reason.OTHER
        return f"Cancelled: {str(reason).lower()}" if known else "Cancelled"
    if each.ended_at is not None:
        return f"Finished, led by {each.covered_by or course.lead_name}"
    return f"Covered by {each.covered_by}" if each.covered_by else ""


def page_number(request: web.Request) -> int:
    """Which page of a list is asked for; the first for whatever is no number."""
    asked = request.query.get("page", "1")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
