"""Signing in: the password, then the code; and what a wrong one costs.

Failures in a row are counted in the account's row, of password and code alike, and only the right code takes
them back: so that nobody tries codes for ever who has got hold of the password.

| failures in a row | the account takes nothing for |
|---|---|
| 1 to 4 | - |
| 5, 6, 7, 8, 9 and more | 1, 2, 4, 8, 15 minutes |

So an account answers to 11 wrong tries in the first hour and to 4 in each one after that (OWASP ASVS 4.0.3,
2.2.1: no more than 100 an hour). While it takes nothing the right password is refused too, in the same words
as a wrong one and an unknown address, after the same work: the words tell nobody which accounts there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from server.people.account_notices import Changed, tell_of_change
from server.people.accounts import account_by_email
from server.people.auditing import audit_account
from server.people.passwords import Passwords
from server.people.second_factor import SecondFactors, step_of
from server.people.staff_sessions import (
    complete_session,
    end_session,
    half_session,
    purge_staff_sessions,
    renew_secret,
    start_half_session,
)
from server.post.letterhead import Letterhead
from server.storage.database import Database
from server.storage.tables import StaffAccount

FREE_FAILURES = 4
LONGEST_LOCK = timedelta(minutes=15)


class CodeOutcome(StrEnum):
    """What became of a code."""

    RIGHT = "right"
    WRONG = "wrong"
    START_AGAIN = "start again"
    """Too many were wrong, or the password was given too long ago."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Signing in, over the tables. Ids and secrets come from `new_id` and `new_secret`."""

    database: Database
    passwords: Passwords
    second_factors: SecondFactors
    new_id: Callable[[], str]
    new_secret: Callable[[], str]

    async def with_password(self, email: str, password: str, now: datetime) -> str | None:
        """Check a password; return the secret of a session that may give the code, None when refused."""
        async with self.database.reading() as session:
            account = await account_by_email(session, email)
        stored = account.password_hash if account is not None and account.disabled_at is None else None
        is_right = await self.passwords.is_right(stored, password)
        anew = None
        if is_right and stored is not None and self.passwords.is_outdated(stored):
            anew = await self.passwords.hash(password)
        account_id = account.id if account is not None else None
        secret, session_id, audit_id = self.new_secret(), self.new_id(), self.new_id()

        async def work(session: AsyncSession) -> bool:
            row = await session.get(StaffAccount, account_id) if account_id is not None else None
            if row is None or is_locked(row, now) or not is_right or row.password_hash != stored:
                if row is not None and not is_right and not is_locked(row, now):
                    count_failure(row, now)
                audit_account(session, account_id, "sign_in_refused", now, audit_id)
                return False
            if anew is not None:
                row.password_hash = anew
            await purge_staff_sessions(session, now)
            start_half_session(session, row.id, now, secret, session_id)
            return True

        return secret if await self.database.write(work) else None

    async def with_code(self, secret: str, code: str, now: datetime) -> tuple[CodeOutcome, str]:
        """Check the code that follows the password; when it is right, the session's new secret with it."""
        new_secret, audit_id = self.new_secret(), self.new_id()

        async def work(session: AsyncSession) -> CodeOutcome:
            half = await half_session(session, secret, now)
            if half is None or half.account.totp_secret is None:
                return CodeOutcome.START_AGAIN
            if self._takes_code(half.account, code, now):
                await complete_session(session, half.session_id, now, new_secret)
                audit_account(session, half.account.id, "sign_in", now, audit_id)
                return CodeOutcome.RIGHT
            audit_account(session, half.account.id, "code_refused", now, audit_id)
            if not is_locked(half.account, now):
                return CodeOutcome.WRONG
            await end_session(session, half.account.id, half.session_id)
            return CodeOutcome.START_AGAIN

        return await self.database.write(work), new_secret

    async def with_first_code(
        self, secret: str, pending: str, code: str, now: datetime
    ) -> tuple[CodeOutcome, str]:
        """Take over the second factor that the page has shown (`pending`) by its first code, and sign in."""
        new_secret, audit_id = self.new_secret(), self.new_id()

        async def work(session: AsyncSession) -> CodeOutcome:
            half = await half_session(session, secret, now)
            if half is None or half.account.totp_secret is not None:
                return CodeOutcome.START_AGAIN
            if not self._takes_first_code(half.account, half.session_id, pending, code, now):
                return CodeOutcome.WRONG
            await complete_session(session, half.session_id, now, new_secret)
            audit_account(session, half.account.id, "set_up_second_factor", now, audit_id)
            return CodeOutcome.RIGHT

        return await self.database.write(work), new_secret

    async def is_password(self, account_id: str, password: str, now: datetime) -> bool:
        """Check the password once more, of somebody who is signed in; a wrong one is counted."""
        async with self.database.reading() as session:
            account = await session.get_one(StaffAccount, account_id)
        is_right = await self.passwords.is_right(account.password_hash, password)
        audit_id = self.new_id()

        async def work(session: AsyncSession) -> bool:
            row = await session.get_one(StaffAccount, account_id)
            if is_locked(row, now):
                return False
            if is_right:
                return row.password_hash == account.password_hash
            count_failure(row, now)
            audit_account(session, account_id, "password_refused", now, audit_id)
            return False

        return await self.database.write(work)

    async def change_second_factor(
        self,
        account_id: str,
        session_id: str,
        pending: str,
        code: str,
        now: datetime,
        letterhead: Letterhead,
    ) -> str | None:
        """Replace the second factor of somebody who is signed in; returns the session's new secret."""
        new_secret, audit_id = self.new_secret(), self.new_id()

        async def work(session: AsyncSession) -> str | None:
            account = await session.get_one(StaffAccount, account_id)
            if not self._takes_first_code(account, session_id, pending, code, now):
                return None
            await renew_secret(session, session_id, new_secret)
            audit_account(session, account_id, "change_second_factor", now, audit_id)
            await tell_of_change(session, account, Changed.SECOND_FACTOR, now, letterhead)
            return new_secret

        return await self.database.write(work)

    def _takes_code(self, account: StaffAccount, code: str, now: datetime) -> bool:
        assert account.totp_secret is not None
        if is_locked(account, now):
            return False
        step = step_of(self.second_factors.opened(account.totp_secret), code, now, account.totp_step)
        if step is None:
            count_failure(account, now)
            return False
        account.totp_step, account.failures, account.locked_until = step, 0, None
        return True

    def _takes_first_code(
        self, account: StaffAccount, session_id: str, pending: str, code: str, now: datetime
    ) -> bool:
        secret = self.second_factors.opened_pending(pending, session_id, now)
        step = step_of(secret, code, now, None) if secret is not None else None
        if secret is None or step is None:
            return False
        account.totp_secret, account.totp_step = self.second_factors.seal(secret), step
        account.failures, account.locked_until = 0, None
        return True


def is_locked(account: StaffAccount, now: datetime) -> bool:
    """Whether the account takes no password and no code for the moment."""
    return account.locked_until is not None and now < account.locked_until


def count_failure(account: StaffAccount, now: datetime) -> None:
    """Count a wrong password or code, and lock the account by the table above."""
    account.failures += 1
    beyond = account.failures - FREE_FAILURES
    if beyond > 0:
        account.locked_until = now + min(timedelta(minutes=2 ** min(beyond - 1, 10)), LONGEST_LOCK)
