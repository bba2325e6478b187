from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from server.rooms.heartbeat import BEAT_S, SOON_S, Heartbeat
from server.rooms.state import Place

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


class Ring:
    """A timer that a test rings."""

    def __init__(self, seconds: float, what: Callable[[], None]) -> None:
        self.seconds, self.what, self.cancelled = seconds, what, False

    def cancel(self) -> None:
        self.cancelled = True


class World:
    def __init__(self) -> None:
        self.rings: list[Ring] = []
        self.told: list[Any] = []
        self.here: dict[str, dict[str, Place]] = {"class": {"margaret": Place.IN_CLASS}, "empty": {}}
        self.failing = False
        self.heartbeat = Heartbeat(self, self, lambda: self.here, clock=lambda: NOW, later=self.later)  # type: ignore[arg-type]

    def later(self, seconds: float, what: Callable[[], None]) -> Ring:
        self.rings.append(Ring(seconds, what))
        return self.rings[-1]

    async def write(self, work: Callable[[Any], Any]) -> None:
        if self.failing:
            raise OSError("disk")
        await work("session")

    async def still_here(self, session: object, at: datetime, here: object) -> None:
        self.told.append((at, here))

    async def ring(self) -> None:
        """The timer that runs rings, and what it does is done."""
        self.rings[-1].what()
        await self.heartbeat._telling


@pytest.fixture
def world() -> World:
    return World()


async def test_tells_every_few_seconds_who_is_here_and_nothing_of_classes_with_nobody(world: World):
    world.heartbeat.start()
    await world.ring()
    await world.ring()
    assert world.told == [(NOW, {"class": {"margaret": Place.IN_CLASS}})] * 2
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
    assert [ring.seconds for ring in world.rings] == [BEAT_S, SOON_S]


async def test_goes_on_when_it_could_not_be_stored(world: World):
    world.heartbeat.start()
    world.failing = True
    await world.ring()
    world.failing = False
    await world.ring()
    assert len(world.told) == 1


async def test_tells_nothing_more_once_closed(world: World):
    world.heartbeat.start()
    await world.heartbeat.close()
    assert world.rings[-1].cancelled
    world.heartbeat.soon()
    assert len(world.rings) == 1
    await world.heartbeat.close()
