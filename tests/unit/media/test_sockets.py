from __future__ import annotations

import errno
import socket
from typing import Any

import pytest

from server.media import sockets


def closed(*pair: socket.socket) -> None:
    for each in pair:
        each.close()


def test_udp_and_tcp_have_the_same_port():
    udp, tcp = sockets.bind("127.0.0.1", 0)
    assert udp.getsockname() == tcp.getsockname()
    assert (udp.type, tcp.type) == (socket.SOCK_DGRAM, socket.SOCK_STREAM)
    closed(udp, tcp)


def test_all_addresses_take_ipv4_and_ipv6():
    udp, tcp = sockets.bind("::", 0)
    port = udp.getsockname()[1]
    for host, family in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)):
        with socket.socket(family, socket.SOCK_DGRAM) as sender:
            sender.bind((host, 0))
            sender.sendto(b"x", (host, port))
            udp.settimeout(2)
            _, address = udp.recvfrom(10)
            assert sockets.plain(address) == sender.getsockname()[:2]
    closed(udp, tcp)


def test_a_port_that_is_taken_by_tcp_alone_is_refused_and_nothing_is_held():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OSError) as refused:
            sockets.bind("127.0.0.1", port)
        assert refused.value.errno == errno.EADDRINUSE
    closed(*sockets.bind("127.0.0.1", port))


def test_any_port_means_one_that_is_free_for_both(monkeypatch: pytest.MonkeyPatch):
    """The first two ports that UDP is given are taken by TCP."""
    tries = []
    bound = sockets._bound

    def unlucky(host: str, port: int, kind: socket.SocketKind) -> socket.socket:
        if kind == socket.SOCK_STREAM:
            tries.append(port)
            if len(tries) < 3:
                raise OSError(errno.EADDRINUSE, "in use")
        return bound(host, port, kind)

    monkeypatch.setattr(sockets, "_bound", unlucky)
    udp, tcp = sockets.bind("127.0.0.1", 0)
    assert udp.getsockname()[1] == tcp.getsockname()[1] == tries[-1]
    assert len(tries) >= 3
    closed(udp, tcp)


@pytest.mark.parametrize("problem", [errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL])
def test_without_ipv6_all_addresses_are_those_of_ipv4_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, problem: int
):
    bound = sockets._bound

    def without_ipv6(host: str, *rest: Any) -> socket.socket:
        if ":" in host:
            raise OSError(problem, "no IPv6 here")
        return bound(host, *rest)

    monkeypatch.setattr(sockets, "_bound", without_ipv6)
    udp, tcp = sockets.bind("::", 0)
    assert udp.getsockname()[0] == tcp.getsockname()[0] == "0.0.0.0"
    assert "IPv4 only" in caplog.text
    closed(udp, tcp)
    with pytest.raises(OSError):
        sockets.bind("::1", 0)


def test_one_address_is_told_as_it_is():
    assert sockets.told("192.0.2.7", 8090) == (("192.0.2.7", 8090),)
    assert sockets.told("2001:db8::7", 8090) == (("2001:db8::7", 8090),)


def test_announced_addresses_are_told_instead_each_once():
    told = sockets.told("0.0.0.0", 8090, ("198.51.100.1", "2001:db8::1", "198.51.100.1"))
    assert told == (("198.51.100.1", 8090), ("2001:db8::1", 8090))


LOOPBACKS = {"127.0.0.1": "127.0.0.1", "::1": "::1"}
INTERNET_4, INTERNET_6 = "192.0.2.1", "2001:db8::1"


def ways(monkeypatch: pytest.MonkeyPatch, known: dict[str, str]) -> None:
    """A machine that has ways to these targets, with its own end of each."""

    class Probe:
        def __init__(self, *_: object) -> None:
            self.ours = ""

        def __enter__(self) -> Probe:
            return self

        def __exit__(self, *_: object) -> None:
            return

        def connect(self, at: tuple[str, int]) -> None:
            if at[0] not in known:
                raise OSError(errno.ENETUNREACH, "no way")
            self.ours = known[at[0]]

        def getsockname(self) -> tuple[str, int]:
            return self.ours, 1

    monkeypatch.setattr(sockets.socket, "socket", Probe)


def test_bound_to_all_addresses_those_of_the_default_routes_come_first(monkeypatch: pytest.MonkeyPatch):
    ways(monkeypatch, {INTERNET_4: "198.51.100.7", INTERNET_6: "2001:db8:5::7", **LOOPBACKS})
    told = [host for host, _ in sockets.told("::", 8090)]
    assert told == ["2001:db8:5::7", "198.51.100.7", "127.0.0.1", "::1"]
    assert [host for host, _ in sockets.told("0.0.0.0", 8090)] == ["198.51.100.7", "127.0.0.1"]


def test_what_cannot_be_reached_is_not_told(monkeypatch: pytest.MonkeyPatch):
    ways(monkeypatch, {INTERNET_4: "198.51.100.7", INTERNET_6: "fe80::7", **LOOPBACKS})
    assert [host for host, _ in sockets.told("::", 8090)] == ["198.51.100.7", "127.0.0.1", "::1"]
    ways(monkeypatch, {"127.0.0.1": "127.0.0.1"})
    assert [host for host, _ in sockets.told("::", 8090)] == ["127.0.0.1"]


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        (("192.0.2.1", 5), ("192.0.2.1", 5)),
        (("::ffff:192.0.2.1", 5, 0, 0), ("192.0.2.1", 5)),
        (("2001:db8::1", 5, 0, 0), ("2001:db8::1", 5)),
        (("::1", 5, 0, 0), ("::1", 5)),
    ],
)
def test_ipv4_looks_like_ipv4(address: tuple[Any, ...], seen: tuple[str, int]):
    assert sockets.plain(address) == seen
