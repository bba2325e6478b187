"""The relay as a whole: its ports, and the orders it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from tests.lab.conditions import Conditions
from tests.lab.lines import EVERYONE, Lines
from tests.lab.schedule import Schedule
from tests.lab.tcp import TcpPort
from tests.lab.udp import UdpPort


class Relay:
    """Listens at `host` on the server's own port numbers: `media` for UDP and TCP, `web` for TCP."""

    def __init__(
        self,
        server: str,
        *,
        media: Sequence[int],
        web: Sequence[int] = (),
        host: str = "127.0.0.2",
        seed: int = 1,
        up: Conditions | None = None,
        down: Conditions | None = None,
    ) -> None:
        self._lines = Lines(seed, up or Conditions(), down or Conditions())
        self._schedule = Schedule(asyncio.get_running_loop())
        self._udp = [UdpPort((host, port), (server, port), self._lines, self._schedule) for port in media]
        self._tcp = [
            TcpPort((host, port), (server, port), self._lines, self._schedule, is_media=port in media)
            for port in (*media, *web)
        ]

    async def open(self) -> None:
        """Listen for connections; UDP is there already."""
        for port in self._tcp:
            await port.open()

    def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        """Carry out one order and answer it (README.md lists them). ValueError, LookupError: it is wrong."""
        match order:
            case {"set": str(name), **changes}:
                self._lines.change(name, changes)
                for port in self._tcp:
                    for connection in port.flows:
                        connection.hold_if_cut()
                return {"ok": True}
            case {"rebind": str(name)}:
                return {"ok": True, "flows": self._rebind(name)}
            case {"counts": True}:
                return {"ok": True, "lines": self._lines.counts()}
        raise ValueError(f"not an order: {order}")

    def _rebind(self, name: str) -> int:
        """Give the flows of these lines another address; their TCP connections break."""
        found = 0
        for udp in self._udp:
            for flow in udp.flows.values():
                if name == EVERYONE or flow.line.is_called(name):
                    flow.rebind()
                    found += 1
        for tcp in self._tcp:
            for connection in list(tcp.flows):
                line = connection.line
                if tcp.is_media and line is not None and (name == EVERYONE or line.is_called(name)):
                    connection.abort()
                    found += 1
        return found

    async def close(self) -> None:
        """Close every socket."""
        for udp in self._udp:
            udp.close()
        for tcp in self._tcp:
            await tcp.close()
        self._schedule.close()
