from __future__ import annotations

import asyncio
from pathlib import Path

from server.contacts.log import ContactLog
from server.contacts.rounds import EVERY_S, SettlingRounds
from tests.integration.contacts.clinic import RULES, Clinic
from tests.integration.rooms.world import BreakableDatabase, SetTimers, seeded
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, numbered_ids


async def test_what_is_due_is_settled_at_the_start_and_every_few_minutes(clinic: Clinic) -> None:
    timers = SetTimers()
    rounds = SettlingRounds(clinic.database, clinic.log, clock=clinic.clock, later=timers)
    rounds.start()
    await timers.until_set(EVERY_S)
    assert await clinic.contacts() == {}
    clinic.skip_to_minute(60 + 12 * 60)
    timers.pass_s(EVERY_S)
    await timers.until_set(EVERY_S)
    assert set((await clinic.statuses()).values()) == {"4"}, "no staff came"
    await rounds.close()


async def test_a_round_that_fails_is_followed_by_another(tmp_path: Path) -> None:
    async with seeded(tmp_path, BreakableDatabase) as database:
        timers = SetTimers()
        log = ContactLog(RULES, numbered_ids())
        rounds = SettlingRounds(database, log, clock=SetClock(TUESDAY_10AM), later=timers)
        database.broken = True
        rounds.start()
        await timers.until_set(EVERY_S)
        timers.pass_s(EVERY_S)
        await timers.until_set(EVERY_S)
        assert database.writes == 2
        await rounds.close()


async def test_closing_waits_for_the_round_under_way_and_begins_no_other(tmp_path: Path) -> None:
    async with seeded(tmp_path, BreakableDatabase) as database:
        timers = SetTimers()
        log = ContactLog(RULES, numbered_ids())
        rounds = SettlingRounds(database, log, clock=SetClock(TUESDAY_10AM), later=timers)
        database.hold()
        rounds.start()
        await database.began.wait()
        closing = asyncio.create_task(rounds.close())
        await asyncio.sleep(0)
        assert not closing.done()
        database.let_go()
        await closing
        await rounds.close()
        timers.pass_s(EVERY_S)
        assert database.writes == 1
