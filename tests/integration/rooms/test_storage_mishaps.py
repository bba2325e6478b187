"""A room whose database is full, locked, away or restarted refuses in words, loses nothing, and goes on."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from server.rooms import commands as c
from server.rooms.live_room import LiveRoom, NotStored
from server.signalling.replies import Replies
from server.storage import postgresql, sqlite
from server.storage.database import Database
from server.storage.faults import StorageFault
from tests.integration.rooms.test_live_room import Listening
from tests.integration.rooms.world import CLASS, seeded, seeded_at
from tests.integration.storage import mishaps
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, numbered_ids, url_in
from tests.integration.storage.mishaps import Mishap, PostgreSQLMishaps
from tests.integration.storage.postgresql_server import PostgreSQLServer

PHONE = "01632 960100"


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    with capture_logs() as entries:
        yield entries
    assert "room could not store" in {entry["event"] for entry in entries}


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 200)
    monkeypatch.setattr(postgresql, "LOCK_TIMEOUT_MS", 200)


async def opened(database: Database) -> LiveRoom:
    room = LiveRoom(database, CLASS, Listening(), SetClock(TUESDAY_10AM), numbered_ids(f"made{id(object())}"))
    await room.open()
    return room


async def say_until_refused(room: LiveRoom, said: list[str]) -> NotStored:
    for number in range(200):
        key = f"during-{number}"
        try:
            said.append(str(await room.do(c.Post(f"id-{key}", key, "Hello " * 100), "margaret")))
        except NotStored as refused:
            return refused
    raise AssertionError("nothing was refused")


async def check(database: Database, url: str, mishap: Mishap, fault: StorageFault) -> None:
    room = await opened(database)
    for command, actor in ((c.Join(), "hannah"), (c.Join(), "margaret"), (c.Admit("margaret"), "hannah")):
        await room.do(command, actor)
    said = [str(await room.do(c.Post("id-before", "before", "Hello"), "margaret"))]
    async with mishap(database, url):
        refused = await say_until_refused(room, said)
        assert refused.fault is fault
        answer = Replies(numbered_ids("ref")).error(refused, "post", CLASS, PHONE)
        assert answer.code == "not_stored"
        assert PHONE in answer.words
        assert refused.reference in answer.words
        assert list(room.state.chat) == said
        assert room.state.place_of("margaret") == "in_class"
    said.append(str(await room.do(c.Post("id-after", "after", "Hello"), "margaret")))
    assert list(room.state.chat) == said
    await room.close()
    again = await opened(database)
    assert list(again.state.chat) == said
    await again.close()


@pytest.mark.parametrize(
    ("mishap", "fault"),
    [
        (mishaps.sqlite_full, StorageFault.FULL),
        (mishaps.sqlite_locked, StorageFault.BUSY),
        (mishaps.sqlite_gone, StorageFault.AWAY),
    ],
)
async def test_a_room_on_sqlite(tmp_path: Path, mishap: Mishap, fault: StorageFault) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    async with seeded(folder, Database) as database:
        await check(database, url_in(folder), mishap, fault)


@pytest.mark.parametrize(
    ("mishap", "fault"),
    [
        ("stopped", StorageFault.AWAY),
        ("crashed", StorageFault.AWAY),
        ("locked", StorageFault.BUSY),
        ("full", StorageFault.FULL),
    ],
)
async def test_a_room_on_postgresql(
    postgresql_server: PostgreSQLServer, postgresql_url: str, mishap: str, fault: StorageFault
) -> None:
    making: Mishap = getattr(PostgreSQLMishaps(postgresql_server), mishap)
    async with seeded_at(postgresql_url, Database) as database:
        await check(database, postgresql_url, making, fault)
