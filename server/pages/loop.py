"""The device check's loop through the media server, as the pages know it: signalling carries it out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from server.rooms.refusals import media_unavailable

LoopBack = Callable[[str, bytes], Awaitable[Mapping[str, object]]]
"""Answers the media offer (JSON) of the browser behind a link's id; raises `Refused`, `ProtocolError` or
pydantic's `ValidationError`."""


async def no_loop_back(link_id: str, content: bytes) -> Mapping[str, object]:
    """Where no media server is: refuse."""
    raise media_unavailable()
