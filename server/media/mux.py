"""The worker's port, by UDP and by TCP: sorts what comes by its first byte (RFC 7983).

Nothing from a stranger reaches DTLS or SRTP: aiortc 1.16 closes an established DTLS transport on one
empty datagram, or on one over 1,500 bytes that begins with 0x80, from anybody at all. So those are dropped
here, and all but STUN must come from an address that a genuine connectivity check vouched for; a packet under
an SSRC of somebody who is here is tried with her keys, for her address may have changed under her.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from struct import Struct
from typing import Protocol

from server.media import ice
from server.media.counts import Counts
from server.media.dtls import SRTP, Length, Raw
from server.media.outlet import Address, Outlet
from server.media.path import Path
from server.media.paths import Paths
from server.media.sockets import bind, plain, told
from server.media.tcp import MOST_FRAME_BYTES, Listener, Pipe

MAX_DATAGRAM_BYTES = MOST_FRAME_BYTES
_MAX_READS = 64
_MIN_RTP_BYTES = 12
_RECEIVER_ONLY_SSRC = 1
"""What libwebrtc reports under when it sends nothing: it is nobody's in particular."""
_read_ssrc = Struct("!I").unpack_from
_log = logging.getLogger(__name__)


class Endpoint(Protocol):
    """What the mux wants of a peer."""

    paths: Paths

    def take_record(self, record: bytes, path: Path) -> None:
        """A DTLS record came from one of its addresses."""

    def take_srtp(self, raw: Raw, view: memoryview, length: Length, path: Path) -> bool:
        """SRTP or SRTCP stands in the buffer; `length[0]` says how much. False if it is not authentic."""


