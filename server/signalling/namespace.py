"""The wiring of python-socketio: connections, and one dispatch for all events of the table."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

import socketio
from aiohttp import web
from socketio.exceptions import ConnectionRefusedError as SocketRefused

from server.errors import ProtocolError, Refused
from server.ids import Clock, new_id
from server.rooms.registry import Rooms
from server.signalling.connection import SocketConnection
from server.signalling.door import is_same_origin, who_connects
from server.signalling.events import CLIENT_EVENT_BY_NAME, ClientEvent
from server.signalling.fan_out import FanOut
from server.signalling.handlers import Caller
from server.signalling.rate import TokenBucket
from server.signalling.replies import Replies
from server.signalling.schemas import ErrorView, RefusedAck
from server.storage.database import Database

PING_INTERVAL_S = 5
PING_TIMEOUT_S = 5
MAX_MESSAGE_BYTES = 200_000
"""An offer's SDP may have 100,000 characters."""


class ClassNamespace(socketio.AsyncNamespace):  # type: ignore[misc]  # it has no types
    """The default namespace: who is connected, and what they send."""

    def __init__(
        self,
        rooms: Rooms,
        database: Database,
        *,
        clock: Clock,
        new_id: Callable[[], str],
        monotonic_s: Callable[[], float],
    ) -> None:
        super().__init__("/")
        self.replies = Replies(new_id)
        self._rooms = rooms
        self._database = database
        self._clock = clock
        self._new_id = new_id
        self._monotonic_s = monotonic_s
        self._sockets: dict[str, tuple[SocketConnection, TokenBucket]] = {}
        self._sending: set[asyncio.Task[None]] = set()

    async def trigger_event(self, event: object, *args: Any) -> dict[str, Any] | None:  # noqa: ANN401
        """Called by python-socketio for everything that happens on a socket; what it returns acknowledges.

        A client can send events that are named connect and disconnect, too. The first is told from the real
        one by the handshake's request, which no client can make up; the second leaves it without a class.
        """
        sid = args[0]
        if event == "connect" and len(args) > 1 and _is_handshake(args[1]):
            await self._connect(sid, args[1], args[2] if len(args) > 2 else None)
        elif event == "disconnect":
            await self._disconnect(sid)
        else:
            return await self._receive(sid, event, args[1:])
        return None

    async def close(self) -> None:
        """Stop sending and wait until that is done. Nobody is lost by this: it is us who go. Idempotent."""
        for connection, _ in self._sockets.values():
            connection.closed()
        self._sockets.clear()
        if self._sending:
            await asyncio.wait(self._sending)

    async def _connect(self, sid: str, environ: Mapping[str, Any], auth: object) -> None:
        try:
            guest = await who_connects(environ, auth, self._database, self._clock)
            await self._rooms.open_class(guest.class_id)
        except Exception as error:
            view = self.replies.error(error, "connect", None)
            if view.reference is not None:
                # Our fault, and perhaps a passing one: a client that is refused stays away, one whose
                # transport breaks comes again.
                eio_sid = self.server.manager.eio_sid_from_sid(sid, "/")
                if (eio_socket := self.server.eio.sockets.get(eio_sid)) is not None:
                    await _hang_up(eio_socket)
            raise SocketRefused(view.words, view.model_dump(mode="json")) from None

        async def emit(event: str, payload: dict[str, Any]) -> None:
            await self.emit(event, payload, to=sid)

        async def hang_up() -> None:
            await self.disconnect(sid)

        connection = SocketConnection(guest.person_id, guest.class_id, emit=emit, hang_up=hang_up)
        self._sockets[sid] = (connection, TokenBucket(self._monotonic_s))
        connection.open()
        assert connection.sending is not None
        self._sending.add(connection.sending)
        connection.sending.add_done_callback(self._sending.discard)

    async def _disconnect(self, sid: str) -> None:
        connection, _ = self._sockets.pop(sid, (None, None))
        if connection is not None:
            connection.closed()
            await self._rooms.disconnected(connection.class_id, connection)

    async def _receive(self, sid: str, event: object, args: tuple[object, ...]) -> dict[str, Any]:
        connection, bucket = self._sockets.get(sid, (None, None))
        name = event if isinstance(event, str) and event in CLIENT_EVENT_BY_NAME else "unknown"
        class_id = connection.class_id if connection else None
        try:
            if connection is None or bucket is None:
                raise ProtocolError("not_connected", "this socket is not connected to a class")
            row = CLIENT_EVENT_BY_NAME.get(name)
            if not bucket.take(row.tokens if row else 1):
                raise Refused("too_fast", "That was a lot at once. Wait a moment, then try again.")
            if row is None:
                raise ProtocolError("unknown_event", "there is no event of this name")
            return await self._handle(connection, row, args)
        except Exception as error:
            return _refused(self.replies.error(error, name, class_id))

    async def _handle(
        self, connection: SocketConnection, row: ClientEvent, args: tuple[object, ...]
    ) -> dict[str, Any]:
        if len(args) > 1:
            raise ProtocolError("bad_request", "an event carries one object at most")
        request = row.request.model_validate(args[0] if args and args[0] is not None else {})
        open_class = await self._rooms.open_class(connection.class_id)
        caller = Caller(connection, open_class, self._rooms.media, self._clock, self._new_id)
        return (await row.handler(caller, request)).model_dump(mode="json")


