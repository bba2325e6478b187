"""`/staff/classes/{class_id}/waiting-room` and each patient's page before a class: read, and decide."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import STAFF, allow, not_yours, staff
from server.pages.fields import Fields
from server.pages.forms import form_of
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.pages.today import HERE, about_class, running_among, service_line, who_waits
from server.pages.today_words import ask, device_tag, joins, patient_row, said_by, state_tag, waiting_row
from server.pages.way_in import see
from server.people.auditing import audit
from server.people.staff import Action
from server.storage.tables import Person
from server.timetable.check_in_rules import State
from server.timetable.check_ins import begun, decide
from server.timetable.spoken import clock_time, date_and_time
from server.timetable.today import ComingPatient, OwnClass, coming_to, own_class_of

routes = web.RouteTableDef()

CLASS = "/staff/classes/{class_id:[A-Za-z0-9_-]{1,32}}"
PATIENT = CLASS + "/patients/{person_id:[A-Za-z0-9_-]{1,32}}"
DONE = {
    "allowed": "You have let this patient take part. They can be let in.",
    "refused": "You have said that this patient does not take part today. They have been told.",
}


@routes.get(CLASS + "/waiting-room")
@staff(Action.RUN_CLASSES)
async def show_waiting_room(request: web.Request) -> web.Response:
    """Show who waits now. In class the panel there lets them in."""
    site, member = request.app[SITE], request[STAFF]
    now = site.clock()
    async with site.database.reading() as session:
        own = await _own(request, session)
        people = await coming_to(session, own)
        running = await running_among(session, [own.session.id])
    waiting = who_waits(people)
    return staff_page(
        request,
        "staff_waiting_room.jinja",
        here=HERE,
        service=service_line(own),
        running=running,
        waiting=[waiting_row(each, own, member, now, site.zone) for each in waiting],
        to_ring=[
            patient_row(each, own, member, now, site.zone)
            for each in people
            if each.state is State.RED_FLAG and each not in waiting
        ],
        may_read=member.may(Action.SEE_CHECK_INS, own.service.id),
        at=clock_time(now, site.zone),
        **about_class(own, now, site.zone),
    )


@routes.get(PATIENT)
@staff(Action.RUN_CLASSES)
async def show_patient(request: web.Request) -> web.Response:
    """Show what a patient said before this class; what it is about health to who may read it."""
    async with request.app[SITE].database.reading() as session:
        own = await _own(request, session)
        each = await _patient(request, session, own)
        partner = await session.get(Person, each.partner_id) if each.partner_id else None
        decided_by = await _decided_by(session, each)
    return _patient_page(request, own, each, partner, decided_by, {}, {})


@routes.post(PATIENT + "/decision")
@staff(Action.SEE_CHECK_INS)
async def send_decision(request: web.Request) -> web.Response:
    """Let the patient take part, or not today, and note why. The class knows it at once."""
    site = request.app[SITE]
    form = await form_of(request)
    async with site.database.reading() as session:
        own = await _own(request, session)
        member = allow(request, Action.SEE_CHECK_INS, own.service.id)
        each = await _patient(request, session, own)
        partner = await session.get(Person, each.partner_id) if each.partner_id else None
        decided_by = await _decided_by(session, each)
    if not own.programme.has_check_in:
        raise not_yours()
    fields = Fields(form)
    decision = fields.choice("decision", ("allow", "refuse"), "Select whether the patient takes part today")
    note = fields.lines("note", "Enter why, so that your colleagues know", most=1000)
    if fields.errors:
        return _patient_page(request, own, each, partner, decided_by, form, fields.errors)
    now, takes_part, audit_id = site.clock(), decision == "allow", site.new_id()
    class_id, person_id = own.session.id, each.person.id

    async def work(session: AsyncSession) -> None:
        row = await begun(session, class_id, person_id, now)
        was = row.state
        decide(row, takes_part, note, member.people.get(own.service.id), now)
        audit(
            session,
            member,
            "decide_check_in",
            now,
            audit_id,
            service_id=own.service.id,
            subject_id=person_id,
            class_id=class_id,
            detail={"was": was, "takes_part": takes_part},
        )

    await site.database.write(work)
    await site.check_in_changed(class_id, person_id)
    done = "allowed" if takes_part else "refused"
    return see(f"/staff/classes/{class_id}/patients/{person_id}?done={done}")


async def _own(request: web.Request, session: AsyncSession) -> OwnClass:
    """The class in the address, if it is one's own; the same words whether there is such a class or not."""
    own = await own_class_of(session, request[STAFF], request.match_info["class_id"])
    if own is None:
        raise not_yours()
    allow(request, Action.RUN_CLASSES, own.service.id)
    return own


async def _patient(request: web.Request, session: AsyncSession, own: OwnClass) -> ComingPatient:
    found = await coming_to(session, own, request.match_info["person_id"])
    if not found:
        raise not_yours()
    return found[0]


async def _decided_by(session: AsyncSession, each: ComingPatient) -> str:
    row = each.check_in
    if row is None or row.decided_at is None:
        return ""
    person = await session.get(Person, row.decided_by) if row.decided_by else None
    return person.full_name if person else "Staff"


def _patient_page(
    request: web.Request,
    own: OwnClass,
    each: ComingPatient,
    partner: Person | None,
    decided_by: str,
    values: Mapping[str, str],
    errors: Mapping[str, str],
) -> web.Response:
    site, member = request.app[SITE], request[STAFF]
    now, row = site.clock(), each.check_in
    may_read = member.may(Action.SEE_CHECK_INS, own.service.id)
    return staff_page(
        request,
        "staff_today_patient.jinja",
        here=HERE,
        service=service_line(own),
        status=400 if errors else 200,
        each=each,
        row=row,
        tag=state_tag(each) if own.programme.has_check_in else None,
        is_flagged=each.state in (State.HELD, State.RED_FLAG),
        is_red=each.state is State.RED_FLAG,
        device=device_tag(each.device, now, site.zone),
        ask=ask(each),
        joins=joins(each),
        partner=partner,
        said=said_by(each) if may_read else [],
        may_read=may_read,
        may_decide=may_read and own.programme.has_check_in,
        sent_at=date_and_time(row.at, now, site.zone) if row else "",
        decided_by=decided_by,
        decided_at=date_and_time(row.decided_at, now, site.zone) if row and row.decided_at else "",
        values=values,
        errors=errors,
        done=DONE.get(request.query.get("done", "")),
        **about_class(own, now, site.zone),
    )
