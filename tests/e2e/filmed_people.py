"""Patients without browsers, whose pictures and voices those of others play: they leave, and vanish."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from tests.e2e.light_people import do, light_people
from tests.synthetic.film import Player
from tests.synthetic.media_person import negotiate_media
from tests.synthetic.person import Person
from tests.synthetic.traffic import Counting

STEP_S = 0.02
CHECK_EVERY_S = 2.0


class Filmed:
    """One of them, who is in class or waits."""

    def __init__(self, person: Person, *, speaks: bool) -> None:
        self.person, self._speaks = person, speaks
        self._client: Counting | None = None
        self._player: Player | None = None

    @property
    def me(self) -> dict[str, Any]:
        """What the server last told her of herself."""
        assert self.person.view is not None, "she has joined"
        return self.person.view.plain["me"]

    async def connect(self) -> None:
        """Connect her media; the camera is on."""
        client = await negotiate_media(self.person, "patient")
        await do(self.person, "media:set", {"microphone_on": False, "camera_on": True})
        shows_none = {"peer": client.name, "slots": {}, "sound_only": False}
        await do(self.person, "media:view", shows_none)
        self._client, self._player = client, Player(client, secrets.randbits(31) + 1, speaks=self._speaks)

    async def unmute(self) -> None:
        """Once she is let in."""
        await self.person.until(lambda: self.person.view and self.person.view.place == "in_class", 60)
        await do(self.person, "media:set", {"microphone_on": True, "camera_on": True})

    def send_due(self, now_s: float) -> None:
        """Send what is due so long after she began."""
        if self._player is not None:
            self._player.send_due(now_s)

    def check(self) -> None:
        """Keep up consent."""
        if self._client is not None:
            self._client.check()

    async def leave(self) -> None:
        """Press Leave."""
        assert (await self.person.leave()).refused is None
        await self.close()

    async def come_again(self) -> None:
        """To the waiting room."""
        await self.person.come_in()
        await self.connect()

    async def vanish(self) -> None:
        """Her device stops in mid-sentence."""
        await self.close(goodbye=False)
        await self.person.close()

    async def close(self, *, goodbye: bool = True) -> None:
        """End her media."""
        client, self._client, self._player = self._client, None, None
        if client is not None:
            await client.close(goodbye=goodbye)


@asynccontextmanager
async def filmed_people(links: Sequence[str], speakers: int) -> AsyncIterator[list[Filmed]]:
    """Those behind these links come and wait, the first so many with a voice; they film until the end."""
    async with light_people(links) as people:
        filmed = [Filmed(person, speaks=at < speakers) for at, person in enumerate(people)]
        filming = asyncio.create_task(_film(filmed))
        try:
            for each in filmed:
                await each.connect()
            yield filmed
        finally:
            filming.cancel()
            await asyncio.gather(filming, return_exceptions=True)
            for each in filmed:
                await each.close()


async def _film(people: Sequence[Filmed]) -> None:
    loop = asyncio.get_running_loop()
    began_s, checked_s = loop.time(), 0.0
    while True:
        now_s = loop.time() - began_s
        for each in people:
            each.send_due(now_s)
        if now_s - checked_s >= CHECK_EVERY_S:
            checked_s = now_s
            for each in people:
                each.check()
        await asyncio.sleep(STEP_S)
