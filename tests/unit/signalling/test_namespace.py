from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from socketio.exceptions import ConnectionError as NotConnected

from tests.unit.signalling.clients import Server, serving


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with serving(tmp_path) as running:
        yield running


async def test_staff_come_straight_in_and_a_patient_waits_until_admitted(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.joined("margaret")
    assert hannah.ack["view"]["me"]["place"] == "in_class"
    assert margaret.ack["view"]["me"]["place"] == "waiting"
    await hannah.heard("person", id="margaret", place="waiting")
    assert (await hannah.ask("person:admit", {"person": "margaret"}))["ok"]
    view = await margaret.heard("class")
    assert view["me"]["place"] == "in_class"
    assert view["me"]["microphone_on"] is False


async def test_a_socket_without_the_links_cookie_is_refused_with_words(server: Server) -> None:
    with pytest.raises(NotConnected):
        await server.client("margaret", cookie="mr_link-pauline=secret-pauline")
    assert server.clients[-1].refused is not None
    assert server.clients[-1].refused["data"]["code"] == "not_let_in"
