"""Rows come back from either database as they went in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage import tables as t
from server.storage.database import Database
from tests.integration.rooms.world import CLASS, COURSE, seed

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 24, 10, 0, 0, 123_456, tzinfo=UTC),
        datetime(2026, 7, 1, 9, 30, tzinfo=LONDON),
        datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=0),
        datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=1),
        datetime(2027, 3, 28, 2, 0, tzinfo=LONDON),
    ],
)
async def test_a_moment_is_the_same_moment_whatever_the_zone(
    each_database: Database, moment: datetime
) -> None:
    """The test server's own time zone is that of Auckland."""

    async def store(session: AsyncSession) -> None:
        session.add(
            t.ClassSession(
                id="other", course_id=COURSE, number=9, starts_at=moment, ends_at=moment + timedelta(hours=1)
            )
        )

    await seed(each_database)
    await each_database.write(store)
    async with each_database.reading() as session:
        row = await session.get_one(t.ClassSession, "other")
        found = await session.scalar(
            select(t.ClassSession.id).where(
                t.ClassSession.starts_at >= moment.astimezone(UTC),
                t.ClassSession.starts_at < moment.astimezone(UTC) + timedelta(microseconds=1),
            )
        )
    assert row.starts_at == moment.astimezone(UTC)
    assert row.starts_at.utcoffset() == timedelta(0)
    assert found == "other"


async def test_a_moment_without_a_zone_is_refused(each_database: Database) -> None:
    async def store(session: AsyncSession) -> None:
        (await session.get_one(t.ClassSession, CLASS)).ends_at = datetime(2026, 11, 24, 11, 0)

    await seed(each_database)
    with pytest.raises(StatementError, match="without a zone"):
        await each_database.write(store)


async def test_details_and_truth_come_back_as_they_were(each_database: Database) -> None:
    detail = {"text": "50 % \u2013 \u00fc \U0001f600", "n": 3, "none": None, "list": [1, "a"], "yes": True}

    async def store(session: AsyncSession) -> None:
        session.add(
            t.JournalEntry(
                class_id=CLASS,
                seq=1,
                version=1,
                at=datetime(2026, 11, 24, 10, tzinfo=UTC),
                event="came_in",
                actor_id="margaret",
                detail=detail,
            )
        )

    await seed(each_database)
    await each_database.write(store)
    async with each_database.reading() as session:
        assert (await session.get_one(t.JournalEntry, (CLASS, 1))).detail == detail
