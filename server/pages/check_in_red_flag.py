"""`/me/{link_id}/check-in/red-flag`, and the answer to every page about symptoms that has a red flag.

The words to call 999 or to go to A&E need no class, no browser that is known, and no storage: whoever ticked
a red flag reads them, whatever else goes wrong. Only who reads the page itself is told that the physio can
see it: it shows what is stored, for a class that can be checked in for.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from aiohttp import web

from server.pages.access import by_link
from server.pages.check_in_form import PARTNER, read_symptoms, red_flags_sent
from server.pages.check_in_page import check_in_page, tell_class
from server.pages.check_in_record import take_answers
from server.pages.checking_in import ME, CheckingIn, checking_in, class_that_was_meant
from server.pages.fields import Fields
from server.pages.rendering import form_page
from server.pages.site import SITE
from server.pages.way_in import see
from server.timetable.check_in_rules import State
from server.timetable.symptoms import Advice, RedFlag, Symptom, red_flag_words, symptoms_of

log = structlog.get_logger(__name__)

routes = web.RouteTableDef()

TEMPLATE = "check_in_red_flag.jinja"
Flagged = tuple[str | None, RedFlag]
"""Whom the words are for (None: who reads them), and the words."""
OTHER_ONE = "the other one of you"


@routes.get(ME + "/check-in/red-flag")
@by_link
async def show_red_flag(request: web.Request) -> web.Response:
    """Say to call 999, or to go to A&E, at once."""
    async with request.app[SITE].database.reading() as session:
        checking = await checking_in(request, session)
    if isinstance(checking, web.Response):
        return checking
    flagged: list[Flagged] = [
        (None if person.person_id == checking.person_id else person.shown_name, words)
        for person, row in checking.rows
        if row.state == State.RED_FLAG and (words := red_flag_words(symptoms_of(row.symptoms)))
    ]
    if not flagged:
        return see(checking.address)
    return check_in_page(request, checking, TEMPLATE, flagged=_in_order(flagged), is_seen=True)


async def answer_red_flag(request: web.Request, form: Mapping[str, str]) -> web.Response | None:
    """Store a red flag where that can be done and answer with what to do now; None when none was ticked."""
    sent = red_flags_sent(form)
    if not sent:
        return None
    try:
        seen_at = await _stored(request, form, sent)
    except Exception:
        request.app[SITE].failures["red_flag_not_stored"] += 1
        log.exception("red_flag_not_stored")
        seen_at = None
    return see(seen_at) if seen_at else not_seen(request, sent)


async def _stored(
    request: web.Request, form: Mapping[str, str], sent: Mapping[str, frozenset[Symptom]]
) -> str | None:
    """Store the answers; return the address of the page where everything that was sent is shown.

    For a class that is over or cancelled they are stored too, but nobody may look at it any more: None.
    """
    site = request.app[SITE]
    async with site.database.reading() as session:
        found = await checking_in(request, session)
        checking = (
            found
            if isinstance(found, CheckingIn)
            else await class_that_was_meant(request, session, form.get("class", ""))
        )
    if checking is None:
        return None
    fields = Fields(form)
    answers = {}
    if "" in sent or checking.row is not None:
        answers[checking.person_id] = read_symptoms(fields, checking.condition)
    if checking.partner and (PARTNER in sent or (checking.row and checking.row.partner_too)):
        answers[checking.partner.person_id] = read_symptoms(
            fields, checking.condition, PARTNER, checking.partner.shown_name
        )
    now = site.clock()
    await site.database.write(lambda session: take_answers(session, checking, answers, now))
    await tell_class(request, checking)
    is_shown = PARTNER not in sent or bool(checking.partner and checking.row and checking.row.partner_too)
    return f"{checking.address}/red-flag" if checking is found and is_shown else None


def not_seen(request: web.Request, sent: Mapping[str, frozenset[Symptom]]) -> web.Response:
    """Return the page for what was just sent and is not stored, without a word about anybody."""
    link_id = request.match_info["link_id"]
    flagged: list[Flagged] = [
        (OTHER_ONE if prefix == PARTNER else None, words)
        for prefix, symptoms in sent.items()
        if (words := red_flag_words(symptoms))
    ]
    service = request.app[SITE].contact.known_for(link_id)
    return form_page(request, TEMPLATE, service, flagged=_in_order(flagged), is_seen=False)


def _in_order(flagged: list[Flagged]) -> list[Flagged]:
    """The most urgent advice first: the page is headed by it."""
    return sorted(flagged, key=lambda each: list(Advice).index(each[1].advice))
