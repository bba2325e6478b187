"""Random histories of up to three devices, against a slow reference: a set of all tenths of a second watched.

The reference knows the rules of docs/ondemand.md and nothing of the tables.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from server.ondemand.watching import Watched
from server.storage.tables import Person
from tests.integration.ondemand.world import Log, two_services
from tests.integration.storage.databases import migrated

DURATION = 600
"""Tenths of a second, as all that follows."""
NEAR_BEGINNING = 60
COUNTS_FROM = 360
DEVICES = 3
PLAYED = 60
"""At most so much from one report to the next: a first one may be a tenth of the session long."""

device = st.integers(0, DEVICES - 1)
action = st.one_of(
    st.tuples(st.just("play"), device, st.integers(1, PLAYED)),
    st.tuples(st.just("play"), device, st.just(PLAYED)),
    st.tuples(st.just("seek"), device, st.integers(0, DURATION)),
    st.tuples(st.just("open"), device, st.just(0)),
    st.tuples(st.just("open"), device, st.integers(0, DURATION)),
    st.tuples(st.just("send again"), device, st.just(0)),
    st.tuples(st.just("restart"), st.just(0), st.just(0)),
    st.tuples(st.just("wait"), st.just(0), st.integers(1, 10**6)),
)
through = st.integers(0, DEVICES - 1).map(lambda one: [("open", one, 0), *[("play", one, PLAYED)] * 10])
"""Once through the whole session, so that viewings count and begin anew."""
histories = st.lists(st.one_of(through, st.lists(action, max_size=6)), max_size=5).map(
    lambda parts: [each for part in parts for each in part]
)


@dataclass
class SlowViewing:
    tenths: set[int] = field(default_factory=set)
    counted: bool = False
    position: int = 0
    playback: str = ""
    last_at: datetime | None = None


@dataclass
class Slow:
    viewings: list[SlowViewing] = field(default_factory=list)
    played: set[str] = field(default_factory=set)
    since: dict[str, datetime] = field(default_factory=dict)

    def report(self, playback: str, begin: int, end: int, now: datetime) -> None:
        since = self.since.setdefault(playback, now)
        new = set(range(begin, end))
        if new and (not self.viewings or self._begins_anew(playback, begin)):
            self.viewings.append(SlowViewing())
        if not self.viewings:
            return
        viewing = self.viewings[-1]
        grows = not new <= viewing.tenths
        viewing.tenths |= new
        viewing.counted |= len(viewing.tenths) >= COUNTS_FROM
        if new:
            self.played.add(playback)
        opened_later = viewing.last_at is None or since >= viewing.last_at
        if grows or playback == viewing.playback or (new and opened_later):
            if not new or grows or viewing.position != end:
                viewing.last_at = now
            viewing.position, viewing.playback = end, playback

    def _begins_anew(self, playback: str, begin: int) -> bool:
        last = self.viewings[-1]
        has_played = playback in self.played or playback == last.playback
        return last.counted and begin <= NEAR_BEGINNING and not has_played

    def restart(self) -> None:
        self.played, self.since = set(), {}


class Devices:
    """What the devices do, told to the log and to the reference alike."""

    def __init__(self, log: Log, person: str) -> None:
        self.log, self.person, self.slow = log, person, Slow()
        self.keys = count(1)
        self.at = [0] * DEVICES
        self.playback = [self._new_key() for _ in range(DEVICES)]
        self.last = [(self.playback[each], 0, 0) for each in range(DEVICES)]

    def _new_key(self) -> str:
        return f"playback-{next(self.keys)}"

    async def do(self, what: str, one: int, much: int) -> None:
        if what == "play":
            end = min(DURATION, self.at[one] + much)
            self.log.move((end - self.at[one]) / 10)
            await self._report(one, self.playback[one], self.at[one], end)
            self.at[one] = end
        elif what == "seek":
            self.at[one] = much
            await self._report(one, self.playback[one], much, much)
        elif what == "open":
            self.playback[one], self.at[one] = self._new_key(), much
        elif what == "send again":
            self.log.move(1)
            await self._report(one, *self.last[one])
        elif what == "restart":
            self.log.restart()
            self.slow.restart()
        else:
            self.log.move(much)

    async def _report(self, one: int, playback: str, begin: int, end: int) -> None:
        self.last[one] = (playback, begin, end)
        self.log.move(0.5)
        watched = await self.log.report(begin / 10, end / 10, playback=playback, person=self.person)
        self.slow.report(playback, begin, end, self.log.clock())
        viewing = self.slow.viewings[-1] if self.slow.viewings else SlowViewing()
        assert watched == Watched(len(viewing.tenths) * 100, viewing.counted, kept_all=True)


async def _story(log: Log, person: str, history: list[tuple[str, int, int]]) -> int:
    async def add(session) -> None:
        session.add(
            Person(
                id=person, service_id="riverside", role="patient", full_name="", shown_name=person, phone=""
            )
        )

    await log.database.write(add)
    devices = Devices(log, person)
    for step in history:
        await devices.do(*step)
    kept = await log.viewings(person)
    slow = devices.slow.viewings
    assert len(kept) == len(slow)
    for row, viewing in zip(kept, slow, strict=True):
        stretches = await log.stretches(row.id)
        tenths = [tenth for begin, end in stretches for tenth in range(round(begin * 10), round(end * 10))]
        assert sorted(viewing.tenths) == tenths
        assert row.watched_ms == len(tenths) * 100
        assert (row.counted_at is not None) == viewing.counted
        assert (row.closed_at is None) == (viewing is slow[-1])
        assert (row.position_ms, row.playback) == (viewing.position * 100, viewing.playback)
    return len(kept)


def test_whatever_three_devices_do_the_log_agrees_with_the_reference_and_refuses_nothing(
    tmp_path: Path,
) -> None:
    people = (f"person-{number}" for number in count(1))
    most = 0

    with asyncio.Runner() as runner:
        stack = AsyncExitStack()

        async def begin() -> Log:
            return await two_services(await stack.enter_async_context(migrated(tmp_path)))

        log = runner.run(begin())

        @settings(max_examples=60, deadline=None, database=None)
        @given(histories)
        def agrees(history: list[tuple[str, int, int]]) -> None:
            nonlocal most
            most = max(most, runner.run(_story(log, next(people), history)))

        agrees()
        runner.run(stack.aclose())
    assert most >= 2, "no history came to a second viewing"
