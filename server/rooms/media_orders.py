"""Orders to the media worker that nobody waits for: carried out one after the other by one task."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from server.media.spec import IceCredentials, Notice, PeerSpec, PeerView, Route, VoiceChoice, WorkerHello

log = structlog.get_logger(__name__)


class MediaLink(Protocol):
    """What rooms need of `server.media.client.MediaClient`."""

    @property
    def hello(self) -> WorkerHello | None:
        """What the worker said on attachment; None while there is no worker."""

    async def start(self) -> None:
        """Begin to attach to the worker."""

    async def close(self) -> None:
        """Detach from the worker."""

    async def open_peer(self, spec: PeerSpec) -> None:
        """Have the worker await this peer; `MediaUnavailable` while there is none."""

    async def close_peer(self, peer: str) -> None:
        """Have the worker free this peer, now or when it is attached again."""

    async def set_routes(
        self, room: str, routes: Sequence[Route], voices: Sequence[VoiceChoice] = ()
    ) -> None:
        """Have the worker forward exactly this in the room."""

    async def set_view(self, view: PeerView) -> None:
        """Have the worker know what a browser shows; `MediaUnavailable` while there is none."""

    async def restart_ice(self, peer: str, ours: IceCredentials, remote: IceCredentials) -> None:
        """Give a peer fresh credentials; `MediaUnavailable` or `ProtocolError` where that cannot be."""


MediaFactory = Callable[[Callable[[Notice], None], Callable[[WorkerHello], None]], MediaLink]
"""Makes the media client from its two listeners: `on_notice` and `on_worker`."""


_Table = tuple[tuple[Route, ...], tuple[VoiceChoice, ...]]


class MediaOrders:
    """A line of orders and the task that carries them out."""

    def __init__(self, media: MediaLink) -> None:
        self._media = media
        self._line: asyncio.Queue[tuple[str, _Table | None] | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to carry out orders."""
        if self._task is None:
            self._task = asyncio.create_task(self._carry_out(), name="media-orders")

    async def close(self) -> None:
        """Carry out what stands in line, then end. Idempotent."""
        task, self._task = self._task, None
        if task is not None:
            self._line.put_nowait(None)
            await asyncio.wait([task])

    def set_routes(self, room: str, routes: tuple[Route, ...], voices: tuple[VoiceChoice, ...]) -> None:
        """Forward exactly this in the room from now on."""
        self._line.put_nowait((room, (routes, voices)))

    def close_peer(self, peer: str) -> None:
        """Free this peer."""
        self._line.put_nowait((peer, None))

    async def _carry_out(self) -> None:
        while (order := await self._line.get()) is not None:
            subject, table = order
            try:
                if table is None:
                    await self._media.close_peer(subject)
                else:
                    await self._media.set_routes(subject, *table)
            except Exception:
                log.exception("media order failed", close_peer=table is None)
