from __future__ import annotations

from server.signalling.connection import SocketConnection
from server.signalling.rate import BURST_REQUESTS
from server.signalling.sockets import Sockets


def nothing(*_: object) -> None:
    """Neither send nor hang up."""


def connection(person: str) -> SocketConnection:
    return SocketConnection(person, "class3", put=nothing, hang_up=nothing)


def test_what_a_person_used_up_stays_used_up_after_her_sockets_are_gone_and_comes_back_with_time() -> None:
    now_s = [0.0]
    sockets = Sockets(lambda: now_s[0])
    sockets.add("sid1", connection("margaret"), None)
    assert sockets.bucket("class3", "margaret").take(BURST_REQUESTS)
    sockets.remove("sid1")
    assert not sockets.bucket("class3", "margaret").take()
    assert sockets.bucket("class3", "pauline").take()
    assert sockets.bucket("class4", "margaret").take()
    now_s[0] = 3600.0
    assert sockets.bucket("class3", "margaret").take(BURST_REQUESTS)


def test_a_socket_is_removed_once() -> None:
    sockets = Sockets(lambda: 0.0)
    one = connection("margaret")
    sockets.add("sid1", one, None)
    assert (sockets.of("sid1"), len(sockets)) == (one, 1)
    assert sockets.remove("sid1") is one
    assert sockets.remove("sid1") is None
    assert list(sockets) == []
