"""A class is called off, and somebody comes in, at the same moment: exactly one of the two happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.people.roles import Role
from server.rooms import commands as c
from server.rooms.live_room import LiveRoom, NotStored
from server.rooms.state import Place
from server.storage.database import StorageFailed
from server.storage.tables import AuditEntry, ClassSession, JournalEntry, Participation
from server.timetable.cancelling import Reason, cancel_class, put_class_back_on
from server.timetable.courses import Enrolled
from tests.integration.rooms.test_live_room import Listening
from tests.integration.rooms.world import CLASS, BreakableDatabase, seeded_at
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, numbered_ids

HANNAH = Enrolled("hannah", Role.PHYSIO, "Hannah", "Hannah Example", "", None)


class Scene:
    """Class 3, open, in which nobody is yet."""

    def __init__(self, database: BreakableDatabase) -> None:
        self.database = database
        self.clock = SetClock(TUESDAY_10AM)
        self.clock.move(minutes=-5)
        self.listener = Listening()
        self.room = LiveRoom(database, CLASS, self.listener, self.clock, numbered_ids("made"))

    async def cancel(self) -> None:
        """As the page does it: who is in is counted in the same transaction."""

        async def work(session: AsyncSession) -> None:
            there = await session.scalar(select(func.count()).select_from(Participation))
            await cancel_class(
                session, CLASS, Reason.OTHER, HANNAH, self.clock(), people_in=there or 0, audit_id="off"
            )

        await self.database.write(work)

    async def put_back(self) -> None:
        await self.database.write(
            lambda session: put_class_back_on(session, CLASS, HANNAH, self.clock(), audit_id="on")
        )

    async def stored(self) -> tuple[bool, list[str], int]:
        """Whether the class is cancelled, who is in it, and how many events there were."""
        async with self.database.reading() as session:
            row = await session.get_one(ClassSession, CLASS)
            people = await session.scalars(select(Participation.person_id))
            events = await session.scalar(select(func.count()).select_from(JournalEntry))
            return row.cancelled_at is not None, list(people), events or 0


@pytest.fixture
async def scene(each_database_url: str) -> AsyncIterator[Scene]:
    async with seeded_at(each_database_url, BreakableDatabase) as database:
        scene = Scene(database)
        await scene.room.open()
        yield scene
        database.let_go()
        await scene.room.close()


def code(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


@pytest.mark.parametrize("person", ["margaret", "hannah"])
async def test_whoever_joins_a_class_that_was_called_off_meanwhile_is_refused(
    scene: Scene, person: str
) -> None:
    await scene.cancel()
    with pytest.raises(Refused) as refused:
        await scene.room.do(c.Join(), person)
    assert refused.value.code == "class_cancelled"
    assert await scene.stored() == (True, [], 0)
    assert scene.room.state.people == {}
    assert scene.listener.told == ["rebuilt"]


async def test_the_cancelling_is_first_in_line_and_the_join_is_refused(scene: Scene) -> None:
    answers = await asyncio.gather(
        scene.cancel(), scene.room.do(c.Join(), "margaret"), return_exceptions=True
    )
    assert answers[0] is None
    assert code(answers[1]) == "class_cancelled"
    assert await scene.stored() == (True, [], 0)


async def test_the_join_is_first_in_line_and_the_cancelling_is_refused(scene: Scene) -> None:
    scene.database.hold()
    joining = asyncio.create_task(scene.room.do(c.Join(), "margaret"))
    await scene.database.began.wait()
    scene.database.began.clear()
    cancelling = asyncio.create_task(scene.cancel())
    await scene.database.began.wait()
    scene.database.let_go()
    answers = await asyncio.gather(joining, cancelling, return_exceptions=True)
    assert answers[0] is None
    assert code(answers[1]) == "people_in_class"
    assert await scene.stored() == (False, ["margaret"], 1)
    assert scene.room.state.place_of("margaret") is Place.WAITING


async def test_several_who_join_at_once_are_all_refused_and_what_the_system_notes_goes_on(
    scene: Scene,
) -> None:
    await scene.cancel()
    joining = [scene.room.do(c.Join(), person) for person in ("hannah", "margaret", "pauline")]
    scene.room.submit(c.Lost("margaret"))
    answers = await asyncio.gather(*joining, return_exceptions=True)
    assert [code(answer) for answer in answers] == ["class_cancelled"] * 3
    assert await scene.stored() == (True, [], 0)


async def test_a_cancelling_that_is_not_stored_refuses_nobody(scene: Scene) -> None:
    async def broken(session: AsyncSession) -> None:
        row = await session.get_one(ClassSession, CLASS)
        row.cancelled_at = scene.clock()
        await session.flush()
        raise StorageFailed("not this one")

    answers = await asyncio.gather(
        scene.database.write(broken), scene.room.do(c.Join(), "margaret"), return_exceptions=True
    )
    assert isinstance(answers[0], StorageFailed)
    assert answers[1] is None
    assert await scene.stored() == (False, ["margaret"], 1)


async def test_a_room_that_was_told_lets_people_in_again_once_the_class_is_put_back_on(scene: Scene) -> None:
    await scene.cancel()
    scene.room.read_again()
    with pytest.raises(Refused):
        await scene.room.do(c.Join(), "margaret")
    assert scene.room.state.cancelled_at is not None
    await scene.put_back()
    scene.room.read_again()
    await scene.room.do(c.Join(), "margaret")
    assert await scene.stored() == (False, ["margaret"], 1)


async def test_a_room_that_could_not_read_again_reads_before_it_decides_anything(scene: Scene) -> None:
    await scene.cancel()
    scene.database.unreadable = True
    scene.room.read_again()
    with pytest.raises(NotStored):
        await scene.room.do(c.Join(), "margaret")
    scene.database.unreadable = False
    with pytest.raises(Refused) as refused:
        await scene.room.do(c.Join(), "margaret")
    assert refused.value.code == "class_cancelled"
    async with scene.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(AuditEntry)) == 1
