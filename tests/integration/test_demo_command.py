"""`moveroom demo` and its sisters as processes: what a person at a terminal sees."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

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
        table = service.printed.read_text()
        async with aiohttp.ClientSession() as browser:
            for link in (service.physio, service.helper, *service.patients):
                async with browser.get(link) as page:
                    assert page.status == 200
                    assert "Join class" in await page.text()
    told = {"base_url", "class_id", "physio", "physios", "helper", "patients", "measures", "watch", "staff"}
    assert told | {"check_in"} == set(first)
    assert first["staff"] in table
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


async def test_the_first_demo_makes_its_sample_sessions_and_everyone_may_watch_one(tmp_path: Path):
    recordings = tmp_path / "recordings"
    async with (
        demo_service(tmp_path, {"MOVEROOM_RECORDINGS_DIR": str(recordings)}) as service,
        aiohttp.ClientSession() as browser,
    ):

        async def listed() -> bool:
            async with browser.get(f"{service.base_url}/watch/open") as page:
                assert page.status == 200
                return "Sit to stand" in await page.text()

        await until(listed, "the first sample session", within_s=90)
        async with browser.get(f"{service.base_url}/watch/open/sit-to-stand/captions.vtt") as captions:
            assert (await captions.text()).startswith("WEBVTT")
        async with browser.get(f"{service.base_url}/watch/open/calf-raises") as private:
            assert private.status in (403, 404)
    assert service.process.returncode == 0
    unfinished = {name for name in os.listdir(recordings) if not name.startswith(".")}
    assert unfinished <= {"sit-to-stand", "calf-raises", "seated-knee-lifts"}


async def test_the_demo_stops_cleanly_and_leaves_no_process_behind(tmp_path: Path):
    async with demo_service(tmp_path) as service:
        children = [service.child("web"), service.child("media")]
    assert service.process.returncode == 0

    async def gone() -> bool:
        return not any(is_running(child) for child in children)

    await until(gone, "the children to be gone", within_s=10)


def test_a_data_folder_that_cannot_be_used_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    ended = moveroom("demo", MOVEROOM_DATA_DIR=str(tmp_path / "file"))
    assert ended.returncode == 2
    assert "MOVEROOM_DATA_DIR" in ended.stderr
    assert "Traceback" not in ended.stderr


async def test_a_second_start_on_the_same_folder_is_refused_and_harms_nothing(tmp_path: Path):
    async with demo_service(tmp_path) as service:
        ended = await asyncio.to_thread(
            moveroom, "demo", MOVEROOM_DATA_DIR=str(tmp_path / "state"), MOVEROOM_HTTP_PORT="8999"
        )
        assert ended.returncode == 2
        assert "another Moveroom is running" in ended.stderr
        async with aiohttp.ClientSession() as browser, browser.get(f"{service.base_url}/readyz") as ready:
            assert ready.status == 200


async def test_a_public_address_that_this_machine_cannot_reach_keeps_nobody_waiting(tmp_path: Path):
    elsewhere = {"MOVEROOM_PUBLIC_URL": "https://classes.example.invalid"}
    async with demo_service(tmp_path, elsewhere) as service:
        assert service.physio.startswith("https://classes.example.invalid/j/")


async def test_a_malformed_request_leaves_no_token_in_the_log(tmp_path: Path):
    async with demo_service(tmp_path) as service:
        token = service.patients[0].rsplit("/", 1)[1]
        address = urlsplit(service.base_url)
        for request in (f"GET /j/{token}\0 HTTP/1.1", f"GET /j/{token} HTTP/9.1"):
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
            writer.write(f"{request}\r\nHost: x\r\nCookie: mr_x={token}\r\n\r\n".encode())
            assert (await reader.readline()).split()[1] == b"400"
            writer.close()
        assert token not in service.log.read_text()


def test_a_port_that_is_taken_is_named(tmp_path: Path):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ended = moveroom(
            "demo",
            MOVEROOM_HTTP_PORT=str(other.getsockname()[1]),
            MOVEROOM_MEDIA_PORT=str(free_port(socket.SOCK_DGRAM)),
            MOVEROOM_MEDIA_WORKERS="1",
            MOVEROOM_DATA_DIR=str(tmp_path),
        )
    assert ended.returncode == 2
    assert "MOVEROOM_HTTP_PORT" in ended.stderr
    assert "Traceback" not in ended.stderr
