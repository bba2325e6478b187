"""`/staff/courses/{course_id}/letters`: printed letters with a QR code, a short code and how to join.

Of token and code only hashes are stored, so that a letter cannot be shown again: printing makes new ones for
the letter, in a POST, and the page that answers it is the letter. Older letters stop working; links in
e-mails go on working, for a letter has a token of its own (see `people.links`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import segno
from aiohttp import web
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import STAFF, staff
from server.pages.forms import form_of
from server.pages.letter_dates import dates_in_short
from server.pages.linked_course import COURSE, COURSES, line_of, the_course, the_link
from server.pages.rendering import form_page
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.people.auditing import audit
from server.people.link_records import LinkedCourse, LinkRecord, links_of_course
from server.people.links import print_letter
from server.people.short_codes import ShortCode
from server.people.staff import Action
from server.timetable.courses import classes_of
from server.timetable.spoken import clock_time, full_date

routes = web.RouteTableDef()

LETTERS = COURSE + "/letters"
ONE = LETTERS + "/{person_id:[A-Za-z0-9_-]{1,32}}"
EVERYBODY, WITHOUT_EMAIL = "everybody", "without_email"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it is printed. It is shown once."""

    record: LinkRecord
    link: str
    code: ShortCode
    qr: Markup
    """The link as inline SVG (ISO/IEC 18004, error correction level M: 15 % may be creased or stained)."""
    is_large: bool


@routes.get(LETTERS)
@staff(Action.INVITE)
async def ask_for_letters(request: web.Request) -> web.Response:
    """Ask for whom letters are to be printed."""
    return await _ask(request, "")


@routes.post(LETTERS)
@staff(Action.INVITE)
async def print_letters(request: web.Request) -> web.Response:
    """Print letters for everybody on the course, or for those without an e-mail address."""
    site = request.app[SITE]
    form = await form_of(request)
    whom = form.get("whom")
    if whom not in (EVERYBODY, WITHOUT_EMAIL):
        return await _ask(request, "Select for whom you want to print letters")
    async with site.database.reading() as session:
        course = await the_course(request, session)
        records = await links_of_course(session, course.course_id, site.clock())
    wanted = [each for each in records if whom == EVERYBODY or not each.gets_email]
    if not wanted:
        return await _ask(request, "Everybody on this course gets emails")
    return await _letters(request, course, wanted, all_large="large" in form)


@routes.get(ONE)
@staff(Action.INVITE)
async def ask_for_letter(request: web.Request) -> web.Response:
    """Ask whether to print a patient's letter."""
    async with request.app[SITE].database.reading() as session:
        course = await the_course(request, session)
        record = await the_link(request, session, course)
    return staff_page(
        request,
        "letter_ask.jinja",
        here=COURSES,
        service=line_of(course),
        course=course,
        record=record,
        day=_day(request),
    )


@routes.post(ONE)
@staff(Action.INVITE)
async def print_one(request: web.Request) -> web.Response:
    """Print a patient's letter."""
    form = await form_of(request)
    async with request.app[SITE].database.reading() as session:
        course = await the_course(request, session)
        record = await the_link(request, session, course)
    return await _letters(request, course, [record], all_large="large" in form, back=f"/{record.person_id}")


async def _ask(request: web.Request, error: str) -> web.Response:
    site = request.app[SITE]
    async with site.database.reading() as session:
        course = await the_course(request, session)
        records = await links_of_course(session, course.course_id, site.clock())
    return staff_page(
        request,
        "letter_ask_all.jinja",
        here=COURSES,
        service=line_of(course),
        course=course,
        count=len(records),
        without_email=sum(not each.gets_email for each in records),
        errors={"whom": error} if error else {},
    )


async def _letters(
    request: web.Request,
    course: LinkedCourse,
    records: Sequence[LinkRecord],
    *,
    all_large: bool,
    back: str = "",
) -> web.Response:
    """Make the ways in for these letters anew, and answer with the letters."""
    site = request.app[SITE]
    member, now = request[STAFF], site.clock()
    open_now = [each for each in records if each.opens(now)]
    drawn = [(each, site.new_secret(), site.short_codes.draw(), site.new_id()) for each in open_now]

    async def work(session: AsyncSession) -> None:
        for record, token, code, audit_id in drawn:
            await print_letter(session, link_id=record.link_id, token=token, code=code, now=now)
            audit(
                session,
                member,
                "letter_printed",
                now,
                audit_id,
                service_id=course.service_id,
                subject_id=record.person_id,
                detail={"course": course.course_id},
            )

    await site.database.write(work)
    links = [f"{site.base_url}/j/{token}" for _record, token, _code, _id in drawn]
    pictures = await asyncio.to_thread(lambda: [qr_of(link) for link in links])
    letters = [
        Letter(record, link, code, qr, all_large or record.needs_large_print)
        for (record, _token, code, _id), link, qr in zip(drawn, links, pictures, strict=True)
    ]
    async with site.database.reading() as session:
        classes = await classes_of(session, course.course_id)
    coming = sorted(
        (each for each in classes if each.cancelled_at is None and each.ends_at > now),
        key=lambda each: each.starts_at,
    )
    return form_page(
        request,
        "letter.jinja",
        line_of(course),
        course=course,
        letters=letters,
        left_out=[each for each in records if not each.opens(now)],
        first=day_and_time(coming[0].starts_at, site.zone) if coming else "",
        count=len(coming),
        dates=dates_in_short([each.starts_at for each in coming], site.zone),
        today=full_date(now, site.zone, with_year=True),
        code_page=f"{site.base_url}/code",
        back=f"{COURSES}/{course.course_id}/links{back}",
    )


def qr_of(link: str) -> Markup:
    """Return a QR code of the link as inline SVG."""
    code = segno.make(link, error="m", micro=False)
    drawing = code.svg_inline(omitsize=True, border=4, svgclass="mr-letter__qr", lineclass=None)
    return Markup(drawing)  # noqa: S704 - drawn by segno from our own address


def day_and_time(at: datetime, zone: ZoneInfo) -> str:
    """Return `Tuesday 24 November at 10am`: a letter does not know when it is read."""
    return f"{full_date(at, zone)} at {clock_time(at, zone)}"


def _day(request: web.Request) -> object:
    zone = request.app[SITE].zone
    return lambda at: full_date(at, zone, with_year=True)
