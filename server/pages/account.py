"""`/staff/account`: one's own password, second factor, and the browsers in which one is signed in."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import STAFF, give_staff_cookie, staff
from server.pages.fields import Fields
from server.pages.forms import form_of
from server.pages.rates import source_of
from server.pages.sign_in import TOO_MANY, WRONG_CODE, manual_of
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.accounts import roles_in_words
from server.people.auditing import audit
from server.people.password_changes import change_password, refused_password
from server.people.second_factor import new_totp_secret
from server.people.staff import Action
from server.people.staff_links import end_staff_browsers
from server.people.staff_sessions import end_all_sessions, end_session, open_sessions
from server.storage.tables import StaffAccount
from server.timetable.spoken import day_and_time

routes = web.RouteTableDef()

ACCOUNT = "/staff/account"
PASSWORD = ACCOUNT + "/password"
SECOND_FACTOR = ACCOUNT + "/second-factor"
DONE = {
    "password": "Your password is changed. You are signed out in all other browsers.",
    "second-factor": "From now on the codes of your new app are asked for.",
    "ended": "You are signed out there.",
}
WRONG_OLD = "This is not your password, or there were too many wrong ones: then wait 15 minutes"


@routes.get(ACCOUNT)
@staff(Action.SIGNED_IN)
async def show_account(request: web.Request) -> web.Response:
    """Show who one is here, what one may do, and where one is signed in."""
    site, member, now = request.app[SITE], request[STAFF], request.app[SITE].clock()
    async with site.database.reading() as session:
        account = await session.get_one(StaffAccount, member.account_id)
        roles = await roles_in_words(session, member.account_id)
        sessions = await open_sessions(session, member.account_id, now)
    browsers = [
        {
            "id": each.session_id,
            "is_this": each.session_id == member.session_id,
            "since": day_and_time(each.created_at, now, site.zone),
            "used": day_and_time(each.used_at, now, site.zone),
        }
        for each in sessions
    ]
    return staff_page(
        request,
        "staff_account.jinja",
        here=ACCOUNT,
        account=account,
        roles=roles,
        browsers=browsers,
        done=DONE.get(request.query.get("done", "")),
    )


@routes.get(PASSWORD)
@staff(Action.SIGNED_IN)
async def show_password(request: web.Request) -> web.Response:
    """Ask for the present password and a new one."""
    return staff_page(request, "staff_account_password.jinja", here=ACCOUNT, email=await _email(request))


@routes.post(PASSWORD)
@staff(Action.SIGNED_IN)
async def take_new_password(request: web.Request) -> web.Response:
    """Change the password of somebody who knows the present one; all other browsers are signed out."""
    site, member = request.app[SITE], request[STAFF]
    form = await form_of(request)
    old, new = form.get("old", ""), form.get("new", "")
    async with site.database.reading() as session:
        account = await session.get_one(StaffAccount, member.account_id)
    errors: dict[str, str] = {}
    if not old:
        errors["old"] = "Enter your present password"
    wrong = refused_password(account, new) if new else "Enter a new password"
    if wrong is not None:
        errors["new"] = wrong
    if not errors:
        errors |= await _wrong_password(request, "old", old)
    if errors:
        return staff_page(
            request,
            "staff_account_password.jinja",
            here=ACCOUNT,
            status=400,
            email=account.email,
            errors=errors,
        )
    changed = await change_password(
        site.sign_in,
        member.account_id,
        member.session_id,
        new,
        site.clock(),
        site.letterhead,
        cookies=list(request.cookies.values()),
    )
    site.hang_up(changed.hang_up_on)
    answer = see(f"{ACCOUNT}?done=password")
    give_staff_cookie(request, answer, changed.secret)
    return answer


@routes.get(SECOND_FACTOR)
@staff(Action.SIGNED_IN)
async def show_new_second_factor(request: web.Request) -> web.Response:
    """Show a new second factor; the old one holds until the first code of the new one is given."""
    return await _second_factor_page(request, new_totp_secret())


@routes.post(SECOND_FACTOR)
@staff(Action.SIGNED_IN)
async def take_new_second_factor(request: web.Request) -> web.Response:
    """Replace the second factor of somebody who knows the password and has the new app's code."""
    site, member, now = request.app[SITE], request[STAFF], request.app[SITE].clock()
    form = await form_of(request)
    fields = Fields(form)
    pending = form.get("pending", "")
    shown = site.sign_in.second_factors.opened_pending(pending, member.session_id, now)
    if shown is None:
        return see(SECOND_FACTOR)
    code = fields.text("code", "Enter the code that your new app shows", most=20)
    password = form.get("password", "")
    if not password:
        fields.errors["password"] = "Enter your password"  # noqa: S105
    if not fields.errors:
        fields.errors |= await _wrong_password(request, "password", password)
    if not fields.errors:
        secret = await site.sign_in.change_second_factor(
            member.account_id, member.session_id, pending, code, now, site.letterhead
        )
        if secret is not None:
            answer = see(f"{ACCOUNT}?done=second-factor")
            give_staff_cookie(request, answer, secret)
            return answer
        fields.errors["code"] = WRONG_CODE
    return await _second_factor_page(request, shown, errors=fields.errors, status=400)


