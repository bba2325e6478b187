"""`/staff/reset` and `/staff/set-up/{key}`: a password is asked for, and chosen with a one-time key."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import anybody, give_staff_cookie
from server.pages.fields import Fields
from server.pages.forms import form_of
from server.pages.rates import source_of
from server.pages.sign_in import CODE, TOO_MANY, sign_in_page
from server.pages.site import SITE
from server.pages.way_in import see
from server.people.account_keys import KeyFor, account_of_key, may_send_reset, send_key
from server.people.accounts import account_by_email
from server.people.auditing import audit_account
from server.people.password_changes import refused_password, set_with_key

routes = web.RouteTableDef()

RESET = "/staff/reset"
KEY = "/staff/set-up/{key:[^/]{1,100}}"


@routes.get(RESET)
@anybody
async def show_reset(request: web.Request) -> web.Response:
    """Ask for the e-mail address; or say that a letter is on its way, if there is such an account."""
    template = "staff_password_sent.jinja" if "sent" in request.query else "staff_password_reset.jinja"
    return sign_in_page(request, template, sends_mail=request.app[SITE].letterhead.sends_mail)


@routes.post(RESET)
@anybody
async def ask_reset(request: web.Request) -> web.Response:
    """Send a key to the account's own address. The page says the same whether there is such an account."""
    site = request.app[SITE]
    fields = Fields(await form_of(request))
    email = fields.email("email", "Enter your email address")
    if email is not None and not site.sign_in_rates.resets.take(source_of(request)):
        site.failures["too_many_resets"] += 1
        fields.errors["email"] = TOO_MANY
    if email is None or fields.errors:
        return sign_in_page(
            request,
            "staff_password_reset.jinja",
            status=429 if email is not None else 400,
            email=fields.form.get("email", ""),
            errors=fields.errors,
        )
    now, secret, letter_id, audit_id = site.clock(), site.new_secret(), site.new_id(), site.new_id()

    async def work(session: AsyncSession) -> None:
        account = await account_by_email(session, email)
        is_open = account is not None and account.disabled_at is None
        audit_account(session, account.id if account is not None else None, "ask_reset", now, audit_id)
        sends = site.letterhead.sends_mail and account is not None and is_open
        if account is not None and sends and await may_send_reset(session, account.id, now):
            await send_key(
                session,
                account,
                now,
                secret=secret,
                letter_id=letter_id,
                base_url=site.base_url,
                purpose=KeyFor.RESET,
            )

    await site.database.write(work)
    return see(f"{RESET}?sent=yes")


@routes.get(KEY)
@anybody
async def show_set_up(request: web.Request) -> web.Response:
    """Ask for a password. Opening the address uses nothing up: mail scanners open it too."""
    site = request.app[SITE]
    async with site.database.reading() as session:
        account = await account_of_key(session, request.match_info["key"], site.clock())
    if account is None:
        return sign_in_page(request, "staff_password_no_key.jinja", status=410)
    return sign_in_page(request, "staff_password_set.jinja", account=account)


@routes.post(KEY)
@anybody
async def set_password(request: web.Request) -> web.Response:
    """Set the password, use the key up, and go on to the code."""
    site, key = request.app[SITE], request.match_info["key"]
    form = await form_of(request)
    password = form.get("password", "")
    async with site.database.reading() as session:
        account = await account_of_key(session, key, site.clock())
    if account is None:
        return sign_in_page(request, "staff_password_no_key.jinja", status=410)
    wrong = refused_password(account, password) if password else "Enter a password"
    if wrong is not None:
        return sign_in_page(
            request, "staff_password_set.jinja", status=400, account=account, errors={"password": wrong}
        )
    changed = await set_with_key(site.sign_in, key, password, site.clock(), site.letterhead)
    if changed is None:
        return sign_in_page(request, "staff_password_no_key.jinja", status=410)
    site.hang_up(changed.hang_up_on)
    answer = see(CODE)
    give_staff_cookie(request, answer, changed.secret)
    return answer
