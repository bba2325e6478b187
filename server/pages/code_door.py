"""`/` and `/code`: the short code of the letter, for who cannot scan or type the link.

A right code does what the link and Join do: this browser is let in, and the date of birth is due in it. Any
other gets the same words, whether there never was such a code or it opens nothing any more. A code that
cannot be one (its check digit is wrong) is not looked up and costs no try.
"""

from __future__ import annotations

from aiohttp import web

from server.pages.access import anybody
from server.pages.contact import ServiceLine
from server.pages.forms import form_of
from server.pages.rate_words import too_many_tries
from server.pages.rates import source_of
from server.pages.rendering import form_page
from server.pages.site import SITE
from server.pages.way_in import known_browser, let_in
from server.people.links import link_by_code
from server.people.nhs_number import LENGTH as NHS_NUMBER_LENGTH
from server.people.short_codes import LENGTH, is_well_formed, typed_digits
from server.timetable.courses import enrolled

routes = web.RouteTableDef()

LONGEST_TYPED = 60
NOT_FOUND = (
    "We could not find that code. Check each number against your newest letter. Your course may also be over."
)


@routes.get("/")
@routes.get("/code")
@anybody
async def show_front(request: web.Request) -> web.Response:
    """Say how to get into a class, ask for the code, and say whom to call."""
    return _front(request, await request.app[SITE].contact.of_server())


@routes.post("/code")
@anybody
async def take_code(request: web.Request) -> web.Response:
    """Let this browser in by a right code, and go to the patient's page, which leads to the class."""
    site = request.app[SITE]
    now = site.clock()
    service = await site.contact.of_server()
    written = (await form_of(request)).get("code", "")[:LONGEST_TYPED]
    digits = typed_digits(written)
    if not is_well_formed(digits):
        return _front(request, service, written, _what_is_wrong(digits))
    if not site.door_rates.may_try_code(source_of(request)):
        site.failures["code_rate"] += 1
        return too_many_tries(request, service)
    async with site.database.reading() as session:
        link = await link_by_code(session, site.short_codes.hashed(digits))
        person = await enrolled(session, link.course_id, link.person_id) if link is not None else None
        if link is None or person is None or link.revoked or link.has_ended(now):
            site.failures["code_unknown"] += 1
            return _front(request, service, written, NOT_FOUND)
        known = await known_browser(request, session, link, now)
    return await let_in(site, link, known, now, f"/me/{link.link_id}")


def _what_is_wrong(digits: str) -> str:
    if not digits:
        return "Enter the code from your letter"
    if not digits.isdigit():
        return f"The code has {LENGTH} numbers and no letters"
    if len(digits) == NHS_NUMBER_LENGTH:
        return f"The code has {LENGTH} numbers. Your NHS number is not the code"
    if len(digits) != LENGTH:
        return f"The code has {LENGTH} numbers. You entered {len(digits)}"
    return "One of the numbers is not right. Check each number against your letter"


def _front(request: web.Request, service: ServiceLine, written: str = "", error: str = "") -> web.Response:
    return form_page(request, "front.jinja", service, written=written, error=error)
