"""`/staff/courses/new`: a course or a drop-in talk is planned, looked at with all its dates, and stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import STAFF, allow, not_yours, staff
from server.pages.courses_form import MOST_PLACES, Offered, Planned, read_course
from server.pages.courses_words import WEEKDAYS, day_words, when, why_skipped
from server.pages.double_booking_words import double_booking_lines
from server.pages.forms import form_of
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.staff import Action
from server.storage.tables import Programme, Service, Site
from server.timetable.double_booking import double_booked
from server.timetable.planning import CourseKind, CoursePlan, plan_course, staff_of, topics_of
from server.timetable.programmes import RECOMMENDED_PATIENTS, needs_second_staff

routes = web.RouteTableDef()

HERE = "/staff/courses"
_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True, slots=True)
class Choice:
    """A programme that can be chosen."""

    programme_id: str
    words: str


@routes.get("/staff/courses/new")
@staff(Action.PLAN_COURSES)
async def show_new_course(request: web.Request) -> web.Response:
    """Ask for the programme, or, once it is chosen, for the course."""
    programme_id = request.query.get("programme", "")
    kind = _kind(request.query.get("kind"))
    if not programme_id:
        return await _choose(request, {})
    programme, offered = await _offered(request, programme_id)
    return _form(request, programme, offered, kind, {"title": programme.title}, {})


@routes.get("/staff/courses/new/choose")
@staff(Action.PLAN_COURSES)
async def choose_programme(request: web.Request) -> web.Response:
    """Go on to the form, once a programme is chosen."""
    chosen = request.query.get("programme", "")
    if _ID.fullmatch(chosen):
        return see(f"/staff/courses/new?programme={chosen}&kind={_kind(request.query.get('kind')).value}")
    return await _choose(request, {"programme": "Select a programme"})


@routes.post("/staff/courses/new")
@staff(Action.PLAN_COURSES)
async def post_new_course(request: web.Request) -> web.Response:
    """Show all dates of what was planned; or store it, when that page said so."""
    site = request.app[SITE]
    form = await form_of(request)
    now = site.clock()
    kind = _kind(form.get("kind"))
    programme, offered = await _offered(request, form.get("programme", ""))
    planned = read_course(form, offered, kind, now, site.zone)
    if isinstance(planned, dict) or form.get("step") == "change":
        errors = planned if isinstance(planned, dict) and form.get("step") != "change" else {}
        return _form(request, programme, offered, kind, form, errors)
    course_id = form.get("course", "")
    if form.get("step") != "store" or not _ID.fullmatch(course_id):
        return await _preview(request, programme, planned, offered, form, site.new_id())
    plan = CoursePlan(
        course_id=course_id,
        programme_id=programme.id,
        title=planned.title,
        kind=planned.kind,
        lead_id=planned.lead_id,
        helper_id=planned.helper_id,
        site_id=planned.site_id,
        places=planned.places,
        starts=planned.laid.starts,
    )
    member = request[STAFF]
    await site.database.write(lambda session: plan_course(session, member, plan, now, site.new_id))
    return see(f"/staff/courses/{course_id}?done=made")


async def _offered(request: web.Request, programme_id: str) -> tuple[Programme, Offered]:
    """Return a programme that may be planned with, and what there is to choose; else raise `Refused`."""
    async with request.app[SITE].database.reading() as session:
        programme = await session.get(Programme, programme_id)
        if programme is None or programme.archived_at is not None:
            raise not_yours()
        allow(request, Action.PLAN_COURSES, programme.service_id)
        return programme, await offered_by(session, programme)


async def offered_by(session: AsyncSession, programme: Programme) -> Offered:
    """Return what a programme's courses can be made of."""
    sites = await session.execute(
        select(Site.id, Site.name).where(Site.service_id == programme.service_id).order_by(Site.name)
    )
    return Offered(
        programme_title=programme.title,
        class_count=programme.class_count,
        class_minutes=programme.class_minutes,
        max_patients=programme.max_patients,
        staff=tuple(await staff_of(session, programme.service_id)),
        sites={row.id: row.name for row in sites},
    )


async def _choose(request: web.Request, errors: Mapping[str, str]) -> web.Response:
    services = request[STAFF].services(Action.PLAN_COURSES)
    query = (
        select(Programme.id, Programme.title, Service.name)
        .join(Service, Service.id == Programme.service_id)
        .where(Programme.archived_at.is_(None))
        .order_by(Service.name, Programme.title, Programme.id)
    )
    if services is not None:
        query = query.where(Programme.service_id.in_(sorted(services)))
    async with request.app[SITE].database.reading() as session:
        rows = (await session.execute(query)).all()
    several = len({row.name for row in rows}) > 1
    return staff_page(
        request,
        "staff_courses_choose.jinja",
        here=HERE,
        status=400 if errors else 200,
        errors=errors,
        kind=_kind(request.query.get("kind")).value,
        choices=[Choice(row.id, f"{row.title}, {row.name}" if several else row.title) for row in rows],
    )


def _form(
    request: web.Request,
    programme: Programme,
    offered: Offered,
    kind: CourseKind,
    form: Mapping[str, str],
    errors: Mapping[str, str],
) -> web.Response:
    return staff_page(
        request,
        "staff_courses_new.jinja",
        here=HERE,
        status=400 if errors else 200,
        errors=errors,
        programme=programme,
        offered=offered,
        is_talk=kind is CourseKind.DROP_IN,
        kind=kind.value,
        form=form,
        weekdays=WEEKDAYS,
        weekly=range(1, MOST_PLACES + 1),
        needs_helper=needs_second_staff(offered.max_patients),
        most_for_one=RECOMMENDED_PATIENTS,
    )


async def _preview(
    request: web.Request,
    programme: Programme,
    planned: Planned,
    offered: Offered,
    form: Mapping[str, str],
    course_id: str,
) -> web.Response:
    site = request.app[SITE]
    zone = site.zone
    lasts = timedelta(minutes=offered.class_minutes)
    async with site.database.reading() as session:
        booked = await double_booked(
            session,
            [each for each in (planned.lead_id, planned.helper_id) if each],
            [(at, at + lasts) for at in planned.laid.starts],
        )
    names = {each.person_id: each.full_name for each in offered.staff}
    topics = topics_of(programme, planned.kind)
    kept = {name: value for name, value in form.items() if name not in ("step", "course")}
    return staff_page(
        request,
        "staff_courses_preview.jinja",
        here=HERE,
        planned=planned,
        is_talk=planned.kind is CourseKind.DROP_IN,
        lead_name=names[planned.lead_id],
        helper_name=names.get(planned.helper_id or ""),
        site_name=offered.sites.get(planned.site_id or ""),
        minutes=offered.class_minutes,
        dates=[
            {"when": when(at, zone), "topic": topic}
            for at, topic in zip(planned.laid.starts, topics, strict=True)
        ],
        booked=double_booking_lines(booked, names, zone),
        skipped=[f"{day_words(each.day)}: {why_skipped(each)}" for each in planned.laid.skipped],
        kept=kept,
        course_id=course_id,
    )


def _kind(value: str | None) -> CourseKind:
    return CourseKind.DROP_IN if value == CourseKind.DROP_IN else CourseKind.COURSE
