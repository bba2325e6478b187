"""`moveroom demo` on a PostgreSQL database, as processes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import aiohttp

from tests.e2e.browser import until
from tests.e2e.service import demo_service
from tests.integration.storage.postgresql_server import PostgreSQLServer
from tests.integration.test_demo_command import moveroom


async def status_of(link: str) -> int:
    async with aiohttp.ClientSession() as browser, browser.get(link) as page:
        if page.status == 200:
            assert "Join class" in await page.text()
        return page.status


async def test_the_demo_lives_on_postgresql_through_restarts_of_either(
    postgresql_server: PostgreSQLServer, postgresql_url: str, tmp_path: Path
) -> None:
    setting = {"MOVEROOM_DATABASE_URL": postgresql_url}
    async with demo_service(tmp_path, setting) as service:
        link = service.patients[0]

        async def is_served() -> bool:
            try:
                return await status_of(link) == 200
            except aiohttp.ClientError:
                return False

        assert await status_of(link) == 200
        await service.kill("web")
        await until(is_served, "the page to be served again", within_s=20)

        postgresql_server.stop(at_once=True)
        try:
            assert await status_of(link) >= 500
        finally:
            postgresql_server.start()
        assert await status_of(link) == 200

        async def is_held() -> bool:
            held = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted"
            return bool(postgresql_server.run(held))

        await until(is_held, "the database to be held again", within_s=20)
        (tmp_path / "another").mkdir()
        second = await asyncio.to_thread(
            moveroom,
            "demo",
            MOVEROOM_DATA_DIR=str(tmp_path / "another"),
            MOVEROOM_HTTP_PORT="8999",
            **setting,
        )
        assert second.returncode == 2
        assert "another Moveroom is running on this database" in second.stderr
        assert await status_of(link) == 200
        first = json.loads((tmp_path / "links.json").read_text())
    async with demo_service(tmp_path, setting):
        again = json.loads((tmp_path / "links.json").read_text())
    assert again["class_id"] == first["class_id"]
    assert not list((tmp_path / "state").glob("*.sqlite3"))


def test_a_database_that_is_away_stops_the_start_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://moveroom:hunter2@127.0.0.1:1/moveroom"
    for command in ("demo", "migrate"):
        ended = moveroom(command, MOVEROOM_DATABASE_URL=url, MOVEROOM_DATA_DIR=str(tmp_path))
        assert ended.returncode == 2
        assert "the database was not migrated" in ended.stderr
        assert "hunter2" not in ended.stdout + ended.stderr
        assert "Traceback" not in ended.stderr
