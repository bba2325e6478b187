"""A large file to readers of every pace, under both event loops."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from server.pages import watch_files
from server.pages.watch_files import FilePart

SIZE = 24 * 1024 * 1024
REQUEST = b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def content() -> bytes:
    block = os.urandom(1024 * 1024)
    return b"".join(number.to_bytes(4, "big") + block[4:] for number in range(24))


@pytest.fixture
def large(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "large.mp4"
    path.write_bytes(content)
    return path


@pytest.fixture(params=[asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, None]], None]:
    return request.param


class Served:
    """A server of one file; `ended` is set after each answer, however it ended."""

    def __init__(self, path: Path) -> None:
        self.ended = asyncio.Event()
        self.files: list[Any] = []
        served = self

        class Noted(FilePart):
            async def prepare(self, request: web.BaseRequest):
                try:
                    return await super().prepare(request)
                finally:
                    served.ended.set()

        async def show(request: web.Request) -> web.StreamResponse:
            served.files.append(path.open("rb"))
            return Noted(request, served.files[-1], "video/mp4", "no-cache")

        app = web.Application()
        app.router.add_get("/file", show)
        self.server = TestServer(app, socket_factory=_small_buffers)

    @property
    def address(self) -> str:
        return str(self.server.make_url("/file"))

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self.server.host, self.server.port, limit=16 * 1024)


@asynccontextmanager
async def served(path: Path) -> AsyncIterator[Served]:
    one = Served(path)
    async with one.server:
        yield one
    assert all(file.closed for file in one.files)


def _small_buffers(host: str, port: int, family: socket.AddressFamily) -> socket.socket:
    """A listening socket whose connections take little at once: the sender must wait for the reader."""
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * 1024)
    listening.bind((host, port))
    return listening


def test_a_large_file_arrives_whole_whatever_the_readers_pace(run, large: Path, content: bytes) -> None:
    async def story() -> None:
        async with served(large) as one, ClientSession(read_bufsize=16 * 1024) as browser:

            async def read(start: int) -> None:
                async with browser.get(one.address, headers={"Range": f"bytes={start}-"}) as answer:
                    at = start
                    async for piece in answer.content.iter_chunked(50_000):
                        assert piece == content[at : at + len(piece)]
                        at += len(piece)
                    assert at == SIZE

            await asyncio.gather(*(read(start) for start in (0, 1, 5_000_000, SIZE - 3)))
            await read(SIZE - 1_000_000)  # on a connection that was used before

    run(story())


def test_who_hangs_up_in_the_middle_is_let_go(run, large: Path) -> None:
    async def story() -> None:
        async with served(large) as one:
            for _ in range(5):
                one.ended.clear()
                reader, writer = await one.connect()
                writer.write(REQUEST)
                await reader.readexactly(200_000)
                writer.transport.abort()
                await asyncio.wait_for(one.ended.wait(), 10)
            async with ClientSession() as browser, browser.get(one.address) as answer:
                assert len(await answer.read()) == SIZE

    run(story())


def test_a_player_that_takes_nothing_is_hung_up_on(run, large: Path, monkeypatch) -> None:
    monkeypatch.setattr(watch_files, "PATIENCE_S", 0.05)

    async def story() -> None:
        async with served(large) as one:
            reader, writer = await one.connect()
            writer.write(REQUEST)
            await asyncio.wait_for(one.ended.wait(), 10)
            received = 0
            with contextlib.suppress(ConnectionError):
                while piece := await reader.read(65_536):
                    received += len(piece)
            assert received < SIZE
            writer.close()

    run(story())


def test_a_file_that_shrinks_while_it_is_sent_ends_the_connection_short(run, large: Path) -> None:
    async def story() -> None:
        async with served(large) as one:
            reader, writer = await one.connect()
            writer.write(REQUEST)
            received = len(await reader.readexactly(100_000))
            os.truncate(large, 1_000_000)
            with contextlib.suppress(ConnectionError):
                while piece := await reader.read(65_536):
                    received += len(piece)
            assert received < SIZE
            writer.close()

    run(story())


def test_where_the_kernel_cannot_send_the_file_it_is_read(
    run, large: Path, content: bytes, monkeypatch
) -> None:
    def cannot(*given: object) -> int:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(watch_files.os, "sendfile", cannot)

    async def story() -> None:
        async with served(large) as one, ClientSession() as browser, browser.get(one.address) as answer:
            assert await answer.read() == content

    run(story())


def test_the_kernel_sends_most_of_it(run, large: Path, monkeypatch) -> None:
    sent: list[int] = []
    whole = os.sendfile

    def counted(to: int, file: int, offset: int, count: int) -> int:
        sent.append(whole(to, file, offset, count))
        return sent[-1]

    monkeypatch.setattr(watch_files.os, "sendfile", counted)

    async def story() -> None:
        async with served(large) as one:
            small = socket.socket()
            small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 * 1024)
            small.connect((one.server.host, one.server.port))
            reader, writer = await asyncio.open_connection(sock=small, limit=16 * 1024)
            writer.write(REQUEST)
            for _ in range(SIZE // 65_536):
                await reader.readexactly(65_536)
            writer.close()

    run(story())
    assert sum(sent) > SIZE / 2
