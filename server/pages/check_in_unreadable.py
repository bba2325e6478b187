"""A check-in that cannot be read: a red flag in what can be read of it still says to call 999.

Too long, with a NUL, or no form at all: nothing of it is stored. Symptoms stand before whatever can be long.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from aiohttp import web

from server.pages.check_in_form import red_flags_sent
from server.pages.check_in_red_flag import not_seen
from server.pages.fault_words import UNREADABLE
from server.pages.forms import LONGEST_FORM_BYTES, form_of
from server.pages.rendering import page
from server.pages.site import SITE


async def form_or_advice(request: web.Request) -> Mapping[str, str] | web.Response:
    """Return the fields of a check-in; where they cannot be read, the page that says what to do.

    That page is about the red flags in what can be read. Without any it says that it could not be read, and
    in which case to call 999 all the same.
    """
    try:
        return await form_of(request)
    except web.HTTPException as unreadable:
        request.app[SITE].failures["unreadable"] += 1
        if sent := red_flags_sent(await _what_can_be_read(request)):
            return not_seen(request, sent)
        return page(
            request,
            "unreadable.jinja",
            request.app[SITE].contact.known_for(request.match_info["link_id"]),
            status=unreadable.status,
            words=UNREADABLE.get(unreadable.status, UNREADABLE[400]),
            is_check_in=True,
        )


async def _what_can_be_read(request: web.Request) -> Mapping[str, str]:
    """The fields at the beginning, as far as a form may be long."""
    try:
        if (request.content_length or 0) > LONGEST_FORM_BYTES:
            body = await _beginning(request)
        else:
            body = (await request.read())[:LONGEST_FORM_BYTES]
    except (web.HTTPException, OSError):
        return {}
    return dict(
        reversed(parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True, errors="replace"))
    )


async def _beginning(request: web.Request) -> bytes:
    """Of a body that is too long to be read as a whole."""
    body = bytearray()
    while len(body) < LONGEST_FORM_BYTES and (more := await request.content.read(LONGEST_FORM_BYTES)):
        body += more
    return bytes(body[:LONGEST_FORM_BYTES])
