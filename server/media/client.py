"""The web process's side of the channel to one media worker: attached whenever that is possible.

The worker may be restarted, and so may we. On each attachment the worker says what it has (`WorkerHello`),
what was last wanted of every room's routes is sent again, and peers that were closed meanwhile are closed.
`pool.py` has one of these for each worker.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import structlog

from server.errors import ProtocolError
from server.media import channel
from server.media.channel import Call, Reply, Request, Told
from server.media.spec import IceCredentials, Notice, PeerSpec, PeerView, Route, VoiceChoice, WorkerHello

log = structlog.get_logger()

RETRY_S = 0.05
REPLY_TIMEOUT_S = 5.0
WAITS_FOR_REPLY = 5
"""A reply is awaited so many times for its share of the timeout: should this process itself be held up for
long, that is one of them, and what has come meanwhile is read before the worker is given up."""


class MediaUnavailable(Exception):
    """There is no media worker at the moment; it will be back by itself, usually within a second."""


class _Attachment:
    """One connection to a worker: calls in flight, by id, and how to make one."""

    def __init__(self, writer: asyncio.StreamWriter, reply_timeout_s: float) -> None:
        self._writer = writer
        self._reply_timeout_s = reply_timeout_s
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Reply]] = {}

    async def call(self, ask: Request) -> Reply:
        """The worker's reply. Raises `MediaUnavailable` if there is none, `ProtocolError` if it refuses."""
        number = next(self._ids)
        frame = channel.encode(Call(id=number, ask=ask))
        if self._writer.is_closing():
            raise MediaUnavailable("the connection is lost")
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[number] = reply
        try:
            self._writer.write(frame)
            for _ in range(WAITS_FOR_REPLY):
                await asyncio.wait((reply,), timeout=self._reply_timeout_s / WAITS_FOR_REPLY)
                if reply.done():
                    break
            else:
                log.warning("media_worker_silent", do=ask.do)
                self._writer.transport.abort()  # it hangs: detached is what we are
                raise MediaUnavailable("the worker does not answer")
            done = reply.result()
        finally:
            self._waiting.pop(number, None)
        if done.problem is not None:
            raise ProtocolError(done.problem.code, done.problem.detail)
        return done

    def replied(self, reply: Reply) -> None:
        waiting = self._waiting.get(reply.id)
        if waiting is not None and not waiting.done():
            waiting.set_result(reply)

    def lost(self) -> None:
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(MediaUnavailable("the connection is lost"))
                waiting.exception()  # whoever waits may be cancelled before it hears: that is no mishap
        self._writer.close()


