"""The server is told to stop in mid-class: everyone is told, what was accepted is stored and acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from server.rooms.state import Place
from server.storage.tables import ChatMessage
from tests.integration.rooms.world import CLASS, BreakableDatabase, seeded
from tests.unit.signalling.clients import KEY, Server, code, serving


@pytest.fixture
async def held(tmp_path: Path) -> AsyncIterator[tuple[Server, BreakableDatabase]]:
    """A server whose writing a test can hold up."""
    async with seeded(tmp_path, BreakableDatabase) as database, serving(tmp_path, database) as server:
        yield server, database
        database.let_go()


async def test_everyone_is_told_before_the_sockets_close(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        hannah, margaret = await server.joined("hannah"), await server.joined("margaret")
        outside = await server.client("pauline")
        await server.runner.cleanup()
        for client in (hannah, margaret, outside):
            await client.heard("going_away")
            await client.gone()


async def test_nobody_is_counted_as_lost(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        hannah = await server.joined("hannah")
        margaret = await server.in_class(hannah, "margaret")
        room = (await server.rooms.open_class(CLASS)).room
        await server.runner.cleanup()
        for client in (hannah, margaret):
            await client.gone()
        await server.rooms.close()
        assert room.state.place_of("hannah") is room.state.place_of("margaret") is Place.IN_CLASS


async def test_what_is_under_way_is_stored_and_acknowledged_first(
    held: tuple[Server, BreakableDatabase],
) -> None:
    server, database = held
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    database.hold()
    posting = asyncio.create_task(margaret.ask("chat:post", {"key": KEY, "text": "Just in time"}))
    await database.began.wait()
    stopping = asyncio.create_task(server.signalling.close())
    await hannah.heard("going_away")
    late = await hannah.ask("chat:post", {"key": "another-key", "text": "Too late"})
    assert code(late) == "going_away"
    database.let_go()
    assert (await posting)["ok"]
    await hannah.heard("message", text="Just in time")
    await stopping
    async with database.reading() as session:
        assert list(await session.scalars(select(ChatMessage.text))) == ["Just in time"]


async def test_a_write_that_never_ends_holds_nobody_up_for_ever(
    held: tuple[Server, BreakableDatabase], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.signalling.namespace.FINISH_WITHIN_S", 0.05)
    server, database = held
    hannah = await server.joined("hannah")
    database.hold()
    posting = asyncio.create_task(hannah.ask("chat:post", {"key": KEY, "text": "Hello"}))
    await database.began.wait()
    async with asyncio.timeout(4):
        await server.runner.cleanup()
        await hannah.gone()
    posting.cancel()
    database.let_go()


async def test_stopping_twice_is_as_stopping_once(server: Server) -> None:
    hannah = await server.joined("hannah")
    await server.signalling.close()
    await server.signalling.close()
    await hannah.gone()
    assert [event for event, _ in hannah.inbox].count("going_away") == 1
