"""A real media worker process, and the channel to it."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from server.media.channel import socket_path
from server.media.client import MediaClient
from server.media.spec import Notice, PeerNotice, WorkerHello
from tests.e2e.service import free_port
from tests.synthetic.client import Client


@dataclass
class Worker:
    """A running worker."""

    process: asyncio.subprocess.Process
    channel: MediaClient
    hello: WorkerHello
    notices: list[Notice]

    async def admit(self, client: Client) -> None:
        """Have the worker await this client, and connect it."""
        await self.channel.open_peer(client.spec)
        await client.connect(self.hello)

    def lost(self) -> list[str]:
        """Who was ever silent, closed or gone."""
        return [
            f"{each.peer} {each.what}"
            for each in self.notices
            if isinstance(each, PeerNotice) and each.what != "connected"
        ]


@asynccontextmanager
async def media_worker(folder: Path, **settings: str) -> AsyncIterator[Worker]:
    """`moveroom media` as a process with its own folder and port and these settings, attached to."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MOVEROOM_")}
    environment |= {
        "MOVEROOM_DATA_DIR": str(folder),
        "MOVEROOM_MEDIA_PORT": str(free_port(socket.SOCK_DGRAM)),
        "MOVEROOM_LOG_LEVEL": "warning",
    } | settings
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.cli", "media", env=environment, stdin=asyncio.subprocess.DEVNULL
    )
    notices: list[Notice] = []
    channel = MediaClient(socket_path(folder), on_notice=notices.append, on_worker=lambda hello: None)
    try:
        await channel.start()
        yield Worker(process, channel, await asyncio.wait_for(channel.wait_attached(), 30), notices)
        assert process.returncode is None, "the worker has died"
    finally:
        await channel.close()
        if process.returncode is None:
            process.terminate()
            await asyncio.wait_for(process.wait(), 15)