class Mux:
    """One port for all peers. `announced` are the addresses browsers are told, if not the bound ones."""

    def __init__(
        self,
        host: str,
        port: int,
        counts: Counts,
        outlet: Outlet,
        clock: Callable[[], float],
        announced: Sequence[str] = (),
    ) -> None:
        self._host, self._port, self._announced = host, port, tuple(announced)
        self._counts, self._outlet = counts, outlet
        self._by_ufrag: dict[str, tuple[Endpoint, str]] = {}
        """With our password."""
        self._by_address: dict[Address, Path] = {}
        self._by_ssrc: dict[int, Endpoint] = {}
        self._raw, self._view = SRTP.new_buffer()
        self._length = SRTP.new_length()
        self._socket: socket.socket | None = None
        self._receive: Callable[..., tuple[int, Address]] | None = None
        self._listener = Listener(self, counts, clock)

    async def open(self) -> None:
        """Bind both sockets and begin to read; OSError where the address is not to be had."""
        sock, listening = bind(self._host, self._port)
        try:
            await self._listener.open(listening)
        except OSError:
            sock.close()
            listening.close()
            raise
        self._socket = sock
        self._host, self._port = sock.getsockname()[:2]
        self._receive = sock.recvfrom_into
        self._outlet.open(sock)
        asyncio.get_running_loop().add_reader(sock.fileno(), self.read)

    def close(self) -> None:
        """Close both sockets and all connections. Idempotent."""
        self._listener.close()
        sock, self._socket = self._socket, None
        if sock is not None:
            asyncio.get_running_loop().remove_reader(sock.fileno())
            self._outlet.close()
            sock.close()

    def addresses(self) -> tuple[tuple[str, int], ...]:
        """IP addresses and port at which browsers reach us, by UDP and by TCP."""
        return told(self._host, self._port, self._announced)

    def tick(self, now: float) -> None:
        """Do what time makes due; every 50 ms."""
        self._listener.tick(now)

    def has_ufrag(self, ufrag: str) -> bool:
        """Whether a peer of that ufrag is here."""
        return ufrag in self._by_ufrag

    def add(self, ufrag: str, pwd: str, endpoint: Endpoint) -> None:
        """Accept connectivity checks for `endpoint`, under these credentials of ours."""
        self._by_ufrag[ufrag] = endpoint, pwd

    def retire(self, ufrag: str, endpoint: Endpoint) -> None:
        """Accept connectivity checks under this ufrag no more."""
        if self._by_ufrag.get(ufrag, (None, ""))[0] is endpoint:
            del self._by_ufrag[ufrag]

    def learn(self, path: Path) -> None:
        """Take what comes from this address for its owner's."""
        before = self._by_address.get(path.address)
        if before is not None and before is not path:
            before.owner.paths.lost(before)
        self._by_address[path.address] = path

    def forget(self, path: Path) -> None:
        """Drop what comes from this address from now on, unless it has become another's."""
        if self._by_address.get(path.address) is path:
            del self._by_address[path.address]
            if not isinstance(path.address, tuple):
                path.address.release()

    def learn_ssrc(self, ssrc: int, endpoint: Endpoint) -> None:
        """`endpoint` sends authentic packets under this SSRC; the first who does is known by it."""
        if ssrc != _RECEIVER_ONLY_SSRC:
            self._by_ssrc.setdefault(ssrc, endpoint)

    def forget_ssrcs(self, endpoint: Endpoint) -> None:
        """It sends no more."""
        for ssrc in [ssrc for ssrc, owner in self._by_ssrc.items() if owner is endpoint]:
            del self._by_ssrc[ssrc]

    # from TCP

    def take(self, datagram: memoryview, address: Pipe) -> None:
        """A datagram came, and is valid during the call only. Sorted exactly as those of UDP."""
        size = len(datagram)
        self._view[:size] = datagram
        self._counts.datagrams_in += 1
        try:
            self._sort(size, address)
        except Exception:
            self._met_a_bug()

    def knows(self, address: Pipe) -> bool:
        """Whether a genuine check vouched for it, and its peer is here still."""
        return address in self._by_address

    def lost(self, address: Pipe) -> None:
        """The connection has ended: its peer is heard from another address, or falls silent."""
        path = self._by_address.pop(address, None)
        if path is not None:
            path.owner.paths.lost(path)

    # from UDP

    def read(self) -> None:
        """Take what the socket has, 64 datagrams at most, so that the rest of the loop has its turn."""
        receive, view = self._receive, self._view
        assert receive is not None
        for _ in range(_MAX_READS):
            if self._socket is None:
                return
            try:
                size, address = receive(view)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:  # an ICMP error for something we sent: nothing was read
                continue
            self._counts.datagrams_in += 1
            try:
                self._sort(size, address)
            except Exception:
                self._met_a_bug()

    def _met_a_bug(self) -> None:
        self._counts.failures += 1
        if self._counts.failures & (self._counts.failures - 1) == 0:  # 1, 2, 4, 8 …: no log storm
            _log.exception("a datagram met a bug (%d so far)", self._counts.failures)

    def _sort(self, size: int, address: Address) -> None:
        if size == 0:
            self._counts.dropped_empty += 1
            return
        if size > MAX_DATAGRAM_BYTES:
            self._counts.dropped_long += 1
            return
        first = self._view[0]
        if 127 < first < 192:
            if size < _MIN_RTP_BYTES:
                self._counts.dropped_short += 1
                return
            path = self._by_address.get(address)
            if path is None:
                self._try(size, address)
                return
            if not path.proven:
                path.received += size
            self._length[0] = size
            path.owner.take_srtp(self._raw, self._view, self._length, path)
        elif first < 4:
            self._take_stun(bytes(self._view[:size]), address)
        elif 19 < first < 64:
            path = self._by_address.get(address)
            if path is None:
                self._counts.dropped_stranger += 1
                return
            path.received += size
            path.owner.take_record(bytes(self._view[:size]), path)
        else:
            self._counts.dropped_kind += 1

    def _try(self, size: int, address: Address) -> None:
        """SRTP or SRTCP from a stranger: somebody whose SSRC it has may have got another address."""
        is_rtcp = 192 <= self._view[1] <= 223
        owner = self._by_ssrc.get(_read_ssrc(self._view, 4 if is_rtcp else 8)[0])
        if owner is None or not owner.paths.may_try():
            self._counts.dropped_stranger += 1
            return
        self._length[0] = size
        owner.take_srtp(self._raw, self._view, self._length, owner.paths.stranger(address, size))

    def _take_stun(self, datagram: bytes, address: Address) -> None:
        path = self._by_address.get(address)
        if ice.is_answer(datagram):
            if path is None or not path.owner.paths.take_answer(path, datagram):
                self._counts.dropped_stun += 1
            return
        ufrag = ice.ufrag_of(datagram)
        owner, pwd = self._by_ufrag.get(ufrag, (None, "")) if ufrag is not None else (None, "")
        if owner is None:
            self._counts.dropped_stun += 1
            return
        is_hers = path is not None and path.owner is owner
        if not owner.paths.may_check(path if is_hers else None):
            self._counts.dropped_flood += 1
            return
        source = plain(address) if isinstance(address, tuple) else address.source
        check = ice.answer_check(datagram, source, lambda ufrag: pwd)
        if check is None:
            self._counts.dropped_stun += 1
        elif path is not None and not is_hers and path.owner.paths.holds(path):
            self._counts.dropped_taken += 1
        elif not owner.paths.take_check(check, address, path if is_hers else None, len(datagram)):
            self._counts.dropped_replayed += 1
