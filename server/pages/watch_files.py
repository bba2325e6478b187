"""Answers with a part of an opened file: conditions, ranges, and `sendfile`.

aiohttp's FileResponse reads If-Range as a date only, so that a changed file is continued with the bytes of
another; answers several ranges with 416; and under uvloop, which has no `loop.sendfile`, reads the file
through a thread. Here the kernel sends (sendfile(2)) as long as the socket takes it. Where it takes no
more, the next piece goes through the transport, whose flow control says when there is room again or that
nobody is there any more.
"""

from __future__ import annotations

import asyncio
import os
from asyncio import WriteTransport
from typing import BinaryIO

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from server.ondemand.ranges import FileFacts, Part, Status, http_date, part_of

SEND_BYTES = 512 * 1024
"""At most so much at once; then others have their turn."""
PIECE_BYTES = 16 * 1024
PATIENCE_S = 60.0
"""A player that takes nothing for so long (it is paused) is hung up on; it asks again from where it is."""


class Viewers:
    """The connections on which files are being sent: a player that is paused would hold up a server's end."""

    def __init__(self) -> None:
        self._connections: set[WriteTransport] = set()
        self._gone = False

    def add(self, connection: WriteTransport) -> None:
        """A file is being sent on this connection. Hung up on at once when the server is ending."""
        self._connections.add(connection)
        if self._gone:
            connection.abort()

    def discard(self, connection: WriteTransport) -> None:
        """It has been sent."""
        self._connections.discard(connection)

    def hang_up(self) -> None:
        """Hang up on everybody, from now on: their players ask again, by range, from where they are."""
        self._gone = True
        for connection in tuple(self._connections):
            connection.abort()


VIEWERS = web.AppKey("viewers", Viewers)


def hang_up_on_viewers_at_shutdown(app: web.Application) -> None:
    """Let no file that is being sent hold up the end of `app`."""
    app[VIEWERS] = Viewers()

    async def hang_up(ending: web.Application) -> None:
        ending[VIEWERS].hang_up()

    app.on_shutdown.append(hang_up)


class FilePart(web.StreamResponse):
    """What `request` gets of `file`, which is closed when the answer is sent."""

    def __init__(self, request: web.Request, file: BinaryIO, content_type: str, cache_control: str) -> None:
        about = os.fstat(file.fileno())
        facts = FileFacts(about.st_size, about.st_mtime_ns)
        self._part = part_of(request.method, request.headers, facts)
        self._file = file
        self._viewers = request.app.get(VIEWERS) or Viewers()
        super().__init__(status=self._part.status, headers=_headers(self._part, facts, cache_control))
        if self._part.status in (Status.WHOLE, Status.PART):
            self.headers["Content-Type"] = content_type
        if self._part.status is not Status.NOT_MODIFIED:
            self.content_length = self._part.count

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Send head and body; aiohttp calls it once the handler has returned."""
        if self.prepared:
            return await super().prepare(request)
        with self._file:
            writer = await super().prepare(request)
            if writer is not None and self._part.count and request.method != "HEAD":
                await _send(request, writer, self._file, self._part, self._viewers)
            return writer


def _headers(part: Part, facts: FileFacts, cache_control: str) -> dict[str, str]:
    headers = {
        "ETag": f'"{facts.tag}"',
        "Last-Modified": http_date(facts.changed),
        "Accept-Ranges": "bytes",
        "Cache-Control": cache_control,
    }
    if part.status is Status.PART:
        headers["Content-Range"] = f"bytes {part.start}-{part.start + part.count - 1}/{facts.size}"
    elif part.status is Status.RANGE_NOT_SATISFIABLE:
        headers["Content-Range"] = f"bytes */{facts.size}"
    return headers


async def _send(
    request: web.BaseRequest, writer: AbstractStreamWriter, file: BinaryIO, part: Part, viewers: Viewers
) -> None:
    """Send the bytes; ConnectionError when the other side is gone or takes nothing, or the file shrank."""
    transport = request.transport
    if transport is None:
        raise ConnectionResetError("the connection is lost")
    low, high = transport.get_write_buffer_limits()
    transport.set_write_buffer_limits(high=0)  # `drain` then waits until all is with the kernel
    viewers.add(transport)
    try:
        await _send_all(transport, writer, file.fileno(), part)
    except TimeoutError:
        transport.abort()
        raise ConnectionResetError("the other side takes nothing") from None
    except ConnectionError:
        transport.abort()
        raise
    finally:
        viewers.discard(transport)
    if not transport.is_closing():
        transport.set_write_buffer_limits(high=high, low=low)


async def _send_all(transport: WriteTransport, writer: AbstractStreamWriter, file: int, part: Part) -> None:
    offset, end = part.start, part.start + part.count
    socket = transport.get_extra_info("socket")
    plain = socket is not None and transport.get_extra_info("sslcontext") is None and hasattr(os, "sendfile")
    while offset < end:
        async with asyncio.timeout(PATIENCE_S):
            await writer.drain()
        if transport.is_closing():
            raise ConnectionResetError("the connection is lost")
        if plain and transport.get_write_buffer_size() == 0:
            try:
                sent = os.sendfile(socket.fileno(), file, offset, min(SEND_BYTES, end - offset))
            except BlockingIOError:
                pass
            except ConnectionError:
                raise
            except OSError:  # a file system that cannot
                plain = False
            else:
                if sent == 0:
                    raise ConnectionResetError("the file has become shorter")
                offset += sent
                await asyncio.sleep(0)
                continue
        piece = os.pread(file, min(PIECE_BYTES, end - offset), offset)
        if not piece:
            raise ConnectionResetError("the file has become shorter")
        transport.write(piece)
        offset += len(piece)
    async with asyncio.timeout(PATIENCE_S):
        await writer.drain()
