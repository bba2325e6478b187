"""`/me/{link_id}/check-in/...`: three short pages before class, and what follows from the answers.

Details are filled in from the record and the last check-in, symptoms and the place never. A red flag counts
as soon as it is sent, whatever else is missing on the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiohttp import web

from server.pages.access import by_link
from server.pages.check_in_form import (
    NO_OTHER,
    NO_RED_FLAG,
    PARTNER,
    read_details,
    read_symptoms,
    read_where,
    who_choices,
)
from server.pages.check_in_page import check_in_page, tell_class
from server.pages.check_in_record import keep_details, keep_where, known_details, take_answers
from server.pages.check_in_red_flag import answer_red_flag
from server.pages.check_in_unreadable import form_or_advice
from server.pages.checking_in import ME, CheckingIn, checking_in
from server.pages.fields import Fields
from server.pages.site import SITE
from server.pages.way_in import see
from server.people.carers import KnownCarer, carers_of
from server.timetable.check_in_rules import Comes, State
from server.timetable.check_ins import has_details
from server.timetable.doors import doors_open_at
from server.timetable.spoken import clock_time
from server.timetable.symptoms import other_questions, red_flag_questions

routes = web.RouteTableDef()

PATH = ME + "/check-in"


@routes.get(PATH)
@by_link
async def show_check_in(request: web.Request) -> web.Response:
    """Lead to the page that is due."""
    async with request.app[SITE].database.reading() as session:
        checking = await checking_in(request, session)
    return checking if isinstance(checking, web.Response) else see(checking.due())


@routes.get(PATH + "/details")
@by_link
async def show_details(request: web.Request) -> web.Response:
    """Ask whether what we know is still right."""
    async with request.app[SITE].database.reading() as session:
        checking = await checking_in(request, session)
        if isinstance(checking, web.Response):
            return checking
        carers = await carers_of(session, checking.person_id)
        known = await known_details(session, checking)
    return _details_page(request, checking, carers, known)


@routes.post(PATH + "/details")
@by_link
async def send_details(request: web.Request) -> web.Response:
    """Keep the details with the check-in, and in the record for the next time."""
    site = request.app[SITE]
    form = await form_or_advice(request)
    if isinstance(form, web.Response):
        return form
    async with site.database.reading() as session:
        checking = await checking_in(request, session)
        if isinstance(checking, web.Response):
            return checking
        carers = await carers_of(session, checking.person_id)
    if form.get("class") != str(checking.details.number):
        return see(checking.address)
    fields = Fields(form)
    partner = checking.partner
    details = read_details(fields, who_choices(carers), partner.shown_name if partner else None)
    if fields.errors:
        return _details_page(request, checking, carers, form, fields.errors)
    now = site.clock()

    await site.database.write(lambda session: keep_details(session, checking, details, now))
    await tell_class(request, checking)
    return see(f"{checking.address}/symptoms")


@routes.get(PATH + "/symptoms")
@by_link
async def show_symptoms(request: web.Request) -> web.Response:
    """Ask about symptoms. Never filled in."""
    async with request.app[SITE].database.reading() as session:
        checking = await checking_in(request, session)
    if isinstance(checking, web.Response):
        return checking
    if not has_details(checking.row):
        return see(checking.address)
    return _symptoms_page(request, checking, {}, {})


@routes.post(PATH + "/symptoms")
@by_link
async def send_symptoms(request: web.Request) -> web.Response:
    """Keep the answers. With a red flag the page that says to call 999 comes at once, come what may."""
    site = request.app[SITE]
    form = await form_or_advice(request)
    if isinstance(form, web.Response):
        return form
    if (urgent := await answer_red_flag(request, form)) is not None:
        return urgent
    async with site.database.reading() as session:
        checking = await checking_in(request, session)
    if isinstance(checking, web.Response):
        return checking
    fields = Fields(form)
    answers = {checking.person_id: read_symptoms(fields, checking.condition)}
    if checking.partner and checking.row and checking.row.partner_too:
        answers[checking.partner.person_id] = read_symptoms(
            fields, checking.condition, PARTNER, checking.partner.shown_name
        )
    if not has_details(checking.row) or form.get("class") != str(checking.details.number):
        return see(checking.address)
    if fields.errors:
        return _symptoms_page(request, checking, form, fields.errors)
    now = site.clock()
    await site.database.write(lambda session: take_answers(session, checking, answers, now))
    await tell_class(request, checking)
    return see(f"{checking.address}/today")


@routes.get(PATH + "/today")
@by_link
async def show_today(request: web.Request) -> web.Response:
    """Ask where the patient is today. Never filled in."""
    async with request.app[SITE].database.reading() as session:
        checking = await checking_in(request, session)
    if isinstance(checking, web.Response):
        return checking
    if not checking.is_place_due:
        return see(checking.address)
    return _today_page(request, checking, {}, {})


@routes.post(PATH + "/today")
@by_link
async def send_today(request: web.Request) -> web.Response:
    """Keep the place. The check-in is done."""
    site = request.app[SITE]
    form = await form_or_advice(request)
    if isinstance(form, web.Response):
        return form
    async with site.database.reading() as session:
        checking = await checking_in(request, session)
    if isinstance(checking, web.Response):
        return checking
    if not checking.is_place_due or form.get("class") != str(checking.details.number):
        return see(checking.address)
    fields = Fields(form)
    where = read_where(fields)
    if fields.errors:
        return _today_page(request, checking, form, fields.errors)
    now = site.clock()

    await site.database.write(lambda session: keep_where(session, checking, where, now))
    await tell_class(request, checking)
    return see(checking.address)


@routes.get(PATH + "/held")
@by_link
async def show_held(request: web.Request) -> web.Response:
    """Say that the physio will talk to the patient first."""
    async with request.app[SITE].database.reading() as session:
        checking = await checking_in(request, session)
    if isinstance(checking, web.Response):
        return checking
    if all(row.state != State.HELD for _, row in checking.rows) or checking.due().endswith("/red-flag"):
        return see(checking.address)
    site = request.app[SITE]
    opens = doors_open_at(checking.details)
    return check_in_page(
        request,
        checking,
        "check_in_held.jinja",
        opens=clock_time(opens, site.zone) if site.clock() < opens else "",
    )


@routes.get(PATH + "/not-today")
@by_link
async def show_not_today(request: web.Request) -> web.Response:
    """Say that staff have decided that it is better not to take part."""
    async with request.app[SITE].database.reading() as session:
        checking = await checking_in(request, session)
    if isinstance(checking, web.Response):
        return checking
    refused = [person for person, row in checking.rows if row.state == State.REFUSED]
    if not refused:
        return see(checking.address)
    is_own = any(person.person_id == checking.person_id for person in refused)
    return check_in_page(
        request, checking, "check_in_not_today.jinja", other="" if is_own else refused[0].shown_name
    )


def _details_page(
    request: web.Request,
    checking: CheckingIn,
    carers: Sequence[KnownCarer],
    values: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
) -> web.Response:
    return check_in_page(
        request,
        checking,
        "check_in_details.jinja",
        errors=errors,
        values=values,
        choices=who_choices(carers),
        partner=checking.partner,
    )


def _symptoms_page(
    request: web.Request, checking: CheckingIn, values: Mapping[str, str], errors: Mapping[str, str]
) -> web.Response:
    groups = [("", "")]
    if checking.partner and checking.row and checking.row.partner_too:
        groups.append((PARTNER, checking.partner.shown_name))
    return check_in_page(
        request,
        checking,
        "check_in_symptoms.jinja",
        errors=errors,
        values=values,
        groups=groups,
        red_flags=red_flag_questions(checking.condition),
        others=other_questions(),
        no_red_flag=NO_RED_FLAG,
        no_other=NO_OTHER,
        for_whom=checking.who.person.shown_name if checking.row and checking.row.comes == Comes.PROXY else "",
    )


def _today_page(
    request: web.Request, checking: CheckingIn, values: Mapping[str, str], errors: Mapping[str, str]
) -> web.Response:
    return check_in_page(request, checking, "check_in_today.jinja", errors=errors, values=values)
