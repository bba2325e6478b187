"""`/`: for people who typed the address instead of opening their link."""

from __future__ import annotations

from aiohttp import web

from server.pages.rendering import page
from server.pages.site import SITE

routes = web.RouteTableDef()


@routes.get("/")
async def show_front(request: web.Request) -> web.Response:
    """Say how to get into a class, and whom to call."""
    service = await request.app[SITE].contact.of_server()
    return page(request, "front.jinja", service)
