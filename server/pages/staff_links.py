"""`/staff/courses/{course_id}/links`: the patients' links as staff see them.

Each patient's: send the e-mail again, make the link anew, revoke it, end a device, let somebody try the date
of birth again. Every change is noted in the audit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.pages.access import STAFF, staff
from server.pages.forms import form_of
from server.pages.linked_course import COURSE, COURSES, line_of, the_course, the_link
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.auditing import audit
from server.people.birth_dates import forgive_birth_dates
from server.people.link_records import LinkedCourse, LinkRecord, devices_of, end_device, links_of_course
from server.people.links import renew_link, renew_token, revoke_link
from server.people.staff import Action
from server.timetable.spoken import clock_time, full_date
from server.timetable.telling import invite

routes = web.RouteTableDef()

LINKS = COURSE + "/links"
ONE = LINKS + "/{person_id:[A-Za-z0-9_-]{1,32}}"

DONE: Mapping[str, str] = {
    "sent": "The email is on its way. Links in earlier emails do not work any more; letters do.",
    "renewed": "The link is new, and the email with it is on its way. Nothing that was sent before works.",
    "renewed_print": "The link is new. Nothing that was sent before works. No email goes out: print a"
    " letter.",
    "revoked": "The link does not work any more.",
    "ended": "That device has to come by the link again.",
    "unlocked": "They can enter their date of birth now.",
}

Change = Callable[[AsyncSession, LinkRecord], Awaitable[str]]
"""Does something to a link and returns what is said of it: a key of `DONE`."""


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody with a new token, for their e-mail."""

    person_id: str
    link_id: str
    token: str


@routes.get(LINKS)
@staff(Action.INVITE)
async def show_links(request: web.Request) -> web.Response:
    """List the patients of a course with how their links stand."""
    site = request.app[SITE]
    now = site.clock()
    async with site.database.reading() as session:
        course = await the_course(request, session)
        records = await links_of_course(session, course.course_id, now)
    return staff_page(
        request,
        "staff_links.jinja",
        here=COURSES,
        service=line_of(course),
        course=course,
        records=records,
        now=now,
        day=lambda at: full_date(at, site.zone),
    )


@routes.get(ONE)
@staff(Action.INVITE)
async def show_link_of(request: web.Request) -> web.Response:
    """Show a patient's link: what opens it, on which devices it was opened, and what can be done."""
    site = request.app[SITE]
    now = site.clock()
    async with site.database.reading() as session:
        course = await the_course(request, session)
        record = await the_link(request, session, course)
        devices = await devices_of(session, record.link_id, now)
    return staff_page(
        request,
        "staff_links_one.jinja",
        here=COURSES,
        service=line_of(course),
        course=course,
        record=record,
        devices=devices,
        now=now,
        can_mail=bool(site.mail_from) and record.gets_email,
        day=lambda at: full_date(at, site.zone, with_year=True),
        moment=lambda at: f"{full_date(at, site.zone)}, {clock_time(at, site.zone)}",
        done=DONE.get(request.query.get("done", "")),
    )


@routes.post(ONE + "/send")
@staff(Action.INVITE)
async def send_again(request: web.Request) -> web.Response:
    """Send the e-mail once more, with a token of its own: earlier e-mails stop working, letters do not."""
    site = request.app[SITE]
    token, now = site.new_secret(), site.clock()

    async def work(session: AsyncSession, record: LinkRecord) -> str:
        if not record.gets_email or not record.opens(now):
            raise Refused("no_email", "No email can be sent for this link. Print a letter instead.")
        await renew_token(session, link_id=record.link_id, token=token)
        new = Invited(record.person_id, record.link_id, token)
        if not await invite(session, request.match_info["course_id"], [new], site.letterhead, now):
            raise Refused("no_email", "This installation sends no email. Print a letter instead.")
        return "sent"

    return await _change(request, "link_sent", work)


@routes.post(ONE + "/renew")
@staff(Action.INVITE)
async def renew(request: web.Request) -> web.Response:
    """Make everything anew, for a link that is in the wrong hands or was revoked."""
    site = request.app[SITE]
    token, now = site.new_secret(), site.clock()

    async def work(session: AsyncSession, record: LinkRecord) -> str:
        await renew_link(session, link_id=record.link_id, token=token, now=now)
        new = Invited(record.person_id, record.link_id, token)
        written = await invite(session, request.match_info["course_id"], [new], site.letterhead, now)
        return "renewed" if written else "renewed_print"

    return await _change(request, "link_renewed", work, ends_ways_in=True)


@routes.post(ONE + "/revoke")
@staff(Action.INVITE)
async def revoke(request: web.Request) -> web.Response:
    """Let nobody in by this link any more; the patient stays on the course."""
    now = request.app[SITE].clock()

    async def work(session: AsyncSession, record: LinkRecord) -> str:
        await revoke_link(session, link_id=record.link_id, now=now)
        return "revoked"

    return await _change(request, "link_revoked", work, ends_ways_in=True)


@routes.post(ONE + "/unlock")
@staff(Action.INVITE)
async def unlock(request: web.Request) -> web.Response:
    """Let somebody who was locked out enter their date of birth at once."""

    async def work(session: AsyncSession, record: LinkRecord) -> str:
        await forgive_birth_dates(session, record.link_id)
        return "unlocked"

    return await _change(request, "birth_date_unlocked", work)


@routes.post(ONE + "/devices")
@staff(Action.INVITE)
async def end_one_device(request: web.Request) -> web.Response:
    """End one device."""
    device = (await form_of(request)).get("device", "")

    async def work(session: AsyncSession, record: LinkRecord) -> str:
        await end_device(session, record.link_id, device)
        return "ended"

    return await _change(request, "link_device_ended", work, ends_ways_in=True)


async def _change(
    request: web.Request, action: str, change: Change, *, ends_ways_in: bool = False
) -> web.Response:
    """Do it and note it, in one transaction; then back to the link's page. Whose ways in end is hung up on:
    in class, a socket is asked for its link only when it connects.
    """
    site = request.app[SITE]
    member, now, audit_id = request[STAFF], site.clock(), site.new_id()

    async def work(session: AsyncSession) -> tuple[LinkedCourse, LinkRecord, str]:
        course = await the_course(request, session)
        record = await the_link(request, session, course)
        said = await change(session, record)
        audit(
            session,
            member,
            action,
            now,
            audit_id,
            service_id=course.service_id,
            subject_id=record.person_id,
            detail={"course": course.course_id},
        )
        return course, record, said

    course, record, said = await site.database.write(work)
    if ends_ways_in:
        site.hang_up([record.person_id])
    return see(f"{COURSES}/{course.course_id}/links/{record.person_id}?done={said}")
