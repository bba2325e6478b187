from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from server.errors import Refused
from server.rooms import commands as c
from server.rooms.events import Event
from server.rooms.live_room import LiveRoom, NoSuchClass, NotStored
from server.rooms.state import Place
from tests.integration.rooms.world import CLASS, BreakableDatabase, Told, put_on, seeded_at
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, numbered_ids


class Listening(Told):
    """Keeps what the room told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self.throws = False

    def changed(self, events: Sequence[Event]) -> None:
        self.told.extend(type(event).__name__ for event in events)
        self.note()
        if self.throws:
            raise RuntimeError("a listener's bug")

    def rebuilt(self) -> None:
        self.told.append("rebuilt")
        self.note()


class Live:
    def __init__(self, database: BreakableDatabase) -> None:
        self.database = database
        self.listener = Listening()
        self.room = self.another()

    def another(self) -> LiveRoom:
        self.clock = SetClock(TUESDAY_10AM)
        return LiveRoom(self.database, CLASS, self.listener, self.clock, numbered_ids(f"made{id(self)}"))


@pytest.fixture
async def live(each_database_url: str) -> AsyncIterator[Live]:
    async with opened(each_database_url) as one:
        yield one


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Live]:
    """Class 3, with Hannah and Margaret in it."""
    async with seeded_at(url, BreakableDatabase) as database:
        live = Live(database)
        await live.room.open()
        await live.room.do(c.Join(), "hannah")
        await live.room.do(c.Join(), "margaret")
        await live.room.do(c.Admit("margaret"), "hannah")
        live.listener.told.clear()
        database.writes = 0
        yield live
        database.let_go()
        await live.room.close()


def post(key: str) -> c.Post:
    return c.Post(f"id-of-{key}", key, "Hello")


async def test_nothing_is_acknowledged_or_told_before_it_is_stored(live: Live) -> None:
    live.database.hold()
    asked = asyncio.create_task(live.room.do(post("key-1"), "margaret"))
    await live.database.began.wait()
    assert not asked.done()
    assert live.database.writes == 1
    assert live.listener.told == []
    live.database.let_go()
    assert await asked == "id-of-key-1"
    assert live.listener.told == ["MessagePosted"]


@pytest.mark.parametrize("stored", [True, False])
async def test_nobody_sees_what_is_not_stored_yet(live: Live, stored: bool) -> None:
    before, people, chat = live.room.state, dict(live.room.state.people), dict(live.room.state.chat)
    live.database.hold()
    asked = [
        asyncio.create_task(live.room.do(command, actor))
        for command, actor in ((c.Join(), "pauline"), (c.Leave(), "margaret"), (post("key-1"), "hannah"))
    ]
    await live.database.began.wait()
    assert (live.room.state.people, live.room.state.chat, live.room.state.seq) == (people, chat, before.seq)
    live.database.broken = not stored
    live.database.let_go()
    await asyncio.gather(*asked, return_exceptions=True)
    assert (live.room.state.place_of("pauline") is Place.WAITING) == stored
    assert (live.room.state.place_of("margaret") is Place.LEFT) == stored
    assert (before.people, before.chat) == (people, chat)


async def test_the_order_of_what_was_said_outlasts_a_restart_and_a_clock_that_is_set_back(live: Live) -> None:
    for number in range(4):
        await live.room.do(post(f"key-{9 - number}"), "margaret")
        live.clock.move(seconds=-5)
    said = list(live.room.state.chat)
    await live.room.close()
    live.room = live.another()
    live.clock.move(seconds=-60)
    await live.room.open()
    await live.room.do(post("key-1"), "margaret")
    assert list(live.room.state.chat) == [*said, "id-of-key-1"]
    again = live.another()
    await again.open()
    assert list(again.state.chat) == [*said, "id-of-key-1"]
    await again.close()


async def test_commands_that_wait_share_one_commit_and_keep_their_order(live: Live) -> None:
    live.database.hold()
    tasks = [asyncio.create_task(live.room.do(post(f"key-{n}"), "margaret")) for n in range(6)]
    await live.database.began.wait()
    live.database.let_go()
    await asyncio.gather(*tasks)
    assert live.database.writes <= 2
    assert list(live.room.state.chat) == [f"id-of-key-{n}" for n in range(6)]


async def test_one_refused_command_does_not_harm_those_beside_it(live: Live) -> None:
    results = await asyncio.gather(
        live.room.do(post("key-1"), "margaret"),
        live.room.do(c.End(), "margaret"),
        live.room.do(post("key-2"), "hannah"),
        return_exceptions=True,
    )
    assert results[0] == "id-of-key-1"
    assert isinstance(results[1], Refused)
    assert results[2] == "id-of-key-2"


async def test_a_failed_commit_refuses_the_whole_batch_and_the_room_is_the_tables_again(live: Live) -> None:
    live.database.broken = True
    results = await asyncio.gather(
        live.room.do(post("key-1"), "margaret"),
        live.room.do(c.Mute("margaret", True), "hannah"),
        return_exceptions=True,
    )
    first, second = results
    assert isinstance(first, NotStored)
    assert isinstance(second, NotStored)
    assert first.reference == second.reference
    await live.listener.until(lambda: live.listener.told == ["rebuilt"])
    assert live.room.state.chat == {}
    assert not live.room.state.people["margaret"].muted_by_staff
    live.database.broken = False
    assert await live.room.do(post("key-1"), "margaret") == "id-of-key-1"
    assert list(live.room.state.chat) == ["id-of-key-1"]


async def test_a_room_that_cannot_be_rebuilt_refuses_until_it_can(live: Live) -> None:
    live.database.broken = live.database.unreadable = True
    for key in ("key-1", "key-2"):
        with pytest.raises(NotStored):
            await live.room.do(post(key), "margaret")
    live.database.broken = live.database.unreadable = False
    assert await live.room.do(post("key-3"), "margaret") == "id-of-key-3"
    assert live.listener.told == ["rebuilt", "MessagePosted"]


async def test_a_listener_that_throws_harms_no_command(live: Live) -> None:
    live.listener.throws = True
    assert await live.room.do(post("key-1"), "margaret") == "id-of-key-1"
    assert await live.room.do(post("key-2"), "margaret") == "id-of-key-2"


async def test_what_was_asked_is_stored_even_if_the_one_who_asked_is_gone(live: Live) -> None:
    live.database.hold()
    asked = asyncio.create_task(live.room.do(post("key-1"), "margaret"))
    await live.database.began.wait()
    asked.cancel()
    live.database.let_go()
    await live.listener.until(lambda: live.listener.told == ["MessagePosted"])


async def test_a_room_opened_again_has_all_that_was_acknowledged(live: Live) -> None:
    await live.room.do(post("key-1"), "margaret")
    await live.room.do(c.Ask("q1", "key-of-q1", "May I sit?"), "margaret")
    again = live.another()
    await again.open()
    assert again.state == live.room.state
    assert again.state.place_of("margaret") is Place.IN_CLASS
    await again.close()


async def test_somebody_put_on_the_list_during_class_can_join(live: Live) -> None:
    await live.database.write(put_on("new"))
    await live.room.do(c.Join(), "new")
    assert live.room.state.people["new"].seat == 9


async def test_a_closed_room_takes_nothing_more_and_closes_twice(live: Live) -> None:
    await live.room.close()
    await live.room.close()
    with pytest.raises(NotStored):
        await live.room.do(post("key-1"), "margaret")


async def test_a_class_that_is_not_there_cannot_be_opened(live: Live) -> None:
    unknown = LiveRoom(live.database, "class99", live.listener, SetClock(TUESDAY_10AM), numbered_ids())
    with pytest.raises(NoSuchClass):
        await unknown.open()
