"""The web process dies while the database is away: it comes back by itself, however long that takes."""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from tests.e2e.browser import until
from tests.e2e.service import DemoService, demo_service
from tests.integration.storage.postgresql_server import PostgreSQLServer
from tests.integration.test_demo_command import moveroom


async def kill_and_see_it_tried_again(service: DemoService) -> None:
    """Kill the web process; return when a new one could not open the database and is tried once more."""
    os.kill(service.child("web"), signal.SIGKILL)

    async def tried_again() -> bool:
        tries = service.log.read_text().count("event=child_ended name=web code=1")
        assert service.process.returncode is None, service.log.read_text()
        return tries >= 2

    await until(tried_again, "two starts without a database", within_s=40)


async def back(service: DemoService) -> None:
    async def is_served() -> bool:
        try:
            async with aiohttp.ClientSession() as browser, browser.get(service.patients[0]) as page:
                return page.status == 200
        except aiohttp.ClientError:
            return False

    await until(is_served, "the page to be served again", within_s=30)


@pytest.mark.timeout(120)
async def test_a_locked_file_is_waited_for(tmp_path: Path):
    async with demo_service(tmp_path) as service:
        with closing(sqlite3.connect(service.database, isolation_level=None)) as somebody_else:
            somebody_else.execute("BEGIN IMMEDIATE")
            await kill_and_see_it_tried_again(service)
        await back(service)
        assert "the database cannot be opened: database is locked" in service.log.read_text()


@pytest.mark.timeout(120)
async def test_a_postgresql_that_is_stopped_is_waited_for(
    postgresql_server: PostgreSQLServer, postgresql_url: str, tmp_path: Path
):
    async with demo_service(tmp_path, {"MOVEROOM_DATABASE_URL": postgresql_url}) as service:
        postgresql_server.stop(at_once=True)
        try:
            await kill_and_see_it_tried_again(service)
        finally:
            postgresql_server.start()
        await back(service)


def test_a_report_beside_a_locked_file_says_so_and_is_no_wrong_setting(tmp_path: Path):
    file = tmp_path / "moveroom.sqlite3"
    setting = {
        "MOVEROOM_DATABASE_URL": f"sqlite+aiosqlite:///{file}",
        "MOVEROOM_DATA_DIR": str(tmp_path),
    }
    assert moveroom("report", "2026-11", **setting).returncode == 2
    assert moveroom("migrate", **setting).returncode == 0
    with closing(sqlite3.connect(file, isolation_level=None)) as somebody_else:
        somebody_else.execute("BEGIN IMMEDIATE")
        ended = moveroom("report", "2026-11", **setting)
    assert ended.returncode == 1
    assert "locked" in ended.stderr
    assert "Traceback" not in ended.stderr
