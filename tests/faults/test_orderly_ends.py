"""SIGTERM to a server that people, players and a locked database hold up: it ends soon, and in order."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.e2e.browser import until
from tests.e2e.service import DemoService, demo_service
from tests.synthetic.person import Person
from tests.unit.ondemand.recordings import add_session

LARGE_BYTES = 64 << 20
ENDS_WITHIN_S = 10.0
"""Until everything of the web process is closed. How long Python then takes to go is the machine's affair."""


@pytest.fixture
def large_video(tmp_path: Path) -> dict[str, str]:
    """Settings of a service in which everyone may watch a video that fits in no socket's buffers."""
    session = add_session(tmp_path / "recordings", "calf-raises", audience="everyone")
    with (session / "video.mp4").open("ab") as video:
        video.truncate(LARGE_BYTES)
    return {"MOVEROOM_RECORDINGS_DIR": str(tmp_path / "recordings")}


@asynccontextmanager
async def paused_players(service: DemoService, number: int) -> AsyncIterator[None]:
    """So many connections on which the video was asked for, and none of it is read after the head."""
    address = urlsplit(service.base_url)
    assert address.hostname is not None
    loop = asyncio.get_running_loop()
    players = []
    for _ in range(number):
        player = socket.socket()
        player.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        player.setblocking(False)
        await loop.sock_connect(player, (address.hostname, address.port))
        ask = f"GET /watch/open/calf-raises/video.mp4 HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n"
        await loop.sock_sendall(player, ask.encode())
        players.append(player)
    for player in players:
        async with asyncio.timeout(20):
            assert b" 200 OK" in await loop.sock_recv(player, 1024)
    yield
    for player in players:
        player.close()


def web_has_ended(service: DemoService) -> Callable[[], Awaitable[bool]]:
    async def ended() -> bool:
        return "event=web_ended" in service.log.read_text()

    return ended


def web_is_ready_again(service: DemoService) -> Callable[[], Awaitable[bool]]:
    async def ready() -> bool:
        return service.log.read_text().count("event=web_ready") == 2

    return ready


@pytest.mark.parametrize("number", [1, 40])
async def test_a_player_that_is_paused_does_not_hold_up_the_end(
    tmp_path: Path, large_video: dict[str, str], number: int
):
    async with demo_service(tmp_path, large_video) as service, paused_players(service, number):
        service.process.terminate()
        await until(web_has_ended(service), "the web process to end", ENDS_WITHIN_S)
        assert await asyncio.wait_for(service.process.wait(), 30) == 0
        assert "child_killed" not in service.log.read_text()


async def test_a_web_process_that_is_told_to_end_beside_a_paused_player_is_replaced_within_seconds(
    tmp_path: Path, large_video: dict[str, str]
):
    async with demo_service(tmp_path, large_video) as service, paused_players(service, 1):
        os.kill(service.child("web"), signal.SIGTERM)
        await until(web_has_ended(service), "the web process to end", ENDS_WITHIN_S)
        await until(web_is_ready_again(service), "a new web process")


async def test_a_locked_database_makes_the_end_later_but_not_disorderly(tmp_path: Path):
    async with demo_service(tmp_path) as service:
        physio = Person(service.physio)
        await physio.open_link()
        await physio.come_in()
        with closing(sqlite3.connect(service.database, isolation_level=None)) as somebody_else:
            somebody_else.execute("BEGIN IMMEDIATE")
            waits = [
                asyncio.create_task(physio.ask("chat:post", {"key": f"waits-in-line-{n}", "text": "Hello."}))
                for n in range(3)
            ]
            await asyncio.sleep(0)
            service.process.terminate()
            assert await asyncio.wait_for(service.process.wait(), 30) == 0
            for each in waits:
                each.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        logged = service.log.read_text()
        await physio.close()
    assert "child_killed" not in logged
    assert "web_ended" in logged
