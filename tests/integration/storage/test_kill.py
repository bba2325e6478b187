"""What was acknowledged survives the sudden death of the process."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select

from server.storage.database import Database
from server.storage.tables import Service

WRITER = """
import asyncio, sys
from server.storage.database import Database
from server.storage.tables import Service

async def write_for_ever(database, writer):
    number = 0
    while True:
        name = f"{writer}-{number}"
        async def work(session):
            session.add(Service(id=name, name=name, phone=""))
        await database.write(work)
        sys.stdout.write(name + "\\n")
        sys.stdout.flush()
        number += 1

async def main():
    database = await Database.open(sys.argv[1], alone=True)
    await asyncio.gather(*(write_for_ever(database, writer) for writer in range(6)))

asyncio.run(main())
"""


def kept_at(url: str) -> set[str]:
    async def read() -> set[str]:
        database = await Database.open(url, alone=True)
        async with database.reading() as session:
            kept = set(await session.scalars(select(Service.id)))
        await database.close()
        return kept

    return asyncio.run(read())


def test_kill_9_loses_nothing_that_was_acknowledged(each_database_url: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, each_database_url], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout
    acknowledged = [process.stdout.readline().strip() for _ in range(200)]
    process.send_signal(signal.SIGKILL)
    acknowledged += [line.strip() for line in process.stdout if line.endswith("\n")]
    process.wait(timeout=30)
    process.stdout.close()

    assert len(acknowledged) >= 200
    assert set(acknowledged) <= kept_at(each_database_url)
