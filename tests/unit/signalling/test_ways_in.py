"""Sockets whose way in has ended beside this process."""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.signalling.ways_in import EVERY_S
from server.storage.tables import LinkSession, PersonalLink
from tests.unit.signalling.clients import Server


async def test_who_is_let_in_no_more_is_hung_up_on_within_a_minute_and_nobody_else(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")

    async def reset(session: AsyncSession) -> None:
        await session.execute(delete(LinkSession).where(LinkSession.link_id == "link-hannah"))

    await server.database.write(reset)
    assert EVERY_S <= 60
    server.timers.pass_s(EVERY_S)
    await hannah.gone()
    assert (await margaret.ask("question:ask", {"key": "a-random-key", "text": "Is she back soon?"}))["ok"]


async def test_who_comes_by_a_revoked_link_is_hung_up_on(server: Server) -> None:
    margaret = await server.joined("margaret")

    async def revoke(session: AsyncSession) -> None:
        await session.execute(update(PersonalLink).values(revoked_at=server.clock()))

    await server.database.write(revoke)
    server.timers.pass_s(EVERY_S)
    await margaret.gone()


async def test_it_is_looked_at_again_and_again(server: Server) -> None:
    margaret = await server.joined("margaret")
    for _ in range(3):
        server.timers.pass_s(EVERY_S)
        assert (await margaret.ask("question:vote", {"question": "none", "up": True}))["ok"] is False

    async def reset(session: AsyncSession) -> None:
        await session.execute(delete(LinkSession))

    await server.database.write(reset)
    server.timers.pass_s(EVERY_S)
    await margaret.gone()
