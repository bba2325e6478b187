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

from server.rooms.media_orders import MediaFactory
from server.rooms.registry import Rooms
from server.signalling.events import SERVER_EVENTS
from server.signalling.namespace import Signalling, attach_signalling
from server.storage.database import Database
from tests.integration.rooms.world import FakeMedia, MediaMaker, SetTimers, seeded
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, numbered_ids

KEY = "a-random-key"
PATIENCE_S = 20.0
"""How long a client waits for what comes at once where the machine is not busy."""
OFFERS = Path(__file__).parent / "offers"
REQUESTS: dict[str, dict[str, Any]] = {
    "class:join": {"peer": "margaret.made1", "device": "device-of-margaret", "take_over": False},
    "media:offer": {"sdp": "v=0\r\n", "sources": {"0": "microphone"}, "slots": {"1": "stage"}},
    "media:set": {"microphone_on": True, "camera_on": True},
    "media:view": {"peer": "margaret.made1", "slots": {"stage": 720, "mate0": 0}, "sound_only": False},
    "media:restart": {"peer": "margaret.made1", "ufrag": "abcd", "pwd": "abcdefghijklmnopqrstuv"},
    "media:plays": {"over_ms": 5000, "frozen_ms": 200, "concealed_ms": 40},
    "person:admit": {"person": "margaret"},
    "person:admit_ready": {},
    "person:allow": {"person": "margaret", "text": "Her knee is as it was."},
    "person:refuse": {"person": "margaret", "reason": "unwell", "text": "Please rest today."},
    "person:message": {"person": "margaret", "text": "One moment."},
    "person:mute": {"person": "margaret", "muted": True},
    "person:mute_all": {},
    "class:undo": {},
    "class:lock": {"locked": True},
    "class:extend": {},
    "class:present": {"person": "hannah"},
    "stage:spotlight": {"person": "margaret"},
    "me:show": {"to_group": True},
    "person:stop_camera": {"person": "margaret", "stopped": True},
    "aside:take": {"person": "margaret"},
    "aside:end": {},
    "person:remove": {
        "person": "margaret",
        "reason": "unwell",
        "text": "Please rest today.",
        "done": "talked",
        "note": "She sat down.",
    },
    "person:let_back": {"person": "margaret"},
    "class:leave": {},
    "class:end": {"accounts": [{"person": "margaret", "done": "rang_fine", "note": "At home."}]},
    "question:ask": {"key": "key-of-question", "text": "Should it click?"},
    "question:vote": {"question": "made1", "up": True},
    "question:answer": {"question": "made1", "state": "answered_in_writing", "text": "Yes."},
    "question:edit": {"question": "made1", "text": "Should it click or crack?"},
    "question:reply": {"key": "key-of-reply", "question": "made1", "text": "Mine does."},
    "question:pin": {"question": "made1", "pinned": True},
    "question:merge": {"question": "made1", "into": "made2"},
    "question:approve": {"question": "made1", "approved": True},
    "question:report": {"question": "made1", "reason": "unsafe"},
    "question:hide_reply": {"question": "made1", "reply": "made2", "reason": "unsafe", "hidden": True},
    "chat:post": {"key": "key-of-message", "text": "Morning."},
    "chat:react": {"message": "made1", "reaction": "thanks", "on": True},
    "chat:report": {"message": "made1", "reason": "upsetting"},
    "chat:hide": {"message": "made1", "reason": "other", "hidden": True},
    "chat:pause": {"paused": False},
    "chat:hold": {"person": "margaret", "held": False},
    "chat:approve": {"message": "made1", "approved": True},
    "chat:seen": {"up_to": "made1"},
    "chat:earlier": {"before": "made1"},
    "help:ask": {"kind": "now"},
    "help:see": {"help": "made1"},
    "help:settle": {"help": "made1", "done": "talked", "note": "She sat down."},
    "drop:settle": {"person": "margaret", "done": "no_answer", "note": "Rang twice."},
    "hand:raise": {"raised": True},
    "hand:lower": {"person": "margaret"},
    "hand:lower_all": {},
    "signal:send": {"kind": "well_done"},
    "signal:settle": {"person": "margaret"},
    "pulse:ask": {"key": "key-of-pulse", "kind": "poll", "text": "Faster?", "options": ["Yes", "No"]},
    "pulse:answer": {"pulse": "made1", "value": 1},
    "pulse:close": {"pulse": "made1"},
    "card:send": {
        "key": "key-of-card",
        "person": "margaret",
        "title": "Samaritans",
        "words": "To talk to somebody.",
        "phone": "116 123",
        "address": "https://www.samaritans.org",
    },
}
"""A good request of every event, with everything in it that may be."""


class Server:
    """The web process as far as signalling goes."""

    def __init__(
        self, database: Database, clock: SetClock, timers: SetTimers, media: MediaFactory | None = None
    ) -> None:
        self.database = database
        self.clock = clock
        self.timers = timers
        self.maker = MediaMaker()
        self.rooms = Rooms(
            database, media or self.maker, clock=clock, new_id=numbered_ids("made"), later=timers
        )
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
        self, url: str, auth: object, headers: dict[str, str], *, patience_s: float = PATIENCE_S
    ) -> None:
        await self.socket.connect(
            url, headers=headers, auth=auth, transports=["websocket"], wait_timeout=patience_s
        )

    async def close(self) -> None:
        await self.socket.disconnect()

    async def ask(self, event: str, *data: Any) -> dict[str, Any]:
        """Send an event; its acknowledgement."""
        payload = data[0] if len(data) == 1 else data or None
        ack: dict[str, Any] = await self.socket.call(event, payload, timeout=PATIENCE_S)
        return ack

    async def heard(self, event: str, **fields: Any) -> dict[str, Any]:
        """Wait until this was heard with these fields; take it and what came before out of the inbox."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for index, (name, view) in enumerate(self.inbox):
                    if name == event and all(view.get(key) == value for key, value in fields.items()):
                        del self.inbox[: index + 1]
                        return view
                self._changed.clear()
                await self._changed.wait()

    async def gone(self) -> None:
        """Wait until the server has hung up."""
        async with asyncio.timeout(PATIENCE_S):
            while self.socket.connected:
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def serving(
    folder: Path, given: Database | None = None, media: MediaFactory | None = None
) -> AsyncIterator[Server]:
    """A server with the test course, in whose class 3 nobody is yet; on the database `given`, if any, and
    with `media`, else with what stands in for it.
    """
    async with AsyncExitStack() as stack:
        database = given or await stack.enter_async_context(seeded(folder, Database))
        server = Server(database, SetClock(TUESDAY_10AM), SetTimers(), media)
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