@routes.post(ACCOUNT + "/sessions/{session_id:[A-Za-z0-9_-]{1,32}}/end")
@staff(Action.SIGNED_IN)
async def end_one(request: web.Request) -> web.Response:
    """Sign one of one's own browsers out. A class that was opened in it may have outlasted an earlier sign-in
    there: all browsers but this one are to open theirs again.
    """
    site, member, now = request.app[SITE], request[STAFF], request.app[SITE].clock()
    audit_id, session_id = site.new_id(), request.match_info["session_id"]
    kept = list(request.cookies.values()) if session_id != member.session_id else []

    async def work(session: AsyncSession) -> frozenset[str]:
        if not await end_session(session, member.account_id, session_id):
            return frozenset()
        audit(session, member, "end_session", now, audit_id)
        return await end_staff_browsers(session, member.account_id, but=kept)

    site.hang_up(await site.database.write(work))
    return see(f"{ACCOUNT}?done=ended")


@routes.post(ACCOUNT + "/end-others")
@staff(Action.SIGNED_IN)
async def end_others(request: web.Request) -> web.Response:
    """Sign all of one's other browsers out."""
    site, member, now = request.app[SITE], request[STAFF], request.app[SITE].clock()
    audit_id, cookies = site.new_id(), list(request.cookies.values())

    async def work(session: AsyncSession) -> frozenset[str]:
        await end_all_sessions(session, member.account_id, but=member.session_id)
        audit(session, member, "end_other_sessions", now, audit_id)
        return await end_staff_browsers(session, member.account_id, but=cookies)

    site.hang_up(await site.database.write(work))
    return see(f"{ACCOUNT}?done=ended")


async def _wrong_password(request: web.Request, field: str, password: str) -> dict[str, str]:
    """Return the error when this is not the account's password; a wrong one is counted as at sign-in."""
    site = request.app[SITE]
    if not site.sign_in_rates.passwords.take(source_of(request)):
        site.failures["too_many_passwords"] += 1
        return {field: TOO_MANY}
    if await site.sign_in.is_password(request[STAFF].account_id, password, site.clock()):
        return {}
    return {field: WRONG_OLD}


async def _email(request: web.Request) -> str:
    async with request.app[SITE].database.reading() as session:
        return (await session.get_one(StaffAccount, request[STAFF].account_id)).email


async def _second_factor_page(
    request: web.Request,
    secret: str,
    *,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    site, member = request.app[SITE], request[STAFF]
    email = await _email(request)
    sealed = site.sign_in.second_factors.seal_pending(secret, member.session_id, site.clock())
    return staff_page(
        request,
        "staff_account_second_factor.jinja",
        here=ACCOUNT,
        status=status,
        email=email,
        manual=manual_of(secret, email),
        pending=sealed,
        errors=errors or {},
    )
