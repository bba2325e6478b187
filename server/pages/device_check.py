"""`/me/{link_id}/device-check`: camera, microphone, sound and connection, tried before class."""

from __future__ import annotations

import asyncio

from aiohttp import web
from pydantic import ValidationError

from server.errors import ProtocolError, Refused
from server.pages.access import by_link
from server.pages.forms import form_of
from server.pages.known_person import known_person
from server.pages.rendering import form_page
from server.pages.site import SITE
from server.pages.way_in import see
from server.people.device_checks import (
    DeviceCheck,
    keep_device_check,
    own_device_check,
    read_device_check,
)
from server.people.links import holder_of_session, secret_in
from server.timetable.spoken import day

routes = web.RouteTableDef()

DEVICE_CHECK = "/me/{link_id:[A-Za-z0-9_-]{1,32}}/device-check"
MOST_OFFER_BYTES = 110_000
"""An offer's SDP may have 100,000 characters."""
PATIENCE_S = 10.0


def device_check_address(link_id: str) -> str:
    """The address of a person's device check."""
    return f"/me/{link_id}/device-check"


@routes.get(DEVICE_CHECK)
@by_link
async def show_device_check(request: web.Request) -> web.Response:
    """Show the four steps. Without script only what this browser cannot do, and the way on."""
    site = request.app[SITE]
    async with site.database.reading() as session:
        who = await known_person(request, session)
        if isinstance(who, web.Response):
            return who
        secret = secret_in(request.cookies, who.link_id, is_https=request.app[SITE].is_https)
        last = await own_device_check(session, who.link_id, secret)
    address = device_check_address(who.link_id)
    return form_page(
        request,
        "device_check.jinja",
        who.service,
        person=who.person,
        address=address,
        entry=site.client.device,
        config={"line": f"{address}/line", "service_phone": who.service.phone},
        last=last,
        last_day=_on_day(day(last.at, site.clock(), site.zone)) if last else "",
    )


@routes.post(DEVICE_CHECK)
@by_link
async def keep_result(request: web.Request) -> web.Response:
    """Keep what the four steps found, and go on; "I will do this later" is kept as a check in which nothing
    was tried, so that this device is not asked again on the way into class.
    """
    site = request.app[SITE]
    now = site.clock()
    async with site.database.reading() as session:
        who = await known_person(request, session)
    if isinstance(who, web.Response):
        return who
    fields = await form_of(request)
    secret = secret_in(request.cookies, who.link_id, is_https=request.app[SITE].is_https)
    async with site.database.reading() as session:
        last = await own_device_check(session, who.link_id, secret)
    if "later" not in fields or last is None:
        check = DeviceCheck() if "later" in fields else read_device_check(fields)
        await site.database.write(lambda session: keep_device_check(session, who.link_id, secret, check, now))
    return see(f"/me/{who.link_id}/on")


@routes.post(DEVICE_CHECK + "/line")
@by_link
async def try_line(request: web.Request) -> web.Response:
    """Answer the browser's media offer with a loop through the media server (JSON both ways)."""
    site = request.app[SITE]
    link_id = request.match_info["link_id"]
    secret = secret_in(request.cookies, link_id, is_https=request.app[SITE].is_https)
    async with site.database.reading() as session:
        holder = await holder_of_session(session, link_id, secret, site.clock()) if secret else None
    if holder is None:
        raise Refused("not_let_in", "Open your link again, then check your device once more.")
    if request.content_type != "application/json":
        raise ProtocolError("not_json", "an offer is JSON")
    if request.content_length is None or request.content_length > MOST_OFFER_BYTES:
        raise ProtocolError("too_large", "an offer says its length and has no more than 110,000 bytes")
    try:
        async with asyncio.timeout(PATIENCE_S):
            content = await request.read()
        answer = await site.loop_back(link_id, content)
    except TimeoutError:
        raise ProtocolError("too_slow", "the offer did not come") from None
    except ValidationError:
        raise ProtocolError("bad_request", "this is no offer") from None
    return web.json_response(answer, headers={"Cache-Control": "no-store"})


def _on_day(day_words: str) -> str:
    return day_words if day_words == "today" else f"on {day_words}"
