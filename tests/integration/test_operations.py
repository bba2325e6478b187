"""What a running Moveroom tells those who run it: alive, ready, and its figures."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.media.pool import MediaPool, WorkerReading
from server.operations import Operations, add_operations
from server.rooms.registry import Rooms
from server.storage.database import Database, StorageFailed
from tests.e2e.browser import until
from tests.e2e.service import demo_service
from tests.integration.storage import mishaps
from tests.integration.storage.databases import migrated, url_in


def answer(url: str, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5) as got:
            return got.status, got.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def moveroom(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "server.cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


PROXIES = (
    ("X-Forwarded-For", "203.0.113.7"),
    ("X-Forwarded-Host", "classes.example.nhs.uk"),
    ("X-Forwarded-Proto", "https"),
    ("Via", "1.1 proxy"),
    ("Forwarded", "for=203.0.113.7"),
    ("Host", "classes.example.nhs.uk"),
    ("Host", "127.0.0.1.example.org"),
)


def address_of(base_url: str) -> tuple[str, int]:
    parts = urlsplit(base_url)
    assert parts.hostname
    assert parts.port
    return parts.hostname, parts.port


def said_to(base_url: str, what: bytes) -> bytes:
    with socket.create_connection(address_of(base_url), timeout=5) as line:
        line.sendall(what)
        return line.recv(1000)


def figures_of(base_url: str) -> dict[tuple[str, str], float]:
    """By name and kind."""
    return {
        (sample.name, sample.labels.get("kind", "")): sample.value
        for family in text_string_to_metric_families(answer(f"{base_url}/metrics")[1])
        for sample in family.samples
    }


async def test_a_server_that_cannot_write_is_not_ready_says_why_and_counts(tmp_path: Path):
    async with migrated(tmp_path) as database:
        app = web.Application()
        add_operations(app, operations_of(database))
        async with TestClient(TestServer(app)) as client:

            async def ready() -> tuple[int, dict[str, bool]]:
                async with client.get("/readyz") as reply:
                    return reply.status, await reply.json()

            async def writes() -> str:
                async with client.get("/metrics") as reply:
                    (line,) = re.findall(r"^moveroom_storage_writes .*$", await reply.text(), re.M)
                    return str(line)

            assert await ready() == (200, {"ok": True, "storage": True, "writes": True, "media": True})
            assert await writes() == "moveroom_storage_writes 1.0"
            async with mishaps.sqlite_full(database, url_in(tmp_path)):
                with pytest.raises(StorageFailed):
                    await database.write(fill)
                assert await ready() == (503, {"ok": False, "storage": True, "writes": False, "media": True})
                assert await writes() == "moveroom_storage_writes 0.0"
            assert await ready() == (200, {"ok": True, "storage": True, "writes": True, "media": True})


async def fill(session: AsyncSession) -> None:
    await session.execute(text("CREATE TABLE much AS SELECT zeroblob(1000000)"))


def operations_of(database: Database) -> Operations:
    async def readings() -> list[WorkerReading]:
        return [WorkerReading(worker=0, attached=True, draining=False, rooms=0, stats={})]

    rooms = SimpleNamespace(open_count=0, socket_count=0, people=list, open_classes=list)
    media = SimpleNamespace(is_ready=True, readings=readings, moves={}, worker_of=lambda room: None)
    return Operations(database, cast(Rooms, rooms), cast(MediaPool, media))


@pytest.mark.timeout(120)
async def test_a_running_server_is_alive_ready_and_counts(tmp_path: Path):
    async with demo_service(tmp_path) as service:
        assert answer(f"{service.base_url}/healthz") == (200, '{"ok": true}')
        status, ready = answer(f"{service.base_url}/readyz")
        assert (status, json.loads(ready)) == (
            200,
            {"ok": True, "storage": True, "writes": True, "media": True},
        )

        status, text = answer(f"{service.base_url}/metrics")
        assert status == 200
        families = {family.name: family for family in text_string_to_metric_families(text)}
        assert families["moveroom_media_worker_attached"].samples[0].value == 1
        assert families["moveroom_open_classes"].samples[0].value == 0
        assert "moveroom_media_datagrams_in" in families
        assert "moveroom_failures" in families
        assert families["process_resident_memory_bytes"].samples[0].value > 1_000_000

        # Behind a proxy somebody else asks: they get the page for what is not there.
        for header, value in PROXIES:
            status, page = answer(f"{service.base_url}/metrics", **{header: value})
            assert status == 404, header
            assert "moveroom_" not in page
        for host in ("localhost", "localhost:8080", "127.0.0.1", "[::1]:8080"):
            assert answer(f"{service.base_url}/metrics", Host=host)[0] == 200, host

        # What is no HTTP is refused, counted, and stays out of the log; connections are counted while open.
        for nonsense in (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
            b"GET / HTTP/9.9\r\nx\r\n\r\n",
        ):
            assert said_to(service.base_url, nonsense).startswith((b"HTTP/1.0 400", b"HTTP/1.1 400"))
        with socket.create_connection(address_of(service.base_url)):
            figures = figures_of(service.base_url)
        assert figures["moveroom_failures_total", "malformed"] == 2
        assert figures["moveroom_connections", ""] == 2
        assert figures["process_max_fds", ""] >= 1024
        assert "aiohttp.server" not in service.log.read_text()

        # A worker that is drained ends, having nobody, and is started anew; one that is not there is named.
        drained = service.child("media")
        assert moveroom("drain", "0", **service.environment).returncode == 0

        async def renewed() -> bool:
            with contextlib.suppress(LookupError):
                return service.child("media") != drained and answer(f"{service.base_url}/readyz")[0] == 200
            return False

        await until(renewed, "a fresh media worker in the place of the drained one")
        ended = moveroom("drain", "7", **service.environment)
        assert (ended.returncode, "media worker 7" in ended.stderr) == (2, True)

        # Without a media worker the process lives, but is not ready, and says so; the supervisor is held up
        # meanwhile, so that it does not start another.
        os.kill(service.process.pid, signal.SIGSTOP)
        try:
            os.kill(service.child("media"), signal.SIGKILL)

            async def unready() -> bool:
                return answer(f"{service.base_url}/readyz")[0] == 503

            await until(unready, "the server to say that it has no media worker")
            assert answer(f"{service.base_url}/healthz")[0] == 200
            metrics = answer(f"{service.base_url}/metrics")[1]
            assert 'moveroom_media_worker_attached{worker="0"} 0.0' in metrics
        finally:
            os.kill(service.process.pid, signal.SIGCONT)
