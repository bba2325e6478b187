"""`/local`: the page from which a phone takes the authority's certificate, in plain HTTP on its own port.

It cannot be HTTPS yet: that is what the phone does not trust. It shows nothing of anybody, and the
certificate's fingerprint, which the terminal shows too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from server.errors import CannotStart
from server.local_https.authority import Certificates
from server.pages.client_files import client_folder, read_client_files, static_route
from server.pages.contact import ServiceLine
from server.pages.rendering import template_environment
from server.pages.security import add_security_headers

log = structlog.get_logger(__name__)

PAGE = "/local"
CERTIFICATE = "/local/moveroom.crt"
CERTIFICATE_TYPE = "application/x-x509-ca-cert"
"""By this iPhones, Androids and Firefox know what they are given."""


def local_page_app(certificates: Certificates, base_url: str) -> web.Application:
    """Return the application with this one page. `base_url` is where Moveroom itself is."""
    home = client_folder()
    client = read_client_files(home / "dist")
    text = (
        template_environment(home / "templates")
        .get_template("local_phone.jinja")
        .render(
            service=ServiceLine(name="Moveroom", phone=""),
            client=client,
            base_url=base_url,
            certificate=CERTIFICATE,
            fingerprint=certificates.fingerprint(),
        )
    )
    authority = certificates.authority_der()
    fresh = {"Cache-Control": "no-store"}

    async def show(request: web.Request) -> web.Response:
        return web.Response(text=text, content_type="text/html", charset="utf-8", headers=fresh)

    async def certificate(request: web.Request) -> web.Response:
        return web.Response(body=authority, content_type=CERTIFICATE_TYPE, headers=fresh)

    async def elsewhere(request: web.Request) -> web.Response:
        return web.Response(status=303, headers={"Location": PAGE, **fresh})

    app = web.Application()
    add_security_headers(app, is_https=False)
    app.add_routes([web.get(PAGE, show), web.get(CERTIFICATE, certificate), static_route(client)])
    app.add_routes([web.get("/", elsewhere)])
    return app


@asynccontextmanager
async def local_page(certificates: Certificates, base_url: str, host: str, port: int) -> AsyncIterator[None]:
    """Serve the page meanwhile; `CannotStart` when the port cannot be had."""
    runner = web.AppRunner(local_page_app(certificates, base_url), access_log=None, handle_signals=False)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as problem:
            raise CannotStart(f"MOVEROOM_LOCAL_PORT={port} cannot be used: {problem.strerror}") from None
        log.info("local_page_ready", port=port)
        yield
    finally:
        await runner.cleanup()
