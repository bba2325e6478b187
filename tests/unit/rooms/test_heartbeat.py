from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.rooms.heartbeat import BEAT_S, MOST_TOGETHER, MOST_UNWRITTEN, SOON_S, Heartbeat, MissedFirst
from server.rooms.state import Place, RoomState
from server.storage.faults import StorageFailed

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


class Ring:
    """A timer that a test rings."""

    def __init__(self, seconds: float, what: Callable[[], None]) -> None:
        self.seconds, self.what, self.cancelled = seconds, what, False

    def cancel(self) -> None:
        self.cancelled = True


class World:
    """Margaret is in class; each beat is a second after the one before."""

    def __init__(self) -> None:
        self.rings: list[Ring] = []
        self.told: list[tuple[datetime, Any]] = []
        self.written: list[int] = []
        """How many moments each transaction wrote."""
        self.here: dict[str, dict[str, Place]] = {"class": {"margaret": Place.IN_CLASS}, "empty": {}}
        self.failure: Exception | None = None
        self.gate: asyncio.Event | None = None
        self.now = NOW
        self.heartbeat = Heartbeat(self, self, lambda: self.here, clock=self.clock, later=self.later)  # type: ignore[arg-type]

    def clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def later(self, seconds: float, what: Callable[[], None]) -> Ring:
        self.rings.append(Ring(seconds, what))
        return self.rings[-1]

    async def write(self, work: Callable[[Any], Any]) -> None:
        if self.gate is not None:
            await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        before = len(self.told)
        await work("session")
        self.written.append(len(self.told) - before)

    async def still_here(self, session: object, at: datetime, here: object) -> None:
        self.told.append((at, here))

    async def took_place(self, session: object, state: object, events: object) -> None:
        self.told.append((self.now, events))

    async def ring(self, times: int = 1) -> None:
        """The timer that runs rings, and what it does is done."""
        for _ in range(times):
            self.rings[-1].what()
            await self.heartbeat._telling

    def seconds(self) -> list[float]:
        """Of which moments was told, in seconds."""
        return [(at - NOW).total_seconds() for at, _ in self.told]


@pytest.fixture
def world() -> World:
    return World()


async def test_tells_every_few_seconds_who_is_here_and_nothing_of_classes_with_nobody(world: World):
    world.heartbeat.start()
    await world.ring(2)
    assert [here for _, here in world.told] == [{"class": {"margaret": Place.IN_CLASS}}] * 2
    assert world.seconds() == [1, 2]
    assert [ring.seconds for ring in world.rings] == [BEAT_S] * 3


async def test_tells_soon_once_when_several_people_connect(world: World):
    world.heartbeat.start()
    world.heartbeat.soon()
    world.heartbeat.soon()
    assert [ring.seconds for ring in world.rings] == [BEAT_S, SOON_S]
    assert world.rings[0].cancelled
    await world.ring()
    assert world.rings[-1].seconds == BEAT_S


async def test_who_connects_while_it_is_told_is_told_of_soon_afterwards(world: World):
    world.heartbeat.start()
    world.rings[-1].what()
    world.heartbeat.soon()
    await world.heartbeat._telling
    assert [ring.seconds for ring in world.rings] == [BEAT_S, BEAT_S, SOON_S]
    assert world.rings[1].cancelled


async def test_what_could_not_be_stored_is_written_in_its_order_when_it_can_be(world: World):
    world.heartbeat.start()
    world.failure = StorageFailed("the disk is full")
    await world.ring(2)
    world.here = {"class": {"margaret": Place.IN_CLASS, "pauline": Place.WAITING}}
    await world.ring()
    assert world.told == []
    assert world.heartbeat.failures == {"heartbeat_not_written": 3}
    world.failure = None
    await world.ring()
    assert world.seconds() == [1, 2, 3, 4]
    assert [sorted(here["class"]) for _, here in world.told] == [["margaret"]] * 2 + [
        ["margaret", "pauline"]
    ] * 2
    await world.ring()
    assert world.seconds() == [1, 2, 3, 4, 5]


async def test_moments_are_remembered_while_the_storage_does_not_answer(world: World):
    world.heartbeat.start()
    world.gate = asyncio.Event()
    for _ in range(3):
        world.rings[-1].what()
    world.gate.set()
    await world.heartbeat._telling
    assert world.seconds() == [1, 2, 3]


async def test_nobody_here_any_more_when_the_storage_is_back_loses_nothing(world: World):
    world.heartbeat.start()
    world.failure = StorageFailed("away")
    await world.ring(2)
    world.failure, world.here = None, {"class": {}}
    await world.ring()
    assert world.seconds() == [1, 2]


async def test_the_oldest_are_forgotten_and_few_share_a_transaction(world: World):
    world.heartbeat.start()
    world.failure = StorageFailed("away")
    await world.ring(MOST_UNWRITTEN + 1)
    world.failure = None
    await world.ring()
    assert world.seconds() == list(range(3, MOST_UNWRITTEN + 3))
    assert world.written == [MOST_TOGETHER] * (MOST_UNWRITTEN // MOST_TOGETHER)


async def test_what_can_never_be_written_does_not_stand_in_the_way_of_the_next(world: World):
    world.heartbeat.start()
    world.failure = ValueError("a bug")
    await world.ring()
    world.failure = None
    await world.ring()
    assert world.seconds() == [2]


async def test_what_was_missed_of_a_class_is_written_before_what_takes_place_in_it(world: World):
    world.here["another"] = {"li": Place.IN_CLASS}
    scribe = MissedFirst(world, world.heartbeat)  # type: ignore[arg-type]
    world.heartbeat.start()
    world.failure = StorageFailed("away")
    await world.ring(2)
    world.failure = None
    state = RoomState("class", "course", "hannah", {})
    await world.write(lambda session: scribe.took_place(session, state, ()))
    assert [here for _, here in world.told] == [{"class": {"margaret": Place.IN_CLASS}}] * 2 + [()]
    assert world.rings[-1].seconds == SOON_S
    await world.ring()
    assert world.seconds()[3:] == [1, 2, 3], "the transaction may have failed"


async def test_when_nothing_was_missed_an_event_is_written_alone(world: World):
    scribe = MissedFirst(world, world.heartbeat)  # type: ignore[arg-type]
    world.heartbeat.start()
    await world.ring()
    await scribe.took_place("session", RoomState("class", "course", "hannah", {}), ())  # type: ignore[arg-type]
    assert [here for _, here in world.told][1:] == [()]
    assert world.rings[-1].seconds == BEAT_S


async def test_tells_nothing_more_once_closed(world: World):
    world.heartbeat.start()
    await world.heartbeat.close()
    assert world.rings[-1].cancelled
    world.heartbeat.soon()
    assert len(world.rings) == 1
    await world.heartbeat.close()
