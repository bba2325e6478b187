"""`/staff/patients/{person_id}`: a patient's record, and changing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import STAFF, staff
from server.pages.forms import form_of
from server.pages.patients import ANYWAY
from server.pages.patients_form import form_of_patient, read_patient
from server.pages.patients_here import HERE, address_of, line_of, patient_here, today
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.auditing import audit
from server.people.carers import carers_of
from server.people.nhs_number import shown
from server.people.patient_likeness import Likeness, likenesses
from server.people.patients import (
    NEED_WORDS,
    SEX_WORDS,
    KnownPatient,
    PatientRecord,
    change_patient,
    number_taken,
    numbers_in_use,
)
from server.people.staff import Action
from server.timetable.patient_courses import courses_of_patient, open_classes_of_patient, waits_for

routes = web.RouteTableDef()
RECORD = HERE + "/{person_id}"

DONE: Mapping[str, str] = {
    "added": "The patient is on record.",
    "changed": "The record is changed.",
    "carer": "The carer is saved.",
    "carer_removed": "The carer is removed.",
    "placed": "The patient is on the course.",
    "waiting": "The patient is on the waiting list.",
    "taken_off": "The patient is off the course. The link does not work any more.",
}


@routes.get(RECORD)
@staff(Action.KEEP_PATIENTS)
async def show_record(request: web.Request) -> web.Response:
    """Show the record, the courses, the partner on the same device, and the carers."""
    site = request.app[SITE]
    async with site.database.reading() as session:
        patient = await patient_here(request, session)
        carers = await carers_of(session, patient.person_id)
        courses = await courses_of_patient(session, patient.person_id, site.clock())
        waits = await waits_for(session, patient.person_id)
    return staff_page(
        request,
        "staff_patients_record.jinja",
        here=HERE,
        service=line_of(patient),
        patient=patient,
        record=patient.record,
        nhs_number=shown(patient.record.nhs_number) if patient.record.nhs_number else None,
        needs=[NEED_WORDS[need] for need in patient.record.needs],
        sex=SEX_WORDS[patient.record.sex] if patient.record.sex else None,
        carers=carers,
        courses=courses,
        waits=waits,
        address=address_of(patient.person_id),
        done=DONE.get(request.query.get("done", "")),
    )


@routes.get(RECORD + "/change")
@staff(Action.KEEP_PATIENTS)
async def show_change(request: web.Request) -> web.Response:
    """Show the record's form, filled in."""
    async with request.app[SITE].database.reading() as session:
        patient = await patient_here(request, session)
    return _form(request, patient, form_of_patient(patient.record), {})


@routes.post(RECORD + "/change")
@staff(Action.KEEP_PATIENTS)
async def change(request: web.Request) -> web.Response:
    """Store the changed record; classes that go on learn a new name or phone number."""
    site, member = request.app[SITE], request[STAFF]
    now = site.clock()
    form = await form_of(request)
    record, found = read_patient(form, today=today(request), test_numbers_only=site.test_nhs_numbers_only)
    errors = dict(found)
    async with site.database.reading() as session:
        patient = await patient_here(request, session)
        number = record.nhs_number
        if number and await numbers_in_use(session, [number], but=patient.person_id):
            errors["nhs_number"] = number_taken().words
        alike = [] if errors else await _newly_alike(session, patient, record)
        classes = await open_classes_of_patient(session, patient.person_id, now)
    if errors or (alike and ANYWAY not in form):
        return _form(request, patient, form, errors, alike)
    audit_id = site.new_id()

    async def work(session: AsyncSession) -> None:
        await change_patient(session, patient.person_id, record)
        audit(
            session,
            member,
            "change_patient",
            now,
            audit_id,
            service_id=patient.service_id,
            subject_id=patient.person_id,
        )

    await site.database.write(work)
    for class_id in classes:
        await site.timetable_changed(class_id)
    return see(f"{address_of(patient.person_id)}?done=changed")


async def _newly_alike(session: AsyncSession, patient: KnownPatient, record: PatientRecord) -> list[Likeness]:
    """Return the records that this one becomes like by the change; those it was like are known."""
    before = await likenesses(session, patient.service_id, patient.record, but=patient.person_id)
    known = {each.identity.person_id for each in before}
    after = await likenesses(session, patient.service_id, record, but=patient.person_id)
    return [each for each in after if each.identity.person_id not in known]


def _form(
    request: web.Request,
    patient: KnownPatient,
    form: Mapping[str, str],
    errors: Mapping[str, str],
    alike: Sequence[Likeness] = (),
) -> web.Response:
    return staff_page(
        request,
        "staff_patients_form.jinja",
        here=HERE,
        service=line_of(patient),
        status=400 if errors else 200,
        errors=errors,
        form=form,
        alike=alike,
        services=None,
        needs=NEED_WORDS,
        sexes=SEX_WORDS,
        anyway=ANYWAY,
        address=f"{address_of(patient.person_id)}/change",
        back=address_of(patient.person_id),
        title=f"Change {patient.record.full_name}",
        button_words="Save the changes",
    )
