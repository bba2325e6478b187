"""A password is set or changed: with a one-time key, or by somebody who is signed in and knows the old one.

Either way every other browser of the account is signed out, of classes too, its keys open nothing any more,
and its holder is told by e-mail.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from server.people.account_keys import account_of_key, end_keys
from server.people.account_notices import Changed as Told
from server.people.account_notices import tell_of_change
from server.people.auditing import audit_account
from server.people.passwords import what_is_wrong
from server.people.sign_in import SignIn
from server.people.staff_links import end_staff_browsers
from server.people.staff_sessions import end_all_sessions, renew_secret, start_half_session
from server.post.letterhead import Letterhead
from server.storage.tables import StaffAccount


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a new password."""

    secret: str
    """Of the session that goes on in this browser."""
    hang_up_on: frozenset[str]
    """As whom the account was let into classes by other browsers: those ways in have ended."""


def refused_password(account: StaffAccount, password: str) -> str | None:
    """Return words for the page when this cannot be the account's password; None when it can."""
    return what_is_wrong(password, (account.email, account.full_name, account.shown_name))


async def set_with_key(
    sign_in: SignIn, key: str, password: str, now: datetime, letterhead: Letterhead
) -> Changed | None:
    """Set the password and use the key up; the session that begins may go on to the code.

    None when the key opens nothing (any more). The password is one that `refused_password` takes.
    """
    hashed = await sign_in.passwords.hash(password)
    secret, session_id, audit_id = sign_in.new_secret(), sign_in.new_id(), sign_in.new_id()

    async def work(session: AsyncSession) -> Changed | None:
        account = await account_of_key(session, key, now)
        if account is None:
            return None
        account.password_hash = hashed
        account.failures, account.locked_until = 0, None
        await end_keys(session, account.id, now)
        await end_all_sessions(session, account.id)
        people = await end_staff_browsers(session, account.id)
        start_half_session(session, account.id, now, secret, session_id)
        audit_account(session, account.id, "set_password", now, audit_id)
        await tell_of_change(session, account, Told.PASSWORD, now, letterhead)
        return Changed(secret, people)

    return await sign_in.database.write(work)


async def change_password(
    sign_in: SignIn,
    account_id: str,
    session_id: str,
    password: str,
    now: datetime,
    letterhead: Letterhead,
    *,
    cookies: Collection[str] = (),
) -> Changed:
    """Change the password of somebody who is signed in here; this session goes on under a new secret.

    `cookies` are this browser's: a class to which they lead goes on.
    """
    hashed = await sign_in.passwords.hash(password)
    secret, audit_id = sign_in.new_secret(), sign_in.new_id()

    async def work(session: AsyncSession) -> Changed:
        account = await session.get_one(StaffAccount, account_id)
        account.password_hash = hashed
        await end_keys(session, account_id, now)
        await end_all_sessions(session, account_id, but=session_id)
        people = await end_staff_browsers(session, account_id, but=cookies)
        await renew_secret(session, session_id, secret)
        audit_account(session, account_id, "change_password", now, audit_id)
        await tell_of_change(session, account, Told.PASSWORD, now, letterhead)
        return Changed(secret, people)

    return await sign_in.database.write(work)
