"""Whose packets these are: each browser's way to the server is a line, known by the ICE name it uses.

A browser's first packet on any way, UDP or TCP, is a connectivity check with USERNAME "theirs:ours" (RFC
8445, section 7.2.2), so all its ways share one line with one bandwidth, as they do in a home.
"""

from __future__ import annotations

import itertools
import random
import struct
from collections.abc import Mapping
from typing import Any

from tests.lab.conditions import Conditions
from tests.lab.path import Path

EVERYONE, NEW = "all", "new"
_BINDING_REQUEST = b"\0\1"
_USERNAME = 0x0006
_HEAD_BYTES = 20
_ATTRIBUTE = struct.Struct("!HH")


def name_in(datagram: bytes) -> str | None:
    """The USERNAME of a connectivity check; None for anything else."""
    if len(datagram) < _HEAD_BYTES or datagram[:2] != _BINDING_REQUEST:
        return None
    at = _HEAD_BYTES
    while at + 4 <= len(datagram):
        kind, size = _ATTRIBUTE.unpack_from(datagram, at)
        if kind == _USERNAME:
            return datagram[at + 4 : at + 4 + size].decode("utf-8", "replace")
        at += 4 + size + -size % 4
    return None


class Line:
    """One person's way to the server."""

    def __init__(self, name: str, seed: str, up: Conditions, down: Conditions) -> None:
        self.name = name
        self.up = Path(random.Random(f"{seed} up"), up)
        self.down = Path(random.Random(f"{seed} down"), down)
        self.udp_flows = self.tcp_flows = 0

    def is_called(self, name: str) -> bool:
        """Whether `name` is either side's part of its name, or all of it."""
        return name == self.name or name in self.name.split(":")

    def change(self, changes: Mapping[str, Mapping[str, Any]]) -> None:
        """Change conditions `up`, `down` or `both`."""
        self.up.conditions, self.down.conditions = _changed(self.up.conditions, self.down.conditions, changes)


class Lines:
    """All lines; each that comes has the conditions that then hold for new ones."""

    def __init__(self, seed: int, up: Conditions, down: Conditions) -> None:
        self._seed, self._up, self._down = seed, up, down
        self._by_name: dict[str, Line] = {}
        self._numbers = itertools.count(1)

    def of(self, name: str) -> Line:
        """The line of that name, new if need be. Its chances follow from the seed and its number."""
        line = self._by_name.get(name)
        if line is None:
            line = Line(name, f"{self._seed} {next(self._numbers)}", self._up, self._down)
            self._by_name[name] = line
        return line

    def called(self, name: str) -> list[Line]:
        """The lines so called; "all" are all."""
        return [line for line in self._by_name.values() if name == EVERYONE or line.is_called(name)]

    def change(self, name: str, changes: Mapping[str, Mapping[str, Any]]) -> None:
        """Change conditions of the lines so called, of those that come ("new"), or of both ("all").

        LookupError if there is no line of that name.
        """
        if name in (EVERYONE, NEW):
            self._up, self._down = _changed(self._up, self._down, changes)
        found = [] if name == NEW else self.called(name)
        if not found and name not in (EVERYONE, NEW):
            raise LookupError(f"no line is called {name}; there are {', '.join(self._by_name) or 'none'}")
        for line in found:
            line.change(changes)

    def counts(self) -> dict[str, dict[str, Any]]:
        """By name, in the order of their coming: flows, and what became of packets and bytes."""
        return {
            name: {
                "udp_flows": line.udp_flows,
                "tcp_flows": line.tcp_flows,
                "up": dict(line.up.counts),
                "down": dict(line.down.counts),
            }
            for name, line in self._by_name.items()
        }


def _changed(
    up: Conditions, down: Conditions, changes: Mapping[str, Mapping[str, Any]]
) -> tuple[Conditions, Conditions]:
    if unknown := changes.keys() - {"up", "down", "both"}:
        raise ValueError(f"up, down or both, not {', '.join(sorted(unknown))}")
    both = changes.get("both", {})
    return up.changed({**both, **changes.get("up", {})}), down.changed({**both, **changes.get("down", {})})
