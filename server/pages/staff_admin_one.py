"""`/staff/accounts/{id}`: one member of staff: roles, details, closing the account, a new key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.pages.access import STAFF, not_yours, staff
from server.pages.fields import Fields
from server.pages.forms import form_of
from server.pages.site import SITE
from server.pages.staff_admin import HERE
from server.pages.staff_admin_key import key_to_hand_over
from server.pages.staff_admin_words import (
    DONE,
    PROFESSIONS,
    form_of_account,
    form_of_roles,
    read_details,
    role_boxes,
    roles_in_words,
    state_in_words,
    ticked_roles,
)
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.staff import Action
from server.people.staff_list import one_of_staff
from server.people.staff_people import people_of_account
from server.people.staffing import change_details, disable, enable, let_set_up, set_roles
from server.timetable.services import services_of

routes = web.RouteTableDef()

ONE = HERE + "/{account_id:[A-Za-z0-9_-]{1,32}}"
FIELD_OF = {"email_taken": "email", "no_profession": "profession", "last_system_admin": "roles"}
"""Where on the page a refusal stands, by its code."""


@routes.get(ONE)
@staff(Action.RUN_SERVICE)
async def show_account(request: web.Request) -> web.Response:
    """Show one member of staff."""
    return await _page(request, None, {})


@routes.post(ONE + "/roles")
@staff(Action.RUN_SERVICE)
async def post_roles(request: web.Request) -> web.Response:
    """Give and take roles."""
    site, member, now = request.app[SITE], request[STAFF], request.app[SITE].clock()
    account_id = request.match_info["account_id"]
    form = await form_of(request)
    async with site.database.reading() as session:
        services = await services_of(session, member.services(Action.RUN_SERVICE))
    wanted = ticked_roles(form, services, member.may(Action.RUN_INSTALLATION))

    async def work(session: AsyncSession) -> None:
        await set_roles(session, member, account_id, wanted, now, new_id=site.new_id)

    answer = await _change(request, form, work, "changed" if wanted else "")
    await _hang_up(request)
    return answer


@routes.post(ONE + "/details")
@staff(Action.RUN_SERVICE)
async def post_details(request: web.Request) -> web.Response:
    """Change address, names, phone and profession."""
    site, member, now = request.app[SITE], request[STAFF], request.app[SITE].clock()
    account_id = request.match_info["account_id"]
    fields = Fields(await form_of(request))
    email = fields.email("email", "Enter their email address")
    details = read_details(fields)
    if email is None or fields.errors:
        return await _page(request, fields.form, fields.errors)

    async def work(session: AsyncSession) -> None:
        await change_details(session, member, account_id, email, details, now, new_id=site.new_id)

    return await _change(request, fields.form, work, "changed")


@routes.post(ONE + "/close")
@staff(Action.RUN_SERVICE)
async def post_close(request: web.Request) -> web.Response:
    """Close the account, which signs its holder out."""
    site, member, now = request.app[SITE], request[STAFF], request.app[SITE].clock()
    account_id = request.match_info["account_id"]
    await site.database.write(lambda session: disable(session, member, account_id, now, new_id=site.new_id))
    await _hang_up(request)
    return see(f"{HERE}/{account_id}?done=closed")


@routes.post(ONE + "/open")
@staff(Action.RUN_SERVICE)
async def post_open(request: web.Request) -> web.Response:
    """Open a closed account again."""
    site, member, now = request.app[SITE], request[STAFF], request.app[SITE].clock()
    account_id = request.match_info["account_id"]
    await site.database.write(lambda session: enable(session, member, account_id, now, new_id=site.new_id))
    return see(f"{HERE}/{account_id}?done=opened")


@routes.post(ONE + "/key")
@staff(Action.RUN_SERVICE)
async def post_key(request: web.Request) -> web.Response:
    """Have somebody choose password and second factor (again), by a new key."""
    site, member, now = request.app[SITE], request[STAFF], request.app[SITE].clock()
    account_id = request.match_info["account_id"]
    key = key_to_hand_over(site)

    async def work(session: AsyncSession) -> tuple[str, str]:
        account = await let_set_up(session, member, account_id, now, new_id=site.new_id)
        await key.write(session, account_id, now, None)
        return account.full_name, account.email

    full_name, email = await site.database.write(work)
    await _hang_up(request)
    return key.hand_over(request, account_id, full_name, email, done="key")


async def _hang_up(request: web.Request) -> None:
    """Have the account's people come by the door of their classes again, if they may."""
    site = request.app[SITE]
    async with site.database.reading() as session:
        people = await people_of_account(session, request.match_info["account_id"])
    site.hang_up(people)


async def _change(
    request: web.Request,
    form: Mapping[str, str],
    work: Callable[[AsyncSession], Awaitable[None]],
    done: str,
) -> web.Response:
    """Do `work`; show what was refused beside its field, or go on to a page that can still be seen."""
    account_id = request.match_info["account_id"]
    try:
        await request.app[SITE].database.write(work)
    except Refused as refused:
        if refused.code not in FIELD_OF:
            raise
        return await _page(request, form, {FIELD_OF[refused.code]: refused.words})
    if account_id == request[STAFF].account_id:
        return see("/staff/account")
    return see(f"{HERE}/{account_id}?done={done}" if done else HERE)


async def _page(
    request: web.Request, form: Mapping[str, str] | None, errors: Mapping[str, str]
) -> web.Response:
    member = request[STAFF]
    scope = member.services(Action.RUN_SERVICE)
    with_all = member.may(Action.RUN_INSTALLATION)
    async with request.app[SITE].database.reading() as session:
        found = await one_of_staff(session, scope, request.match_info["account_id"])
        services = await services_of(session, scope)
    if found is None:
        raise not_yours()
    account, listed = found
    stored = {**form_of_roles(listed.grants), **(form_of_account(account) if listed.is_whole else {})}
    names = {service.id: service.name for service in services}
    return staff_page(
        request,
        "staff_accounts_one.jinja",
        here=HERE,
        status=400 if errors else 200,
        listed=listed,
        is_own=listed.account_id == member.account_id,
        state=state_in_words(listed),
        roles=roles_in_words(listed.grants, names),
        form=stored if form is None else _kept(stored, form),
        errors=errors,
        groups=role_boxes(services, with_all),
        professions=PROFESSIONS,
        done=DONE.get(request.query.get("done", "")) if not errors else None,
    )


def _kept(stored: Mapping[str, str], form: Mapping[str, str]) -> dict[str, str]:
    """Return what was entered in one of the page's two forms, and what is stored of the other."""
    if "email" in form:
        return {**stored, **form}
    return {**{name: value for name, value in stored.items() if value != "yes"}, **form}
