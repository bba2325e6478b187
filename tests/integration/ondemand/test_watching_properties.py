"""Random histories of up to three devices, against a slow reference: a set of all tenths of a second watched.

The reference knows the rules of docs/ondemand.md and nothing of the tables.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from server.storage.tables import Person
from tests.integration.ondemand.world import Log, two_services
from tests.integration.storage.databases import migrated

DURATION = 600
"""Tenths of a second, as all that follows."""
NEAR_BEGINNING = 60
COUNTS_FROM = 360
DEVICES = 3

device = st.integers(0, DEVICES - 1)
action = st.one_of(
    st.tuples(st.just("play"), device, st.integers(1, 80)),
    st.tuples(st.just("play"), device, st.just(80)),
    st.tuples(st.just("seek"), device, st.integers(0, DURATION)),
    st.tuples(st.just("open"), device, st.just(0)),
    st.tuples(st.just("open"), device, st.integers(0, DURATION)),
    st.tuples(st.just("send again"), device, st.just(0)),
    st.tuples(st.just("restart"), st.just(0), st.just(0)),
    st.tuples(st.just("wait"), st.just(0), st.integers(1, 10**6)),
)
through = st.integers(0, DEVICES - 1).map(lambda one: [("open", one, 0), *[("play", one, 80)] * 8])
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


@dataclass
class Slow:
    viewings: list[SlowViewing] = field(default_factory=list)
    played: set[str] = field(default_factory=set)

    def report(self, playback: str, begin: int, end: int) -> None:
        anew = begin < end and begin <= NEAR_BEGINNING and playback not in self.played
        if begin < end and (not self.viewings or (self.viewings[-1].counted and anew)):
            self.viewings.append(SlowViewing())
        if not self.viewings:
            return
        viewing = self.viewings[-1]
        viewing.tenths |= set(range(begin, end))
        viewing.counted |= len(viewing.tenths) >= COUNTS_FROM
        viewing.position = end
        if begin < end:
            viewing.playback = playback
            self.played.add(playback)

    def restart(self) -> None:
        self.played = {self.viewings[-1].playback} if self.viewings else set()


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
        self.slow.report(playback, begin, end)
        viewing = self.slow.viewings[-1] if self.slow.viewings else SlowViewing()
        assert (watched.watched_ms, watched.counted) == (len(viewing.tenths) * 100, viewing.counted)


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
        assert row.position_ms == viewing.position * 100
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
