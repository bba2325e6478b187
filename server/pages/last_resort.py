"""The page for when no other page can be made: whom to ring. Needs no template, storage or log."""

from __future__ import annotations

from html import escape

from aiohttp import web

from server.pages.contact import ServiceLine
from server.pages.rendering import phone_address

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>Sorry, something went wrong on our side</title>
</head>
<body>
<main>
<h1>Sorry, something went wrong on our side</h1>
<p>It was nothing that you did. Wait a minute, then open your link again.</p>
<p>If your class is on now and you cannot get in, call {whom}.</p>
<p>In an emergency call 999.</p>
</main>
</body>
</html>
"""


def last_resort(service: ServiceLine) -> web.Response:
    """Return a plain page with the service's phone number, status 500."""
    whom = "the phone number in your letter or email"
    if service.phone:
        whom = f'us on <a href="{escape(phone_address(service.phone))}">{escape(service.phone)}</a>'
    return web.Response(
        text=_PAGE.format(whom=whom),
        status=500,
        content_type="text/html",
        charset="utf-8",
        headers={"Cache-Control": "no-store"},
    )
