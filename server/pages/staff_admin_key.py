"""Gives a member of staff the one-time key to set a password with: by e-mail, or to the administrator.

Without a mail server the administrator sees the address, this once, and passes it on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.site import Site
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.account_keys import KeyFor, key_address, make_key, send_key
from server.storage.tables import StaffAccount

HERE = "/staff/accounts"


@dataclass(frozen=True, slots=True)
class KeyToHandOver:
    """A key: written in a transaction, handed over after it."""

    site: Site
    secret: str

    async def write(
        self, session: AsyncSession, account_id: str, now: datetime, service_id: str | None
    ) -> None:
        """Store the key's hash, and the letter that brings it when letters are sent."""
        if not self.site.mail_from:
            await make_key(session, account_id, now, self.secret)
            return
        await send_key(
            session,
            await session.get_one(StaffAccount, account_id),
            now,
            secret=self.secret,
            letter_id=self.site.new_id(),
            base_url=self.site.base_url,
            purpose=KeyFor.SET_UP,
            service_id=service_id,
        )

    def hand_over(
        self, request: web.Request, account_id: str, full_name: str, email: str, *, done: str
    ) -> web.Response:
        """Go on to the account's page when a letter is on its way; else show the address of the key."""
        if self.site.mail_from:
            return see(f"{HERE}/{account_id}?done={done}")
        return staff_page(
            request,
            "staff_accounts_key.jinja",
            here=HERE,
            account_id=account_id,
            full_name=full_name,
            email=email,
            address=key_address(self.site.base_url, self.secret),
        )


def key_to_hand_over(site: Site) -> KeyToHandOver:
    """Return a new key."""
    return KeyToHandOver(site, site.new_secret())
