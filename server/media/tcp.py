"""ICE over TCP (RFC 6544, passive): for browsers behind a network that lets no UDP through.

Every datagram is framed by its length in 16 bits (RFC 4571). A connection is an address like any other to
the mux and to the outlet. What makes TCP dangerous is bounded here: connections that have not shown a genuine
connectivity check yet are few, short-lived and talk little; what a slow one does not read is dropped as a
full socket would, pictures first, so that nobody else waits and sound is not seconds late.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Callable
from struct import Struct
from typing import Protocol, cast

from server.media.counts import Counts
from server.media.sockets import plain
from server.media.throttle import Bucket

LEAST_FRAME_BYTES, MOST_FRAME_BYTES = 12, 1500
"""Nothing of STUN, DTLS, RTP or RTCP is shorter than an RTP header."""
MOST_WAITING_BYTES = 256 << 10
"""Of one connection, for what is small: sound, RTCP, STUN."""
MOST_LARGE_WAITING_BYTES = 64 << 10
"""For pictures. At 300 kbit/s this is 1.7 s: more would only make everything late."""
SMALL_BYTES = 400
PROOF_WITHIN_S = 5.0
MOST_UNPROVEN_FRAMES = 16
FRAMES_AT_ONCE, FRAMES_PER_S = 4096, 2000
"""Of a proven one: many times what a presenter sends, and all that she sent while a network stood still."""
MOST_UNPROVEN = 1024
MOST_UNPROVEN_PER_NETWORK = 256
"""A network: an IPv4 address, or 64 bits of an IPv6 one. A whole ward may come through one, and each browser
that finds UDP open leaves a connection per address of ours unused."""
_READ_BYTES = 16 << 10
_UNSENT_BYTES = 16 << 10
"""What the kernel may hold beyond what is on its way (TCP_NOTSENT_LOWAT): the rest waits with us."""
_BACKLOG = 1024
_pack_length = Struct("!H").pack


class Sorter(Protocol):
    """What a connection wants of the mux."""

    def take(self, datagram: memoryview, address: Pipe) -> None:
        """A datagram came; it is valid during the call only."""

    def knows(self, address: Pipe) -> bool:
        """Whether a genuine check vouched for it, and its peer is here still."""

    def lost(self, address: Pipe) -> None:
        """The connection has ended."""


class Pipe(asyncio.BufferedProtocol):
    """One connection. The address of a peer, equal only to itself: TCP has proven that its other end listens.

    It stays good to send to for ever; once the connection has ended, what is sent is lost.
    """

    __slots__ = ("_counts", "_frames", "_kept", "_listener", "_pace", "_transport", "source")

    def __init__(self, listener: Listener, counts: Counts) -> None:
        self.source: tuple[str, int] = ("", 0)
        """IP address and port of its other end."""
        self._listener, self._counts = listener, counts
        self._transport: asyncio.Transport | None = None
        self._kept = b""
        """The beginning of a frame that has not come whole."""
        self._frames = 0
        """How many came before it was proven."""
        self._pace = Bucket(FRAMES_AT_ONCE, FRAMES_PER_S)

    # to the browser

    def send(self, datagram: bytes | memoryview) -> bool:
        """Send one datagram; False if too much is waiting, or the connection has ended."""
        transport = self._transport
        if transport is None or transport.is_closing():
            self._counts.send_failed += 1
            return False
        size = len(datagram)
        most = MOST_WAITING_BYTES if size <= SMALL_BYTES else MOST_LARGE_WAITING_BYTES
        if transport.get_write_buffer_size() + size > most:
            self._counts.tcp_unsent += 1
            return False
        transport.write(_pack_length(size) + datagram)
        return True

    def release(self) -> None:
        """No peer has this address any more: another may take it, soon."""
        if self._transport is not None:
            self._listener.doubt(self)

    def abort(self) -> None:
        """End the connection at once, with nothing sent any more. Idempotent."""
        transport, self._transport = self._transport, None
        if transport is not None:
            self._listener.gone(self)
            transport.abort()

    # from the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        peer_name = transport.get_extra_info("peername")
        if not peer_name:  # it has gone before we looked
            cast(asyncio.Transport, transport).abort()
            return
        self.source = plain(peer_name)
        self._transport = cast(asyncio.Transport, transport)
        sock = transport.get_extra_info("socket")
        with contextlib.suppress(OSError, AttributeError):  # on systems without them it is only slower
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT_BYTES)
        self._counts.tcp_opened += 1
        self._listener.doubt(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        if self._transport is not None:
            self._transport = None
            self._listener.gone(self)

    def get_buffer(self, sizehint: int) -> memoryview:
        """One buffer serves all connections: it is filled and emptied before the next one's turn."""
        view, kept = self._listener.view, self._kept
        view[: len(kept)] = kept
        return view[len(kept) :]

    def buffer_updated(self, nbytes: int) -> None:
        """Sort what is whole; keep the rest."""
        listener = self._listener
        view, at, end, frames = listener.view, 0, len(self._kept) + nbytes, 0
        take = listener.sorter.take
        self._kept = b""
        while end - at >= 2:
            size = view[at] << 8 | view[at + 1]
            if not LEAST_FRAME_BYTES <= size <= MOST_FRAME_BYTES:
                return self._broken()
            stop = at + 2 + size
            if stop > end:
                break
            first = view[at + 2]
            if not (127 < first < 192 or 19 < first < 64 or first < 4):
                return self._broken()
            take(view[at + 2 : stop], self)
            if self._transport is None:
                return None
            if self in listener.unproven and not self._prove():
                return None
            at = stop
            frames += 1
        if at < end:
            self._kept = bytes(view[at:end])
        if self._pace.take(frames, listener.clock()) < frames:
            self._counts.tcp_flooded += 1
            self.abort()
        return None

    def _prove(self) -> bool:
        """Look whether what just came was a genuine check; False if it is not worth listening any longer."""
        if self._listener.sorter.knows(self):
            self._frames = 0
            self._listener.trust(self)
            return True
        self._frames += 1
        if self._frames < MOST_UNPROVEN_FRAMES:
            return True
        self._broken()
        return False

    def _broken(self) -> None:
        self._counts.tcp_broken += 1
        self.abort()