def _is_handshake(environ: object) -> bool:
    return isinstance(environ, dict) and isinstance(environ.get("aiohttp.request"), web.BaseRequest)


def _refused(error: ErrorView) -> dict[str, Any]:
    return RefusedAck(error=error).model_dump(mode="json")


async def _hang_up(eio_socket: Any) -> None:  # noqa: ANN401 - python-engineio has no types
    """Close the transport. Engine.IO's own close leaves a WebSocket open until a ping is missed: its writer
    ends, and closes it, on None.
    """
    await eio_socket.close(wait=False)
    eio_socket.queue.put_nowait(None)


class Signalling:
    """Socket.IO on an aiohttp application; closed when the application shuts down."""

    def __init__(self, server: socketio.AsyncServer, namespace: ClassNamespace) -> None:
        self._server = server
        self._namespace = namespace

    @property
    def counts(self) -> Mapping[str, int]:
        """How many requests failed, by whose doing: refused, protocol_error, not_stored, bug."""
        return dict(self._namespace.replies.counts)

    async def close(self) -> None:
        """Hang up on everyone; their clients connect again. The tables keep where they were. Idempotent."""
        await self._namespace.close()
        for socket in list(self._server.eio.sockets.values()):
            await _hang_up(socket)
        await self._server.shutdown()


def attach_signalling(
    app: web.Application,
    rooms: Rooms,
    database: Database,
    *,
    clock: Clock,
    base_url: str = "",
    new_id: Callable[[], str] = new_id,
    monotonic_s: Callable[[], float] = time.monotonic,
) -> Signalling:
    """Serve Socket.IO at /socket.io/ of `app`, and become the audience of `rooms` (before `rooms.start`).

    Only pages of the same host, or of `base_url` (scheme and host, no path), may open a socket.
    """
    server = socketio.AsyncServer(
        async_mode="aiohttp",
        cors_allowed_origins=lambda origin, environ: is_same_origin(origin, environ, base_url),
        ping_interval=PING_INTERVAL_S,
        ping_timeout=PING_TIMEOUT_S,
        max_http_buffer_size=MAX_MESSAGE_BYTES,
    )
    namespace = ClassNamespace(rooms, database, clock=clock, new_id=new_id, monotonic_s=monotonic_s)
    server.register_namespace(namespace)
    server.attach(app, socketio_path="/socket.io/")
    rooms.audience = FanOut(clock)
    signalling = Signalling(server, namespace)

    async def close(_: web.Application) -> None:
        await signalling.close()

    app.on_shutdown.append(close)
    return signalling
