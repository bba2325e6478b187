"""`/me/{link_id}/birth`: the date of birth, once per device, before anything stored about somebody is shown.

The address has the link's public id and not its token: it is the same for whoever came by the link and
whoever came by the short code, and the token stays out of the browser's history.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from aiohttp import web

from server.pages.access import by_link
from server.pages.contact import ServiceLine, service_of_link
from server.pages.fields import Fields
from server.pages.forms import form_of
from server.pages.known_person import turned_away
from server.pages.rate_words import too_many_tries
from server.pages.rates import source_of
from server.pages.rendering import form_page, page
from server.pages.site import SITE
from server.pages.way_in import see
from server.people.birth_dates import BirthAnswer, give_birth_date, locked_until
from server.people.links import LinkBrowser, browser_of, secret_in
from server.timetable.courses import Enrolled, enrolled
from server.timetable.spoken import clock_time, date_and_time

routes = web.RouteTableDef()

BIRTH = "/me/{link_id:[A-Za-z0-9_-]{1,32}}/birth"
FIELD = "born"
OLDEST = 125


@routes.get(BIRTH)
@by_link
async def show_birth(request: web.Request) -> web.Response:
    """Ask for the date of birth; who has given it is sent on."""
    found = await _found(request)
    if isinstance(found, web.Response):
        return found
    browser, person, service, locked = found
    if not browser.birth_date_due:
        return see(_onward(request, browser))
    if locked is not None:
        return _locked_page(request, person, service, locked)
    return _question(request, person, service)


@routes.post(BIRTH)
@by_link
async def take_birth(request: web.Request) -> web.Response:
    """Take the date, and go on when it is right."""
    site = request.app[SITE]
    now = site.clock()
    found = await _found(request)
    if isinstance(found, web.Response):
        return found
    browser, person, service, locked = found
    if not browser.birth_date_due:
        return see(_onward(request, browser))
    if locked is not None:
        return _locked_page(request, person, service, locked)
    fields = Fields(await form_of(request))
    given = fields.day(FIELD, f"Enter {person.shown_name}’s date of birth", "The date of birth")
    if given is not None:
        _check_plausible(fields, given, now.astimezone(site.zone).date())
    if given is None or fields.errors:
        return _question(request, person, service, fields.form, fields.errors)
    if not site.door_rates.births_from.take(source_of(request)):
        site.failures["birth_rate"] += 1
        return too_many_tries(request, service, person)
    answer: BirthAnswer = await site.database.write(
        lambda session: give_birth_date(
            session,
            link_id=browser.holder.link_id,
            session_id=browser.session_id,
            given=given,
            now=now,
            audit_id=site.new_id(),
        )
    )
    if answer.right:
        return see(_onward(request, browser))
    site.failures["birth_wrong"] += 1
    if answer.locked_until is not None:
        return _locked_page(request, person, service, answer.locked_until)
    left = "1 more time" if answer.tries_left == 1 else f"{answer.tries_left} more times"
    words = f"This is not the date of birth we have for {person.shown_name}. You can try {left}."
    return _question(request, person, service, fields.form, {FIELD: words})


async def _found(
    request: web.Request,
) -> tuple[LinkBrowser, Enrolled, ServiceLine, datetime | None] | web.Response:
    site = request.app[SITE]
    now = site.clock()
    link_id = request.match_info["link_id"]
    secret = secret_in(request.cookies, link_id, is_https=request.app[SITE].is_https)
    async with site.database.reading() as session:
        service = await service_of_link(session, link_id) or site.contact.last_known
        browser = await browser_of(session, link_id, secret, now) if secret else None
        if browser is None:
            return await turned_away(request, session, service)
        person = await enrolled(session, browser.holder.course_id, browser.holder.person_id)
        if person is None:
            return page(request, "link_replaced.jinja", service, status=410)
        return browser, person, service, await locked_until(session, link_id, now)


def _check_plausible(fields: Fields, given: date, today: date) -> None:
    """A slip of the finger is not to count as a wrong date."""
    if given >= today:
        fields.errors[FIELD] = "The date of birth must be in the past"
    elif given.year < today.year - OLDEST:
        fields.errors[FIELD] = "Check the year of birth"


def _question(
    request: web.Request,
    person: Enrolled,
    service: ServiceLine,
    given: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> web.Response:
    return form_page(
        request,
        "birth.jinja",
        service,
        person=person,
        given=given or {},
        error=(errors or {}).get(FIELD, ""),
        field=FIELD,
    )


def _locked_page(
    request: web.Request, person: Enrolled, service: ServiceLine, until: datetime
) -> web.Response:
    site = request.app[SITE]
    now = site.clock()
    minute = math.ceil(until.timestamp() / 60) * 60
    at = datetime.fromtimestamp(minute, tz=until.tzinfo)
    is_today = at.astimezone(site.zone).date() == now.astimezone(site.zone).date()
    when = f"at {clock_time(at, site.zone)}" if is_today else date_and_time(at, now, site.zone)
    answer = page(request, "birth_locked.jinja", service, status=429, person=person, when=when)
    answer.headers["Retry-After"] = str(max(1, math.ceil((until - now) / timedelta(seconds=1))))
    return answer


def _onward(request: web.Request, browser: LinkBrowser) -> str:
    """Where the browser wanted to go: a page behind this very link, never another address."""
    link_id = re.escape(browser.holder.link_id)
    wanted = request.query.get("next", "")
    if re.fullmatch(rf"/(me|class|watch|after|experience)/{link_id}(/[a-z0-9-]+)*", wanted):
        return wanted
    return f"/me/{browser.holder.link_id}"
