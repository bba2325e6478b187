"""A postman whose time is driven by the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import select

from server.post.letters import write_letter
from server.post.mail_server import MailServer
from server.post.sending import Postman
from server.storage.database import Database
from server.storage.tables import Letter
from tests.integration.storage.databases import TUESDAY_10AM, SetClock


class Round:
    """Runs a postman until it rests, as often as the test wants it to."""

    def __init__(self, database: Database, clock: SetClock | None = None) -> None:
        self.database = database
        self.clock = clock or SetClock(TUESDAY_10AM)
        self.wait_s = 0.0
        self._ring: Callable[[], None] = lambda: None
        self._rests = asyncio.Event()

    def later(self, seconds: float, what: Callable[[], None]) -> Round:
        self.wait_s, self._ring = seconds, what
        self._rests.set()
        return self

    def cancel(self) -> None:
        self._rests.clear()

    async def rests(self) -> None:
        """Wait until all that was due is through."""
        async with asyncio.timeout(60):
            await self._rests.wait()

    async def sleeps_through(self) -> None:
        """Let the time go by for which the postman rests, and what is due then be done."""
        self._rests.clear()
        self.clock.move(seconds=self.wait_s)
        self._ring()
        await self.rests()

    async def write(self, key: str = "one", **other: Any) -> bool:
        """Write a letter and have the postman, if there is one, see to it."""
        self._rests.clear()
        letter = {
            "letter_id": f"letter-{key}",
            "key": key,
            "kind": "invitation",
            "to_address": "margaret@patients.example",
            "subject": "Your online class: how to join",
            "text": "Hello Margaret,\n\nhttps://classes.example/j/secret\n",
        }

        async def work(session) -> bool:
            return await write_letter(session, **(letter | other), now=self.clock())

        return await self.database.write(work)

    async def letter(self, key: str = "one") -> Letter:
        async with self.database.reading() as session:
            return (await session.scalars(select(Letter).where(Letter.key == key))).one()


@asynccontextmanager
async def postman(round_: Round, server: MailServer | None) -> AsyncIterator[Postman]:
    """Start one; ends with its first round through."""
    one = Postman(round_.database, server, clock=round_.clock, later=round_.later)
    round_._rests.clear()
    one.start()
    await round_.rests()
    try:
        yield one
    finally:
        await one.close()