class MediaClient:
    """Keeps the web process attached to the media worker that listens on `socket_path`.

    `on_notice` is called for all that the worker tells; `on_worker` on each attachment, before any notice;
    `on_lost` when an attachment has ended.
    """

    def __init__(
        self,
        socket_path: Path,
        *,
        on_notice: Callable[[Notice], None],
        on_worker: Callable[[WorkerHello], None],
        on_lost: Callable[[WorkerHello], None] | None = None,
        reply_timeout_s: float = REPLY_TIMEOUT_S,
        retry_s: float = RETRY_S,
    ) -> None:
        self._path = socket_path
        self._on_notice = on_notice
        self._on_worker = on_worker
        self._on_lost = on_lost
        self._reply_timeout_s = reply_timeout_s
        self._retry_s = retry_s
        self._running: asyncio.Task[None] | None = None
        self._attachment: _Attachment | None = None
        self._hello: WorkerHello | None = None
        self._attached = asyncio.Event()
        self._wanted: dict[str, tuple[tuple[Route, ...], tuple[VoiceChoice, ...]]] = {}
        self._unsent: dict[str, None] = {}
        self._sending: set[str] = set()
        self._told = asyncio.Event()
        self._unclosed: dict[str, None] = {}
        self._work = asyncio.Event()
        self._last_attachment = False

    async def start(self) -> None:
        """Begin to attach, in the background and for ever."""
        if self._running is None:
            self._running = asyncio.create_task(self._stay_attached(), name="media client")

    async def close(self) -> None:
        """Detach; the worker goes on. May be called again."""
        running, self._running = self._running, None
        if running is not None:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running

    def attach_no_more(self) -> None:
        """Keep the worker there is, and take no other: a process that ends leaves a new one to its successor.

        What is under way with it can still be finished.
        """
        self._last_attachment = True
        if self._hello is None and self._running is not None:
            self._running.cancel()

    @property
    def hello(self) -> WorkerHello | None:
        """What the worker said on attachment; None while detached."""
        return self._hello

    async def wait_attached(self) -> WorkerHello:
        """The hello of the worker, when there is one."""
        while self._hello is None:
            await self._attached.wait()
        return self._hello

    async def open_peer(self, spec: PeerSpec) -> None:
        """Have the worker await this peer. Raises `MediaUnavailable` while detached."""
        await self._call(channel.OpenPeer(spec=spec))

    async def close_peer(self, peer: str) -> None:
        """As `want_closed`."""
        self.want_closed(peer)

    def want_closed(self, peer: str) -> None:
        """Have the worker free this peer, in the background: now, or else on the next attachment."""
        self._unclosed[peer] = None
        self._work.set()

    async def set_routes(
        self, room: str, routes: Sequence[Route], voices: Sequence[VoiceChoice] = ()
    ) -> None:
        """As `want_routes`."""
        self.want_routes(room, routes, voices)

    def want_routes(self, room: str, routes: Sequence[Route], voices: Sequence[VoiceChoice] = ()) -> None:
        """Have the worker forward exactly this in the room from now on.

        Remembered and sent in the background, again on each attachment; of several the newest counts.
        """
        self._wanted[room] = tuple(routes), tuple(voices)
        self._unsent[room] = None
        self._work.set()

    async def carried_out(self, room: str) -> None:
        """Return when the worker forwards in the room what was last wanted, and nothing else.

        Raises `MediaUnavailable` if it has not said so within the time for a reply.
        """
        try:
            async with asyncio.timeout(self._reply_timeout_s):
                while room in self._unsent or room in self._sending:
                    await self._told.wait()
        except TimeoutError:
            raise MediaUnavailable("the worker has not said that it is done") from None

    async def set_view(self, view: PeerView) -> None:
        """Have the worker know what a browser shows. Raises `MediaUnavailable` while detached."""
        await self._call(channel.SetView(view=view))

    async def restart_ice(self, peer: str, ours: IceCredentials, remote: IceCredentials) -> None:
        """Give a peer fresh credentials. Raises `MediaUnavailable`, or `ProtocolError` where it is not."""
        await self._call(channel.RestartIce(peer=peer, ours=ours, remote=remote))

    async def forwarding(self, room: str) -> tuple[Route, ...]:
        """What the worker forwards in the room. Raises `MediaUnavailable` while detached."""
        return (await self._call(channel.TellForwarding(room=room))).routes or ()

    async def stats(self) -> dict[str, int]:
        """The worker's counters. Raises `MediaUnavailable` while detached."""
        return (await self._call(channel.TellStats())).stats or {}

    def _wake_who_waits(self) -> None:
        told, self._told = self._told, asyncio.Event()
        told.set()

    async def _call(self, ask: Request) -> Reply:
        if self._attachment is None or self._hello is None:
            raise MediaUnavailable("no worker is attached")
        return await self._attachment.call(ask)

    async def _stay_attached(self) -> None:
        while not self._last_attachment:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_unix_connection(str(self._path))
                try:
                    await self._serve(reader, writer)
                except (ProtocolError, MediaUnavailable) as problem:
                    log.error("media_channel_broken", problem=str(problem))
                finally:
                    writer.close()
            await asyncio.sleep(self._retry_s)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Greet the worker, then hear it, sending routes meanwhile, until the connection ends."""
        hello = self._without_closed(await self._greet(reader, writer))
        attachment = self._attachment = _Attachment(writer, self._reply_timeout_s)
        self._hello = hello
        self._unsent = dict.fromkeys(self._wanted)
        self._attached.set()
        log.info("media_worker_attached", boot=hello.boot, peers=len(hello.peers))
        speaking = asyncio.create_task(self._speak(attachment), name="media client: speaking")
        try:
            _heard(self._on_worker, hello)
            while (frame := await channel.read_from_worker(reader)) is not None:
                if isinstance(frame, Told):
                    _heard(self._on_notice, frame.notice)
                else:
                    attachment.replied(frame)
        finally:
            self._attachment = self._hello = None
            self._attached.clear()
            attachment.lost()
            log.warning("media_worker_detached", boot=hello.boot)
            if self._on_lost is not None:
                _heard(self._on_lost, hello)
            speaking.cancel()
            (ended,) = await asyncio.gather(speaking, return_exceptions=True)
            if not isinstance(ended, asyncio.CancelledError | MediaUnavailable):
                log.error("media_speaking_failed", exc_info=ended)

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> WorkerHello:
        """The worker's hello. What it tells before that is in the hello, too."""
        writer.write(channel.encode(Call(id=0, ask=channel.SayHello())))
        try:
            async with asyncio.timeout(self._reply_timeout_s):
                while isinstance(frame := await channel.read_from_worker(reader), Told):
                    pass
        except TimeoutError:
            raise MediaUnavailable("the worker does not answer") from None
        if frame is None:
            raise MediaUnavailable("the worker hung up")
        if frame.hello is None:
            raise ProtocolError("no_hello", "the worker's first reply is no hello")
        return frame.hello

    def _without_closed(self, hello: WorkerHello) -> WorkerHello:
        """The hello without the peers that were closed while detached; those are what is to be closed now."""
        theirs = {snapshot.peer for snapshot in hello.peers}
        self._unclosed = {peer: None for peer in self._unclosed if peer in theirs}
        left = tuple(snapshot for snapshot in hello.peers if snapshot.peer not in self._unclosed)
        return hello.model_copy(update={"peers": left})

    async def _speak(self, attachment: _Attachment) -> None:
        """Close what is to be closed and send each room's newest routes, as that changes."""
        while True:
            while self._unclosed:
                peer = next(iter(self._unclosed))
                try:
                    await attachment.call(channel.ClosePeer(peer=peer))
                except ProtocolError as wrong:
                    log.error("media_peer_not_closed", code=wrong.code, detail=wrong.detail)
                self._unclosed.pop(peer, None)
            if self._unsent:
                await self._send_routes(attachment, next(iter(self._unsent)))
                continue
            self._work.clear()
            await self._work.wait()

    async def _send_routes(self, attachment: _Attachment, room: str) -> None:
        self._sending.add(room)
        del self._unsent[room]
        routes, voices = self._wanted[room]
        try:
            await attachment.call(channel.SetRoutes(room=room, routes=routes, voices=voices))
        except ProtocolError as wrong:
            log.error("media_routes_refused", room=room, code=wrong.code, detail=wrong.detail)
        self._sending.discard(room)
        self._wake_who_waits()
        if not routes and not voices and self._wanted.get(room) == ((), ()):
            self._wanted.pop(room, None)
            self._unsent.pop(room, None)


_Heard = TypeVar("_Heard")


def _heard(listener: Callable[[_Heard], None], what: _Heard) -> None:
    """Tell a listener; one that throws does not cost us the worker."""
    try:
        listener(what)
    except Exception:
        log.exception("media_listener_failed")
