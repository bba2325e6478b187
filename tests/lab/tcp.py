"""TCP through the relay: each connection of a browser is one to the server, its bytes come later.

A new connection's first bytes come one round trip later still, for the handshake that loopback saves.
"""

from __future__ import annotations

import asyncio
import itertools
import struct

from tests.lab.lines import Line, Lines, name_in
from tests.lab.path import Path
from tests.lab.schedule import Schedule

Address = tuple[str, int]
SEGMENT_BYTES = 1400
LOOK_AGAIN_S = 0.02
"""How soon a sender that was made to wait is tried again."""
WEB = "web"
"""The line of connections that are not media."""
_FRAME = struct.Struct("!H")
_numbers = itertools.count(1)


class _End(asyncio.Protocol):
    """One end of a connection through the relay."""

    def __init__(self, flow: TcpFlow, goes_up: bool) -> None:
        self._flow, self._goes_up = flow, goes_up
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        if self._goes_up:
            self._flow.begin()

    def data_received(self, data: bytes) -> None:
        self._flow.carry(data, self._goes_up)

    def eof_received(self) -> bool:
        self._flow.finish(self._goes_up)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._flow.lost(self._goes_up, exc is not None)


class TcpFlow:
    """A browser's connection and the relay's own to the server."""

    def __init__(self, port: TcpPort) -> None:
        self._port = port
        self.number = next(_numbers)
        self.inside, self.outside = _End(self, goes_up=True), _End(self, goes_up=False)
        self.line: Line | None = None
        self._not_before_s = 0.0
        self._opening: asyncio.Task[None] | None = None
        self._early: list[bytes] = []
        """What came before the server was reached; b"" is its end."""
        self._pressed_on: set[bool] = set()
        """In which directions a sender is made to wait."""

    def begin(self) -> None:
        """The browser has connected."""
        assert self.inside.transport is not None
        self.inside.transport.get_extra_info("socket").setsockopt(6, 1, 1)  # TCP_NODELAY
        self._opening = self._port.loop.create_task(self._open())

    async def _open(self) -> None:
        try:
            await self._port.loop.create_connection(lambda: self.outside, *self._port.server)
        except OSError:
            self.abort()
            return
        assert self.outside.transport is not None
        self.outside.transport.get_extra_info("socket").setsockopt(6, 1, 1)
        early, self._early = self._early, []
        for data in early:
            if data:
                self.carry(data, goes_up=True)
            else:
                self.finish(goes_up=True)

    def _named(self, data: bytes) -> Line:
        name = WEB
        if self._port.is_media:
            size = _FRAME.unpack_from(data)[0] if len(data) > _FRAME.size else 0
            name = name_in(data[_FRAME.size : _FRAME.size + size]) or "unnamed"
        line = self._port.lines.of(name)
        line.tcp_flows += 1
        handshake_ms = line.up.conditions.delay_ms + line.down.conditions.delay_ms
        self._not_before_s = self._port.loop.time() + handshake_ms / 1000
        return line

    def carry(self, data: bytes, goes_up: bool) -> None:
        """Bytes came from one end: they are due at the other later."""
        if goes_up and self.outside.transport is None:
            self._early.append(data)
            return
        if self.line is None:
            self.line = self._named(data)
        path = self._path(goes_up)
        for at in range(0, len(data), SEGMENT_BYTES):
            piece = data[at : at + SEGMENT_BYTES]
            now_s = max(self._port.loop.time(), self._not_before_s)
            due_s = path.segment(now_s, len(piece), self.number)
            self._port.schedule.at(due_s, self._deliver, piece, goes_up)
        if path.is_full(self._port.loop.time()) and goes_up not in self._pressed_on:
            self._hold(goes_up)

    def _path(self, goes_up: bool) -> Path:
        assert self.line is not None
        return self.line.up if goes_up else self.line.down

    def _source(self, goes_up: bool) -> asyncio.Transport | None:
        return (self.inside if goes_up else self.outside).transport

    def _target(self, goes_up: bool) -> asyncio.Transport | None:
        return (self.outside if goes_up else self.inside).transport

    def _hold(self, goes_up: bool) -> None:
        source = self._source(goes_up)
        if source is None or source.is_closing():
            return
        self._pressed_on.add(goes_up)
        source.pause_reading()
        self._port.schedule.at(self._port.loop.time() + LOOK_AGAIN_S, self._look_again, goes_up)

    def _look_again(self, goes_up: bool) -> None:
        source = self._source(goes_up)
        if source is None or source.is_closing():
            return
        if self._path(goes_up).is_full(self._port.loop.time()):
            self._port.schedule.at(self._port.loop.time() + LOOK_AGAIN_S, self._look_again, goes_up)
        else:
            self._pressed_on.discard(goes_up)
            source.resume_reading()

    def hold_if_cut(self) -> None:
        """Make both senders wait when nothing gets through."""
        if self.line is None:
            return
        for goes_up in (True, False):
            if self._path(goes_up).conditions.cut and goes_up not in self._pressed_on:
                self._hold(goes_up)

    def _deliver(self, piece: bytes, goes_up: bool) -> None:
        target = self._target(goes_up)
        if target is not None and not target.is_closing():
            target.write(piece)

    def finish(self, goes_up: bool) -> None:
        """One end has nothing more to say; the other hears of it after all that it said."""
        if goes_up and self.outside.transport is None:
            self._early.append(b"")
            return
        due_s = self._port.loop.time()
        if self.line is not None:
            due_s = self._path(goes_up).segment(due_s, 0, self.number)
        self._port.schedule.at(due_s, self._say_finished, goes_up)

    def _say_finished(self, goes_up: bool) -> None:
        target = self._target(goes_up)
        if target is not None and not target.is_closing():
            target.write_eof()

    def lost(self, goes_up: bool, with_error: bool) -> None:
        """One end is closed for good: so is the other, an orderly one after what was said."""
        self._port.flows.discard(self)
        target = self._target(goes_up)
        if target is not None and not target.is_closing():
            if with_error:
                target.abort()
            else:
                delay_s = 0.0 if self.line is None else self._path(goes_up).conditions.delay_ms / 1000
                self._port.schedule.at(self._port.loop.time() + delay_s, target.close)
        if self.line is not None:
            self._path(goes_up).ended(self.number)

    def abort(self) -> None:
        """Break it off at both ends."""
        for end in (self.inside, self.outside):
            if end.transport is not None:
                end.transport.abort()

    async def close(self) -> None:
        """Break it off, and end the opening."""
        self.abort()
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)


class TcpPort:
    """One port on which browsers reach the relay. `is_media`: ICE-TCP, so that lines have names."""

    def __init__(
        self, here: Address, server: Address, lines: Lines, schedule: Schedule, *, is_media: bool
    ) -> None:
        self.server, self.lines, self.schedule, self.is_media = server, lines, schedule, is_media
        self.loop = asyncio.get_running_loop()
        self.flows: set[TcpFlow] = set()
        self._here = here
        self._listening: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen."""
        self._listening = await self.loop.create_server(self._accept, *self._here)

    def _accept(self) -> asyncio.Protocol:
        flow = TcpFlow(self)
        self.flows.add(flow)
        return flow.inside

    async def close(self) -> None:
        """Listen no more; break all connections off."""
        if self._listening is not None:
            self._listening.close()
        await asyncio.gather(*(flow.close() for flow in list(self.flows)))
