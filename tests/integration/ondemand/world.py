"""A log of viewings on a migrated database, with two patients of one service and one of another."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.ondemand.counting import ViewRule
from server.ondemand.watching import Report, Watched, WatchLog
from server.storage.database import Database
from server.storage.tables import Person, Service, Viewing, WatchedInterval
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, numbered_ids

MINUTE_MS = 60_000
NAME = "sit-to-stand"


class Log:
    """What a player does, in seconds of the session."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = SetClock(TUESDAY_10AM)
        self.duration_ms = MINUTE_MS
        self.seconds = 0.0
        self._new_id = numbered_ids("viewing")
        self.restart()

    def restart(self) -> None:
        """A new process: it knows only what the tables say."""
        self.log = WatchLog(
            self.database,
            ViewRule(percent=60, minutes=5),
            clock=self.clock,
            new_id=self._new_id,
            monotonic_s=lambda: self.seconds,
        )

    def move(self, seconds: float) -> None:
        """Time goes by, on the clock on the wall and on the one that is never set."""
        self.clock.move(seconds=seconds)
        self.seconds += seconds

    async def report(
        self,
        from_s: float,
        to_s: float,
        *,
        at_s: float | None = None,
        playback: str = "playback-a",
        person: str = "margaret",
        name: str = NAME,
    ) -> Watched:
        position_s = to_s if at_s is None else at_s
        report = Report(playback, round(from_s * 1000), round(to_s * 1000), round(position_s * 1000))
        return await self.log.report(person, name, self.duration_ms, report)

    async def play(
        self, from_s: float, to_s: float, *, playback: str = "playback-a", person: str = "margaret"
    ) -> Watched | None:
        """Play at normal speed, with a report every 4 s."""
        watched, at_s = None, from_s
        while at_s < to_s:
            next_s = min(at_s + 4, to_s)
            self.move(next_s - at_s)
            watched = await self.report(at_s, next_s, playback=playback, person=person)
            at_s = next_s
        return watched

    async def viewings(self, person: str = "margaret") -> list[Viewing]:
        async with self.database.reading() as session:
            rows = await session.scalars(
                select(Viewing).where(Viewing.person_id == person).order_by(Viewing.started_at)
            )
            return list(rows)

    async def stretches(self, viewing_id: str) -> list[tuple[float, float]]:
        """In seconds."""
        async with self.database.reading() as session:
            rows = await session.scalars(
                select(WatchedInterval)
                .where(WatchedInterval.viewing_id == viewing_id)
                .order_by(WatchedInterval.from_ms)
            )
            return [(row.from_ms / 1000, row.to_ms / 1000) for row in rows]


async def two_services(database: Database) -> Log:
    async def work(session: AsyncSession) -> None:
        session.add_all(_services())
        await session.flush()
        session.add_all(_people())

    await database.write(work)
    return Log(database)


def _services() -> Iterable[Service]:
    return (Service(id=name, name=name, phone="01632 960123") for name in ("riverside", "hillside"))


def _people() -> Iterable[Person]:
    for name, service in (("margaret", "riverside"), ("dennis", "riverside"), ("sheila", "hillside")):
        yield Person(id=name, service_id=service, role="patient", full_name=name, shown_name=name, phone="")
