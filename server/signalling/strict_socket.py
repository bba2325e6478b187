"""One Engine.IO socket: a queue that has an end, and a line that is cut when nobody takes what is sent.

Its server, and why, is in `strict_server`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any

from aiohttp import StreamReader, WebSocketError, WSCloseCode
from engineio.async_socket import AsyncSocket  # type: ignore[import-untyped]
from engineio.exceptions import ContentTooLongError, EngineIOError, QueueEmpty  # type: ignore[import-untyped]
from engineio.packet import Packet as EnginePacket  # type: ignore[import-untyped]

LONGEST_QUEUE_PKTS = 200
LARGEST_QUEUE_CHARS = 4_000_000
"""Several times the whole of a long class; one packet may be larger, but nothing is put behind it."""
SEND_TIMEOUT_S = 10.0
"""A receiver that takes nothing for so long is gone."""
BODY_TIMEOUT_S = 10.0
"""A sender whose body takes so long is hung up on."""


class Malformed(EngineIOError):  # type: ignore[misc]  # it has no types
    """A client sent what is no packet of the protocol. Engine.IO answers a POST with 400 for it."""


class StrictSocket(AsyncSocket):  # type: ignore[misc]  # it has no types
    """An Engine.IO socket whose queue has an end. Its methods but `begin` and `hang_up` are Engine.IO's."""

    def begin(self, counts: Counter[str], send_timeout_s: float) -> None:
        """Take the place of a constructor."""
        self._counts = counts
        self._send_timeout_s = send_timeout_s
        self._queued_chars = 0
        self._carrier: _Carrier | None = None
        self._hanging_up: asyncio.Task[None] | None = None

    def put(self, pkt: EnginePacket) -> None:
        """Put a packet in the queue, or begin to hang up on who has left too much in it."""
        if self._hanging_up is not None:
            return
        if self.queue.qsize() >= LONGEST_QUEUE_PKTS or self._queued_chars > LARGEST_QUEUE_CHARS:
            self._counts["too_slow"] += 1
            self._hanging_up = asyncio.create_task(self.hang_up(), name="hang-up")
            return
        self._queued_chars += len(pkt.data) if isinstance(pkt.data, str) else 0
        self.queue.put_nowait(pkt)

    async def send(self, pkt: EnginePacket) -> None:
        """Put a packet in the queue unless the client has not answered a ping in time."""
        if await self.check_ping_timeout():
            self.put(pkt)

    async def poll(self) -> list[EnginePacket]:
        """Take everything out of the queue, having waited for the first; nothing when the socket ends.

        Engine.IO's own makes a task for each wait, which costs as much as sending.
        """
        try:
            async with asyncio.timeout(self.server.ping_interval + self.server.ping_timeout):
                packets = [await self.queue.get()]
        except (TimeoutError, asyncio.CancelledError):
            raise QueueEmpty from None
        while packets[-1] is not None and not self.queue.empty():
            packets.append(self.queue.get_nowait())
        self._queued_chars = 0
        if packets[-1] is None and len(packets) > 1:
            self.queue.put_nowait(packets.pop())  # it ends the next time
        return packets if packets[-1] is not None else []

    async def hang_up(self) -> None:
        """Cut the transport, whatever is still to be sent."""
        while not self.queue.empty():
            self.queue.get_nowait()
        self._queued_chars = 0
        if self._carrier is not None:
            self._carrier.abort()
        await self.close(abort=True)

    async def close(self, wait: bool = False, abort: bool = False, reason: str | None = None) -> None:
        """Close after what is in the queue. Engine.IO's own leaves a WebSocket open until a ping is missed;
        its writer ends, and closes it, on None. Waiting for the client's leisure is never done.
        """
        await super().close(wait=False, abort=abort, reason=reason)
        self.queue.put_nowait(None)
        self.server.sockets.pop(self.sid, None)  # a POST to a closed one there is answered with a KeyError

    async def handle_post_request(self, environ: Mapping[str, Any]) -> None:
        """Take what came by a POST, all of it: a body may come in several pieces."""
        try:
            await self._take_post(environ)
        except EngineIOError:
            # Engine.IO answers with 400, and closes, for a socket that it finds; else with a bug of its own.
            self.server.sockets[self.sid] = self
            raise

    async def _take_post(self, environ: Mapping[str, Any]) -> None:
        try:
            await super().handle_post_request({**environ, "wsgi.input": _Body(environ["wsgi.input"])})
        except ContentTooLongError:
            self._counts["too_long"] += 1
            raise
        except EngineIOError:
            raise
        except ConnectionError:
            raise Malformed("broken off") from None
        except TimeoutError:
            self._counts["too_slow"] += 1
            raise Malformed("never came") from None
        except Exception:
            self._counts["malformed"] += 1
            raise Malformed("payload") from None

    async def _websocket_handler(self, ws: Any) -> None:  # noqa: ANN401 - Engine.IO has no types
        self._carrier = _Carrier(self, ws, self._counts, self._send_timeout_s)
        await super()._websocket_handler(self._carrier)


class _Body:
    """A request's body for Engine.IO, which reads once and takes what it gets for the whole."""

    def __init__(self, content: StreamReader) -> None:
        self._content = content

    async def read(self, length: int) -> bytes:
        """Return so many bytes; TimeoutError when they do not come, IncompleteReadError when never."""
        async with asyncio.timeout(BODY_TIMEOUT_S):
            return await self._content.readexactly(length)


class _Carrier:
    """A WebSocket for Engine.IO's handler, which ends without noise on an OSError from `wait`."""

    def __init__(self, socket: StrictSocket, ws: Any, counts: Counter[str], send_timeout_s: float) -> None:  # noqa: ANN401
        self._socket = socket
        self._ws = ws
        self._counts = counts
        self._send_timeout_s = send_timeout_s

    async def wait(self) -> str | bytes:
        """Return the next packet, which can be taken apart."""
        try:
            packet: str | bytes = await self._ws.wait()
        except OSError:
            fault = self._ws._sock.exception()
            if isinstance(fault, WebSocketError) and fault.code == WSCloseCode.MESSAGE_TOO_BIG:
                self._counts["too_long"] += 1
            raise
        if self._socket.closed:
            raise OSError("closed")
        try:
            EnginePacket(encoded_packet=packet)
        except (ValueError, RecursionError):
            self._counts["malformed"] += 1
            raise OSError("malformed") from None
        return packet

    async def send(self, packet: str) -> None:
        """Send, or cut the line when the receiver takes nothing."""
        try:
            async with asyncio.timeout(self._send_timeout_s):
                await self._ws.send(packet)
        except TimeoutError:
            self._counts["too_slow"] += 1
            self.abort()
            raise

    async def close(self) -> None:
        """Say good-bye and close."""
        await self._ws.close()

    def abort(self) -> None:
        """Cut the line."""
        transport = self._ws.environ["aiohttp.request"].transport
        if transport is not None:
            transport.abort()
