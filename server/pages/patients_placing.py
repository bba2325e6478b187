"""`/staff/patients/{person_id}/place`: a patient gets a place on a course, a link, and the invitation.

Or a place on the waiting list of a programme, while no course has one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.pages.access import STAFF, staff
from server.pages.fields import Fields
from server.pages.forms import form_of
from server.pages.patients_here import HERE, address_of, line_of, patient_here
from server.pages.referral_form import read_referral
from server.pages.site import SITE, Site
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.auditing import audit
from server.people.patients import KnownPatient
from server.people.staff import Action
from server.timetable.enrolment import Newcomer, classes_now, put_on_course, wait_no_longer
from server.timetable.patient_courses import OpenCourse, open_courses
from server.timetable.referrals import ADMIN_CATEGORY_WORDS, AdminCategory, Referral
from server.timetable.spoken import date_and_time
from server.timetable.telling import invite
from server.timetable.waiting_list import add_to_waiting_list, programmes_to_wait_for

routes = web.RouteTableDef()
PLACE = HERE + "/{person_id}/place"


@dataclass(frozen=True, slots=True)
class _Offered:
    """Where a patient can be put."""

    courses: Sequence[OpenCourse]
    programmes: Mapping[str, str]
    """Those that have a waiting list: title by id."""


@routes.get(PLACE)
@staff(Action.KEEP_PATIENTS)
async def show_place(request: web.Request) -> web.Response:
    """Ask for the course and the referral."""
    async with request.app[SITE].database.reading() as session:
        patient = await patient_here(request, session)
        offered = await _offered(request, session, patient)
    chosen = {"course": request.query.get("course", ""), "admin_category": AdminCategory.NHS.value}
    return _form(request, patient, offered, chosen, {})


@routes.post(PLACE)
@staff(Action.KEEP_PATIENTS)
async def place(request: web.Request) -> web.Response:
    """Put the patient on the course, of which a class that goes on learns, or on the waiting list."""
    site = request.app[SITE]
    fields = Fields(await form_of(request))
    async with site.database.reading() as session:
        patient = await patient_here(request, session)
        offered = await _offered(request, session, patient)
    course_id = fields.choice("course", [each.course_id for each in offered.courses], None)
    programme_id = fields.choice("programme", offered.programmes, None)
    if not fields.errors and (course_id is None) == (programme_id is None):
        fields.errors["course"] = "Select either a course or a waiting list"
    referral = read_referral(fields)
    if fields.errors:
        return _form(request, patient, offered, fields.form, fields.errors)
    try:
        if course_id is not None:
            await _put_on_course(request, patient, course_id, referral)
        elif programme_id is not None:
            await _put_on_waiting_list(request, patient, programme_id, referral)
    except Refused as refused:
        return _form(request, patient, offered, fields.form, {"course": refused.words})
    return see(f"{address_of(patient.person_id)}?done={'placed' if course_id else 'waiting'}")


async def _put_on_course(
    request: web.Request, patient: KnownPatient, course_id: str, referral: Referral
) -> None:
    site, member = request.app[SITE], request[STAFF]
    now, audit_id = site.clock(), site.new_id()

    async def work(session: AsyncSession) -> list[str]:
        newcomers = [Newcomer(patient.person_id, referral)]
        members = await put_on_course(
            session, course_id, newcomers, now, new_id=site.new_id, new_secret=site.new_secret
        )
        await wait_no_longer(session, course_id, [patient.person_id])
        invited = await invite(session, course_id, members, site.letterhead, now)
        audit(
            session,
            member,
            "put_on_course",
            now,
            audit_id,
            service_id=patient.service_id,
            subject_id=patient.person_id,
            detail={"course_id": course_id, "invited": bool(invited)},
        )
        return await classes_now(session, course_id, now)

    await tell_rooms(site, await site.database.write(work))


async def _put_on_waiting_list(
    request: web.Request, patient: KnownPatient, programme_id: str, referral: Referral
) -> None:
    site, member = request.app[SITE], request[STAFF]
    now = site.clock()

    async def work(session: AsyncSession) -> None:
        await add_to_waiting_list(
            session, member, programme_id, patient.person_id, referral, now, new_id=site.new_id
        )

    await site.database.write(work)


async def tell_rooms(site: Site, class_ids: list[str]) -> None:
    """Have the rooms of these classes read their course list again."""
    for class_id in class_ids:
        await site.timetable_changed(class_id)


async def _offered(request: web.Request, session: AsyncSession, patient: KnownPatient) -> _Offered:
    now = request.app[SITE].clock()
    return _Offered(
        await open_courses(session, patient.service_id, now, without=patient.person_id),
        await programmes_to_wait_for(session, patient.service_id),
    )


def _form(
    request: web.Request,
    patient: KnownPatient,
    offered: _Offered,
    form: Mapping[str, str],
    errors: Mapping[str, str],
) -> web.Response:
    site = request.app[SITE]
    return staff_page(
        request,
        "staff_patients_place.jinja",
        here=HERE,
        service=line_of(patient),
        status=400 if errors else 200,
        errors=errors,
        form=form,
        patient=patient,
        courses={each.course_id: _words(each, site) for each in offered.courses},
        programmes=offered.programmes,
        categories=ADMIN_CATEGORY_WORDS,
        address=f"{address_of(patient.person_id)}/place",
        back=address_of(patient.person_id),
        sends_mail=site.letterhead.sends_mail,
    )


def _words(course: OpenCourse, site: Site) -> str:
    free = {0: "full", 1: "1 place free"}.get(course.free, f"{course.free} places free")
    parts = [course.title, course.lead_name, free]
    if course.next_at is not None:
        parts.append(f"next class {date_and_time(course.next_at, site.clock(), site.zone)}")
    return ", ".join(parts)
