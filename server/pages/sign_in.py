"""`/staff/sign-in` and the code after it, `/staff/sign-out`, `/staff/stay`: how staff come and go."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import (
    SIGNED_OUT_AT,
    anybody,
    give_staff_cookie,
    signed_in,
    staff,
    staff_cookie,
    take_staff_cookie,
)
from server.pages.contact import NOBODY
from server.pages.fields import Fields
from server.pages.forms import form_of
from server.pages.rates import source_of
from server.pages.rendering import form_page
from server.pages.site import SITE
from server.pages.staff_page import home_of
from server.pages.way_in import see
from server.people.second_factor import app_address, new_totp_secret, qr_picture
from server.people.sign_in import CodeOutcome
from server.people.staff import Action
from server.people.staff_links import end_staff_browser
from server.people.staff_sessions import HalfSession, end_session, half_session, member_of_session

routes = web.RouteTableDef()

SIGN_IN = "/staff/sign-in"
CODE = "/staff/sign-in/code"
SECOND_FACTOR = "/staff/sign-in/second-factor"
NOT_RIGHT = (
    "The email address or password is not right. After 5 wrong ones an account takes none for a while: if you"
    " are sure that yours are right, wait 15 minutes, or ask for a new password"
)
WRONG_CODE = "The code is not right. Enter the code that your app shows now"
TOO_MANY = "There were too many tries from where you are. Wait a few minutes, then try again"
_OWN_PATH = re.compile(
    r"/(?:staff|class/[\w-]{1,32}|after/[\w-]{1,32}|measures/[\w-]{1,32})(?:/[A-Za-z0-9_.~%/-]*)?"
    r"(?:\?[A-Za-z0-9_.~%/=&+,:-]*)?",
    re.ASCII,
)
"""Pages of staff, and those beside a class that they opened."""


class Manual(NamedTuple):
    """A second factor that is to be put into an authenticator app."""

    picture: str
    """The source of the image of a QR code."""
    address: str
    """What opens an app on the same device."""
    secret: str
    """To be typed, in groups of four."""


@routes.get(SIGN_IN)
@anybody
async def show_sign_in(request: web.Request) -> web.Response:
    """Ask for e-mail address and password; whoever is signed in goes on."""
    next_path = own_path(request.query.get("next"))
    member = await signed_in(request)
    if member is not None:
        return see(next_path or home_of(member))
    return sign_in_page(
        request, "staff_sign_in.jinja", next=next_path, signed_out=request.query.get("signed-out")
    )


@routes.post(SIGN_IN)
@anybody
async def take_password(request: web.Request) -> web.Response:
    """Check the password. Unknown, wrong and locked get the same words, after the same work."""
    site = request.app[SITE]
    form = await form_of(request)
    fields = Fields(form)
    next_path = own_path(form.get("next"))
    email = fields.text("email", "Enter your email address", most=254)
    password = form.get("password", "")
    if not password:
        fields.errors["password"] = "Enter your password"  # noqa: S105
    if not fields.errors:
        if not site.sign_in_rates.passwords.take(source_of(request)):
            site.failures["too_many_passwords"] += 1
            fields.errors["email"] = TOO_MANY
            return sign_in_page(
                request,
                "staff_sign_in.jinja",
                status=429,
                next=next_path,
                email=email,
                errors=fields.errors,
            )
        secret = await site.sign_in.with_password(email, password[:4096], site.clock())
        if secret is not None:
            answer = see(with_next(CODE, next_path))
            give_staff_cookie(request, answer, secret)
            return answer
        site.failures["sign_in_refused"] += 1
        fields.errors["email"] = NOT_RIGHT
    return sign_in_page(
        request, "staff_sign_in.jinja", status=400, next=next_path, email=email, errors=fields.errors
    )


@routes.get(CODE)
@anybody
async def show_code(request: web.Request) -> web.Response:
    """Ask for the code of the app; who has none yet is shown how to set it up."""
    next_path = own_path(request.query.get("next"))
    half = await half_signed_in(request)
    if half is None:
        return see(with_next(SIGN_IN, next_path))
    if half.account.totp_secret is None:
        return see(with_next(SECOND_FACTOR, next_path))
    return sign_in_page(request, "staff_sign_in_code.jinja", next=next_path)


@routes.post(CODE)
@anybody
async def take_code(request: web.Request) -> web.Response:
    """Check the code, and sign in."""
    site = request.app[SITE]
    form = await form_of(request)
    fields = Fields(form)
    next_path = own_path(form.get("next"))
    code = fields.text("code", "Enter the code from your app", most=20)
    if not fields.errors:
        secret = request.cookies.get(staff_cookie(request), "")
        outcome, new_secret = await site.sign_in.with_code(secret, code, site.clock())
        if outcome is not CodeOutcome.WRONG:
            return await _go_on(request, outcome, new_secret, next_path)
        fields.errors["code"] = WRONG_CODE
        site.failures["code_refused"] += 1
    return sign_in_page(request, "staff_sign_in_code.jinja", status=400, next=next_path, errors=fields.errors)


@routes.get(SECOND_FACTOR)
@anybody
async def show_second_factor(request: web.Request) -> web.Response:
    """Show what to put into an authenticator app. Nothing is stored until its first code is given."""
    next_path = own_path(request.query.get("next"))
    half = await half_signed_in(request)
    if half is None or half.account.totp_secret is not None:
        return see(with_next(SIGN_IN if half is None else CODE, next_path))
    return _second_factor_page(request, half, new_totp_secret(), next_path)


@routes.post(SECOND_FACTOR)
@anybody
async def take_second_factor(request: web.Request) -> web.Response:
    """Keep the second factor if its first code is right, and sign in."""
    site = request.app[SITE]
    form = await form_of(request)
    fields = Fields(form)
    next_path, pending = own_path(form.get("next")), form.get("pending", "")
    half, now = await half_signed_in(request), site.clock()
    if half is None or half.account.totp_secret is not None:
        return see(with_next(SIGN_IN if half is None else CODE, next_path))
    shown = site.sign_in.second_factors.opened_pending(pending, half.session_id, now)
    if shown is None:
        return see(with_next(SECOND_FACTOR, next_path))
    code = fields.text("code", "Enter the code that your app shows", most=20)
    if not fields.errors:
        secret = request.cookies.get(staff_cookie(request), "")
        outcome, new_secret = await site.sign_in.with_first_code(secret, pending, code, now)
        if outcome is not CodeOutcome.WRONG:
            return await _go_on(request, outcome, new_secret, next_path)
        fields.errors["code"] = WRONG_CODE
    return _second_factor_page(request, half, shown, next_path, errors=fields.errors, status=400)


@routes.post("/staff/sign-out")
@anybody
async def sign_out(request: web.Request) -> web.Response:
    """End the session of this browser, whatever state it is in, and its ways into class."""
    site = request.app[SITE]
    member, half = await signed_in(request), await half_signed_in(request)
    people, cookies = list(member.people.values()) if member else [], list(request.cookies.values())

    async def end(session: AsyncSession) -> frozenset[str]:
        if member is not None:
            await end_session(session, member.account_id, member.session_id)
        elif half is not None:
            await end_session(session, half.account.id, half.session_id)
        signed_in_by = member.session_id if member is not None else None
        return await end_staff_browser(session, cookies, staff_session_id=signed_in_by, people=people)

    if cookies:
        site.hang_up(await site.database.write(end))
    answer = see(f"{SIGN_IN}?signed-out=yes")
    take_staff_cookie(request, answer)
    return answer


@routes.post("/staff/stay")
@staff(Action.SIGNED_IN)
async def stay(request: web.Request) -> web.Response:
    """Stay signed in: asking for it is use enough. Says for how many seconds from now."""
    left = request[SIGNED_OUT_AT] - request.app[SITE].clock()
    answer = web.json_response({"signed_out_in_s": int(left.total_seconds())})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def own_path(path: str | None) -> str:
    """Return `path` when it is one of the staff's pages, otherwise nothing: nobody is sent elsewhere."""
    found = path if path is not None and len(path) <= 500 and _OWN_PATH.fullmatch(path) else ""
    return "" if found.startswith((SIGN_IN, "/staff/sign-out", "/staff/stay")) else found


