from __future__ import annotations

from datetime import UTC, datetime, timedelta

from server.ondemand.views import Progress, progress_of, views_in
from tests.integration.ondemand.world import NAME, Log
from tests.integration.storage.databases import TUESDAY_10AM

NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


async def views(log: Log, service: str = "riverside", start=NOVEMBER[0], end=NOVEMBER[1]) -> int:
    async with log.database.reading() as session:
        return await views_in(session, service, start, end)


async def progress(log: Log, person: str = "margaret"):
    async with log.database.reading() as session:
        return await progress_of(session, person)


async def test_each_counted_viewing_is_a_view_of_its_service(log: Log) -> None:
    await log.play(0, 40, playback="on-sunday")
    await log.play(0, 40, playback="on-monday")
    await log.play(0, 40, person="dennis")
    await log.play(0, 20, person="sheila")
    assert (await views(log), await views(log, "hillside")) == (3, 0)
    await log.play(20, 40, person="sheila")
    assert (await views(log), await views(log, "hillside")) == (3, 1)


async def test_a_view_belongs_to_the_moment_at_which_it_counted(log: Log) -> None:
    await log.play(0, 40)
    (viewing,) = await log.viewings()
    counted_at = viewing.counted_at
    assert counted_at is not None
    second = timedelta(seconds=1)
    assert await views(log, start=counted_at, end=counted_at + second) == 1
    assert await views(log, start=counted_at - second, end=counted_at) == 0
    assert await views(log, start=counted_at + second, end=counted_at + 2 * second) == 0


async def test_progress_is_of_the_viewing_that_goes_on_and_times_of_all(log: Log) -> None:
    assert await progress(log) == {}
    await log.play(0, 60, playback="on-sunday")
    log.clock.move(days=1)
    await log.play(0, 12, playback="on-monday")
    found = (await progress(log))[NAME]
    assert found == Progress(12_000, 12_000, TUESDAY_10AM + timedelta(days=1, seconds=72), times_watched=1)
    assert (found.percent(60_000), found.go_on_ms(60_000)) == (20, 12_000)
    assert await progress(log, "dennis") == {}


async def test_who_watched_to_the_end_begins_at_the_beginning(log: Log) -> None:
    await log.play(0, 60)
    assert (await progress(log))[NAME].go_on_ms(60_000) == 0
