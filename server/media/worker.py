"""The media worker process: a forwarding unit, and the listening end of its channel.

It outlives the web process: with nobody on the channel it goes on forwarding as it was last told. It holds
no database, no names and no roles, and ends on SIGTERM, when its supervisor is gone, or when it was told to
drain (`draining.py`) and its last peer has gone. Should it hang, its guard ends it (`server.lifeline.Heart`).
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import os
import signal
import socket
import stat
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import structlog

from server.errors import ProtocolError
from server.lifeline import PORT_PATIENCE_S, Heart, watch_supervisor
from server.media import channel
from server.media.channel import Call, Problem, Reply, Told
from server.media.draining import Draining
from server.media.spec import IceCredentials, Notice, PeerSpec, PeerView, Route, VoiceChoice, WorkerHello

log = structlog.get_logger()

MAX_UNSENT_BYTES = 4 << 20
"""A web process that leaves this much unread is cut off; it reconciles when it attaches anew."""
BAD_CONFIGURATION = 2
"""Exit code: a setting cannot be used, starting again would not help."""


class Forwarder(Protocol):
    """The forwarding unit, as the channel sees it (`server.media.sfu.Sfu`)."""

    async def start(self) -> None: ...  # noqa: D102 - see Sfu
    async def close(self) -> None: ...  # noqa: D102
    def hello(self) -> WorkerHello: ...  # noqa: D102
    def open_peer(self, spec: PeerSpec) -> None: ...  # noqa: D102
    async def close_peer(self, peer: str) -> None: ...  # noqa: D102
    def set_routes(self, room: str, routes: Sequence[Route], voices: Sequence[VoiceChoice]) -> None: ...  # noqa: D102
    def set_view(self, view: PeerView) -> None: ...  # noqa: D102
    def restart_ice(self, peer: str, ours: IceCredentials, remote: IceCredentials) -> None: ...  # noqa: D102
    def forwarding(self, room: str) -> tuple[Route, ...]: ...  # noqa: D102
    def stats(self) -> dict[str, int]: ...  # noqa: D102


MakeForwarder = Callable[[Callable[[Notice], None]], Forwarder]


class ChannelServer:
    """Listens on a Unix socket for the web process and does what it asks of the forwarder.

    `make_forwarder` is given the function by which the forwarder tells its notices. One web process at a
    time: the newest connection is served, an older one is closed. `drained` is called when the worker was
    told to drain and has no peers (left).
    """

    def __init__(
        self,
        make_forwarder: MakeForwarder,
        socket_path: Path,
        *,
        drained: Callable[[], None] = lambda: None,
    ) -> None:
        self.forwarder = make_forwarder(self.tell)
        self.draining = Draining(lambda: self.forwarder.stats()["peers"], tell=self.tell, ended=drained)
        self._path = socket_path
        self._server: asyncio.Server | None = None
        self._inode: int | None = None
        self._newest: asyncio.StreamWriter | None = None
        self._serving: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def start(self) -> None:
        """Listen, for this user only (mode 0600); a socket left over by a dead worker is replaced."""
        with contextlib.suppress(FileNotFoundError):
            if stat.S_ISSOCK(self._path.lstat().st_mode):
                self._path.unlink()
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            listener.bind(str(self._path))
        except BaseException:
            listener.close()
            raise
        finally:
            os.umask(before)
        self._inode = self._path.lstat().st_ino
        listener.setblocking(False)
        self._server = await asyncio.start_unix_server(self._attached, sock=listener)

    async def close(self) -> None:
        """Stop listening and hang up; may be called again."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        with contextlib.suppress(OSError):  # a newer worker may have put its own socket there
            if self._path.lstat().st_ino == self._inode:
                self._path.unlink()
        serving = dict(self._serving)
        for writer in serving.values():
            writer.transport.abort()
        await asyncio.gather(*serving, return_exceptions=True)

    def tell(self, notice: Notice) -> None:
        """Tell the web process, when there is one; otherwise it will see for itself in the next hello."""
        if self._newest is not None:
            self._send(self._newest, Told(notice=notice))
        self.draining.look()

    def _send(self, writer: asyncio.StreamWriter, frame: Reply | Told) -> None:
        if writer.is_closing():
            return
        if writer.transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            log.warning("channel_cut_off", reason="unread")
            writer.transport.abort()
            return
        writer.write(channel.encode(frame))

    async def _attached(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving[task] = writer
        try:
            while (call := await channel.read_call(reader)) is not None:
                if writer.is_closing():
                    break  # a newer one has taken its place
                if self._newest is not writer and not isinstance(call.ask, channel.Drain):
                    self._take_the_place_of_the_older(writer)
                self._send(writer, _fit(await self._done(call)))
                self.draining.look()
        except ProtocolError as wrong:
            log.warning("channel_malformed", code=wrong.code, detail=wrong.detail)
        except OSError as problem:
            log.info("channel_lost", reason=type(problem).__name__)
        finally:
            self._serving.pop(task, None)
            if self._newest is writer:
                self._newest = None
                log.info("channel_detached")
            writer.close()

    def _take_the_place_of_the_older(self, writer: asyncio.StreamWriter) -> None:
        older, self._newest = self._newest, writer
        if older is not None:
            older.close()
        log.info("channel_attached")

    async def _done(self, call: Call) -> Reply:
        try:
            return await self._do(call)
        except ProtocolError as wrong:
            return Reply(id=call.id, problem=Problem(code=wrong.code, detail=wrong.detail))
        except Exception as bug:
            log.exception("channel_call_failed", do=call.ask.do)
            return Reply(id=call.id, problem=Problem(code="internal", detail=type(bug).__name__))

    async def _do(self, call: Call) -> Reply:
        forwarder = self.forwarder
        match call.ask:
            case channel.SayHello():
                return Reply(id=call.id, hello=self.draining.marked(forwarder.hello()))
            case channel.OpenPeer(spec=spec):
                forwarder.open_peer(spec)
            case channel.ClosePeer(peer=peer):
                await forwarder.close_peer(peer)
            case channel.SetRoutes(room=room, routes=routes, voices=voices):
                forwarder.set_routes(room, routes, voices)
            case channel.SetView(view=view):
                forwarder.set_view(view)
            case channel.RestartIce(peer=peer, ours=ours, remote=remote):
                forwarder.restart_ice(peer, ours, remote)
            case channel.TellForwarding(room=room):
                return Reply(id=call.id, routes=forwarder.forwarding(room))
            case channel.Drain():
                self.draining.begin()
            case channel.TellStats():
                return Reply(id=call.id, stats=forwarder.stats())
        return Reply(id=call.id)


def _fit(reply: Reply) -> Reply:
    """The reply; a hello that is too long without its routes (`TellForwarding` tells them by room)."""
    if reply.hello is None or len(reply.model_dump_json()) <= channel.MAX_FRAME_BYTES:
        return reply
    return reply.model_copy(update={"hello": reply.hello.model_copy(update={"routes": {}})})


async def run_worker(
    *,
    socket_path: Path,
    media_host: str,
    media_port: int,
    media_announced: Sequence[str] = (),
    make_forwarder: MakeForwarder | None = None,
    port_patience_s: float = PORT_PATIENCE_S,
    heart: Heart | None = None,
) -> int:
    """Forward media until SIGTERM, SIGINT or the end of the supervisor; returns the exit code.

    `media_host` and `media_port` (UDP and TCP) are where browsers send to; they are told the addresses
    `media_announced` instead, if any. `make_forwarder` makes another forwarding unit than the `Sfu`. An
    address that cannot be used gives exit code 2. The `heart` beats for as long as this runs.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    unwatch = watch_supervisor(stop.set)
    beating = asyncio.create_task((heart or Heart()).beat(), name="heart")
    server = ChannelServer(
        make_forwarder or _sfu(media_host, media_port, media_announced), socket_path, drained=stop.set
    )
    handlers = {signal.SIGTERM: stop.set, signal.SIGINT: stop.set, signal.SIGUSR1: server.draining.begin}
    for number, handler in handlers.items():
        loop.add_signal_handler(number, handler)
    unit = server.forwarder
    try:
        await _start_patiently(unit, port_patience_s, stop)
        await server.start()
        gc.collect()
        gc.freeze()  # what is here now stays: no later collection walks it while packets wait
        log.info("media_worker_ready", boot=unit.hello().boot, pid=os.getpid())
        await stop.wait()
    except OSError as problem:
        print(
            f"moveroom: the media worker cannot start with MOVEROOM_MEDIA_HOST={media_host}, port"
            f" {media_port} (MOVEROOM_MEDIA_PORT, and the next for each further worker), socket"
            f" {socket_path}: {problem}",
            file=sys.stderr,
        )
        return BAD_CONFIGURATION
    finally:
        unwatch()
        for number in handlers:
            loop.remove_signal_handler(number)
        await server.close()
        await unit.close()
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)
    log.info("media_worker_ended", pid=os.getpid())
    return 0


def _sfu(host: str, port: int, announced: Sequence[str]) -> MakeForwarder:
    from server.media.sfu import Sfu

    return lambda notify: Sfu(notify, host=host, port=port, announced=announced)


async def _start_patiently(unit: Forwarder, patience_s: float, stop: asyncio.Event) -> None:
    """Start; while the port is still held by another process, try again for a while."""
    loop = asyncio.get_running_loop()
    until = loop.time() + patience_s
    while True:
        try:
            return await unit.start()
        except OSError as problem:
            if problem.errno != errno.EADDRINUSE or loop.time() > until or stop.is_set():
                raise
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 0.1)
