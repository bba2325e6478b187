"""A class that is called off while people look at it: everyone hears so, and nobody comes in."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.tables import ClassSession, JournalEntry, Participation
from tests.integration.rooms.world import CLASS
from tests.unit.signalling.clients import Server, code
from tests.unit.signalling.test_door import refused_code


async def set_cancelled(server: Server, cancelled: bool) -> None:
    at = server.clock() if cancelled else None

    async def work(session: AsyncSession) -> None:
        await session.execute(update(ClassSession).where(ClassSession.id == CLASS).values(cancelled_at=at))

    await server.database.write(work)


async def call_off(server: Server) -> None:
    """What the page does."""
    await set_cancelled(server, True)
    await server.rooms.timetable_changed(CLASS)


async def written(server: Server) -> tuple[int | None, int | None]:
    """How many people the tables have in class 3, and how many events."""
    async with server.database.reading() as session:
        people = await session.scalar(select(func.count()).select_from(Participation))
        events = await session.scalar(select(func.count()).select_from(JournalEntry))
        return people, events


@pytest.mark.parametrize("person", ["margaret", "hannah"])
async def test_who_is_connected_and_has_not_joined_is_hung_up_on_and_told_at_the_door(
    server: Server, person: str
) -> None:
    client = await server.client(person)
    await call_off(server)
    await client.gone()
    assert await refused_code(server, person) == "class_cancelled"
    assert await written(server) == (0, 0)


@pytest.mark.parametrize("person", ["margaret", "hannah"])
async def test_who_joins_before_the_room_was_told_is_refused_in_words_and_nothing_is_written(
    server: Server, person: str
) -> None:
    client = await server.client(person)
    await set_cancelled(server, True)
    assert code(await client.ask("class:join", {})) == "class_cancelled"
    await client.gone()
    assert await written(server) == (0, 0)
    assert (await server.rooms.open_class(CLASS)).room.state.people == {}


async def test_a_member_of_staff_who_left_before_it_was_called_off_cannot_come_back(server: Server) -> None:
    hannah = await server.joined("hannah")
    assert (await hannah.ask("class:leave"))["ok"]
    await call_off(server)
    await hannah.gone()
    assert await refused_code(server, "hannah") == "class_cancelled"


async def test_sockets_of_other_classes_stay(server: Server) -> None:
    margaret = await server.client("margaret")
    await server.rooms.timetable_changed("another")
    assert (await margaret.ask("class:join", {}))["ok"]


async def test_a_class_that_is_put_back_on_can_be_joined(server: Server) -> None:
    margaret = await server.client("margaret")
    await call_off(server)
    await margaret.gone()
    await set_cancelled(server, False)
    await server.rooms.timetable_changed(CLASS)
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    assert (await margaret.ask("chat:post", {"key": "a-random-key", "text": "Hello"}))["ok"]
