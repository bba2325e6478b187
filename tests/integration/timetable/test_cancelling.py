from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from server.contacts.unsettling import unsettle_class
from server.errors import Refused
from server.people.roles import Role
from server.storage.database import Database
from server.storage.tables import AuditEntry, CareContact, ClassSession, Service
from server.timetable.cancelling import (
    CSDS_REASONS,
    Reason,
    can_put_back,
    cancel_class,
    is_news,
    put_class_back_on,
    still_to_cancel,
)
from server.timetable.courses import Enrolled, classes_of, current_class
from tests.integration.storage.databases import TUESDAY_10AM

MONDAY = TUESDAY_10AM - timedelta(days=1)


@pytest.fixture
async def class_5(database: Database, course_id: str) -> ClassSession:
    async with database.reading() as session:
        return (await classes_of(session, course_id))[4]


@pytest.fixture
async def people(database: Database, course_id: str) -> dict[str, Enrolled]:
    async with database.reading() as session:
        details = await current_class(session, course_id, MONDAY)
    assert details is not None
    return {each.shown_name: each for each in details.people}


async def cancel(
    database: Database,
    class_id: str,
    by: Enrolled,
    at: datetime = MONDAY,
    reason: Reason = Reason.TECHNICAL,
    people_in: int = 0,
) -> None:
    await database.write(
        lambda session: cancel_class(
            session, class_id, reason, by, at, people_in=people_in, audit_id=f"cancelled {at:%d %H:%M}"
        )
    )


async def put_back(database: Database, class_id: str, by: Enrolled, at: datetime = MONDAY) -> bool:
    return await database.write(
        lambda session: put_class_back_on(session, class_id, by, at, audit_id=f"put back {at:%d %H:%M}")
    )


async def stored(database: Database, class_id: str) -> ClassSession:
    async with database.reading() as session:
        return await session.get_one(ClassSession, class_id)


async def actions(database: Database) -> list[tuple[str, str]]:
    async with database.reading() as session:
        rows = await session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(row.action, row.actor_id) for row in rows]


@pytest.mark.parametrize("reason", list(Reason))
async def test_a_cancelled_class_keeps_when_why_and_who(
    database: Database, class_5: ClassSession, people: dict[str, Enrolled], reason: Reason
) -> None:
    await cancel(database, class_5.id, people["Hannah"], reason=reason)
    row = await stored(database, class_5.id)
    assert (row.cancelled_at, row.cancelled_reason) == (MONDAY, reason.value)
    assert await actions(database) == [("cancel_class", people["Hannah"].person_id)]
    assert CSDS_REASONS[reason] == "02"


async def test_the_next_class_takes_its_place(
    database: Database, class_5: ClassSession, course_id: str, people: dict[str, Enrolled]
) -> None:
    await cancel(database, class_5.id, people["Hannah"])
    async with database.reading() as session:
        details = await current_class(session, course_id, TUESDAY_10AM)
        classes = await classes_of(session, course_id)
    assert details is not None
    assert details.number == 6
    assert [each.number for each in still_to_cancel(classes, TUESDAY_10AM)] == [6, 7, 8, 9, 10, 11, 12]


async def test_only_physios_can(
    database: Database, class_5: ClassSession, people: dict[str, Enrolled]
) -> None:
    for each in people.values():
        if each.role is Role.PHYSIO:
            continue
        for what in (cancel, put_back):
            with pytest.raises(Refused) as refused:
                await what(database, class_5.id, each)
            assert refused.value.code == "physio_only"
    assert (await stored(database, class_5.id)).cancelled_at is None
    assert await actions(database) == []


async def test_not_while_anybody_is_in_it_nor_when_it_is_over(
    database: Database, class_5: ClassSession, people: dict[str, Enrolled]
) -> None:
    with pytest.raises(Refused) as refused:
        await cancel(database, class_5.id, people["Hannah"], people_in=1)
    assert refused.value.code == "people_in_class"
    with pytest.raises(Refused) as refused:
        await cancel(database, class_5.id, people["Hannah"], TUESDAY_10AM + timedelta(hours=13))
    assert refused.value.code == "class_over"
    assert (await stored(database, class_5.id)).cancelled_at is None


async def test_it_can_be_put_back_on_until_it_would_start(
    database: Database, class_5: ClassSession, people: dict[str, Enrolled]
) -> None:
    await cancel(database, class_5.id, people["Hannah"])
    assert can_put_back(await stored(database, class_5.id), TUESDAY_10AM - timedelta(seconds=1))
    with pytest.raises(Refused) as refused:
        await put_back(database, class_5.id, people["Hannah"], TUESDAY_10AM)
    assert refused.value.code == "class_time_passed"
    assert await put_back(database, class_5.id, people["Daniel"])
    row = await stored(database, class_5.id)
    assert (row.cancelled_at, row.cancelled_reason) == (None, None)
    assert not await put_back(database, class_5.id, people["Daniel"])
    assert len(await actions(database)) == 2


async def test_it_is_news_until_it_would_be_forgotten(
    database: Database, class_5: ClassSession, people: dict[str, Enrolled]
) -> None:
    assert not is_news(class_5, MONDAY)
    await cancel(database, class_5.id, people["Hannah"])
    row = await stored(database, class_5.id)
    assert is_news(row, TUESDAY_10AM + timedelta(hours=12))
    assert not is_news(row, TUESDAY_10AM + timedelta(hours=13))


@pytest.mark.parametrize("standing", ["on", "cancelled", "ended"])
async def test_only_of_a_class_that_takes_place_after_all_the_contacts_are_taken_away(
    database: Database, class_5: ClassSession, people: dict[str, Enrolled], standing: str
) -> None:
    async def work(session) -> None:
        row = await session.get_one(ClassSession, class_5.id)
        row.settled_at = MONDAY
        row.cancelled_at = MONDAY if standing == "cancelled" else None
        row.ended_at = MONDAY if standing == "ended" else None
        service_id = (await session.scalars(select(Service.id))).one()
        session.add(contact("C1", class_5.id, service_id))
        session.add(contact("C2", (await classes_of(session, class_5.course_id))[3].id, service_id))
        await session.flush()
        await unsettle_class(session, class_5.id)

    await database.write(work)
    async with database.reading() as session:
        left = set(await session.scalars(select(CareContact.id)))
    kept = standing != "on"
    assert left == ({"C1", "C2"} if kept else {"C2"})
    assert ((await stored(database, class_5.id)).settled_at is not None) is kept


def contact(contact_id: str, class_id: str, service_id: str) -> CareContact:
    return CareContact(
        id=contact_id,
        class_id=class_id,
        subject_id="subject",
        service_id=service_id,
        attendance_status="4",
        starts_at=TUESDAY_10AM,
        ends_at=None,
        duration_minutes=None,
        consultation_type="01",
        consultation_mechanism="11",
        group_therapy="Y",
        cancelled_at=MONDAY,
        cancelled_reason="technical",
        settled_at=MONDAY,
    )
