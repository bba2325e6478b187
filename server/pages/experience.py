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
from server.pages.access import by_link
from server.pages.forms import form_of
from server.pages.known_person import KnownPerson, known_person
from server.pages.rendering import form_page, page
from server.pages.site import SITE
from server.pages.way_in import see

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
@by_link
async def ask(request: web.Request) -> web.Response:
    """Ask the question; when it was answered this month, say thank you."""
    patient = await _patient_who_may_answer(request)
    if isinstance(patient, web.Response):
        return patient
    return _question(request, patient, Form(None, "", {}))


@routes.post(PATH)
@by_link
async def take_answer(request: web.Request) -> web.Response:
    """Store the answer and go to the page that thanks for it; a second one is thanked for, and not stored."""
    site = request.app[SITE]
    patient = await _patient_who_may_answer(request)
    if isinstance(patient, web.Response):
        return patient
    form = read_form(await form_of(request))
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
    return see(f"/experience/{patient.link_id}/thank-you")


@routes.get(PATH + "/thank-you")
@by_link
async def thank(request: web.Request) -> web.Response:
    """Thank for the answer. Whoever comes here without having answered is asked."""
    patient = await _patient(request)
    if isinstance(patient, web.Response):
        return patient
    who, may = patient
    if may is not MayAnswer.ANSWERED:
        return see(f"/experience/{who.link_id}")
    return page(request, "experience_thanks.jinja", who.service, link_id=who.link_id)


def read_form(sent: Mapping[str, str]) -> Form:
    """Read what a browser sent: line ends as people mean them, nothing that a screen cannot show."""
    choice = next((choice for choice in Choice if choice == sent.get(ANSWER)), None)
    text = _as_written(sent.get(WHY, ""))
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
    return form_page(
        request,
        "experience.jinja",
        patient.service,
        question=QUESTION,
        why_question=WHY_QUESTION,
        choices=list(Choice),
        form=form,
    )


def _answered(request: web.Request, patient: KnownPerson) -> web.Response:
    return page(request, "experience_answered.jinja", patient.service, link_id=patient.link_id)
