"""The wiring of python-socketio: connections, and one dispatch for all events of the table."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

import socketio
from aiohttp import web
from socketio.exceptions import ConnectionRefusedError as SocketRefused

from server.errors import ProtocolError, Refused
from server.ids import Clock, new_id
from server.rooms.registry import Rooms, on_the_loop
from server.rooms.timers import Later
from server.signalling.connection import SocketConnection
from server.signalling.door import is_same_origin, who_connects
from server.signalling.encoded import Encoded
from server.signalling.events import CLIENT_EVENT_BY_NAME, ClientEvent
from server.signalling.fan_out import FanOut
from server.signalling.handlers import Caller
from server.signalling.replies import Replies
from server.signalling.schemas import ErrorView, RefusedAck
from server.signalling.sockets import Sockets
from server.signalling.strict_server import StrictServer
from server.signalling.ways_in import WaysIn
from server.storage.database import Database

PING_INTERVAL_S = 5
PING_TIMEOUT_S = 5
MAX_MESSAGE_BYTES = 200_000
"""An offer's SDP may have 100,000 characters."""
FINISH_WITHIN_S = 3.0
"""How long requests that are under way may take when the server stops."""
CONNECT_TOKENS = 2
"""What connecting takes of a person's `TokenBucket`."""


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
        is_https: bool = False,
    ) -> None:
        super().__init__("/")
        self._is_https = is_https
        self.replies = Replies(new_id)
        self._rooms = rooms
        self._database = database
        self._clock = clock
        self._new_id = new_id
        self._sockets = Sockets(monotonic_s)
        self._disconnecting: set[asyncio.Task[None]] = set()
        self._going = False

    async def trigger_event(self, event: object, *args: Any) -> dict[str, Any] | None:  # noqa: ANN401
        """Called by python-socketio for everything that happens on a socket; what it returns acknowledges.

        A client can send events that are named connect and disconnect, too. The first is told from the real
        one by the handshake's request, which no client can make up; the second by that it stays connected.
        """
        sid = args[0]
        if event == "connect" and len(args) > 1 and _is_handshake(args[1]):
            await self._connect(sid, args[1], args[2] if len(args) > 2 else None)
        elif event == "disconnect" and not self.server.manager.is_connected(sid, "/"):
            await self._disconnect(sid)
        else:
            return await self._receive(sid, event, args[1:])
        return None

    def connected_to(self, class_id: str) -> list[SocketConnection]:
        """Return the sockets that are connected to a class, also those that have not joined it."""
        return [connection for connection in self._sockets if connection.class_id == class_id]

    def connections(self) -> list[SocketConnection]:
        """Return the sockets that are connected."""
        return list(self._sockets)

    def hang_up_on(self, people: Collection[str]) -> None:
        """Hang up on these people in all classes; the door decides who comes in again."""
        for connection in self._sockets:
            if connection.person_id in people:
                connection.hang_up()

    def going_away(self) -> None:
        """Tell everyone, and take nothing more. Nobody is lost by this: it is us who go. Idempotent."""
        if not self._going:
            self._going = True
            for connection in self._sockets:
                connection.going_away()

    async def close(self) -> None:
        """Tell nobody anything more, and wait until those who were hung up on are. Idempotent."""
        for connection in self._sockets:
            connection.finish()
        await asyncio.sleep(0)  # what was told before has its turn
        if self._disconnecting:
            await asyncio.wait(self._disconnecting)

    async def _connect(self, sid: str, environ: Mapping[str, Any], auth: object) -> None:
        try:
            guest = await who_connects(environ, auth, self._database, self._clock, is_https=self._is_https)
            open_class = await self._rooms.open_class(guest.class_id)
        except Exception as error:
            view = self.replies.error(error, "connect", None)
            if view.reference is not None:
                await self._send_away(sid)
            raise SocketRefused(view.words, view.model_dump(mode="json")) from None
        if self._going:
            await self._send_away(sid)
        if self.server.socket_under(sid) is None:
            raise SocketRefused("The connection was lost.")
        if not self._sockets.bucket(guest.class_id, guest.person_id).take(CONNECT_TOKENS):
            view = self.replies.error(_too_fast(), "connect", None)
            await self._send_away(sid)
            raise SocketRefused(view.words, view.model_dump(mode="json"))

        turn = asyncio.get_running_loop().call_soon

        def put(told: Encoded) -> None:
            """Behind the acknowledgement of what it follows from, whose handler has been woken already."""
            turn(self.server.put_packet, sid, told.packet)

        def hang_up() -> None:
            task = asyncio.create_task(self.disconnect(sid), name="disconnect-socket")
            self._disconnecting.add(task)
            task.add_done_callback(self._disconnecting.discard)

        connection = SocketConnection(
            guest.person_id, guest.class_id, way_in=guest.way_in, put=put, hang_up=hang_up
        )
        self._sockets.add(sid, connection, open_class.presence.of(guest.person_id).connection)

    async def _send_away(self, sid: str) -> None:
        """Close the transport. A client that is refused stays away, one whose transport closes comes again:
        for what is our fault, or will have passed by then.
        """
        if (socket := self.server.socket_under(sid)) is not None:
            await socket.close()

    async def _disconnect(self, sid: str) -> None:
        if (connection := self._sockets.remove(sid)) is None:
            return
        connection.closed()
        if not self._going:
            await self._rooms.disconnected(connection.class_id, connection)

    async def _receive(self, sid: str, event: object, args: tuple[object, ...]) -> dict[str, Any]:
        connection = self._sockets.of(sid)
        name = event if isinstance(event, str) and event in CLIENT_EVENT_BY_NAME else "unknown"
        class_id = connection.class_id if connection else None
        try:
            if connection is None:
                raise ProtocolError("not_connected", "this socket is not connected to a class")
            if self._going:
                raise Refused("going_away", "We are updating Moveroom. It will be back in a moment.")
            row = CLIENT_EVENT_BY_NAME.get(name)
            bucket = self._sockets.bucket(
                connection.class_id, connection.person_id, reports=row is not None and row.is_report
            )
            if not bucket.take(row.tokens if row else 1):
                raise _too_fast()
            if row is None:
                raise ProtocolError("unknown_event", "there is no event of this name")
            return await self._handle(connection, row, args)
        except Exception as error:
            phone = self._rooms.phone_of(class_id) if class_id else ""
            return _refused(self.replies.error(error, name, class_id, phone))

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


