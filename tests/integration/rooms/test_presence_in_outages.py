"""While nothing can be stored, people stay in class, and their presence is written when it can be again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from server.contacts.log import ContactLog, ContactRules
from server.rooms import commands as c
from server.rooms.heartbeat import BEAT_S
from server.rooms.open_class import OpenClass
from server.rooms.registry import Rooms
from server.storage.tables import PresenceInterval
from server.timetable.spoken import LONDON
from tests.integration.rooms.test_registry import Socket, Watching
from tests.integration.rooms.world import CLASS, BreakableDatabase, MediaMaker, SetTimers, seeded_at
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, numbered_ids
from tests.unit.rooms.rooms import ending

RULES = ContactRules(timedelta(minutes=5), timedelta(minutes=1), LONDON)


class Scene:
    """Class 3 as the product runs it, with a log of presence."""

    def __init__(self, database: BreakableDatabase) -> None:
        self.database = database
        self.clock = SetClock(TUESDAY_10AM)
        self.timers = SetTimers()
        self.rooms = Rooms(
            database,
            MediaMaker(),
            clock=self.clock,
            new_id=numbered_ids("made"),
            later=self.timers,
            scribe=ContactLog(RULES, numbered_ids("contact")),
        )
        self.rooms.audience = Watching()
        self.open_class: OpenClass

    async def start(self) -> None:
        await self.rooms.start()
        self.open_class = await self.rooms.open_class(CLASS)
        for person in ("hannah", "margaret"):
            await self.open_class.join(Socket(person), None)
        await self.open_class.room.do(c.Admit("margaret"), "hannah")

    async def goes_by(self, seconds: float) -> None:
        """Time goes by, beat by beat."""
        for _ in range(int(seconds / BEAT_S)):
            self.clock.move(seconds=BEAT_S)
            self.timers.pass_s(BEAT_S)
            telling = self.rooms._heartbeat._telling
            if telling is not None:
                await telling

    async def in_class(self, person: str) -> list[tuple[float, float | None]]:
        """From when until when, in seconds after 10, each stay of this person in class went."""

        def seconds(moment: object) -> float | None:
            return None if moment is None else round((moment - TUESDAY_10AM).total_seconds(), 1)  # type: ignore[operator]

        query = (
            select(PresenceInterval.started_at, PresenceInterval.ended_at)
            .where(PresenceInterval.person_id == person, PresenceInterval.place == "in_class")
            .order_by(PresenceInterval.started_at)
        )
        async with self.database.reading() as session:
            return [
                (seconds(row.started_at) or 0.0, seconds(row.ended_at))
                for row in await session.execute(query)
            ]


@pytest.fixture
async def scene(each_database_url: str) -> AsyncIterator[Scene]:
    with capture_logs():
        async with seeded_at(each_database_url, BreakableDatabase) as database:
            scene = Scene(database)
            await scene.start()
            yield scene
            await scene.rooms.close()


async def test_an_outage_of_minutes_leaves_no_gap(scene: Scene) -> None:
    await scene.goes_by(60)
    scene.database.broken = True
    await scene.goes_by(300)
    scene.database.broken = False
    await scene.goes_by(60)
    await scene.open_class.room.do(c.End(), "hannah")
    assert await scene.in_class("margaret") == [(0.0, 420.0)]
    assert await scene.in_class("hannah") == [(0.0, 420.0)]


async def test_the_class_is_ended_at_once_when_the_storage_is_back_and_nobody_loses_the_outage(
    scene: Scene,
) -> None:
    await scene.goes_by(60)
    scene.database.broken = True
    await scene.goes_by(300)
    scene.database.broken = False
    await scene.open_class.room.do(c.End(), "hannah")
    await scene.goes_by(30)
    assert await scene.in_class("margaret") == [(0.0, 360.0)]
    assert await scene.in_class("hannah") == [(0.0, 360.0)]


async def test_who_went_away_in_the_outage_was_there_until_she_was_last_seen(scene: Scene) -> None:
    await scene.goes_by(60)
    scene.database.broken = True
    await scene.goes_by(120)
    attendance = scene.open_class.presence.of("margaret")
    assert attendance.connection is not None
    scene.open_class.disconnected(attendance.connection)
    await scene.goes_by(120)
    scene.database.broken = False
    await scene.goes_by(60)
    await scene.open_class.room.do(ending(scene.open_class.room.state), "hannah")
    stays = await scene.in_class("margaret")
    assert stays == [(0.0, 180.0)]
