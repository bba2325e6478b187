"""Who listens learns of what is committed, and of nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.database import Database
from server.storage.stored import note
from server.storage.tables import Service
from tests.integration.storage.databases import migrated


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with migrated(tmp_path) as database:
        yield database


async def test_a_listener_is_told_once_the_work_is_there_to_read(database: Database):
    told: list[str] = []
    database.listeners.listen("post", lambda: told.append("post"))
    database.listeners.listen("other", lambda: told.append("other"))

    async def work(session: AsyncSession) -> None:
        session.add(Service(id="one", name="One", phone="1"))
        note(session, "post")
        note(session, "post")
        assert told == []

    await database.write(work)
    assert told == ["post"]
    async with database.reading() as session:
        assert await session.get(Service, "one") is not None


async def test_a_work_that_fails_tells_nobody(database: Database):
    told: list[str] = []
    database.listeners.listen("post", lambda: told.append("post"))

    async def work(session: AsyncSession) -> None:
        note(session, "post")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await database.write(work)
    await database.write(_nothing)
    assert told == []


async def _nothing(session: AsyncSession) -> None:
    """Write nothing."""
