from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.demo import seed
from server.people.staff import StaffMember
from server.storage.database import Database
from server.storage.tables import ClassSession, Course, Person
from server.timetable.ownership import is_own
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, numbered_ids


@pytest.fixture
async def database(each_database: Database) -> Database:
    """The demo: Hannah leads, Tom helps, Daniel covers class 6."""
    clock = SetClock(TUESDAY_10AM - timedelta(days=2))
    await seed(each_database, clock, b"s" * 32, id_source=numbered_ids())

    async def work(session) -> None:
        (await session.scalars(select(Course))).one().helper_id = await person(session, "Tom")
        (await session.get_one(ClassSession, await class_id(session, 6))).lead_id = await person(
            session, "Daniel"
        )

    await each_database.write(work)
    return each_database


async def person(session, name: str) -> str:
    return (await session.scalars(select(Person.id).where(Person.shown_name == name))).one()


async def class_id(session, number: int) -> str:
    return (await session.scalars(select(ClassSession.id).where(ClassSession.number == number))).one()


async def owned(database: Database, name: str | None) -> tuple[list[int], bool]:
    """The numbers of the classes that are somebody's own, and whether the course is."""
    async with database.reading() as session:
        people = {"service": await person(session, name)} if name else {}
        member = StaffMember("account", "session", "Name", "Name", frozenset(), people)
        own = [
            row.number
            for row in await session.scalars(select(ClassSession).order_by(ClassSession.number))
            if await is_own(session, member, class_id=row.id)
        ]
        course_id = (await session.scalars(select(Course.id))).one()
        return own, await is_own(session, member, course_id=course_id)


async def test_classes_are_own_of_who_leads_helps_or_covers(database: Database) -> None:
    every = list(range(1, 13))
    assert await owned(database, "Hannah") == (every, True)
    assert await owned(database, "Tom") == (every, True)
    assert await owned(database, "Daniel") == ([6], True)
    assert await owned(database, "Margaret") == ([], False)
    assert await owned(database, None) == ([], False)


async def test_what_is_not_there_is_nobodys(database: Database) -> None:
    async with database.reading() as session:
        people = {"service": await person(session, "Hannah")}
        member = StaffMember("account", "session", "Name", "Name", frozenset(), people)
        assert not await is_own(session, member, class_id="nowhere")
        assert not await is_own(session, member, course_id="nowhere")
