"""One-time keys with which staff set a password: for a new account, and when it was forgotten.

A key is 256 random bits, stored hashed (SHA-256 is enough for a random secret), good for a day when an
administrator made it and for an hour when somebody asked for it, and used once. A newer one ends the older.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.links import hash_of
from server.people.staff_links import end_staff_browsers
from server.people.staff_sessions import end_all_sessions
from server.post.letters import write_letter
from server.storage.tables import AccountKey, StaffAccount

MOST_RESETS = 3
"""Letters that one account gets on request within `RESETS_WITHIN`, so that nobody can flood a mailbox."""
RESETS_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Purpose:
    lasts: timedelta
    subject: str
    words: str


class KeyFor(Enum):
    """What a key is for."""

    SET_UP = _Purpose(
        timedelta(hours=24),
        "Your Moveroom account",
        "You have an account for Moveroom, where group classes are held online.\n\n"
        "Choose your password, and set up the code that you sign in with:\n\n{address}\n\n"
        "You need an authenticator app on your phone or computer. This link works once, in the next 24 hours."
        " After that, ask whoever runs Moveroom in your service for a new one.\n",
    )
    RESET = _Purpose(
        timedelta(hours=1),
        "Choose a new Moveroom password",
        "Somebody, most likely you, asked for a new password for Moveroom.\n\n"
        "Choose it here:\n\n{address}\n\n"
        "This link works once, in the next hour. You still need the code from your authenticator app.\n\n"
        "If you did not ask for this, you need do nothing: your password has not changed.\n",
    )

    @property
    def lasts(self) -> timedelta:
        """How long the key opens anything."""
        return self.value.lasts


def key_address(base_url: str, secret: str) -> str:
    """Return where a password is set with this key."""
    return f"{base_url}/staff/set-up/{secret}"


async def make_key(
    session: AsyncSession, account_id: str, now: datetime, secret: str, purpose: KeyFor = KeyFor.SET_UP
) -> None:
    """Make a key for this account; its earlier ones open nothing any more. The caller tells the secret."""
    await end_keys(session, account_id, now)
    session.add(
        AccountKey(
            token_hash=hash_of(secret),
            account_id=account_id,
            created_at=now,
            expires_at=now + purpose.lasts,
        )
    )
    await session.flush()


async def send_key(
    session: AsyncSession,
    account: StaffAccount,
    now: datetime,
    *,
    secret: str,
    letter_id: str,
    base_url: str,
    purpose: KeyFor,
    service_id: str | None = None,
) -> None:
    """Make a key and put the letter that brings it into the outbox, for the account's own address."""
    await make_key(session, account.id, now, secret, purpose)
    await write_letter(
        session,
        letter_id=letter_id,
        key=f"staff_key:{letter_id}",
        kind="staff_key",
        to_address=account.email,
        subject=purpose.value.subject,
        text=f"Hello {account.full_name},\n\n"
        + purpose.value.words.format(address=key_address(base_url, secret)),
        now=now,
        service_id=service_id,
        account_id=account.id,
    )


async def may_send_reset(session: AsyncSession, account_id: str, now: datetime) -> bool:
    """Whether this account has not yet had `MOST_RESETS` keys lately."""
    made = await session.scalar(
        select(func.count())
        .select_from(AccountKey)
        .where(AccountKey.account_id == account_id, AccountKey.created_at > now - RESETS_WITHIN)
    )
    return (made or 0) < MOST_RESETS


async def account_of_key(session: AsyncSession, secret: str, now: datetime) -> StaffAccount | None:
    """Whose password may be set with this key; None for one that is unknown, used, too old or of a closed
    account. Looking changes nothing: mail scanners open links too.
    """
    account: StaffAccount | None = await session.scalar(
        select(StaffAccount)
        .join(AccountKey, AccountKey.account_id == StaffAccount.id)
        .where(
            AccountKey.token_hash == hash_of(secret),
            AccountKey.used_at.is_(None),
            AccountKey.expires_at > now,
            StaffAccount.disabled_at.is_(None),
        )
    )
    return account


async def end_keys(session: AsyncSession, account_id: str, now: datetime) -> None:
    """All keys of this account open nothing any more."""
    await session.execute(
        update(AccountKey)
        .where(AccountKey.account_id == account_id, AccountKey.used_at.is_(None))
        .values(used_at=now)
    )


async def start_over(session: AsyncSession, account: StaffAccount, now: datetime) -> None:
    """Forget an account's password and second factor and sign it out everywhere: it needs a new key.

    For somebody who lost the phone with the codes, or whose password others may know.
    """
    account.password_hash = account.totp_secret = account.totp_step = None
    account.failures, account.locked_until = 0, None
    await end_keys(session, account.id, now)
    await end_all_sessions(session, account.id)
    await end_staff_browsers(session, account.id)
    await session.flush()
