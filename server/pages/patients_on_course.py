"""`/staff/courses/{course_id}/patients`: who is on a course, the referrals, couples, and taking off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.pages.access import STAFF, not_yours, staff
from server.pages.fields import Fields
from server.pages.forms import form_of
from server.pages.patients_here import course_here
from server.pages.patients_placing import tell_rooms
from server.pages.referral_form import form_of_referral, read_referral
from server.pages.site import SITE
from server.pages.situation import people_in
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.auditing import audit
from server.people.staff import Action
from server.timetable.course_letters import readers
from server.timetable.enrolment import (
    Places,
    change_referral,
    classes_now,
    join_couple,
    part_couple,
    take_off_course,
)
from server.timetable.patient_courses import OnCourse, patients_on_course
from server.timetable.referrals import ADMIN_CATEGORY_WORDS
from server.timetable.telling import removed_from_course

routes = web.RouteTableDef()
COURSES = "/staff/courses"
LIST = COURSES + "/{course_id}/patients"
ONE = LIST + "/{person_id}"

DONE: Mapping[str, str] = {
    "referral": "The referral is changed.",
    "couple": "The two share a device.",
    "parted": "Each of the two has a device of their own.",
    "taken_off": "The patient is off the course. The link does not work any more.",
    "imported": "The patients of the file are on the course.",
}


@routes.get(LIST)
@staff(Action.KEEP_PATIENTS)
async def show_list(request: web.Request) -> web.Response:
    """Show who is on the course, by seat."""
    async with request.app[SITE].database.reading() as session:
        places = await course_here(request, session)
        patients = await patients_on_course(session, places.course_id)
        is_imported = request.query.get("done") == "imported"
        without_email = (
            await _without_email(request, session, places.course_id, patients) if is_imported else []
        )
    return staff_page(
        request,
        "staff_patients_on_course.jinja",
        here=COURSES,
        course=places,
        patients=patients,
        names={each.person_id: each.full_name for each in patients},
        why_not=places.why_not(1),
        address=list_address(places.course_id),
        done=DONE.get(request.query.get("done", "")),
        without_email=without_email,
    )


async def _without_email(
    request: web.Request, session: AsyncSession, course_id: str, patients: Sequence[OnCourse]
) -> list[str]:
    """Return who gets no email and needs a letter, by name: everybody where no email is sent."""
    sends_mail = request.app[SITE].letterhead.sends_mail
    reached = {each.person_id for each in await readers(session, course_id)} if sends_mail else set()
    return [each.full_name for each in patients if each.person_id not in reached]


@routes.get(ONE)
@staff(Action.KEEP_PATIENTS)
async def show_one(request: web.Request) -> web.Response:
    """Show a patient's place on the course: the referral, and who shares the device."""
    async with request.app[SITE].database.reading() as session:
        places, patients, patient = await _one(request, session)
    return _page(request, places, patients, patient, form_of_referral(patient.referral), {})


@routes.post(ONE)
@staff(Action.KEEP_PATIENTS)
async def change_one(request: web.Request) -> web.Response:
    """Store the changed referral."""
    site = request.app[SITE]
    fields = Fields(await form_of(request))
    referral = read_referral(fields)
    async with site.database.reading() as session:
        places, patients, patient = await _one(request, session)
    if fields.errors:
        return _page(request, places, patients, patient, fields.form, fields.errors)

    async def work(session: AsyncSession) -> None:
        await change_referral(session, places.course_id, patient.person_id, referral)
        _note(request, session, "change_referral", places, patient)

    await site.database.write(work)
    return see(f"{list_address(places.course_id)}?done=referral")


