"""`moveroom demo` and its sisters as processes: what a person at a terminal sees."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import aiohttp

from tests.e2e.browser import until
from tests.e2e.service import demo_service, free_port


def moveroom(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server.cli", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_wrong_setting_stops_the_start_and_is_named(tmp_path: Path):
    ended = moveroom("demo", MOVEROOM_HTTP_PORT="eighty", MOVEROOM_DATA_DIR=str(tmp_path))
    assert ended.returncode == 2
    assert "MOVEROOM_HTTP_PORT" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_settings_command_lists_every_setting():
    ended = moveroom("settings")
    assert ended.returncode == 0
    for name in ("HTTP_PORT", "MEDIA_PORT", "DATABASE_URL", "DATA_DIR", "LINKS_JSON"):
        assert f"MOVEROOM_{name}" in ended.stdout


def is_running(process_id: int) -> bool:
    return Path(f"/proc/{process_id}").exists()


async def test_the_demo_gives_everyone_a_link_that_survives_a_restart(tmp_path: Path):
    async with demo_service(tmp_path) as service:
        first = json.loads((tmp_path / "links.json").read_text())
        table = service.log.read_text()
        async with aiohttp.ClientSession() as browser:
            for link in (service.physio, service.helper, *service.patients):
                async with browser.get(link) as page:
                    assert page.status == 200
                    assert "Join class" in await page.text()
    assert set(first) == {"base_url", "class_id", "physio", "physios", "helper", "patients"}
    assert len(first["physios"]) == 2
    assert first["physio"] == first["physios"][0]
    assert len(first["patients"]) == 12
    everyone = [*first["physios"], first["helper"], *first["patients"]]
    assert len(set(everyone)) == 15
    for link in everyone:
        assert link.startswith(first["base_url"] + "/")
        assert link in table

    async with demo_service(tmp_path) as service:
        again = json.loads((tmp_path / "links.json").read_text())
    path = re.compile(r"^https?://[^/]+")
    assert [path.sub("", link) for link in again["patients"]] == [
        path.sub("", link) for link in first["patients"]
    ]
    assert again["class_id"] == first["class_id"]


async def test_the_demo_stops_cleanly_and_leaves_no_process_behind(tmp_path: Path):
    async with demo_service(tmp_path) as service:
        children = [service.child("web"), service.child("media")]
    assert service.process.returncode == 0

    async def gone() -> bool:
        return not any(is_running(child) for child in children)

    await until(gone, "the children to be gone", within_s=10)


def test_a_port_that_is_taken_is_named(tmp_path: Path):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ended = moveroom(
            "demo",
            MOVEROOM_HTTP_PORT=str(other.getsockname()[1]),
            MOVEROOM_MEDIA_PORT=str(free_port(socket.SOCK_DGRAM)),
            MOVEROOM_DATA_DIR=str(tmp_path),
        )
    assert ended.returncode == 2
    assert "MOVEROOM_HTTP_PORT" in ended.stderr
    assert "Traceback" not in ended.stderr
