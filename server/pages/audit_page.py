"""`/staff/audit`: who did what to whom. A patient is looked for by POST: no name is in an address."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from server.pages.access import STAFF, staff
from server.pages.audit_words import action_in_words, choices, when_in_words, whom_in_words
from server.pages.fields import Fields
from server.pages.forms import form_of
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.patient_search import Found, find_patients
from server.people.staff import Action
from server.people.staff_list import staff_of
from server.storage.tables import Person
from server.timetable.audit_trail import Asked, read_trail

routes = web.RouteTableDef()

HERE = "/staff/audit"
MOST_TO_CHOOSE = 20


@routes.get(HERE)
@staff(Action.SEE_AUDIT)
async def show_audit(request: web.Request) -> web.Response:
    """Show a page of the audit, the newest first."""
    site = request.app[SITE]
    scope = request[STAFF].services(Action.SEE_AUDIT)
    names_in = request[STAFF].services(Action.SEE_NAMES_IN_AUDIT)
    kept = {name: request.query[name] for name in ("staff", "patient", "action") if request.query.get(name)}
    async with site.database.reading() as session:
        patient = await session.get(Person, kept["patient"]) if "patient" in kept else None
        if patient is not None and names_in is not None and patient.service_id not in names_in:
            patient = None
        trail = await read_trail(
            session,
            Asked(
                scope,
                account_id=kept.get("staff"),
                subject_id=kept.get("patient"),
                action=kept.get("action"),
                names_in=names_in,
                before=request.query.get("before"),
            ),
        )
        accounts = await staff_of(session, scope)
    rows = [
        {
            "line": line,
            "when": when_in_words(line.at, site.zone),
            "action": action_in_words(line.action),
            "whom": whom_in_words(line, site.zone),
        }
        for line in trail.lines
    ]
    older = {**kept, "before": trail.lines[-1].id} if trail.has_older else None
    return staff_page(
        request,
        "staff_audit.jinja",
        here=HERE,
        rows=rows,
        with_service=scope is None or len(scope) > 1,
        form=kept,
        patient=patient,
        can_find=names_in is None or bool(names_in),
        staff=[("", "Everybody"), *((each.account_id, each.name) for each in accounts)],
        actions=[("", "Everything"), *choices()],
        older=f"{HERE}?{urlencode(older)}" if older else None,
        newest=f"{HERE}?{urlencode(kept)}" if request.query.get("before") else None,
        without_patient=f"{HERE}?{urlencode({k: v for k, v in kept.items() if k != 'patient'})}",
    )


@routes.post(HERE + "/patient")
@staff(Action.SEE_NAMES_IN_AUDIT)
async def find_patient(request: web.Request) -> web.Response:
    """Look for a patient: go on to what was done to the only one found, or ask which."""
    scope = request[STAFF].services(Action.SEE_NAMES_IN_AUDIT)
    fields = Fields(await form_of(request))
    words = fields.text("patient", "Enter a patient’s name, phone number or NHS number")
    people: tuple[Found, ...] = ()
    if not fields.errors:
        async with request.app[SITE].database.reading() as session:
            found = await find_patients(session, scope, words, 1)
        people = found.people[:MOST_TO_CHOOSE]
        if len(people) == 1:
            return see(f"{HERE}?{urlencode({'patient': people[0].person_id})}")
        if not people:
            fields.errors["patient"] = "No patient was found. Check the spelling, or enter part of the name"
        elif found.total > MOST_TO_CHOOSE:
            fields.errors["patient"] = f"{found.total} patients were found. Enter more of the name"
    return staff_page(
        request,
        "staff_audit_patient.jinja",
        here=HERE,
        status=400 if fields.errors else 200,
        form=fields.form,
        errors=fields.errors,
        people=people,
    )
