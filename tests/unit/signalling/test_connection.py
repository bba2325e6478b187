from __future__ import annotations

import asyncio
from typing import Any

from server.signalling.connection import LONGEST_LINE, SocketConnection
from server.signalling.encoded import Encoded
from server.signalling.schemas import PersonLeftView
from server.signalling.strict_server import TextPacket


class Receiver:
    """The far end of a socket; takes nothing while it is held."""

    def __init__(self, *, held: bool = False, timeout_s: float = 5.0) -> None:
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.hung_up = False
        self.held = asyncio.Event()
        self.breaks = False
        if not held:
            self.held.set()
        self.connection = SocketConnection(
            "margaret", "class3", emit=self._emit, hang_up=self._hang_up, send_timeout_s=timeout_s
        )
        self.connection.open()

    async def _emit(self, told: Encoded) -> None:
        await self.held.wait()
        if self.breaks:
            raise ConnectionResetError
        event, payload = TextPacket(encoded_packet=told.packet.data).data
        self.got.append((event, payload))

    async def _hang_up(self) -> None:
        self.hung_up = True

    async def ended(self) -> None:
        assert self.connection.sending is not None
        await asyncio.wait_for(self.connection.sending, 5)


def left(number: int) -> PersonLeftView:
    return PersonLeftView(id=f"person{number}")


async def test_what_is_told_is_sent_in_order_and_being_replaced_comes_last() -> None:
    receiver = Receiver()
    receiver.connection.tell("person_left", left(1))
    receiver.connection.restart_media()
    receiver.connection.replaced()
    receiver.connection.tell("person_left", left(2))
    await receiver.ended()
    assert receiver.got == [("person_left", {"id": "person1"}), ("media_restart", {}), ("replaced", {})]
    assert receiver.hung_up


async def test_a_receiver_that_hangs_delays_nobody_and_is_hung_up_on() -> None:
    hanging, fine = Receiver(held=True, timeout_s=0.01), Receiver()
    for receiver in (hanging, fine):
        receiver.connection.tell("person_left", left(1))
        receiver.connection.tell("person_left", left(2))
    fine.connection.replaced()
    await fine.ended()
    assert [payload["id"] for _, payload in fine.got if payload] == ["person1", "person2"]
    await hanging.ended()
    assert hanging.hung_up
    assert hanging.got == []


async def test_a_receiver_that_takes_too_little_is_hung_up_on() -> None:
    receiver = Receiver(held=True)
    for number in range(LONGEST_LINE + 10):
        receiver.connection.tell("person_left", left(number))
    receiver.held.set()
    await receiver.ended()
    assert receiver.hung_up
    assert len(receiver.got) <= 1


async def test_a_receiver_that_breaks_is_hung_up_on() -> None:
    receiver = Receiver()
    receiver.breaks = True
    receiver.connection.tell("person_left", left(1))
    await receiver.ended()
    assert receiver.hung_up


async def test_a_socket_that_is_gone_is_sent_nothing_and_not_hung_up_on_again() -> None:
    receiver = Receiver()
    receiver.connection.tell("person_left", left(1))
    receiver.connection.closed()
    assert not receiver.connection.is_open
    await receiver.ended()
    assert receiver.got == []
    assert not receiver.hung_up
