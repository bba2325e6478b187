"""UDP through the relay: as behind a NAT, each inside address has an outside socket of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from tests.lab.lines import Line, Lines, name_in
from tests.lab.schedule import Schedule

Address = tuple[str, int]
_READS = 64
_BUFFER_BYTES = 4 << 20
NOBODY = "unnamed"
"""The line of what comes before any connectivity check."""


def _socket(address: Address) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
    made.bind(address)
    return made


class UdpFlow:
    """One inside address, and the outside port it has now."""

    def __init__(self, inside: Address, port: UdpPort, line: Line) -> None:
        self.inside, self.line, self._port = inside, line, port
        self._outside: socket.socket | None = None
        self._abandoned: list[socket.socket] = []
        self.rebind()
        self._abandoned.clear()

    def rebind(self) -> None:
        """Take another outside port. What comes to the old one is lost silently, as at a NAT."""
        if self._outside is not None:
            asyncio.get_running_loop().remove_reader(self._outside)
            self._abandoned.append(self._outside)
        self._outside = _socket((self._port.server[0], 0))
        asyncio.get_running_loop().add_reader(self._outside, self._read)

    def send(self, datagram: bytes) -> None:
        """To the server, from the outside port of now."""
        assert self._outside is not None
        with contextlib.suppress(OSError):
            self._outside.sendto(datagram, self._port.server)

    def _read(self) -> None:
        assert self._outside is not None
        for _ in range(_READS):
            try:
                datagram, source = self._outside.recvfrom(65_535)
            except OSError:  # nothing more, or nobody listens at the server
                return
            if source == self._port.server:
                self._port.come_down(self, datagram)

    def close(self) -> None:
        """Close all its sockets."""
        for one in (self._outside, *self._abandoned):
            if one is not None:
                asyncio.get_running_loop().remove_reader(one)
                one.close()


class UdpPort:
    """One port on which browsers reach the relay, for one port of the server."""

    def __init__(self, here: Address, server: Address, lines: Lines, schedule: Schedule) -> None:
        self.server = server
        self.flows: dict[Address, UdpFlow] = {}
        self._lines, self._schedule = lines, schedule
        self._loop = asyncio.get_running_loop()
        self._inside = _socket(here)
        self._loop.add_reader(self._inside, self._read)

    def _read(self) -> None:
        for _ in range(_READS):
            try:
                datagram, source = self._inside.recvfrom(65_535)
            except OSError:
                return
            flow = self._flow(source, datagram)
            due_s = flow.line.up.datagram(self._loop.time(), len(datagram))
            if due_s is not None:
                self._schedule.at(due_s, flow.send, datagram)

    def _flow(self, source: Address, datagram: bytes) -> UdpFlow:
        flow, name = self.flows.get(source), name_in(datagram)
        if flow is None:
            line = self._lines.of(name or NOBODY)
            flow = self.flows[source] = UdpFlow(source, self, line)
            line.udp_flows += 1
        elif name is not None and name != flow.line.name:
            flow.line = self._lines.of(name)
            flow.line.udp_flows += 1
        return flow

    def come_down(self, flow: UdpFlow, datagram: bytes) -> None:
        """A datagram of the server's, for one inside address."""
        due_s = flow.line.down.datagram(self._loop.time(), len(datagram))
        if due_s is not None:
            self._schedule.at(due_s, self._send_in, datagram, flow.inside)

    def _send_in(self, datagram: bytes, inside: Address) -> None:
        with contextlib.suppress(OSError):
            self._inside.sendto(datagram, inside)

    def close(self) -> None:
        """Close all sockets."""
        self._loop.remove_reader(self._inside)
        self._inside.close()
        for flow in self.flows.values():
            flow.close()
