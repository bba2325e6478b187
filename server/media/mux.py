"""The worker's port, by UDP and by TCP: sorts what comes by its first byte (RFC 7983).

Nothing from a stranger reaches DTLS or SRTP: aiortc 1.16 closes an established DTLS transport on one
empty datagram, or on one over 1,500 bytes that begins with 0x80, from anybody at all. So those are dropped
here, and all but STUN must come from an address that a genuine connectivity check vouched for.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from typing import Protocol

from server.media import ice
from server.media.counts import Counts
from server.media.dtls import SRTP, Length, Raw
from server.media.outlet import Address, Outlet
from server.media.sockets import bind, plain, told
from server.media.tcp import MOST_FRAME_BYTES, Listener, Pipe

MAX_DATAGRAM_BYTES = MOST_FRAME_BYTES
_MAX_READS = 64
_MIN_RTP_BYTES = 12
_log = logging.getLogger(__name__)


class Endpoint(Protocol):
    """What the mux wants of a peer."""

    pwd: str
    checks: ice.Transactions

    def holds(self, address: Address) -> bool:
        """Whether it has been heard at `address` so lately that nobody else may take it."""

    def take_check(self, address: Address, nominates: bool) -> None:
        """A genuine connectivity check came from `address`."""

    def take_record(self, record: bytes) -> None:
        """A DTLS record came."""

    def take_srtp(self, raw: Raw, view: memoryview, length: Length) -> None:
        """SRTP or SRTCP stands in the buffer; `length[0]` says how much."""


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
        self._by_ufrag: dict[str, Endpoint] = {}
        self._by_address: dict[Address, Endpoint] = {}
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

    def add(self, ufrag: str, endpoint: Endpoint) -> None:
        """Accept connectivity checks for `endpoint`."""
        self._by_ufrag[ufrag] = endpoint

    def remove(self, ufrag: str, endpoint: Endpoint) -> None:
        """Forget `endpoint` and all its addresses."""
        self._by_ufrag.pop(ufrag, None)
        for address in [a for a, e in self._by_address.items() if e is endpoint]:
            self.forget(address, endpoint)

    def forget(self, address: Address, endpoint: Endpoint) -> None:
        """Drop what comes from `address` from now on, unless it has become another endpoint's."""
        if self._by_address.get(address) is endpoint:
            del self._by_address[address]
            if not isinstance(address, tuple):
                address.release()

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
        self._by_address.pop(address, None)

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
            endpoint = self._by_address.get(address)
            if endpoint is None:
                self._counts.dropped_stranger += 1
                return
            self._length[0] = size
            endpoint.take_srtp(self._raw, self._view, self._length)
        elif first < 4:
            self._answer(bytes(self._view[:size]), address)
        elif 19 < first < 64:
            endpoint = self._by_address.get(address)
            if endpoint is None:
                self._counts.dropped_stranger += 1
                return
            endpoint.take_record(bytes(self._view[:size]))
        else:
            self._counts.dropped_kind += 1

    def _answer(self, datagram: bytes, address: Address) -> None:
        source = plain(address) if isinstance(address, tuple) else address.source
        check = ice.answer_check(datagram, source, self._password_of)
        if check is None:
            self._counts.dropped_stun += 1
            return
        endpoint = self._by_ufrag[check.ufrag]
        holder = self._by_address.get(address)
        if holder is not None and holder is not endpoint and holder.holds(address):
            self._counts.dropped_taken += 1
            return
        if endpoint.checks.is_new(check.transaction):
            self._by_address[address] = endpoint
            endpoint.take_check(address, check.nominates)
        elif holder is not endpoint:
            self._counts.dropped_replayed += 1
            return
        self._counts.checks_answered += 1
        self._outlet.send(check.answer, address)

    def _password_of(self, ufrag: str) -> str | None:
        endpoint = self._by_ufrag.get(ufrag)
        return None if endpoint is None else endpoint.pwd
