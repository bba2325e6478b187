"""The log of viewings, on both databases."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from server.errors import Refused
from server.ondemand import watching
from server.ondemand.watching import Watched
from server.storage.database import StorageFailed
from server.storage.tables import Viewing
from tests.integration.ondemand.world import Log
from tests.integration.storage.databases import TUESDAY_10AM

DAY_S = 24 * 3600


def refused(code: str):
    return pytest.raises(Refused, match=code)


async def test_what_is_watched_bit_by_bit_is_one_stretch(log: Log) -> None:
    assert await log.play(0, 20) == Watched(20_000, counted=False)
    (viewing,) = await log.viewings()
    assert await log.stretches(viewing.id) == [(0, 20)]
    assert (viewing.position_ms, viewing.watched_ms) == (20_000, 20_000)
    assert viewing.started_at == TUESDAY_10AM + timedelta(seconds=4)
    assert viewing.last_at == TUESDAY_10AM + timedelta(seconds=20)


async def test_what_was_leapt_over_is_not_watched_and_what_was_watched_twice_counts_once(log: Log) -> None:
    await log.play(0, 10)
    await log.play(30, 40)
    await log.play(5, 12)
    (viewing,) = await log.viewings()
    assert await log.stretches(viewing.id) == [(0, 12), (30, 40)]
    assert viewing.watched_ms == 22_000


async def test_the_same_report_again_changes_nothing(log: Log) -> None:
    await log.play(0, 8)
    first = await log.viewings()
    assert await log.report(4, 8) == Watched(8_000, counted=False)
    (before,), (after,) = first, await log.viewings()
    assert (after.watched_ms, after.position_ms, after.started_at) == (
        before.watched_ms,
        before.position_ms,
        before.started_at,
    )


async def test_the_order_of_reports_does_not_matter(log: Log) -> None:
    log.move(60)
    for begin in (8, 0, 4):
        log.move(4)
        await log.report(begin, begin + 4)
    (viewing,) = await log.viewings()
    assert await log.stretches(viewing.id) == [(0, 12)]


async def test_it_becomes_a_view_once_at_60_percent(log: Log) -> None:
    assert await log.play(0, 35.9) == Watched(35_900, counted=False)
    log.move(1)
    assert await log.report(35.9, 36) == Watched(36_000, counted=True)
    (viewing,) = await log.viewings()
    counted_at = viewing.counted_at
    assert counted_at == log.clock()
    assert await log.play(36, 60) == Watched(60_000, counted=True)
    (viewing,) = await log.viewings()
    assert viewing.counted_at == counted_at


async def test_of_a_long_session_five_minutes_are_enough(log: Log) -> None:
    log.duration_ms = 3_600_000
    log.move(1)
    assert await log.play(600, 899) == Watched(299_000, counted=False)
    assert await log.play(899, 900) == Watched(300_000, counted=True)


async def test_a_position_without_a_stretch_begins_nothing_and_moves_what_has_begun(log: Log) -> None:
    assert await log.report(20, 20) == Watched(0, counted=False)
    assert await log.viewings() == []
    await log.play(0, 8)
    await log.report(30, 30)
    (viewing,) = await log.viewings()
    assert (viewing.position_ms, viewing.watched_ms) == (30_000, 8_000)


async def test_it_goes_on_from_another_device(log: Log) -> None:
    await log.play(0, 20, playback="on-the-tablet")
    log.move(2 * DAY_S)
    assert await log.play(20, 40, playback="on-the-phone") == Watched(40_000, counted=True)
    (viewing,) = await log.viewings()
    assert await log.stretches(viewing.id) == [(0, 40)]


async def test_a_place_that_another_device_kept_while_it_was_offline_moves_nothing(log: Log) -> None:
    await log.play(0, 8, playback="on-the-tablet")
    log.move(600)
    await log.play(8, 32, playback="on-the-phone")
    before = await log.viewings()
    log.move(60)
    await log.report(20, 20, playback="on-the-tablet")
    await log.report(8, 20, at_s=20, playback="on-the-tablet")
    (viewing,) = await log.viewings()
    assert (viewing.position_ms, viewing.playback) == (32_000, "on-the-phone")
    assert viewing.last_at == before[0].last_at
    await log.report(27, 27, playback="on-the-phone")
    assert (await log.viewings())[0].position_ms == 27_000


async def test_what_another_device_watched_anew_moves_the_place(log: Log) -> None:
    await log.play(0, 8, playback="on-the-tablet")
    await log.play(8, 20, playback="on-the-phone")
    await log.play(40, 44, playback="on-the-tablet")
    assert (await log.viewings())[0].position_ms == 44_000


async def test_winding_back_in_a_page_opened_later_moves_the_place(log: Log) -> None:
    await log.play(0, 30, playback="on-sunday")
    log.move(1 * DAY_S)
    await log.report(10, 10, playback="on-monday")
    assert (await log.viewings())[0].position_ms == 30_000, "it has not played yet"
    await log.play(10, 18, playback="on-monday")
    await log.report(12, 12, playback="on-monday")
    assert (await log.viewings())[0].position_ms == 12_000


async def test_playing_again_from_the_beginning_after_it_counted_is_a_new_viewing(log: Log) -> None:
    await log.play(0, 60, playback="on-sunday")
    log.move(1 * DAY_S)
    assert await log.play(0, 8, playback="on-monday") == Watched(8_000, counted=False)
    first, second = await log.viewings()
    assert first.closed_at is not None
    assert first.counted_at is not None
    assert second.closed_at is None
    await log.play(8, 60, playback="on-monday")
    assert [viewing.counted_at is not None for viewing in await log.viewings()] == [True, True]


async def test_before_it_counted_starting_again_is_the_same_viewing(log: Log) -> None:
    await log.play(0, 20, playback="on-sunday")
    log.move(1 * DAY_S)
    await log.play(0, 8, playback="on-monday")
    (viewing,) = await log.viewings()
    assert viewing.watched_ms == 20_000


async def test_going_on_in_the_middle_after_it_counted_is_the_same_viewing(log: Log) -> None:
    await log.play(0, 40, playback="on-sunday")
    log.move(1 * DAY_S)
    await log.play(40, 60, playback="on-monday")
    (viewing,) = await log.viewings()
    assert viewing.watched_ms == 60_000


async def test_going_back_to_the_beginning_in_the_same_page_is_the_same_viewing(log: Log) -> None:
    await log.play(0, 60)
    await log.play(0, 8)
    assert len(await log.viewings()) == 1


async def test_a_late_report_of_the_page_before_begins_nothing_new(log: Log) -> None:
    await log.play(0, 60, playback="on-sunday")
    await log.play(0, 40, playback="on-monday")
    assert len(await log.viewings()) == 2
    await log.report(0, 4, playback="on-sunday")
    assert len(await log.viewings()) == 2


async def test_a_position_told_when_the_page_opens_does_not_hide_that_it_plays_from_the_beginning(
    log: Log,
) -> None:
    await log.play(0, 60, playback="on-sunday")
    await log.report(0, 0, playback="on-monday")
    await log.play(0, 8, playback="on-monday")
    assert len(await log.viewings()) == 2


async def test_people_and_sessions_are_kept_apart(log: Log) -> None:
    await log.play(0, 8)
    await log.play(0, 4, person="dennis")
    await log.report(0, 4, name="calf-raises")
    assert sorted((row.session_name, row.watched_ms) for row in await log.viewings()) == [
        ("calf-raises", 4_000),
        ("sit-to-stand", 8_000),
    ]
    (theirs,) = await log.viewings("dennis")
    assert theirs.watched_ms == 4_000


# What cannot be so ----------------------------------------------------------------------------------------


async def test_of_what_is_faster_than_twice_the_clock_the_beginning_is_kept(log: Log) -> None:
    log.duration_ms = 3_600_000
    await log.play(0, 4)
    log.move(4)
    await log.report(4, 4 + 18)  # twice 4 s, and 10 s
    log.move(4)
    assert await log.report(22, 22 + 18.1) == Watched(40_000, counted=False, kept_all=False)
    (viewing,) = await log.viewings()
    assert await log.stretches(viewing.id) == [(0, 40)]
    assert viewing.position_ms == 40_100, "the place is always kept"


async def test_of_a_first_report_ten_seconds_are_kept(log: Log) -> None:
    log.duration_ms = 3_600_000
    assert await log.report(0, 10) == Watched(10_000, counted=False)
    assert await log.report(0, 10.1, person="dennis") == Watched(10_000, counted=False, kept_all=False)


async def test_where_nothing_is_paid_for_it_is_refused_in_kind_words_and_the_place_is_kept(log: Log) -> None:
    await log.report(0, 6)
    with pytest.raises(Refused, match="outruns_clock") as refusal:
        await log.report(20, 24)
    assert refusal.value.words == "We could not keep what you watched just now. Your place is safe."
    (viewing,) = await log.viewings()
    assert (viewing.watched_ms, viewing.position_ms) == (6_000, 24_000)
    assert await log.stretches(viewing.id) == [(0, 6)]


async def test_nothing_short_counts_as_soon_as_it_begins(log: Log) -> None:
    log.duration_ms = 15_000
    for number in range(10):
        log.move(1)
        key = f"playback-{number}"
        with suppress(Refused):
            await log.report(0, 10, playback=key)
            await log.report(10, 15, playback=key)
    counted = [viewing for viewing in await log.viewings() if viewing.counted_at]
    assert len(counted) <= 10 / 3.75, "half of it, at double speed, takes 3.75 s"


async def test_many_pages_opened_at_once_do_not_make_many_views(log: Log) -> None:
    log.duration_ms = 15_000
    keys = [f"playback-{number}" for number in range(10)]
    for key in keys:
        await log.report(0, 0, playback=key)
    log.move(15)
    for key in keys:
        with suppress(Refused):
            await log.report(0, 15, playback=key)
    assert [viewing.counted_at is not None for viewing in await log.viewings()] == [True, False]


async def test_a_short_session_watched_from_its_beginning_is_kept_whole(log: Log) -> None:
    log.duration_ms = 15_000
    await log.report(0, 0)  # as the player does when it begins to play
    assert await log.play(0, 15) == Watched(15_000, counted=True)


async def test_always_new_playbacks_do_not_outrun_the_clock_either(log: Log) -> None:
    log.duration_ms = 3_600_000
    for number in range(3):
        await log.report(10 * number, 10 * number + 10, playback=f"playback-{number}")
    with refused("outruns_clock"):
        await log.report(30, 31, playback="one-more-of-them")


async def test_days_between_two_playbacks_give_no_credit(log: Log) -> None:
    await log.play(0, 8, playback="on-sunday")
    log.move(1 * DAY_S)
    assert await log.report(8, 30, playback="on-monday") == Watched(18_000, counted=False, kept_all=False)


async def test_while_the_line_is_down_minutes_are_not_lost(log: Log) -> None:
    await log.play(0, 8)
    log.move(40)
    assert await log.report(8, 48) == Watched(48_000, counted=True)


async def test_twelve_minutes_watched_while_the_server_was_away_are_kept(log: Log) -> None:
    log.duration_ms = 1_800_000
    await log.play(0, 8)
    log.restart()
    log.move(12 * 60)
    assert await log.report(8, 8 + 12 * 60) == Watched(728_000, counted=True)


async def test_what_is_sent_again_when_the_line_is_back_costs_later_reports_nothing(log: Log) -> None:
    await log.play(0, 8)
    log.restart()
    log.move(40)
    await log.report(4, 8)  # it was stored, but nobody heard so
    assert await log.report(8, 48) == Watched(48_000, counted=True)


async def test_what_a_long_silence_saves_has_an_end(log: Log) -> None:
    log.duration_ms = 7_200_000
    await log.play(0, 8)
    log.move(DAY_S)
    assert await log.report(8, 8 + 2_000) == Watched(1_818_000, counted=True, kept_all=False)
    (viewing,) = await log.viewings()
    assert await log.stretches(viewing.id) == [(0, 1_818)], "twice 15 minutes, and 10 s"
    assert viewing.position_ms == 2_008_000


async def test_a_restart_of_the_server_costs_nobody_their_minutes(log: Log) -> None:
    await log.play(0, 8)
    log.restart()
    log.move(40)
    assert await log.report(8, 48) == Watched(48_000, counted=True)


async def test_a_restart_does_not_make_the_same_page_a_new_viewing(log: Log) -> None:
    await log.play(0, 60)
    log.restart()
    await log.play(0, 8)
    assert len(await log.viewings()) == 1


async def test_a_clock_that_is_set_back_breaks_nothing(log: Log) -> None:
    log.duration_ms = 3_600_000
    await log.play(0, 8)
    log.clock.move(seconds=-3600)
    assert await log.report(8, 12) == Watched(12_000, counted=False)
    (viewing,) = await log.viewings()
    assert viewing.last_at == TUESDAY_10AM + timedelta(seconds=8)


@pytest.mark.parametrize(("begin", "end", "at"), [(8, 4, 4), (58, 62.1, 60), (0, 4, 62.1), (-1, 4, 4)])
async def test_what_is_not_in_the_session_is_refused(log: Log, begin: float, end: float, at: float) -> None:
    with refused("not_in_session"):
        await log.report(begin, end, at_s=at)
    assert await log.viewings() == []


async def test_the_end_is_where_the_file_says(log: Log) -> None:
    await log.play(0, 56)
    log.move(4)
    assert await log.report(56, 61.9) == Watched(60_000, counted=True)
    (viewing,) = await log.viewings()
    assert viewing.position_ms == 60_000


async def test_who_reports_too_often_is_refused_for_a_while_and_nobody_else_is(log: Log) -> None:
    for _ in range(30):
        await log.report(0, 4)
    with refused("too_fast"):
        await log.report(0, 4)
    await log.report(0, 4, person="dennis")
    log.move(1)
    await log.report(0, 4)


async def test_pieces_without_end_are_refused(log: Log, monkeypatch) -> None:
    monkeypatch.setattr(watching, "MAX_PIECES", 20)
    log.duration_ms = 3_600_000
    await log.report(0, 0.001)
    for number in range(1, 20):
        log.move(1)
        await log.report(number, number + 0.001)
    log.move(1)
    with refused("too_many_pieces"):
        await log.report(2_000, 2_001)
    assert (await log.report(0, 5)).watched_ms > 5_000, "joining what is there is still kept"


async def test_reports_at_the_same_moment_become_one_viewing(log: Log) -> None:
    begins = [number * 0.25 for number in range(20)]
    await asyncio.gather(
        *(log.report(at, at + 0.4, playback=f"playback-{n % 3}") for n, at in enumerate(begins))
    )
    (viewing,) = await log.viewings()
    assert await log.stretches(viewing.id) == [(0, 5.15)]


async def test_a_commit_that_fails_is_told_and_nothing_is_remembered(log: Log, monkeypatch) -> None:
    await log.play(0, 8)

    async def fails(work: object) -> object:
        raise StorageFailed("full")

    log.move(30)
    with monkeypatch.context() as patch:
        patch.setattr(log.database, "write", fails)
        with pytest.raises(StorageFailed):
            await log.report(8, 38)
    assert await log.report(8, 38) == Watched(38_000, counted=True)
    async with log.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Viewing)) == 1
