"""A process is killed while it sends: nothing is lost, and what comes twice is the same message."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from server.post.letters import write_letter
from server.post.sending import TWICE
from server.storage.database import Database
from server.storage.tables import Letter
from tests.integration.post.mailbox import Mailbox, mailbox
from tests.integration.storage.databases import migrated, url_in

ROOT = Path(__file__).parents[3]
LETTERS = 6
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
"""The process has the real time: what was written then is due."""


async def run(folder: Path, box: Mailbox) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "tests/integration/post/outbox_process.py"),
        url_in(folder),
        str(box.port),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def until_all_are_sent(database: Database) -> list[Letter]:
    async with asyncio.timeout(60):
        while True:
            async with database.reading() as session:
                rows = list(await session.scalars(select(Letter).order_by(Letter.id)))
            if all(row.sent_at for row in rows):
                return rows
            await asyncio.sleep(0.05)  # another process writes: there is no event to wait for


async def test_a_process_killed_in_the_middle_loses_nothing_and_sends_nothing_anew(tmp_path: Path):
    async with mailbox() as box:
        async with migrated(tmp_path) as database:
            for number in range(LETTERS):
                await database.write(
                    lambda session, number=number: write_letter(
                        session,
                        letter_id=f"letter{number}",
                        key=f"{number}",
                        kind="invitation",
                        to_address=f"patient{number}@patients.example",
                        subject="Your online class: how to join",
                        text="Hello",
                        now=LONG_AGO,
                    )
                )
        processes: list[asyncio.subprocess.Process] = []

        async def kill() -> str:
            processes[-1].send_signal(signal.SIGKILL)
            return "250 OK"

        async def passes() -> str:
            return "250 OK"

        box.to_messages = [passes, passes, kill]
        processes.append(await run(tmp_path, box))
        await asyncio.wait_for(processes[0].wait(), 60)
        assert len(await box.has(3)) == 3

        processes.append(await run(tmp_path, box))
        try:
            database = await Database.open(url_in(tmp_path))
            rows = await until_all_are_sent(database)
            await database.close()
        finally:
            processes[-1].kill()
            await processes[-1].wait()

    by_id: dict[str, set[bytes]] = {}
    for message in box.received:
        by_id.setdefault(Mailbox.parse(message)["Message-ID"], set()).add(message)
    assert sorted(by_id) == [f"<letter{number}@moveroom.example>" for number in range(LETTERS)]
    assert all(len(messages) == 1 for messages in by_id.values())
    assert len(box.received) == LETTERS + 1
    assert [row.problem for row in rows] == [None, None, TWICE, None, None, None]
