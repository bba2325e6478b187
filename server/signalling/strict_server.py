"""python-socketio with ends to what a client may pile up, and without a word in the log for its nonsense.

The protocol is JSON text over packets that are small and taken at once. A client is hung up on when it sends
anything else, leaves too much unread, or stays without a class. Hung up on is: the transport is cut, so that
an honest client comes again; one that is told to go (a Socket.IO disconnect, a refusal) has
`LEAVE_WITHIN_S` to do so itself.

This module and `strict_socket` alone know names inside python-socketio and python-engineio;
`test_strict_server` holds them to what is assumed of them here.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any

import socketio
import structlog
from aiohttp import web
from engineio import AsyncServer as EngineServer  # type: ignore[import-untyped]
from engineio.packet import MESSAGE  # type: ignore[import-untyped]
from engineio.packet import Packet as EnginePacket
from socketio.packet import BINARY_ACK, BINARY_EVENT, EVENT, Packet

from server.rooms.timers import Later, Timer
from server.signalling.strict_socket import SEND_TIMEOUT_S, Malformed, StrictSocket

LEAVE_WITHIN_S = 10.0
"""How long an Engine.IO socket may be there without being connected to a class."""

log = structlog.get_logger(__name__)


class TextPacket(Packet):  # type: ignore[misc]  # it has no types
    """A Socket.IO packet without binary attachments."""

    uses_binary_events = False

    def decode(self, encoded_packet: object) -> int:
        """Take apart what a client sent; `Malformed` when it is, or announces, anything but text."""
        if not isinstance(encoded_packet, str):
            raise Malformed("binary")
        attachments = super().decode(encoded_packet)
        if attachments or self.packet_type in (BINARY_EVENT, BINARY_ACK):
            raise Malformed("attachments")
        return 0


def event_packet(event: str, payload: Mapping[str, Any]) -> EnginePacket:
    """Return an event of the class as it goes over the wire; one packet can go to any number of sockets."""
    return EnginePacket(MESSAGE, TextPacket(EVENT, data=[event, payload], namespace="/").encode())


class StrictEngine(EngineServer):  # type: ignore[misc]  # it has no types
    """Engine.IO that counts each request it refuses; its own tells each kind once in the life of a server."""

    counts: Counter[str]

    async def handle_request(self, request: web.Request) -> web.StreamResponse:
        """Answer a request; refuse a body that comes without its length, which Engine.IO takes for empty."""
        if request.method == "POST" and request.content_length is None:
            self.counts["too_long"] += 1
            return web.Response(status=411, text="Length Required")
        answer: web.StreamResponse = await super().handle_request(request)
        return answer

    def _log_error_once(self, message: str, message_key: str) -> None:
        self.counts["bad_request"] += 1

    def _method_not_found(self) -> object:
        self.counts["bad_request"] += 1
        return super()._method_not_found()


class StrictServer(socketio.AsyncServer):  # type: ignore[misc]  # it has no types
    """Socket.IO that hangs up. `counts` has malformed, too_long, too_slow, stayed_outside and bad_request."""

    def __init__(self, *, later: Later, send_timeout_s: float = SEND_TIMEOUT_S, **options: Any) -> None:  # noqa: ANN401 - socketio's own
        self.counts: Counter[str] = Counter()
        quiet = _quiet(self.counts)
        super().__init__(serializer=TextPacket, logger=quiet, engineio_logger=quiet, **options)
        self.eio.counts = self.counts
        self._later = later
        self._send_timeout_s = send_timeout_s
        self._timers: dict[str, Timer] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._handling: set[asyncio.Task[Any]] = set()

    def socket_under(self, sid: str) -> StrictSocket | None:
        """Return the Engine.IO socket under a Socket.IO one, while it is there."""
        socket = self.eio.sockets.get(self.manager.eio_sid_from_sid(sid, "/"))
        return socket if isinstance(socket, StrictSocket) and not socket.closed else None

    def put_packet(self, sid: str, packet: EnginePacket) -> None:
        """Send what `event_packet` made, without waiting for it; to nobody when the socket is gone."""
        if (socket := self.socket_under(sid)) is not None:
            socket.put(packet)

    async def disconnect(self, sid: str, **options: Any) -> None:  # noqa: ANN401 - socketio's own
        """Tell the client to go, after all that it was sent before."""
        eio_sid = self.manager.eio_sid_from_sid(sid, "/")
        await super().disconnect(sid, **options)
        self._expect_class(eio_sid)

    async def finish_requests(self, within_s: float) -> None:
        """Wait until the requests that are under way are done, and their acknowledgements on the way."""
        if self._handling:
            await asyncio.wait(self._handling, timeout=within_s)

    async def close(self) -> None:
        """Let go of everyone, each after what is still to be sent; their clients come again. Idempotent."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        for socket in list(self.eio.sockets.values()):
            await socket.close()
        if self._closing:
            await asyncio.wait(self._closing)
        if self.eio.service_task_handle is not None:
            await self.shutdown()

    def _expect_class(self, eio_sid: str) -> None:
        """Close the socket in `LEAVE_WITHIN_S` unless it is connected to a class by then."""
        if eio_sid in self.eio.sockets and eio_sid not in self._timers and not self._is_in_class(eio_sid):
            self._timers[eio_sid] = self._later(LEAVE_WITHIN_S, lambda: self._leave(eio_sid))

    def _leave(self, eio_sid: str) -> None:
        self._timers.pop(eio_sid, None)
        socket = self.eio.sockets.get(eio_sid)
        if socket is not None and not self._is_in_class(eio_sid):
            self.counts["stayed_outside"] += 1
            task = asyncio.create_task(socket.close(), name="close-socket")
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _is_in_class(self, eio_sid: str) -> bool:
        """Whether a Socket.IO connection stands on this Engine.IO socket, or is being made."""
        return self.manager.sid_from_eio_sid(eio_sid, "/") is not None

    # ---- what python-socketio calls

    def _engineio_server_class(self) -> type[StrictEngine]:
        return StrictEngine

    async def _handle_eio_connect(self, eio_sid: str, environ: Mapping[str, Any]) -> None:
        # Engine.IO makes its sockets itself, of its own class; nothing has happened on this one yet.
        socket = self.eio.sockets[eio_sid]
        socket.__class__ = StrictSocket
        socket.begin(self.counts, self._send_timeout_s)
        await super()._handle_eio_connect(eio_sid, environ)
        self._expect_class(eio_sid)

    async def _handle_eio_message(self, eio_sid: str, data: object) -> None:
        """Events are handled in tasks of their own, and the namespace catches what goes wrong in connecting:
        what is raised here is raised because of what was sent.
        """
        try:
            await super()._handle_eio_message(eio_sid, data)
        except Exception:
            socket = self.eio.sockets.get(eio_sid)
            if socket is not None and not socket.closed:
                self.counts["malformed"] += 1
                await socket.close()
        await self._settle(eio_sid)

    async def _handle_event_internal(self, *args: Any) -> None:  # noqa: ANN401 - socketio's own
        """Handle one request and send its acknowledgement, in a task of its own."""
        task = asyncio.current_task()
        assert task is not None
        self._handling.add(task)
        try:
            await super()._handle_event_internal(*args)
        finally:
            self._handling.discard(task)

    async def _settle(self, eio_sid: str) -> None:
        """See to a socket that is outside, and to what python-socketio leaves of one that is closed."""
        socket, sid = self.eio.sockets.get(eio_sid), self.manager.sid_from_eio_sid(eio_sid, "/")
        if socket is not None and not socket.closed:
            self._expect_class(eio_sid)
        elif sid is not None:
            await self._trigger_event("disconnect", "/", sid, self.reason.TRANSPORT_CLOSE)
            await self.manager.disconnect(sid, "/", ignore_queue=True)

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        if (timer := self._timers.pop(eio_sid, None)) is not None:
            timer.cancel()
        await super()._handle_eio_disconnect(eio_sid, reason)


class _Counting(logging.Handler):
    """Counts what the libraries say of clients, and logs what they say of our own bugs."""

    def __init__(self, counts: Counter[str]) -> None:
        super().__init__()
        self._counts = counts

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            log.error("socket handling failed", what=record.msg, exc_info=record.exc_info)
        else:
            self._counts["bad_request"] += 1


def _quiet(counts: Counter[str]) -> logging.Logger:
    """Return a logger that stands alone: what it is told goes no further."""
    logger = logging.Logger("socketio", logging.ERROR)
    logger.addHandler(_Counting(counts))
    return logger
