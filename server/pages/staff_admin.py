"""`/staff/accounts`: the staff of the services that an administrator runs, and adding somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.pages.access import STAFF, staff
from server.pages.fields import Fields
from server.pages.forms import form_of
from server.pages.site import SITE
from server.pages.staff_admin_key import key_to_hand_over
from server.pages.staff_admin_words import (
    PROFESSIONS,
    read_details,
    role_boxes,
    roles_in_words,
    state_in_words,
    ticked_roles,
)
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.staff import Action, StaffRole
from server.people.staff_list import staff_of
from server.people.staffing import add_staff
from server.storage.tables import Service
from server.timetable.services import services_of

routes = web.RouteTableDef()

HERE = "/staff/accounts"
ON_A_PAGE = 50


@routes.get(HERE)
@staff(Action.RUN_SERVICE)
async def show_staff(request: web.Request) -> web.Response:
    """List the staff, by e-mail address; of one service when that is asked for."""
    scope = request[STAFF].services(Action.RUN_SERVICE)
    number = page_number(request)
    async with request.app[SITE].database.reading() as session:
        services = await services_of(session, scope)
        names = {service.id: service.name for service in services}
        chosen = request.query.get("service")
        chosen = chosen if chosen in names else None
        found = await staff_of(
            session, scope, service_id=chosen, offset=(number - 1) * ON_A_PAGE, most=ON_A_PAGE + 1
        )
    rows = [
        {"listed": each, "roles": roles_in_words(each.grants, names), "state": state_in_words(each)}
        for each in found[:ON_A_PAGE]
    ]
    kept = {"service": chosen} if chosen else {}
    return staff_page(
        request,
        "staff_accounts.jinja",
        here=HERE,
        rows=rows,
        services=[("", "All services"), *names.items()] if len(names) > 1 else [],
        form={"service": chosen or ""},
        previous=_address(kept, number - 1) if number > 1 else None,
        next=_address(kept, number + 1) if len(found) > ON_A_PAGE else None,
    )


@routes.get(HERE + "/new")
@staff(Action.RUN_SERVICE)
async def show_new_staff(request: web.Request) -> web.Response:
    """Ask who they are and what they do."""
    return _new_page(request, await _services(request), {}, {})


@routes.post(HERE + "/new")
@staff(Action.RUN_SERVICE)
async def post_new_staff(request: web.Request) -> web.Response:
    """Add somebody: send a new account its key, or show where the password is set; tell of one that was."""
    site, member, now = request.app[SITE], request[STAFF], request.app[SITE].clock()
    services = await _services(request)
    fields = Fields(await form_of(request))
    email = fields.email("email", "Enter their email address")
    details = read_details(fields)
    grants = ticked_roles(fields.form, services, member.may(Action.RUN_INSTALLATION))
    if not grants:
        fields.errors["roles"] = "Select what they do"
    if details.profession is None and any(grant.role is StaffRole.LEAD for grant in grants):
        fields.errors.setdefault("profession", "Select a profession: who leads a class has one")
    if email is None or fields.errors:
        return _new_page(request, services, fields.form, fields.errors)
    key = key_to_hand_over(site)

    async def work(session: AsyncSession) -> tuple[str, bool]:
        added = await add_staff(session, member, email, details, grants, now, new_id=site.new_id)
        if added.is_new:
            await key.write(session, added.account_id, now, next(iter(grants)).service_id)
        return added.account_id, added.is_new

    try:
        account_id, is_new = await site.database.write(work)
    except Refused as refused:
        if refused.code != "works_here":
            raise
        fields.errors["email"] = refused.words
        return _new_page(request, services, fields.form, fields.errors)
    if not is_new:
        return see(f"{HERE}/{account_id}?done=joined")
    return key.hand_over(request, account_id, details.full_name, email, done="sent")


def page_number(request: web.Request) -> int:
    """Return which page of a long list is asked for, from 1."""
    written = request.query.get("page", "1")
    return max(1, int(written)) if written.isascii() and written.isdigit() and len(written) < 7 else 1


async def _services(request: web.Request) -> Sequence[Service]:
    async with request.app[SITE].database.reading() as session:
        return await services_of(session, request[STAFF].services(Action.RUN_SERVICE))


def _new_page(
    request: web.Request, services: Sequence[Service], form: Mapping[str, str], errors: Mapping[str, str]
) -> web.Response:
    return staff_page(
        request,
        "staff_accounts_new.jinja",
        here=HERE,
        status=400 if errors else 200,
        form=form,
        errors=errors,
        groups=role_boxes(services, request[STAFF].may(Action.RUN_INSTALLATION)),
        professions=PROFESSIONS,
    )


def _address(kept: Mapping[str, str], number: int) -> str:
    return f"{HERE}?{urlencode({**kept, 'page': number})}"
