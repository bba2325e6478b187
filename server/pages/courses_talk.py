"""`/staff/courses/{id}/talk`: what was asked on a course and reported in its chat; the questions as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.contacts.export import harmless
from server.pages.access import STAFF, allow, not_yours, staff
from server.pages.contact import ServiceLine
from server.pages.course_chat_words import REASONS
from server.pages.courses import COURSE, HERE
from server.pages.courses_words import when
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.people.auditing import audit
from server.people.staff import Action
from server.rooms.course_record import AskedQuestion, questions_of_course, watched_messages
from server.timetable.overviews import CourseOverview, course_overview

routes = web.RouteTableDef()

STATES: Mapping[str, str] = {
    "waiting": "Waiting",
    "answering": "Being answered",
    "answered_live": "Answered in class",
    "answered_in_writing": "Answered in writing",
    "set_aside": "Set aside",
}
TO: Mapping[str, str] = {"physio": "Staff, seen by the group", "group": "The group", "staff": "Staff only"}
COLUMNS = (
    "Class",
    "Asked",
    "Asked by",
    "To",
    "Without a name",
    "Question",
    "Votes",
    "State",
    "Answer",
    "Answered by",
    "Answered",
    "Replies",
)


@routes.get(COURSE + "/talk")
@staff(Action.KEEP_PATIENTS)
async def show_talk(request: web.Request) -> web.Response:
    """Show the questions of a course, and the messages of its chat that were reported or hidden."""
    site = request.app[SITE]
    async with site.database.reading() as session:
        course = await _the_course(request, session)
        questions = await questions_of_course(session, course.id)
        messages = await watched_messages(session, course.id)
    return staff_page(
        request,
        "staff_courses_talk.jinja",
        here=HERE,
        service=ServiceLine(course.service_name, course.service_phone),
        course=course,
        questions=questions,
        messages=messages,
        states=STATES,
        to=TO,
        reasons={reason.value: words for reason, words in REASONS.items()},
        when=lambda at: when(at, site.zone),
    )


@routes.post(COURSE + "/questions.csv")
@staff(Action.KEEP_PATIENTS)
async def download_questions(request: web.Request) -> web.Response:
    """Give the questions as CSV; that they were given stands in the audit first."""
    site, member = request.app[SITE], request[STAFF]
    now, audit_id = site.clock(), site.new_id()
    async with site.database.reading() as session:
        course = await _the_course(request, session)

    async def note(session: AsyncSession) -> None:
        detail = {"course_id": course.id}
        audit(session, member, "export_questions", now, audit_id, service_id=course.service_id, detail=detail)

    await site.database.write(note)
    async with site.database.reading() as session:
        questions = await questions_of_course(session, course.id)
    return web.Response(
        text=questions_csv(questions, site.zone),
        content_type="text/csv",
        charset="utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="questions.csv"',
            "Cache-Control": "no-store",
        },
    )


def questions_csv(questions: Sequence[AskedQuestion], zone: ZoneInfo) -> str:
    """Return the questions as CSV (RFC 4180), with a line of names; nothing in it is taken for a formula."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    for each in questions:
        values = (
            str(each.class_number),
            _local(each.asked_at, zone),
            each.asker,
            TO[each.to],
            "yes" if each.anonymous else "no",
            each.text,
            str(each.votes),
            STATES[each.state],
            each.answer,
            each.answered_by,
            _local(each.answered_at, zone),
            "\n".join(each.replies),
        )
        rows.writerow([harmless(value) for value in values])
    return text.getvalue()


def _local(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at is not None else ""


async def _the_course(request: web.Request, session: AsyncSession) -> CourseOverview:
    course = await course_overview(session, request.match_info["course_id"])
    if course is None:
        raise not_yours()
    allow(request, Action.KEEP_PATIENTS, course.service_id)
    return course
