"""Somebody with a personal link who speaks the protocol of docs/protocol.md over real sockets, without media.

Stays connected as a browser does: connects again when the socket is lost, joins again, and sends again, with
the same key, whatever was not acknowledged.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import aiohttp
import socketio
from socketio.exceptions import SocketIOError

from server.signalling.events import SERVER_EVENTS
from tests.synthetic.kept_view import KeptView

RECONNECT_S = 0.1
ACK_WITHIN_S = 20.0
CONNECT_WITHIN_S = 2.0


@dataclass(frozen=True)
class Reply:
    """An acknowledgement, and how often the request had to be sent for it."""

    ack: dict[str, Any]
    sent: int

    @property
    def refused(self) -> str | None:
        """The code of the refusal."""
        return None if self.ack["ok"] else str(self.ack["error"]["code"])


class _Socket:
    """One Socket.IO connection."""

    def __init__(self, http: aiohttp.ClientSession, hears: Callable[[str, dict[str, Any]], None]) -> None:
        self.lost = asyncio.Event()
        self._client = socketio.AsyncClient(reconnection=False, handle_sigint=False, http_session=http)
        for event in SERVER_EVENTS:
            self._client.on(event, lambda view, event=event: hears(event, view))
        self._client.on("disconnect", lambda *_: self.lost.set())

    async def connect(self, url: str, link_id: str, transports: list[str]) -> None:
        await self._client.connect(
            url, auth={"link": link_id}, transports=transports, wait_timeout=CONNECT_WITHIN_S
        )

    async def send(
        self,
        event: str,
        request: dict[str, Any] | None,
        at_once: Callable[[dict[str, Any]], None] = lambda ack: None,
    ) -> dict[str, Any] | None:
        """The acknowledgement, None when the socket was lost before it came. `at_once` is told in order."""
        acked: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

        def take(ack: dict[str, Any]) -> None:
            at_once(ack)
            acked.set_result(ack)

        try:
            await self._client.emit(event, request, callback=take)
        except SocketIOError:
            return None
        lost = asyncio.create_task(self.lost.wait())
        done, _ = await asyncio.wait((acked, lost), timeout=ACK_WITHIN_S, return_when=asyncio.FIRST_COMPLETED)
        lost.cancel()
        assert done, f"{event} was not acknowledged within {ACK_WITHIN_S} s"
        return acked.result() if acked.done() else None

    async def close(self) -> None:
        """Hang up; a long poll, which the server answers when it has something, is not waited for."""
        if self._client.transport() == "polling":
            await self._client.eio.disconnect(abort=True)
        else:
            await self._client.disconnect()


class Person:
    """Somebody on the course list. `close` when done."""

    def __init__(
        self, link: str, transports: list[str] | None = None, happened: Callable[[], None] = lambda: None
    ) -> None:
        self.link = link
        self.view: KeptView | None = None
        self.device = secrets.token_hex(8)
        self.replaced = asyncio.Event()
        self.returns: list[tuple[str, str]] = []
        """For each return after a loss: the place before as far as was known, and the place then given."""
        self.back_at = 0.0
        """The loop's time of the last return."""
        self.resent = 0
        self.takes_over = False
        """Comes in, the next time, also when this person is in class on another device."""
        self._transports = transports or ["websocket"]
        self._happened = happened
        self.http: aiohttp.ClientSession | None = None
        self._base_url = self.link_id = ""
        self._wants_in = False
        self._socket: _Socket | None = None
        self._news = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self._staying: asyncio.Task[None] | None = None

    @property
    def id(self) -> str:
        """The person's id."""
        assert self.view is not None, "joined once"
        return str(self.view.plain["me"]["id"])

    # ---- the link

    async def open_link(self) -> None:
        """Open the link, press Join, and have the cookie."""
        self.http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        match = re.match(r"https?://[^/]+", self.link)
        assert match is not None
        self._base_url = match.group()
        async with self.http.get(self.link) as page:
            assert page.status == 200
        origin = {"Origin": self._base_url}
        async with self.http.post(self.link, headers=origin, allow_redirects=False) as answer:
            assert answer.status == 303
            where = urljoin(self.link, answer.headers["Location"])
        self.link_id = where.rpartition("/")[2]
        assert where == f"{self._base_url}/class/{self.link_id}"

    def on_another_device(self) -> Person:
        """The same person once more, with a cookie of the same link, who wants to be in class there."""
        other = Person(self.link, self._transports, self._happened)
        other.takes_over = True
        other.http, other._base_url, other.link_id = self.http, self._base_url, self.link_id
        self.http = None
        return other

    # ---- the class

    async def come_in(self) -> None:
        """Connect, join, and stay connected."""
        self._wants_in = True
        if self._staying is None:
            self._staying = asyncio.create_task(self._stay_connected())
            await self._socket_there()
        else:
            await self.ask("class:join", self._join_request())

    async def leave(self) -> Reply:
        """Leave; after a loss of the connection do not join again."""
        self._wants_in = False
        return await self.ask("class:leave")

    async def ask(self, event: str, request: dict[str, Any] | None = None) -> Reply:
        """Send until it is acknowledged: the same request, and so the same key, each time."""
        sent = 0
        while True:
            socket = await self._socket_there()
            sent += 1
            self._happened()
            ack = await socket.send(event, request, self._joined if event == "class:join" else lambda _: None)
            self._happened()
            if ack is not None:
                return Reply(ack, sent)
            self.resent += 1
            await socket.lost.wait()

    async def differs_from_a_fresh_view(self) -> list[str]:
        """Wait until what was kept is what joining again shows; what differs if that does not come."""
        socket, got = await self._socket_there(), []
        await socket.send("class:join", self._join_request(), got.append)
        fresh = KeptView(got[0]["view"])
        assert self.view is not None
        try:
            await self.until(lambda: not self.view.differences(fresh))
        except TimeoutError:
            return self.view.differences(fresh)
        return []

    async def until(self, condition: Callable[[], object], timeout_s: float = 5) -> None:
        """Wait until what was heard makes `condition` true."""
        async with asyncio.timeout(timeout_s), self._news:
            await self._news.wait_for(condition)

    async def close(self) -> None:
        """Hang up."""
        if self._staying is not None:
            self._staying.cancel()
            await asyncio.gather(self._staying, return_exceptions=True)
        if self._socket is not None:
            await self._socket.close()
        if self.http is not None:
            await self.http.close()

    # ---- inside

    async def _socket_there(self) -> _Socket:
        async with asyncio.timeout(ACK_WITHIN_S), self._news:
            await self._news.wait_for(lambda: self._socket is not None and not self._socket.lost.is_set())
        assert self._socket is not None
        return self._socket

    async def _stay_connected(self) -> None:
        while not self.replaced.is_set():
            socket = await self._connected()
            async with self._news:
                self._socket = socket
                self._news.notify_all()
            await socket.lost.wait()

    async def _connected(self) -> _Socket:
        """A new socket, and joined if that is wanted."""
        while True:
            assert self.http is not None
            socket = _Socket(self.http, self._hear)
            try:
                await socket.connect(self._base_url, self.link_id, self._transports)
            except SocketIOError:
                await asyncio.sleep(RECONNECT_S)
                continue
            before = None if self.view is None else self.view.place
            if not self._wants_in or await socket.send("class:join", self._join_request(), self._joined):
                if before is not None and self._wants_in and self.view is not None:
                    self.returns.append((before, self.view.place))
                self.back_at = asyncio.get_running_loop().time()
                return socket

    def _join_request(self) -> dict[str, Any]:
        return {"peer": None, "device": self.device, "take_over": self.takes_over}

    def _joined(self, ack: dict[str, Any]) -> None:
        if ack["ok"]:
            self.view = KeptView(ack["view"])
            self.takes_over = False
            self._tell()

    def _hear(self, event: str, view: dict[str, Any]) -> None:
        self._happened()
        if event == "replaced":
            self.replaced.set()
        elif self.view is not None:
            self.view.take(event, view)
        self._tell()

    def _tell(self) -> None:
        async def tell() -> None:
            async with self._news:
                self._news.notify_all()

        task = asyncio.create_task(tell())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
