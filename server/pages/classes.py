"""`/staff/classes/{class_id}`: one class: moved, cancelled, put back on, covered, its topic."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.pages.access import STAFF, allow, not_yours, staff
from server.pages.cancelled_words import CHOICES
from server.pages.classes_changes import Change
from server.pages.classes_open import CLASS
from server.pages.contact import ServiceLine
from server.pages.courses import HERE, is_to_come, state_words
from server.pages.courses_words import day_words, read_time, time_problem, when, why_skipped
from server.pages.double_booking_words import double_booking_lines
from server.pages.fields import Fields
from server.pages.forms import form_of
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.staff import Action
from server.timetable.cancelling import Reason, can_put_back
from server.timetable.doors import Doors, doors, doors_open_at
from server.timetable.double_booking import Booked, double_booked
from server.timetable.drop_in import in_the_way
from server.timetable.laying_out import starts_at
from server.timetable.overviews import ClassLine, CourseOverview, class_line, course_overview, patient_lines
from server.timetable.ownership import is_own
from server.timetable.planning import ClassStaff, staff_of

routes = web.RouteTableDef()

DONE: Mapping[str, str] = {
    "moved": "The class is moved.",
    "cancelled": "The class is cancelled.",
    "back": "The class is back on.",
    "covered": "Who leads this class is saved.",
    "topic": "The topic is saved.",
}
TELL = frozenset({"moved", "cancelled", "back"})
"""After these, patients are told: by e-mail, or by phone those who have none."""


@dataclass(frozen=True, slots=True)
class TheClass:
    """The class in the address, with its course."""

    course: CourseOverview
    line: ClassLine


@routes.get(CLASS)
@staff(Action.PLAN_COURSES)
async def show_class(request: web.Request) -> web.Response:
    """Show a class and what can be changed about it."""
    return await _page(request, {}, {})


@routes.post(CLASS + "/move")
@staff(Action.PLAN_COURSES)
async def post_move(request: web.Request) -> web.Response:
    """Move the class to another day or time."""
    form = await form_of(request)
    fields = Fields(form)
    zone = request.app[SITE].zone
    to = _new_time(fields, zone)
    if to is None or fields.errors:
        return await _page(request, form, fields.errors)
    change = await _change(request)
    return await _done_or_said(request, form, "time", change, lambda: change.move(to), "moved")


@routes.post(CLASS + "/cancel")
@staff(Action.PLAN_COURSES)
async def post_cancel(request: web.Request) -> web.Response:
    """Call the class off."""
    form = await form_of(request)
    reason = next((each for each in Reason if each == form.get("reason")), None)
    if reason is None:
        return await _page(request, form, {"reason": "Select why you cancel the class"})
    change = await _change(request)
    return await _done_or_said(request, form, "reason", change, lambda: change.cancel(reason), "cancelled")


@routes.post(CLASS + "/put-back")
@staff(Action.PLAN_COURSES)
async def post_put_back(request: web.Request) -> web.Response:
    """Let the class take place after all."""
    change = await _change(request)
    return await _done_or_said(request, {}, "put-back", change, change.put_back, "back")


@routes.post(CLASS + "/cover")
@staff(Action.PLAN_COURSES)
async def post_cover(request: web.Request) -> web.Response:
    """Have somebody else lead the class."""
    form = await form_of(request)
    person_id = form.get("lead", "")
    if not person_id:
        return await _page(request, form, {"lead": "Select who leads this class"})
    change = await _change(request)
    return await _done_or_said(request, form, "lead", change, lambda: change.cover(person_id), "covered")


@routes.post(CLASS + "/topic")
@staff(Action.PLAN_COURSES)
async def post_topic(request: web.Request) -> web.Response:
    """Say what the class is about."""
    form = await form_of(request)
    fields = Fields(form)
    topic = fields.text("topic", None)
    if fields.errors:
        return await _page(request, form, fields.errors)
    change = await _change(request)
    return await _done_or_said(request, form, "topic", change, lambda: change.set_topic(topic), "topic")


async def _the_class(request: web.Request, session: AsyncSession) -> TheClass:
    """Return the class in the address, if one may plan in its service; the same refusal if there is none."""
    found = await class_line(session, request.match_info["class_id"])
    course = await course_overview(session, found[0]) if found else None
    if found is None or course is None:
        raise not_yours()
    allow(request, Action.PLAN_COURSES, course.service_id)
    return TheClass(course, found[1])


async def _change(request: web.Request) -> Change:
    site = request.app[SITE]
    async with site.database.reading() as session:
        this = await _the_class(request, session)
    return Change(site, request[STAFF], this.course, this.line.id, site.clock())


async def _done_or_said(
    request: web.Request,
    form: Mapping[str, str],
    field: str,
    change: Change,
    do: Callable[[], Awaitable[None]],
    done: str,
) -> web.Response:
    """Do it and show the class; what it is refused for is said at the field that it is about."""
    try:
        await do()
    except Refused as refused:
        return await _page(request, form, {field: refused.words})
    return see(f"/staff/classes/{change.class_id}?done={done}")


def _new_time(fields: Fields, zone: ZoneInfo) -> datetime | None:
    day = fields.day("day", "Enter the new day", "New day")
    at = read_time(fields.form.get("time", ""))
    if problem := time_problem(at):
        fields.errors["time"] = problem
    if day is not None and not fields.is_ticked("bank-holiday"):
        _check_holiday(fields, day)
    return None if day is None or at is None or fields.errors else starts_at(day, at, zone)


def _check_holiday(fields: Fields, day: date) -> None:
    skipped = in_the_way(day)
    if skipped is not None:
        words = f"{day_words(day)} is a {why_skipped(skipped)}"
        fields.errors["day"] = f"{words}. Enter another day, or tick the box for bank holidays"


async def _page(request: web.Request, form: Mapping[str, str], errors: Mapping[str, str]) -> web.Response:
    site = request.app[SITE]
    now, member = site.clock(), request[STAFF]
    async with site.database.reading() as session:
        this = await _the_class(request, session)
        course, line = this.course, this.line
        patients = await patient_lines(session, course.id, line.id)
        people = await staff_of(session, course.service_id)
        own = member.may(Action.RUN_CLASSES, course.service_id) and await is_own(
            session, member, class_id=line.id
        )
        booked = await _booked(session, this) if is_to_come(line, now) and not line.cancelled_at else []
    done = request.query.get("done", "")
    return staff_page(
        request,
        "staff_classes_one.jinja",
        here=HERE,
        service=ServiceLine(course.service_name, course.service_phone),
        status=400 if errors else 200,
        errors=errors,
        done=DONE.get(done),
        course=course,
        line=line,
        leads=_leads(people, course),
        lead_name=line.covered_by or course.lead_name,
        booked=double_booking_lines(booked, _names(this), site.zone),
        form=form or _values(line, course, site.zone),
        reasons={reason.value: words for reason, words in CHOICES.items()},
        when=when(line.starts_at, site.zone),
        until=when(line.ends_at, site.zone).rpartition(" at ")[2],
        state=state_words(line, course),
        is_to_come=is_to_come(line, now),
        can_put_back=can_put_back(line, now),
        patients=patients,
        absent=[each for each in patients if each.told_absent],
        to_ring=[each for each in patients if not (each.gets_email and site.letterhead.sends_mail)],
        tell=done in TELL or can_put_back(line, now),
        sends_mail=site.letterhead.sends_mail,
        may_open=doors(line, now) is Doors.OPEN,
        doors_open=when(doors_open_at(line), site.zone),
        own=own,
    )


async def _booked(session: AsyncSession, this: TheClass) -> list[Booked]:
    """What else they have at that time who lead this class and help in it."""
    lead_id, helper_id = this.line.lead_id or this.course.lead_id, this.course.helper_id
    people = [each for each in (lead_id, helper_id) if each]
    times = [(this.line.starts_at, this.line.ends_at)]
    return await double_booked(session, people, times, but_class=this.line.id)


def _names(this: TheClass) -> dict[str, str]:
    course, line = this.course, this.line
    names = {line.lead_id or course.lead_id: line.covered_by or course.lead_name}
    return names | ({course.helper_id: course.helper_name or ""} if course.helper_id else {})


def _leads(people: list[ClassStaff], course: CourseOverview) -> list[tuple[str, str]]:
    """Who can lead this class: the course's lead first, then those who can cover."""
    others = [
        (each.person_id, each.full_name)
        for each in people
        if each.may_lead and each.person_id not in (course.lead_id, course.helper_id)
    ]
    return [(course.lead_id, f"{course.lead_name} (leads the course)"), *others]


def _values(line: ClassLine, course: CourseOverview, zone: ZoneInfo) -> dict[str, str]:
    local = line.starts_at.astimezone(zone)
    return {
        "day-day": str(local.day),
        "day-month": str(local.month),
        "day-year": str(local.year),
        "time": f"{local:%H:%M}",
        "lead": line.lead_id or course.lead_id,
        "topic": line.topic or "",
    }
