"""Orders to the media workers that nobody waits for: carried out one after the other by one task."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from server.media.spec import (
    IceCredentials,
    Notice,
    PeerSnapshot,
    PeerSpec,
    PeerView,
    Route,
    VoiceChoice,
    WorkerHello,
)

log = structlog.get_logger(__name__)


class MediaLink(Protocol):
    """What rooms need of `server.media.pool.MediaPool`."""

    @property
    def is_ready(self) -> bool:
        """Whether a room that needs a worker gets one now."""

    def is_known(self, room: str) -> bool:
        """Whether it is known what the workers have of the room; if not, the room hears when it is."""

    def hello_of(self, room: str) -> WorkerHello | None:
        """What the room's worker said on attachment, a worker being chosen now if the room has none; None
        while there is no worker, then the room hears when there is.
        """

    async def start(self) -> None:
        """Begin to attach to the workers."""

    async def close(self) -> None:
        """Detach from the workers."""

    async def open_peer(self, spec: PeerSpec) -> None:
        """Have the room's worker await this peer; `MediaUnavailable` while there is none."""

    async def close_peer(self, peer: str) -> None:
        """Have this peer freed, now or when its worker is attached again."""

    async def set_routes(
        self, room: str, routes: Sequence[Route], voices: Sequence[VoiceChoice] = ()
    ) -> None:
        """Have the worker forward exactly this in the room."""

    async def carried_out(self, room: str) -> None:
        """Return when the room's worker does as it was last told; `MediaUnavailable` if that is not known."""

    async def set_view(self, view: PeerView) -> None:
        """Have the worker know what a browser shows; `MediaUnavailable` while there is none."""

    async def restart_ice(self, peer: str, ours: IceCredentials, remote: IceCredentials) -> None:
        """Give a peer fresh credentials; `MediaUnavailable` or `ProtocolError` where that cannot be."""


RoomHears = Callable[[str, Sequence[PeerSnapshot]], None]
"""Told with a room and the peers that it has now, when they may be others than it knows of: its worker has
attached, or it is on another worker. All its other peers are lost."""
MediaFactory = Callable[[Callable[[Notice], None], RoomHears], MediaLink]
"""Makes the media link from its two listeners: `on_notice` and `on_room`."""


_Table = tuple[tuple[Route, ...], tuple[VoiceChoice, ...]]


class MediaOrders:
    """A line of orders and the task that carries them out."""

    def __init__(self, media: MediaLink) -> None:
        self._media = media
        self._line: asyncio.Queue[tuple[str, _Table | None] | asyncio.Future[None] | None] = asyncio.Queue()
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

    async def carried_out(self, room: str) -> None:
        """Return when what was ordered in the room until now is done, by its worker.

        Raises `MediaUnavailable` where that cannot be known.
        """
        passed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.put_nowait(passed)
        await passed
        await self._media.carried_out(room)

    async def _carry_out(self) -> None:
        while (order := await self._line.get()) is not None:
            if isinstance(order, asyncio.Future):
                if not order.done():
                    order.set_result(None)
                continue
            subject, table = order
            try:
                if table is None:
                    await self._media.close_peer(subject)
                else:
                    await self._media.set_routes(subject, *table)
            except Exception:
                log.exception("media order failed", close_peer=table is None)
