from __future__ import annotations

from typing import Any

from server.signalling.connection import SocketConnection
from server.signalling.encoded import Encoded
from server.signalling.schemas import PersonLeftView
from server.signalling.strict_server import TextPacket


class Receiver:
    """The far end of a socket."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, Any]] | str] = []
        self.connection = SocketConnection("margaret", "class3", put=self._put, hang_up=self._hang_up)

    def _put(self, told: Encoded) -> None:
        event, payload = TextPacket(encoded_packet=told.packet.data).data
        self.got.append((event, payload))

    def _hang_up(self) -> None:
        self.got.append("hung up")


def left(number: int) -> PersonLeftView:
    return PersonLeftView(id=f"person{number}")


def test_what_is_told_is_sent_in_order_and_being_replaced_comes_last() -> None:
    receiver = Receiver()
    receiver.connection.tell("person_left", left(1))
    receiver.connection.restart_media()
    receiver.connection.replaced()
    receiver.connection.tell("person_left", left(2))
    assert receiver.got == [
        ("person_left", {"id": "person1"}),
        ("media_restart", {}),
        ("replaced", {}),
        "hung up",
    ]


def test_who_is_hung_up_on_is_so_once() -> None:
    receiver = Receiver()
    receiver.connection.hang_up()
    receiver.connection.replaced()
    receiver.connection.hang_up()
    assert receiver.got == ["hung up"]
    assert receiver.connection.is_open, "until its socket is gone"


def test_a_socket_that_is_gone_is_sent_nothing_and_not_hung_up_on() -> None:
    receiver = Receiver()
    receiver.connection.closed()
    receiver.connection.tell("person_left", left(1))
    receiver.connection.hang_up()
    assert not receiver.connection.is_open
    assert receiver.got == []


def test_a_connection_that_is_finished_is_left_to_the_server() -> None:
    receiver = Receiver()
    receiver.connection.going_away()
    receiver.connection.finish()
    receiver.connection.tell("person_left", left(1))
    receiver.connection.hang_up()
    assert receiver.got == [("going_away", {})]
    assert receiver.connection.is_open
