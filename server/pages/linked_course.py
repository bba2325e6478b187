"""The course whose links or letters a staff page is about, for those who may invite its patients."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import allow, not_yours
from server.pages.contact import ServiceLine
from server.pages.site import SITE
from server.people.link_records import LinkedCourse, LinkRecord, link_of_patient, linked_course
from server.people.staff import Action

COURSES = "/staff/courses"
COURSE = COURSES + "/{course_id:[A-Za-z0-9_-]{1,32}}"


async def the_course(request: web.Request, session: AsyncSession) -> LinkedCourse:
    """Return the course in the address; raises `Refused` (not_yours), also when there is none."""
    course = await linked_course(session, request.match_info["course_id"])
    if course is None:
        raise not_yours()
    allow(request, Action.INVITE, course.service_id)
    return course


async def the_link(request: web.Request, session: AsyncSession, course: LinkedCourse) -> LinkRecord:
    """Return the link of the patient in the address; raises `Refused` (not_yours) when there is none."""
    now = request.app[SITE].clock()
    link = await link_of_patient(session, course.course_id, request.match_info["person_id"], now)
    if link is None:
        raise not_yours()
    return link


def line_of(course: LinkedCourse) -> ServiceLine:
    """Return the course's service, for the page's foot."""
    return ServiceLine(course.service_name, course.service_phone)
