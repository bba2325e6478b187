"""A check-in that is sent or decided on outside of a class is known in the open class at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.rooms import commands as c
from server.rooms.audience import NobodyListens
from server.rooms.events import Event
from server.rooms.loading import load_room
from server.rooms.open_class import OpenClass
from server.rooms.registry import Rooms
from server.rooms.state import Place
from server.storage import tables as t
from server.storage.database import Database
from server.timetable.check_in_rules import Stage, State
from server.timetable.check_ins import begun
from server.timetable.courses import class_details
from tests.integration.rooms.world import CLASS, COURSE, MediaMaker, SetTimers, Told, seeded
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, numbered_ids


class Hears(Told, NobodyListens):
    """Keeps what the audience of a class is told."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []

    def changed(self, open_class: OpenClass, events: Sequence[Event]) -> None:
        self.events.extend(events)
        self.note()


@pytest.fixture
async def rooms(tmp_path: Path) -> AsyncIterator[Rooms]:
    async with seeded(tmp_path, Database) as database:
        await database.write(_checks_in)
        rooms = Rooms(
            database,
            MediaMaker(),
            clock=SetClock(TUESDAY_10AM),
            new_id=numbered_ids("made"),
            later=SetTimers(),
        )
        rooms.audience = Hears()
        yield rooms
        await rooms.close()


async def _checks_in(session: AsyncSession) -> None:
    await session.execute(update(t.Programme).values(has_check_in=True))
    await session.execute(
        update(t.CourseMember)
        .where(t.CourseMember.course_id == COURSE, t.CourseMember.person_id == "margaret")
        .values(partner_id="george")
    )


async def store(rooms: Rooms, person: str, state: State, **values: object) -> None:
    async def work(session: AsyncSession) -> None:
        row = await begun(session, CLASS, person, TUESDAY_10AM)
        row.state, row.stage = state, Stage.DONE
        for name, value in values.items():
            setattr(row, name, value)

    await rooms._database.write(work)
    await rooms.check_in_changed(CLASS, person)


async def test_a_red_flag_reaches_the_open_class(rooms: Rooms) -> None:
    open_class = await rooms.open_class(CLASS)
    await store(rooms, "margaret", State.RED_FLAG, place="12 Mill Lane")
    hears = rooms.audience
    assert isinstance(hears, Hears)
    await hears.until(lambda: len(hears.events) == 1)
    assert open_class.room.state.before_class["margaret"].state is State.RED_FLAG
    assert open_class.room.state.before_class["margaret"].place == "12 Mill Lane"


async def test_a_class_that_is_opened_later_knows_it_from_the_tables(rooms: Rooms) -> None:
    await store(rooms, "margaret", State.HELD, partner_too=True)
    open_class = await rooms.open_class(CLASS)
    before = open_class.room.state.before_class["margaret"]
    assert (before.state, before.partner_id) == (State.HELD, "george")
    assert open_class.room.state.before_class["li"].state is State.OPEN


async def test_a_patient_is_let_in_only_when_the_check_in_allows_it(rooms: Rooms) -> None:
    open_class = await rooms.open_class(CLASS)
    await open_class.room.do(c.Join(), "hannah")
    await open_class.room.do(c.Join(), "li")
    await store(rooms, "li", State.HELD)
    with pytest.raises(Refused) as refused:
        await open_class.room.do(c.Admit("li"), "hannah")
    assert refused.value.code == "not_cleared"
    await store(rooms, "li", State.ALLOWED)
    await open_class.room.do(c.Admit("li"), "hannah")
    assert open_class.room.state.place_of("li") is Place.IN_CLASS


@pytest.mark.parametrize("who_says_it", ["li", "margaret"])
async def test_who_drops_out_and_says_something_new_waits_also_after_a_restart(
    rooms: Rooms, who_says_it: str
) -> None:
    open_class = await rooms.open_class(CLASS)
    await open_class.room.do(c.Join(), "hannah")
    await open_class.room.do(c.Join(), who_says_it)
    if who_says_it == "margaret":
        await store(rooms, "george", State.READY)
    await store(rooms, who_says_it, State.READY, partner_too=who_says_it == "margaret")
    await open_class.room.do(c.Admit(who_says_it), "hannah")
    await open_class.room.do(c.Lost(who_says_it), None)
    await store(rooms, "george" if who_says_it == "margaret" else "li", State.HELD)
    await open_class.room.do(c.Join(), who_says_it)
    assert open_class.room.state.place_of(who_says_it) is Place.WAITING
    async with rooms._database.reading() as session:
        details = await class_details(session, CLASS)
        assert details is not None
        assert await load_room(session, details) == open_class.room.state
        entry = await session.scalar(select(t.JournalEntry).order_by(t.JournalEntry.seq.desc()))
    assert entry is not None
    assert (entry.event, entry.actor_id) == ("held_back", who_says_it)
    assert entry.detail == {"person_id": who_says_it}


async def test_where_nobody_checks_in_nothing_is_told(rooms: Rooms) -> None:
    async def work(session: AsyncSession) -> None:
        await session.execute(update(t.Programme).values(has_check_in=False))

    await rooms._database.write(work)
    open_class = await rooms.open_class(CLASS)
    await store(rooms, "margaret", State.RED_FLAG)
    await open_class.room.do(c.Join(), "hannah")
    assert open_class.room.state.check_in_of("margaret") is None
    await open_class.room.do(c.Join(), "margaret")
    await open_class.room.do(c.Admit("margaret"), "hannah")


async def test_where_nobody_checks_in_whom_to_ring_in_an_emergency_is_known_from_the_record(
    rooms: Rooms,
) -> None:
    async def work(session: AsyncSession) -> None:
        await session.execute(update(t.Programme).values(has_check_in=False))
        session.add(
            t.Patient(
                person_id="margaret",
                subject_id="subject-margaret",
                emergency_name="Sam",
                emergency_phone="07700 900322",
            )
        )

    await rooms._database.write(work)
    before = (await rooms.open_class(CLASS)).room.state.before_class["margaret"]
    assert (before.emergency_name, before.emergency_phone) == ("Sam", "07700 900322")
