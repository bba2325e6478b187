"""`/experience/{link_id}`: the Friends and Family Test, asked of a patient whose name is nowhere on the page.

The cookie says that it is a patient who answers, and that the month's one answer is still to be given.
Neither goes along with the answer (`server.contacts.experience_answer`), and nothing of it is logged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from server.contacts.experience_answer import (
    AlreadyAnswered,
    Given,
    MayAnswer,
    answer,
    may_answer,
    programme_of,
)
from server.contacts.experience_question import LONGEST_WHY, QUESTION, WHY_QUESTION, Choice
from server.contacts.months import Month
from server.pages.known_person import KnownPerson, known_person
from server.pages.rendering import page
from server.pages.site import SITE

routes = web.RouteTableDef()

PATH = "/experience/{link_id:[A-Za-z0-9_-]{1,32}}"
ANSWER, WHY = "answer", "why"
"""Names of the form's fields, and what the summary of what is wrong links to."""


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent, and what has to be put right in it: words by field."""

    choice: Choice | None
    why: str
    wrong: dict[str, str]


@routes.get(PATH)
async def ask(request: web.Request) -> web.Response:
    """Ask the question; when it was answered this month, say thank you."""
    patient = await _patient_who_may_answer(request)
    if isinstance(patient, web.Response):
        return patient
    return _question(request, patient, Form(None, "", {}))


@routes.post(PATH)
async def take_answer(request: web.Request) -> web.Response:
    """Store the answer and go to the page that thanks for it; a second one is thanked for, and not stored."""
    site = request.app[SITE]
    patient = await _patient_who_may_answer(request)
    if isinstance(patient, web.Response):
        return patient
    form = read_form(await _sent(request))
    if form.wrong or form.choice is None:
        return _question(request, patient, form)
    month = Month.of(site.clock(), site.zone)
    async with site.database.reading() as session:
        service_id, programme_id = await programme_of(session, patient.course_id)
    given = Given(service_id, programme_id, month, form.choice, form.why or None)
    token = site.experience_secrets.token(patient.person.person_id, month)
    try:
        await site.database.write(
            lambda session: answer(session, token, given, new_id=site.new_id, chance=site.chance)
        )
    except AlreadyAnswered:
        return _answered(request, patient)
    return web.Response(
        status=303,
        headers={"Location": f"/experience/{patient.link_id}/thank-you", "Cache-Control": "no-store"},
    )


@routes.get(PATH + "/thank-you")
async def thank(request: web.Request) -> web.Response:
    """Thank for the answer. Whoever comes here without having answered is asked."""
    patient = await _patient(request)
    if isinstance(patient, web.Response):
        return patient
    who, may = patient
    if may is not MayAnswer.ANSWERED:
        return web.Response(status=303, headers={"Location": f"/experience/{who.link_id}"})
    return page(request, "experience_thanks.jinja", who.service, link_id=who.link_id)


async def _sent(request: web.Request) -> Mapping[str, object]:
    """Return the form's fields; none when a program sent what is not a form in letters that we know."""
    try:
        return await request.post()
    except (ValueError, LookupError):
        return {}


def read_form(sent: Mapping[str, object]) -> Form:
    """Read what a browser sent: line ends as people mean them, nothing that a screen cannot show."""
    given, why = sent.get(ANSWER, ""), sent.get(WHY, "")
    choice = next((choice for choice in Choice if choice == given), None)
    text = _as_written(why) if isinstance(why, str) else ""
    wrong = {}
    if choice is None:
        wrong[ANSWER] = "Choose one of the 6 answers"
    if len(text) > LONGEST_WHY:
        wrong[WHY] = f"Write less: there is room for {LONGEST_WHY:,} letters, and you wrote {len(text):,}"
    return Form(choice, text, wrong)


def _as_written(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    printable = (
        "".join(letter if letter.isprintable() else " " if letter.isspace() else "" for letter in line)
        for line in lines
    )
    return "\n".join(printable).strip()


async def _patient(request: web.Request) -> tuple[KnownPerson, MayAnswer] | web.Response:
    """Return the patient whose browser this is; staff are told that they are not asked."""
    site = request.app[SITE]
    async with site.database.reading() as session:
        patient = await known_person(request, session)
        if isinstance(patient, web.Response):
            return patient
        if patient.person.role.is_staff:
            return page(
                request,
                "experience_patients_only.jinja",
                patient.service,
                status=403,
                link_id=patient.link_id,
            )
        may = await may_answer(
            session,
            site.experience_secrets,
            patient.person.person_id,
            patient.course_id,
            zone=site.zone,
            now=site.clock(),
        )
    return patient, may


async def _patient_who_may_answer(request: web.Request) -> KnownPerson | web.Response:
    found = await _patient(request)
    if isinstance(found, web.Response):
        return found
    patient, may = found
    if may is MayAnswer.ANSWERED:
        return _answered(request, patient)
    if may is MayAnswer.NOT_SEEN:
        return page(request, "experience_not_yet.jinja", patient.service, link_id=patient.link_id)
    return patient


def _question(request: web.Request, patient: KnownPerson, form: Form) -> web.Response:
    shown = page(
        request,
        "experience.jinja",
        patient.service,
        question=QUESTION,
        why_question=WHY_QUESTION,
        choices=list(Choice),
        form=form,
    )
    # The form needs its Origin sent, which no-referrer would blank; other sites still get nothing.
    shown.headers["Referrer-Policy"] = "same-origin"
    return shown


def _answered(request: web.Request, patient: KnownPerson) -> web.Response:
    return page(request, "experience_answered.jinja", patient.service, link_id=patient.link_id)
