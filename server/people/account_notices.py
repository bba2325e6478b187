"""Tells the holder of an account by e-mail when what they sign in with was changed (OWASP ASVS 4.0.3, 2.5.5).

Whoever did not do it themselves learns of it while it can still be mended.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from sqlalchemy.ext.asyncio import AsyncSession

from server.post.letterhead import Letterhead
from server.post.letters import write_letter
from server.storage.tables import StaffAccount


class Changed(Enum):
    """What was changed, in the words of the e-mail."""

    PASSWORD = "password"  # noqa: S105
    SECOND_FACTOR = "app for codes"


async def tell_of_change(
    session: AsyncSession, account: StaffAccount, what: Changed, now: datetime, letterhead: Letterhead
) -> None:
    """Write the e-mail, in the transaction of the change; where no e-mail is sent, none is written."""
    if not letterhead.sends_mail:
        return
    letter_id = letterhead.new_id()
    await write_letter(
        session,
        letter_id=letter_id,
        key=f"account_changed:{letter_id}",
        kind="account_changed",
        to_address=account.email,
        subject=f"Your Moveroom {what.value} was changed",
        text=f"Hello {account.full_name},\n\n"
        f"The {what.value} of your Moveroom account was changed just now.\n\n"
        "If it was you, you need do nothing.\n\n"
        f"If not, choose a new password at once, at {letterhead.base_url}/staff/reset, and tell an"
        " administrator of your service.\n",
        now=now,
        account_id=account.id,
    )
