"""`/me/{link_id}/ask`: a patient asks a question for the next class, from my page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.pages.access import by_link
from server.pages.forms import form_of
from server.pages.known_person import KnownPerson, known_person
from server.pages.rendering import form_page
from server.pages.site import SITE
from server.pages.way_in import see
from server.rooms import commands as c
from server.rooms.course_talk import ask_beforehand
from server.rooms.question import AskedTo
from server.rooms.questions_stored import are_own_questions_held, own_open_questions
from server.timetable.courses import ClassDetails, current_class
from server.timetable.spoken import date_and_time

routes = web.RouteTableDef()

PATH = "/me/{link_id:[A-Za-z0-9_-]{1,32}}/ask"
NOTHING: Mapping[str, str] = {}
TO = {
    AskedTo.PHYSIO: "Everyone on the course can see it, and staff answer it",
    AskedTo.GROUP: "Everyone on the course can see it and answer it",
    AskedTo.STAFF: "Only staff and I can see it",
}
TO_WHERE_HELD = {
    AskedTo.PHYSIO: "Staff read it first. Then everyone on the course can see it, and staff answer it",
    AskedTo.STAFF: TO[AskedTo.STAFF],
}


@routes.get(PATH)
@by_link
async def show_form(request: web.Request) -> web.Response:
    """Show the form, and which of the own questions wait for an answer."""
    return await _ask_page(request)


@routes.post(PATH)
@by_link
async def take_question(request: web.Request) -> web.Response:
    """Keep the question for the class that is next, and tell its room if that is open."""
    site = request.app[SITE]
    form = await form_of(request)
    now = site.clock()
    async with site.database.reading() as session:
        who = await known_person(request, session)
        if isinstance(who, web.Response):
            return who
        details = await _next_class(session, who, now)
    if who.person.role.is_staff:
        return see(f"/class/{who.link_id}")
    key, to = form.get("key", ""), next((each for each in TO if each == form.get("to")), None)
    if details is None or not 8 <= len(key) <= 40 or not key.replace("-", "").isalnum():
        return see(f"/me/{who.link_id}/ask")
    if to is None:
        return await _ask_page(request, form, {"to": "Choose who can see your question"})
    anonymous = form.get("anonymous") == "yes"
    command = c.Ask(site.new_id(), key, form.get("text", ""), to, anonymous)
    asker = who.person.person_id
    try:
        asked = await site.database.write(
            lambda session: ask_beforehand(session, details, command, asker, now)
        )
    except Refused as refused:
        return await _ask_page(request, form, {"text": refused.words})
    if asked is not None:
        await site.talk_told.question_asked(details.id, asked)
    return see(f"/me/{who.link_id}/ask")


async def _next_class(session: AsyncSession, who: KnownPerson, now: datetime) -> ClassDetails | None:
    """The class for which one can ask now."""
    details = await current_class(session, who.course_id, now)
    is_over = details is None or details.ended_at is not None or details.cancelled_at is not None
    return None if is_over else details


async def _ask_page(
    request: web.Request, form: Mapping[str, str] = NOTHING, wrong: Mapping[str, str] = NOTHING
) -> web.Response:
    site = request.app[SITE]
    now = site.clock()
    async with site.database.reading() as session:
        who = await known_person(request, session)
        if isinstance(who, web.Response):
            return who
        if who.person.role.is_staff:
            return see(f"/class/{who.link_id}")
        details = await _next_class(session, who, now)
        asker = who.course_id, who.person.person_id
        own = await own_open_questions(session, *asker)
        to = TO_WHERE_HELD if await are_own_questions_held(session, *asker) else TO
    return form_page(
        request,
        "ask_beforehand.jinja",
        who.service,
        status=409 if wrong else 200,
        person=who.person,
        address=f"/me/{who.link_id}",
        number=details.number if details else None,
        when=date_and_time(details.starts_at, now, site.zone) if details else "",
        own=own,
        to=[(each.value, words) for each, words in to.items()],
        key=site.new_id().replace("_", "-"),
        form=form,
        wrong=wrong,
    )
