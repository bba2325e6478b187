"""What a player was told is kept survives the sudden death of the server."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select

from server.storage.database import Database
from server.storage.tables import Viewing
from tests.integration.ondemand.world import Log, two_services

PEOPLE = ("margaret", "dennis", "sheila")
REPORTS = 120

PLAYERS = """
import asyncio, json, sys
from server.storage.database import Database
from tests.integration.ondemand.world import Log

async def play_for_ever(log, person):
    round_ = 0
    while True:
        for begin in (*range(0, 60, 4), 0, 8):
            log.move(4)
            watched = await log.report(begin, begin + 4, playback=f"{person}-{round_:08}", person=person)
            sys.stdout.write(json.dumps([person, round_, watched.watched_ms, watched.counted]) + "\\n")
            sys.stdout.flush()
        round_ += 1

async def main():
    log = Log(await Database.open(sys.argv[1]))
    await asyncio.gather(*(play_for_ever(log, person) for person in sys.argv[2:]))

asyncio.run(main())
"""


async def _prepare(url: str) -> None:
    database = await Database.open(url)
    await two_services(database)
    await database.close()


async def _kept(url: str) -> dict[str, list[tuple[Viewing, list[tuple[float, float]]]]]:
    database = await Database.open(url)
    log = Log(database)
    async with database.reading() as session:
        rows = list(await session.scalars(select(Viewing).order_by(Viewing.started_at, Viewing.closed_at)))
    kept: dict[str, list[tuple[Viewing, list[tuple[float, float]]]]] = {person: [] for person in PEOPLE}
    for row in rows:
        kept[row.person_id].append((row, await log.stretches(row.id)))
    await database.close()
    return kept


def test_kill_9_loses_no_report_that_was_acknowledged_and_counts_no_view_twice(
    each_database_url: str,
) -> None:
    asyncio.run(_prepare(each_database_url))
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    process = subprocess.Popen(
        [sys.executable, "-c", PLAYERS, each_database_url, *PEOPLE],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdout
    acknowledged = [json.loads(process.stdout.readline()) for _ in range(REPORTS)]
    process.send_signal(signal.SIGKILL)
    acknowledged += [json.loads(line) for line in process.stdout if line.endswith("\n")]
    process.wait(timeout=30)
    process.stdout.close()

    kept = asyncio.run(_kept(each_database_url))
    for person in PEOPLE:
        told = [entry[1:] for entry in acknowledged if entry[0] == person]
        rounds = kept[person]
        assert 0 <= len(rounds) - (told[-1][0] + 1) <= 1, "one more may have begun unheard"
        for number, (viewing, stretches) in enumerate(rounds):
            assert sum(end - begin for begin, end in stretches) * 1000 == viewing.watched_ms
            heard = [(watched_ms, counted) for round_, watched_ms, counted in told if round_ == number]
            if heard:
                assert viewing.watched_ms >= max(watched_ms for watched_ms, _counted in heard)
                assert (viewing.counted_at is not None) >= any(counted for _ms, counted in heard)
        assert [viewing.closed_at is None for viewing, _ in rounds] == [False] * (len(rounds) - 1) + [True]
        assert all(viewing.counted_at is not None for viewing, _ in rounds[:-1])
