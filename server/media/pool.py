"""All media workers as one: which worker a room is on, and what the rooms hear when that changes.

`Placement` decides, without I/O; this carries it out, with a `MediaClient` for each worker. A room hears
(`on_room`) whenever its peers are others than it knows: at the first attachment, when its worker has been
started anew, and when it moves. Its people then negotiate anew, on whatever worker it is on.

Nothing here waits for a worker but `open_peer`, `set_view`, `restart_ice` and `readings`: a worker that hangs
holds up its own rooms only. It is found out by a question every `PULSE_S` that it does not answer.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from server.errors import ProtocolError
from server.media.client import REPLY_TIMEOUT_S, RETRY_S, MediaClient, MediaUnavailable
from server.media.placement import Change, Placement
from server.media.spec import (
    IceCredentials,
    Notice,
    PeerNotice,
    PeerSnapshot,
    PeerSpec,
    PeerView,
    Route,
    VoiceChoice,
    WorkerHello,
    WorkerNotice,
)

log = structlog.get_logger()

SETTLE_S = 1.0
"""How long after the first worker's attachment the others are waited for, before any room is placed."""
PARTING_S = 2.0
"""How long after a move the peers on the old worker are closed: browsers that were told to negotiate anew
close them by themselves, and a goodbye from the worker would make them begin twice."""
PULSE_S = 2.0
READING_TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True)
class WorkerReading:
    """How one worker is. `stats` are its counters, None when it did not tell them in time."""

    worker: int
    attached: bool
    draining: bool
    rooms: int
    stats: Mapping[str, int] | None