@routes.post(ONE + "/couple")
@staff(Action.KEEP_PATIENTS)
async def make_couple(request: web.Request) -> web.Response:
    """Note with whom of the course the patient shares a device; nobody: each has one of their own."""
    site = request.app[SITE]
    form = await form_of(request)
    async with site.database.reading() as session:
        places, patients, patient = await _one(request, session)
    partner_id = form.get("partner", "")
    others = {each.person_id for each in patients} - {patient.person_id}
    if partner_id and partner_id not in others:
        return _page(request, places, patients, patient, {}, {"partner": "Select somebody on this course"})

    async def work(session: AsyncSession) -> None:
        await part_couple(session, places.course_id, patient.person_id)
        if partner_id:
            await join_couple(session, places.course_id, patient.person_id, partner_id)
        _note(request, session, "join_couple" if partner_id else "part_couple", places, patient)

    try:
        await site.database.write(work)
    except Refused as refused:
        return _page(request, places, patients, patient, {}, {"partner": refused.words})
    return see(f"{list_address(places.course_id)}?done={'couple' if partner_id else 'parted'}")


@routes.get(ONE + "/take-off")
@staff(Action.KEEP_PATIENTS)
async def show_take_off(request: web.Request) -> web.Response:
    """Ask whether it is meant, and say what happens then."""
    async with request.app[SITE].database.reading() as session:
        places, _patients, patient = await _one(request, session)
    return staff_page(
        request,
        "staff_patients_take_off.jinja",
        here=COURSES,
        course=places,
        patient=patient,
        address=f"{list_address(places.course_id)}/{patient.person_id}",
    )


@routes.post(ONE + "/take-off")
@staff(Action.KEEP_PATIENTS)
async def take_off(request: web.Request) -> web.Response:
    """Take the patient off the course, unless they are in a class at this moment."""
    site = request.app[SITE]
    now = site.clock()
    async with site.database.reading() as session:
        places, _patients, patient = await _one(request, session)
        for class_id in await classes_now(session, places.course_id, now):
            if patient.person_id in await people_in(session, class_id):
                raise Refused(
                    "in_class_now",
                    f"{patient.full_name} is in class now. Take them off the course when they have left.",
                )

    async def work(session: AsyncSession) -> list[str]:
        await removed_from_course(session, places.course_id, patient.person_id, site.letterhead, now)
        await take_off_course(session, places.course_id, patient.person_id, now)
        _note(request, session, "take_off_course", places, patient)
        return await classes_now(session, places.course_id, now)

    await tell_rooms(site, await site.database.write(work))
    return see(f"{list_address(places.course_id)}?done=taken_off")


def list_address(course_id: str) -> str:
    """Return the address of a course's list of patients."""
    return f"{COURSES}/{course_id}/patients"


async def _one(request: web.Request, session: AsyncSession) -> tuple[Places, list[OnCourse], OnCourse]:
    places = await course_here(request, session)
    patients = await patients_on_course(session, places.course_id)
    person_id = request.match_info["person_id"]
    patient = next((each for each in patients if each.person_id == person_id), None)
    if patient is None:
        raise not_yours()
    return places, patients, patient


def _note(
    request: web.Request, session: AsyncSession, action: str, places: Places, patient: OnCourse
) -> None:
    site = request.app[SITE]
    audit(
        session,
        request[STAFF],
        action,
        site.clock(),
        site.new_id(),
        service_id=places.service_id,
        subject_id=patient.person_id,
        detail={"course_id": places.course_id},
    )


def _page(
    request: web.Request,
    places: Places,
    patients: list[OnCourse],
    patient: OnCourse,
    form: Mapping[str, str],
    errors: Mapping[str, str],
) -> web.Response:
    return staff_page(
        request,
        "staff_patients_one.jinja",
        here=COURSES,
        status=400 if errors else 200,
        errors=errors,
        form=form or form_of_referral(patient.referral),
        course=places,
        patient=patient,
        others={each.person_id: each.full_name for each in patients if each is not patient},
        categories=ADMIN_CATEGORY_WORDS,
        address=f"{list_address(places.course_id)}/{patient.person_id}",
        back=list_address(places.course_id),
    )
