from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from server.errors import Refused
from server.people.roles import Role
from server.storage.database import Database
from server.timetable.absences import absent_from, may_tell, take_back_absence, tell_absence
from server.timetable.courses import ClassDetails, Enrolled, current_class
from tests.integration.storage.databases import TUESDAY_10AM

BEFORE = TUESDAY_10AM - timedelta(minutes=1)


@pytest.fixture
async def details(database: Database, course_id: str) -> ClassDetails:
    async with database.reading() as session:
        found = await current_class(session, course_id, BEFORE)
    assert found is not None
    return found


async def absent(database: Database, details: ClassDetails) -> frozenset[str]:
    async with database.reading() as session:
        return (await absent_from(session, [details.id, "another"]))[details.id]


async def say(database: Database, what, details: ClassDetails, person: Enrolled, at: datetime) -> None:
    await database.write(lambda session: what(session, details, person, at))


async def test_a_patient_is_absent_once_however_often_they_say_so(
    database: Database, details: ClassDetails
) -> None:
    margaret = details.people[0]
    for _ in range(2):
        await say(database, tell_absence, details, margaret, BEFORE)
    assert await absent(database, details) == {margaret.person_id}


async def test_it_can_be_taken_back_also_when_it_was_never_said(
    database: Database, details: ClassDetails
) -> None:
    margaret, dennis = details.people[:2]
    await say(database, tell_absence, details, margaret, BEFORE)
    await say(database, take_back_absence, details, margaret, BEFORE)
    await say(database, take_back_absence, details, dennis, BEFORE)
    assert await absent(database, details) == frozenset()


@pytest.mark.parametrize("what", [tell_absence, take_back_absence])
async def test_from_the_start_on_it_is_too_late(database: Database, details: ClassDetails, what) -> None:
    assert may_tell(details, details.people[0], BEFORE)
    assert not may_tell(details, details.people[0], TUESDAY_10AM)
    with pytest.raises(Refused) as refused:
        await say(database, what, details, details.people[0], TUESDAY_10AM)
    assert refused.value.code == "class_began"
    assert "ring us" in refused.value.words


@pytest.mark.parametrize("what", [tell_absence, take_back_absence])
async def test_staff_tell_their_team(database: Database, details: ClassDetails, what) -> None:
    staff = [each for each in details.people if each.role is not Role.PATIENT]
    assert len(staff) == 3
    for each in staff:
        with pytest.raises(Refused) as refused:
            await say(database, what, details, each, BEFORE)
        assert refused.value.code == "patients_only"
    assert await absent(database, details) == frozenset()