def with_next(path: str, next_path: str) -> str:
    """Return the address of a page of signing in, with where to go on after it."""
    return f"{path}?next={quote(next_path)}" if next_path else path


def sign_in_page(request: web.Request, template: str, *, status: int = 200, **values: object) -> web.Response:
    """Render a page for somebody who is not signed in."""
    return form_page(request, template, NOBODY, status=status, **values)


def manual_of(secret: str, email: str) -> Manual:
    """Return a new second factor in the three ways in which it gets into an app."""
    address = app_address(secret, email)
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return Manual(qr_picture(address), address, groups)


async def half_signed_in(request: web.Request) -> HalfSession | None:
    """Whose password was given in this browser, when the code is still to come."""
    site = request.app[SITE]
    secret = request.cookies.get(staff_cookie(request))
    if not secret:
        return None
    async with site.database.reading() as session:
        return await half_session(session, secret, site.clock())


def _second_factor_page(
    request: web.Request, half: HalfSession, secret: str, next_path: str, **values: object
) -> web.Response:
    site = request.app[SITE]
    return sign_in_page(
        request,
        "staff_sign_in_second_factor.jinja",
        manual=manual_of(secret, half.account.email),
        pending=site.sign_in.second_factors.seal_pending(secret, half.session_id, site.clock()),
        next=next_path,
        **values,  # type: ignore[arg-type]
    )


async def _go_on(request: web.Request, outcome: CodeOutcome, new_secret: str, next_path: str) -> web.Response:
    """Send the browser on after a code: in, with the session's new secret, or back to the password."""
    if outcome is CodeOutcome.START_AGAIN:
        answer = see(with_next(f"{SIGN_IN}", next_path))
        take_staff_cookie(request, answer)
        return answer
    site = request.app[SITE]
    async with site.database.reading() as session:
        member = await member_of_session(session, new_secret, site.clock())
    answer = see(next_path or (home_of(member) if member is not None else SIGN_IN))
    give_staff_cookie(request, answer, new_secret)
    return answer