class MediaPool:
    """The media workers that listen on `socket_paths`, in this order.

    `on_notice` is called for all that workers tell of peers; `on_room` with a room and the peers it has now.
    """

    def __init__(
        self,
        socket_paths: Sequence[Path],
        *,
        on_notice: Callable[[Notice], None],
        on_room: Callable[[str, Sequence[PeerSnapshot]], None],
        settle_s: float = SETTLE_S,
        parting_s: float = PARTING_S,
        pulse_s: float = PULSE_S,
        reply_timeout_s: float = REPLY_TIMEOUT_S,
        retry_s: float = RETRY_S,
    ) -> None:
        self._on_notice, self._on_room = on_notice, on_room
        self._settle_s, self._parting_s, self._pulse_s = settle_s, parting_s, pulse_s
        self._placement = Placement(len(socket_paths))
        self._clients = [
            self._client(worker, path, reply_timeout_s, retry_s) for worker, path in enumerate(socket_paths)
        ]
        self._timers: set[asyncio.TimerHandle] = set()
        self._pulse: asyncio.Task[None] | None = None
        self._closing = False
        self.moves: Counter[str] = Counter()
        """How many rooms have moved, by reason."""

    def _client(self, worker: int, path: Path, reply_timeout_s: float, retry_s: float) -> MediaClient:
        return MediaClient(
            path,
            on_notice=lambda notice: self._noticed(worker, notice),
            on_worker=lambda hello: self._attached(worker, hello),
            on_lost=lambda _: self._lost(worker),
            reply_timeout_s=reply_timeout_s,
            retry_s=retry_s,
        )

    async def start(self) -> None:
        """Begin to attach to all workers, in the background and for ever."""
        for client in self._clients:
            await client.start()
        if self._pulse is None:
            self._pulse = asyncio.create_task(self._ask_for_ever(), name="media pool: pulse")

    async def close(self) -> None:
        """Detach from all workers; they go on. Idempotent."""
        self._closing = True
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        pulse, self._pulse = self._pulse, None
        if pulse is not None:
            pulse.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await pulse
        for client in self._clients:
            await client.close()

    def attach_no_more(self) -> None:
        """Keep the workers there are and take no others: see `MediaClient.attach_no_more`."""
        for client in self._clients:
            client.attach_no_more()

    # ---- for rooms

    @property
    def is_ready(self) -> bool:
        """Whether a room that needs a worker gets one now."""
        return self._placement.is_ready

    def is_known(self, room: str) -> bool:
        """Whether it is known what the workers have of this room; if not, the room hears when it is."""
        return self._placement.is_known(room)

    def hello_of(self, room: str) -> WorkerHello | None:
        """Return the hello of the worker that the room is on, chosen now if need be; None while there is no
        worker, then the room hears when there is.
        """
        worker = self._placement.place(room)
        return None if worker is None else self._clients[worker].hello

    async def open_peer(self, spec: PeerSpec) -> None:
        """Have the worker of the peer's room await it. Raises `MediaUnavailable` while there is none."""
        worker = self._placement.place(spec.room)
        if worker is None:
            raise MediaUnavailable("no worker is attached")
        self._placement.opened(worker, spec.room, spec.peer)
        try:
            await self._clients[worker].open_peer(spec)
        except ProtocolError:
            self._placement.closed(spec.peer)
            raise
        except BaseException:  # it may have come to the worker, or may not
            await self.close_peer(spec.peer)
            raise

    async def close_peer(self, peer: str) -> None:
        """Have this peer freed, now or when its worker is attached again; returns at once."""
        worker = self._placement.worker_of_peer(peer)
        self._placement.closed(peer)
        for number, client in enumerate(self._clients):
            # A peer that nobody has told of may yet be on a worker that is not attached.
            if number == worker or (worker is None and client.hello is None):
                client.want_closed(peer)

    async def set_routes(
        self, room: str, routes: Sequence[Route], voices: Sequence[VoiceChoice] = ()
    ) -> None:
        """What is to be forwarded in the room from now on, see `MediaClient.want_routes`; returns at once."""
        has_routes = bool(routes or voices)
        worker = self._placement.place(room) if has_routes else self._placement.worker_of(room)
        if worker is not None:
            self._clients[worker].want_routes(room, routes, voices)
            self._placement.routed(room, has_routes)

    async def carried_out(self, room: str) -> None:
        """Return when the room's worker does as it was last told. Raises `MediaUnavailable` while it is not
        known what the workers have of the room, or if its worker does not answer.
        """
        if not self._placement.is_known(room):
            raise MediaUnavailable("nobody has said yet what becomes of this room")
        worker = self._placement.worker_of(room)
        if worker is not None:
            await self._clients[worker].carried_out(room)

    async def set_view(self, view: PeerView) -> None:
        """Have the worker know what a browser shows. Raises `MediaUnavailable` while there is none."""
        await self._client_of(view.peer).set_view(view)

    async def restart_ice(self, peer: str, ours: IceCredentials, remote: IceCredentials) -> None:
        """Give a peer fresh credentials. Raises `MediaUnavailable`, or `ProtocolError` where it is not."""
        await self._client_of(peer).restart_ice(peer, ours, remote)

    def _client_of(self, peer: str) -> MediaClient:
        worker = self._placement.worker_of_peer(peer)
        if worker is None:
            raise MediaUnavailable("no worker has this peer")
        return self._clients[worker]

    # ---- for those who run it

    def worker_of(self, room: str) -> int | None:
        """Return the number of the worker that the room is on."""
        return self._placement.worker_of(room)

    async def readings(self, timeout_s: float = READING_TIMEOUT_S) -> list[WorkerReading]:
        """Return how each worker is, asking each once and waiting no longer than `timeout_s` for any."""
        asked = {
            worker: asyncio.create_task(client.stats())
            for worker, client in enumerate(self._clients)
            if client.hello is not None
        }
        if asked:
            await asyncio.wait(asked.values(), timeout=timeout_s)
        for task in asked.values():
            task.cancel()
        await asyncio.gather(*asked.values(), return_exceptions=True)
        return [self._reading(worker, asked.get(worker)) for worker in range(len(self._clients))]

    def _reading(self, worker: int, asked: asyncio.Task[dict[str, int]] | None) -> WorkerReading:
        told = asked is not None and not asked.cancelled() and asked.exception() is None
        return WorkerReading(
            worker=worker,
            attached=self._clients[worker].hello is not None,
            draining=self._placement.is_draining(worker),
            rooms=self._placement.rooms_on(worker),
            stats=asked.result() if asked is not None and told else None,
        )

    # ---- what the workers do

    def _attached(self, worker: int, hello: WorkerHello) -> None:
        self._carry_out(self._placement.attached(worker, hello.peers, draining=hello.draining))
        if not self._placement.is_ready:
            self._later(self._settle_s, lambda: self._carry_out(self._placement.settle()))

    def _lost(self, worker: int) -> None:
        if not self._closing:
            self._carry_out(self._placement.lost(worker))

    def _noticed(self, worker: int, notice: Notice) -> None:
        if isinstance(notice, WorkerNotice):
            log.info("media_worker_draining", worker=worker)
            self._carry_out(self._placement.drain(worker))
            return
        if isinstance(notice, PeerNotice):
            self._placement.noted(notice.peer, notice.what)
        self._on_notice(notice)

    def _carry_out(self, change: Change) -> None:
        for move in change.moves:
            self.moves[move.reason] += 1
            log.warning(
                "media_room_moved", room=move.room, source=move.source, target=move.target, reason=move.reason
            )
        for worker, room in change.cleared:
            self._clients[worker].want_routes(room, ())
        parting = []
        for worker, peer in change.closed:
            if self._clients[worker].hello is None:
                self._clients[worker].want_closed(peer)  # should it come back, it has nothing to say of them
            else:
                parting.append((worker, peer))
        if parting:
            self._later(self._parting_s, lambda: self._part(parting))
        for room, peers in change.told.items():
            try:
                self._on_room(room, peers)
            except Exception:
                log.exception("media_listener_failed")

    def _part(self, peers: Sequence[tuple[int, str]]) -> None:
        for worker, peer in peers:
            self._clients[worker].want_closed(peer)

    def _later(self, seconds: float, what: Callable[[], None]) -> None:
        def ring() -> None:
            self._timers.discard(timer)
            what()

        timer = asyncio.get_running_loop().call_later(seconds, ring)
        self._timers.add(timer)

    async def _ask_for_ever(self) -> None:
        """A worker that does not answer in time is let go by its client, and so is lost."""
        while True:
            await asyncio.sleep(self._pulse_s)
            await asyncio.gather(*(_pulse_of(client) for client in self._clients))


async def _pulse_of(client: MediaClient) -> None:
    with contextlib.suppress(MediaUnavailable, ProtocolError):
        await client.stats()
