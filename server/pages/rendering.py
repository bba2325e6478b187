"""Turns a template and values into a page. Templates are Jinja2 over the NHS frontend's macros."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from aiohttp import web
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, FileSystemLoader, PackageLoader

from server.pages.contact import NOBODY, ServiceLine
from server.pages.security import nonce_of
from server.pages.site import SITE
from server.people.links import hash_of
from server.people.nhs_number import shown

NEEDED_FIRST = ("class.jinja", "invitation.jinja", "my_page.jinja", "storage_fault.jinja")


@cache
def template_environment(folder: Path) -> Environment:
    """Return the templates of `folder` before those of nhsuk-frontend-jinja, those compiled that people in
    class may need in the first moment; `compile_others` compiles the rest.

    ChainableUndefined because the NHS macros read parameters that callers leave out. One page is rendered
    at once: compiling takes a tenth of a second, in which nobody's class should have to wait.
    """
    environment = Environment(
        undefined=ChainableUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        loader=ChoiceLoader([FileSystemLoader(folder), PackageLoader("nhsuk_frontend_jinja")]),
    )
    environment.filters["call"] = phone_address
    environment.filters["nhs_number"] = shown
    for name in NEEDED_FIRST:
        environment.get_template(name)
    environment.get_template("our_fault.jinja").render(service=NOBODY)
    return environment


def compile_others(environment: Environment, folder: Path) -> None:
    """Compile all templates of `folder` that are not yet. Blocks for half a second."""
    for template in sorted(folder.glob("*.jinja")):
        environment.get_template(template.name)


def phone_address(phone: str) -> str:
    """Return the address that dials a number: `tel:01632960123`."""
    return "tel:" + "".join(character for character in phone if character in "+0123456789")


def link_in(request: web.Request) -> str | None:
    """Return which link an address is about, as `Contact` remembers it; None when it is about none."""
    if (token := request.match_info.get("token")) is not None:
        return hash_of(token)
    return request.match_info.get("link_id")


def page(
    request: web.Request, template: str, service: ServiceLine, *, status: int = 200, **values: object
) -> web.Response:
    """Render a page. It is personal or about to change, so no browser or proxy keeps it."""
    site = request.app[SITE]
    if status < 400 and service.phone and (link := link_in(request)) is not None:
        site.contact.remember(link, service)
    text = site.templates.get_template(template).render(
        cspNonce=nonce_of(request), service=service, client=site.client, **values
    )
    return web.Response(
        text=text.strip() + "\n",
        status=status,
        content_type="text/html",
        charset="utf-8",
        headers={"Cache-Control": "no-store"},
    )


def form_page(
    request: web.Request, template: str, service: ServiceLine, *, status: int = 200, **values: object
) -> web.Response:
    """Render a page with a form, whose Origin has to be sent: no-referrer would blank it, on browsers
    without Fetch Metadata. The address, in which a token may stand, is sent to nobody: the origin alone is.
    """
    answer = page(request, template, service, status=status, **values)
    answer.headers["Referrer-Policy"] = "strict-origin"
    return answer
