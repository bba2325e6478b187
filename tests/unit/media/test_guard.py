"""A bug in one step ends neither the others nor, silently, the worker's work."""

from __future__ import annotations

import asyncio

import pytest

from server.media.counts import Counts
from server.media.guard import Guard, end_the_process, outlive


def boom() -> int:
    raise ValueError("a bug")


def test_failures_are_counted_and_logged_ever_more_seldom(caplog: pytest.LogCaptureFixture) -> None:
    counts = Counts()
    guard = Guard(counts)
    assert [guard.run("a step", boom) for _ in range(9)] == [None] * 9
    assert guard.run("another", lambda: 3) == 3
    assert counts.failures == 9
    assert [record.args for record in caplog.records] == [("a step", times) for times in (1, 2, 4, 8)]


async def test_a_task_that_ends_by_itself_is_told_and_one_that_is_cancelled_is_not() -> None:
    died = asyncio.Event()

    async def end() -> None:
        boom()

    asleep = asyncio.create_task(asyncio.Event().wait())
    outlive(asleep, died.set)  # type: ignore[arg-type]
    asleep.cancel()
    await asyncio.wait([asleep])
    assert not died.is_set()
    outlive(asyncio.create_task(end()), died.set)
    await asyncio.wait_for(died.wait(), 5)


def test_the_end_of_the_ticking_is_the_end_of_the_process() -> None:
    async def work() -> None:
        outlive(asyncio.create_task(asyncio.sleep(0)), end_the_process)
        await asyncio.Event().wait()

    with pytest.raises(SystemExit) as ended:
        asyncio.run(work())
    assert ended.value.code == 1
