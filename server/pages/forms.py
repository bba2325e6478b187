"""What a form may be: short, urlencoded, text. Everything else is a program's doing and gets a clear no."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

FORM = "application/x-www-form-urlencoded"
LONGEST_FORM_BYTES = 64 * 1024
MOST_FIELDS = 50


async def form_of(request: web.Request) -> Mapping[str, str]:
    """Return the fields of the posted form; of fields with one name, the first.

    Raises HTTPRequestEntityTooLarge, HTTPUnsupportedMediaType or HTTPBadRequest; `faults` makes pages of
    them. A request without a body is an empty form.
    """
    if request.content_length is not None and request.content_length > LONGEST_FORM_BYTES:
        raise web.HTTPRequestEntityTooLarge(LONGEST_FORM_BYTES, request.content_length)
    if request.content_type != FORM:
        if request.body_exists and await request.read():
            raise web.HTTPUnsupportedMediaType(text="a form is needed")
        return {}
    body = await request.read()
    if len(body) > LONGEST_FORM_BYTES:
        raise web.HTTPRequestEntityTooLarge(LONGEST_FORM_BYTES, len(body))
    if body.count(b"&") >= MOST_FIELDS:
        raise web.HTTPBadRequest(text="too many fields")
    try:
        fields = await request.post()
    except (ValueError, LookupError) as broken:
        raise web.HTTPBadRequest(text="this form cannot be read") from broken
    named: dict[str, str] = {}
    for name, value in fields.items():
        if not isinstance(value, str) or "\0" in name + value:
            raise web.HTTPBadRequest(text="this form cannot be read")
        named.setdefault(name, value)
    return named


async def posted_text(request: web.Request) -> list[tuple[str, str]]:
    """Return the fields that a person posted, to be offered once more; nothing when they cannot be read."""
    try:
        return list((await form_of(request)).items())
    except (web.HTTPException, OSError):
        return []
