"""The worker's two sockets, UDP and TCP on one port, and the addresses that browsers are told.

`::` takes IPv6 and IPv4 on one socket (RFC 3493, section 5.3); IPv4 peers then appear at mapped addresses,
which no browser would know as its own and which `plain` takes off again.
"""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import logging
import socket
import sys
from collections.abc import Sequence
from typing import Any

_PORT_TRIES = 16
_SOCKET_BUFFER_BYTES = 4 << 20
_BUFFERS = ((socket.SO_RCVBUF, 33), (socket.SO_SNDBUF, 32))
"""Each with Linux's SO_RCVBUFFORCE or SO_SNDBUFFORCE, which Python does not name."""
_MAPPED = "::ffff:"
_NO_IPV6 = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT)
_ALL, _ALL_IPV4 = "::", "0.0.0.0"  # noqa: S104
_ELSEWHERE = {
    _ALL: ("2001:db8::1", "192.0.2.1", "127.0.0.1", "::1"),
    _ALL_IPV4: ("192.0.2.1", "127.0.0.1"),
}
"""For a socket on all addresses: where to (documentation's addresses stand for the internet) the way there
shows an address of ours."""
_log = logging.getLogger(__name__)


def bind(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    """A UDP socket and a TCP socket, not listening yet, on the same address and port (0: any free one).

    `::` falls back to IPv4 alone where there is no IPv6. OSError where the address is not to be had.
    """
    try:
        return _pair(host, port)
    except OSError as problem:
        if host != _ALL or problem.errno not in _NO_IPV6:
            raise
        _log.warning("no IPv6 on this machine (%s): media are received by IPv4 only", problem.strerror)
        return _pair(_ALL_IPV4, port)


def _pair(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    for tries_left in reversed(range(_PORT_TRIES)):
        udp = _bound(host, port, socket.SOCK_DGRAM)
        try:
            return udp, _bound(host, udp.getsockname()[1], socket.SOCK_STREAM)
        except OSError as problem:
            udp.close()
            if port or not tries_left or problem.errno != errno.EADDRINUSE:
                raise
    raise AssertionError("the last try returns or raises")


def _bound(host: str, port: int, kind: socket.SocketKind) -> socket.socket:
    family = socket.AF_INET6 if ipaddress.ip_address(host).version == 6 else socket.AF_INET
    sock = socket.socket(family, kind)
    try:
        if host == _ALL:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        if kind == socket.SOCK_DGRAM:
            for option, forced in _BUFFERS:
                _enlarge(sock, option, forced)
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections of before may linger
        sock.setblocking(False)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


def _enlarge(sock: socket.socket, option: int, forced: int) -> None:
    """Ask for a large buffer: past the system's limit where we may, else up to it (often 200 KiB)."""
    sock.setsockopt(socket.SOL_SOCKET, option, _SOCKET_BUFFER_BYTES)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, forced, _SOCKET_BUFFER_BYTES)


def told(host: str, port: int, announced: Sequence[str] = ()) -> tuple[tuple[str, int], ...]:
    """Where browsers reach a socket bound to `host`: as announced, else there.

    Bound to all addresses: at those of the default routes, and of this machine for itself.
    """
    if announced:
        return tuple((each, port) for each in dict.fromkeys(announced))
    if host not in _ELSEWHERE:
        return ((host, port),)
    found = (_our_end(target) for target in _ELSEWHERE[host])
    return tuple((each, port) for each in dict.fromkeys(found) if each is not None)


def _our_end(target: str) -> str | None:
    """Our own address on the way to `target`; None where there is no way, or one that ends at the link."""
    family = socket.AF_INET6 if ":" in target else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((target, 9))  # chooses a route, sends nothing
            ours: str = probe.getsockname()[0]
    except OSError:
        return None
    return None if ipaddress.ip_address(ours).is_link_local else ours


def plain(address: Sequence[Any]) -> tuple[str, int]:
    """Host and port of an address as the socket gives it, with IPv4 as IPv4 (RFC 4291, section 2.5.5.2)."""
    host: str = address[0]
    if host.startswith(_MAPPED) and "." in host:
        host = host[len(_MAPPED) :]
    return host, address[1]
