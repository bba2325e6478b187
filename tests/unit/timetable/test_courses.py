from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.demo import seed
from server.people.roles import Role
from server.storage.database import Database
from server.storage.tables import ClassSession, Course
from server.timetable.courses import class_details, class_just_finished, current_class, enrolled
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, numbered_ids

SUNDAY = TUESDAY_10AM - timedelta(days=2)


@pytest.fixture
async def database(each_database: Database) -> Database:
    await seed(each_database, SetClock(SUNDAY), b"s" * 32, id_source=numbered_ids())
    return each_database


@pytest.fixture
async def course_id(database: Database) -> str:
    async with database.reading() as session:
        return (await session.scalars(select(Course.id))).one()


async def test_a_class_comes_with_its_course_its_service_and_its_people(
    database: Database, course_id: str
) -> None:
    async with database.reading() as session:
        details = await current_class(session, course_id, TUESDAY_10AM)
    assert details is not None
    assert (details.title, details.number, details.of) == ("Knee and hip group", 5, 12)
    assert details.starts_at == TUESDAY_10AM
    assert details.ends_at == TUESDAY_10AM + timedelta(hours=1)
    assert (details.service_name, details.service_phone) == ("Riverside MSK groups", "01632 960123")
    assert details.lead is not None
    assert details.lead.shown_name == "Hannah"
    assert details.max_patients == 16
    assert (details.cancelled_at, details.cancelled_reason) == (None, None)


async def test_people_stand_by_seat_then_staff_with_the_lead_first(
    database: Database, course_id: str
) -> None:
    async with database.reading() as session:
        details = await current_class(session, course_id, TUESDAY_10AM)
    assert details is not None
    patients, staff = details.people[:12], details.people[12:]
    assert [person.seat for person in patients] == list(range(12))
    assert patients[0].full_name == "Margaret Ellis"
    assert {person.role for person in patients} == {Role.PATIENT}
    assert [person.shown_name for person in staff] == ["Hannah", "Daniel", "Tom"]
    assert all(person.seat is None for person in staff)


async def test_a_class_is_found_by_its_id_and_a_stranger_is_not(database: Database, course_id: str) -> None:
    async with database.reading() as session:
        current = await current_class(session, course_id, TUESDAY_10AM)
        assert current is not None
        assert await class_details(session, current.id) == current
        assert await class_details(session, "nowhere") is None
        assert await current_class(session, "nowhere", TUESDAY_10AM) is None
        assert await enrolled(session, course_id, "nobody") is None
        assert current.person("nobody") is None
        first = current.people[0]
        assert await enrolled(session, course_id, first.person_id) == first


async def test_a_class_that_staff_ended_has_just_finished_for_the_rest_of_the_day(
    database: Database, course_id: str
) -> None:
    async def end_class_5(session) -> None:
        row = (await session.scalars(select(ClassSession).where(ClassSession.number == 5))).one()
        row.ended_at = TUESDAY_10AM + timedelta(hours=1)

    await database.write(end_class_5)
    async with database.reading() as session:
        after = TUESDAY_10AM + timedelta(hours=2)
        assert await class_just_finished(session, course_id, after) == 5
        assert await class_just_finished(session, course_id, after + timedelta(days=1)) is None
        following = await current_class(session, course_id, after)
    assert following is not None
    assert following.number == 6


async def test_a_class_beyond_the_programme_counts_itself_in(database: Database, course_id: str) -> None:
    async def add_class_13(session) -> None:
        starts_at = TUESDAY_10AM + timedelta(days=300)
        session.add(
            ClassSession(
                id="c13",
                course_id=course_id,
                number=13,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=1),
                ended_at=None,
            )
        )

    await database.write(add_class_13)
    async with database.reading() as session:
        details = await class_details(session, "c13")
    assert details is not None
    assert (details.number, details.of) == (13, 13)
