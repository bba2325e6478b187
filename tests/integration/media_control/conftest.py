"""A real media worker under a real supervisor, and a client attached to it."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from pathlib import Path

import pytest

from server.media.channel import socket_path
from server.media.client import MediaClient
from server.media.spec import Notice, PeerNotice, WorkerHello
from server.supervisor import ChildCommand, supervise


def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Attached:
    """A media client with what it was told."""

    def __init__(self, path: Path) -> None:
        self.notices: list[Notice] = []
        self.heard = asyncio.Condition()
        self.workers: asyncio.Queue[WorkerHello] = asyncio.Queue()
        self.client = MediaClient(path, on_notice=self._note, on_worker=self.workers.put_nowait)

    def _note(self, notice: Notice) -> None:
        self.notices.append(notice)
        self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        async with self.heard:
            self.heard.notify_all()

    async def next_worker(self) -> WorkerHello:
        return await asyncio.wait_for(self.workers.get(), 20)

    async def told(self, peer: str, what: str) -> None:
        async with asyncio.timeout(20), self.heard:
            await self.heard.wait_for(
                lambda: (peer, what) in [(n.peer, n.what) for n in self.notices if isinstance(n, PeerNotice)]
            )


@pytest.fixture
def ways_in():
    """Where the worker listens, and what it announces."""
    return {"MOVEROOM_MEDIA_PORT": str(free_udp_port())}


@pytest.fixture
async def worker_socket(tmp_path, ways_in):
    """The socket of a worker that a supervisor keeps running."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MOVEROOM_")}
    environment |= {"MOVEROOM_DATA_DIR": str(tmp_path), **ways_in}
    command = ChildCommand("media", (sys.executable, "-m", "server.cli", "media"), environment)
    supervising = asyncio.create_task(supervise([command]))
    yield socket_path(tmp_path)
    supervising.cancel()
    await asyncio.gather(supervising, return_exceptions=True)


@pytest.fixture
async def attach(worker_socket):
    """Attaches another client to the worker."""
    clients = []

    async def attach() -> Attached:
        attached = Attached(worker_socket)
        clients.append(attached.client)
        await attached.client.start()
        return attached

    yield attach
    for client in clients:
        await client.close()
