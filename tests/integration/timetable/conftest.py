from __future__ import annotations

import pytest
from sqlalchemy import select

from server.demo import seed
from server.storage.database import Database
from server.storage.tables import Course
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, numbered_ids


@pytest.fixture
async def database(each_database: Database) -> Database:
    """The demo's service on a database of either kind; class 5 is on Tuesday at 10am."""
    sunday = SetClock(TUESDAY_10AM)
    sunday.move(days=-2)
    await seed(each_database, sunday, b"s" * 32, id_source=numbered_ids())
    return each_database


@pytest.fixture
async def course_id(database: Database) -> str:
    async with database.reading() as session:
        return (await session.scalars(select(Course.id))).one()