class Listener:
    """All connections to one worker. `clock` tells when `tick` is to end those that prove nothing."""

    def __init__(self, sorter: Sorter, counts: Counts, clock: Callable[[], float]) -> None:
        self.sorter, self.clock, self._counts = sorter, clock, counts
        self.view = memoryview(bytearray(_READ_BYTES))
        self.unproven: dict[Pipe, float] = {}
        """With the moment at which patience ends, the soonest first."""
        self._by_network: dict[str, dict[Pipe, None]] = {}
        self._all: set[Pipe] = set()
        self._is_closed = False
        self._server: asyncio.AbstractServer | None = None

    async def open(self, sock: socket.socket) -> None:
        """Listen on a bound socket, which is ours from now on; OSError where somebody else does."""
        loop = asyncio.get_running_loop()
        sock.listen(_BACKLOG)
        self._server = await loop.create_server(lambda: Pipe(self, self._counts), sock=sock, backlog=_BACKLOG)

    def close(self) -> None:
        """End all connections, and listen no more. Idempotent."""
        self._is_closed = True
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for pipe in list(self._all):
            pipe.abort()

    def tick(self, now: float) -> None:
        """End the connections whose time to prove themselves is up."""
        for pipe, until in list(self.unproven.items()):
            if until > now:
                return
            self._counts.tcp_expired += 1
            pipe.abort()

    def doubt(self, pipe: Pipe) -> None:
        """A connection has yet to prove itself; of too many such the oldest has had its chance."""
        if self._is_closed:
            pipe.abort()
            return
        network = _network_of(pipe.source[0])
        beside = self._by_network.setdefault(network, {})
        self._all.add(pipe)
        beside.pop(pipe, None)
        self.unproven.pop(pipe, None)
        self.unproven[pipe] = self.clock() + PROOF_WITHIN_S
        beside[pipe] = None
        for crowd, most in ((beside, MOST_UNPROVEN_PER_NETWORK), (self.unproven, MOST_UNPROVEN)):
            if len(crowd) > most:
                self._counts.tcp_refused += 1
                next(iter(crowd)).abort()

    def trust(self, pipe: Pipe) -> None:
        """It has proven itself."""
        if self.unproven.pop(pipe, None) is not None:
            network = _network_of(pipe.source[0])
            beside = self._by_network[network]
            del beside[pipe]
            if not beside:
                del self._by_network[network]

    def gone(self, pipe: Pipe) -> None:
        """It has ended."""
        self._counts.tcp_ended += 1
        self.trust(pipe)
        self._all.discard(pipe)
        self.sorter.lost(pipe)

    def __len__(self) -> int:
        """How many connections there are."""
        return len(self._all)


def _network_of(host: str) -> str:
    if ":" not in host:
        return host
    return ipaddress.IPv6Address(host.partition("%")[0]).exploded[:19]