def _too_fast() -> Refused:
    return Refused("too_fast", "That was a lot at once. Wait a moment, then try again.")


class Signalling:
    """Socket.IO on an aiohttp application; closed when the application shuts down."""

    def __init__(self, server: StrictServer, namespace: ClassNamespace, ways_in: WaysIn) -> None:
        self._server = server
        self._namespace = namespace
        self._ways_in = ways_in

    @property
    def counts(self) -> Mapping[str, int]:
        """How many requests failed, by whose doing: refused, protocol_error, not_stored, bug; and how many
        sockets were closed on, or spoken to in vain: malformed, too_long, too_slow, stayed_outside,
        bad_request.
        """
        return dict(self._namespace.replies.counts + self._server.counts)

    async def close(self) -> None:
        """Tell everyone that we go, finish what was asked, then hang up; their clients connect again, and the
        tables keep where they were. Idempotent.
        """
        self._namespace.going_away()
        await self._ways_in.close()
        await self._server.finish_requests(FINISH_WITHIN_S)
        await self._namespace.close()
        await self._server.close()


def attach_signalling(
    app: web.Application,
    rooms: Rooms,
    database: Database,
    *,
    clock: Clock,
    base_url: str = "",
    new_id: Callable[[], str] = new_id,
    monotonic_s: Callable[[], float] = time.monotonic,
    later: Later = on_the_loop,
) -> Signalling:
    """Serve Socket.IO at /socket.io/ of `app`, and become the audience of `rooms` (before `rooms.start`).

    Only pages of the same host, or of `base_url` (scheme and host, no path), may open a socket.
    """
    server = StrictServer(
        later=later,
        async_mode="aiohttp",
        cors_allowed_origins=lambda origin, environ: is_same_origin(origin, environ, base_url),
        ping_interval=PING_INTERVAL_S,
        ping_timeout=PING_TIMEOUT_S,
        max_http_buffer_size=MAX_MESSAGE_BYTES,
    )
    namespace = ClassNamespace(
        rooms,
        database,
        clock=clock,
        new_id=new_id,
        monotonic_s=monotonic_s,
        is_https=base_url.startswith("https:"),
    )
    server.register_namespace(namespace)
    server.attach(app, socketio_path="/socket.io/")
    rooms.audience = FanOut(clock, namespace.connected_to)
    rooms.hang_up_on = namespace.hang_up_on
    ways_in = WaysIn(database, namespace.connections, later=later)
    signalling = Signalling(server, namespace, ways_in)

    async def start(_: web.Application) -> None:
        ways_in.start()

    async def close(_: web.Application) -> None:
        await signalling.close()

    app.on_startup.append(start)
    app.on_shutdown.append(close)
    return signalling
