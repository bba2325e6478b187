"""A server with the real signalling on an ephemeral port, and clients that speak Socket.IO to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import socketio
from aiohttp import web

from server.rooms.registry import Rooms
from server.signalling.events import SERVER_EVENTS
from server.signalling.namespace import Signalling, attach_signalling
from server.storage.database import Database
from tests.integration.rooms.world import FakeMedia, MediaMaker, SetTimers, seeded
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, numbered_ids

KEY = "a-random-key"
OFFERS = Path(__file__).parent / "offers"
REQUESTS: dict[str, dict[str, Any]] = {
    "class:join": {},
    "media:offer": {"sdp": "v=0", "sources": {}, "slots": {}},
    "media:set": {"microphone_on": True, "camera_on": True},
    "media:view": {"peer": "margaret.p1", "slots": {"stage": 720}},
    "media:restart": {"peer": "margaret.p1", "ufrag": "abcd", "pwd": "a" * 22},
    "media:plays": {"over_ms": 5000, "frozen_ms": 0, "concealed_ms": 0},
    "person:admit": {"person": "pauline"},
    "person:mute": {"person": "pauline", "muted": True},
    "class:leave": {},
    "class:end": {},
    "question:ask": {"key": KEY, "text": "May I sit?"},
    "question:vote": {"question": "q1", "up": True},
    "question:answer": {"question": "q1", "state": "answering"},
    "chat:post": {"key": KEY, "text": "Hello"},
    "help:ask": {"kind": "now"},
    "help:settle": {"help": "h1"},
}


class Server:
    """The web process as far as signalling goes."""

    def __init__(self, database: Database, clock: SetClock, timers: SetTimers) -> None:
        self.database = database
        self.clock = clock
        self.timers = timers
        self.maker = MediaMaker()
        self.rooms = Rooms(database, self.maker, clock=clock, new_id=numbered_ids("made"), later=timers)
        self.app = web.Application()
        self.seconds = 0.0
        self.signalling: Signalling = attach_signalling(
            self.app, self.rooms, database, clock=clock, monotonic_s=lambda: self.seconds, later=timers
        )
        self.runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.1)
        self.url = ""
        self.clients: list[Client] = []

    @property
    def media(self) -> FakeMedia:
        return self.maker.media

    async def start(self) -> None:
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        await self.rooms.start()

    async def stop(self) -> None:
        for client in self.clients:
            await client.close()
        await self.runner.cleanup()
        await self.rooms.close()

    async def client(self, person: str, *, cookie: str | None = None, **headers: str) -> Client:
        """Connect as this person."""
        client = Client(person)
        self.clients.append(client)
        header = f"mr_link-{person}=secret-{person}" if cookie is None else cookie
        await client.connect(self.url, {"link": f"link-{person}"}, {"Cookie": header, **headers})
        return client

    async def joined(self, person: str, **request: object) -> Client:
        """Connect as this person and join, always on the same device unless the request says another."""
        client = await self.client(person)
        client.ack = await client.ask("class:join", {"device": f"device-of-{person}", **request})
        return client

    async def in_class(self, staff: Client, person: str) -> Client:
        """Connect as this patient, join, and be let in."""
        client = await self.joined(person)
        await staff.ask("person:admit", {"person": person})
        await client.heard("class")
        return client


class Client:
    """A Socket.IO client that keeps all it hears, in order."""

    def __init__(self, person: str) -> None:
        self.person = person
        self.inbox: list[tuple[str, dict[str, Any]]] = []
        self.ack: dict[str, Any] = {}
        self.refused: dict[str, Any] | None = None
        self._changed = asyncio.Event()
        self.socket = socketio.AsyncClient(reconnection=False)
        for event in SERVER_EVENTS:
            self.socket.on(event, self._hears(event))
        self.socket.on("connect_error", self._is_refused)
        self.socket.on("disconnect", lambda *_: self._changed.set())

    def _hears(self, event: str) -> Any:
        def handler(view: dict[str, Any]) -> None:
            self.inbox.append((event, view))
            self._changed.set()

        return handler

    def _is_refused(self, why: dict[str, Any]) -> None:
        self.refused = why

    async def connect(
        self, url: str, auth: object, headers: dict[str, str], *, patience_s: float = 5.0
    ) -> None:
        await self.socket.connect(
            url, headers=headers, auth=auth, transports=["websocket"], wait_timeout=patience_s
        )

    async def close(self) -> None:
        await self.socket.disconnect()

    async def ask(self, event: str, *data: Any) -> dict[str, Any]:
        """Send an event; its acknowledgement."""
        payload = data[0] if len(data) == 1 else data or None
        ack: dict[str, Any] = await self.socket.call(event, payload, timeout=5)
        return ack

    async def heard(self, event: str, **fields: Any) -> dict[str, Any]:
        """Wait until this was heard with these fields; take it and what came before out of the inbox."""
        async with asyncio.timeout(5):
            while True:
                for index, (name, view) in enumerate(self.inbox):
                    if name == event and all(view.get(key) == value for key, value in fields.items()):
                        del self.inbox[: index + 1]
                        return view
                self._changed.clear()
                await self._changed.wait()

    async def gone(self) -> None:
        """Wait until the server has hung up."""
        async with asyncio.timeout(5):
            while self.socket.connected:
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def serving(folder: Path, given: Database | None = None) -> AsyncIterator[Server]:
    """A server with the test course, in whose class 3 nobody is yet; on the database `given`, if any."""
    async with AsyncExitStack() as stack:
        database = given or await stack.enter_async_context(seeded(folder, Database))
        server = Server(database, SetClock(TUESDAY_10AM), SetTimers())
        await server.start()
        try:
            yield server
        finally:
            await server.stop()


def code(ack: dict[str, Any]) -> str:
    """The code of a refusal, which has words."""
    assert ack["ok"] is False, ack
    assert ack["error"]["words"]
    return str(ack["error"]["code"])


def offer_of(role: str) -> dict[str, Any]:
    """A real offer of Chromium."""
    offer: dict[str, Any] = json.loads((OFFERS / f"{role}.json").read_text())
    return offer
