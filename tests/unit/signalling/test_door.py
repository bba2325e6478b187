"""Who may open a socket: the link, its cookie, the origin and the doors of the class."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from socketio.exceptions import ConnectionError as NotConnected
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.signalling.door import Guest, is_same_origin, who_connects
from server.storage.tables import (
    AgreementAccepted,
    CheckIn,
    ClassSession,
    LinkSession,
    Patient,
    PersonalLink,
    Programme,
)
from server.timetable.agreement import VERSION
from tests.integration.rooms.world import CLASS, COURSE, BreakableDatabase, seeded
from tests.integration.storage.databases import TUESDAY_10AM
from tests.unit.signalling.clients import Client, Server, serving


async def refused_code(server: Server, person: str) -> str:
    with pytest.raises(NotConnected):
        await server.client(person)
    refused = server.clients[-1].refused
    assert refused is not None
    assert refused["message"] == refused["data"]["words"]
    return str(refused["data"]["code"])


async def plan_another(server: Server) -> None:
    """The course's next class, in three days."""
    starts_at = server.clock() + timedelta(days=3)

    async def work(session: AsyncSession) -> None:
        ends_at = starts_at + timedelta(hours=1)
        session.add(
            ClassSession(id="class4", course_id=COURSE, number=4, starts_at=starts_at, ends_at=ends_at)
        )

    await server.database.write(work)


async def call_off(server: Server) -> None:
    async def work(session: AsyncSession) -> None:
        await session.execute(
            update(ClassSession).where(ClassSession.id == CLASS).values(cancelled_at=server.clock())
        )

    await server.database.write(work)


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [
        ("", "not_let_in"),
        ("mr_link-pauline=secret-pauline", "not_let_in"),
        ("mr_link-margaret=secret-pauline", "not_let_in"),
        ("mr_link-margaret=", "not_let_in"),
        ("mr_link-margaret", "not_let_in"),
    ],
)
async def test_a_socket_without_the_links_own_cookie_is_refused(
    server: Server, cookie: str, expected: str
) -> None:
    with pytest.raises(NotConnected):
        await server.client("margaret", cookie=cookie)
    refused = server.clients[-1].refused
    assert refused is not None
    assert refused["data"]["code"] == expected
    assert refused["message"] == refused["data"]["words"]


async def test_who_cannot_be_let_in_by_our_fault_is_hung_up_on_and_comes_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"Cookie": "mr_link-hannah=secret-hannah"}
    url = f"{server.url}/socket.io/?EIO=4&transport=websocket"
    async with aiohttp.ClientSession(headers=headers) as http:
        with monkeypatch.context() as patch:
            patch.delattr(server.database, "_reader")
            socket = await http.ws_connect(url)
            assert (await socket.receive_str()).startswith("0")
            await socket.send_str('40{"link": "link-hannah"}')
            heard = await asyncio.wait_for(socket.receive(), 5)
            while heard.type is aiohttp.WSMsgType.TEXT:
                assert not heard.data.startswith("44"), "a client that is refused stays away"
                heard = await asyncio.wait_for(socket.receive(), 5)
        assert server.signalling.counts == {"bug": 1}
    assert (await server.joined("hannah")).ack["ok"]


async def test_two_people_can_use_one_browser(server: Server) -> None:
    both = "mr_link-hannah=secret-hannah; mr_link-margaret=secret-margaret; other=1"
    hannah = await server.client("hannah", cookie=both)
    margaret = await server.client("margaret", cookie=both)
    assert (await hannah.ask("class:join"))["view"]["me"]["id"] == "hannah"
    assert (await margaret.ask("class:join", {}))["view"]["me"]["id"] == "margaret"


@pytest.mark.parametrize("auth", [None, {}, {"link": 5}, {"link": "no such form!"}, "link-margaret", [1]])
async def test_a_connection_that_names_no_link_is_refused(server: Server, auth: object) -> None:
    client = Client("margaret")
    with pytest.raises(NotConnected):
        await client.connect(server.url, auth, {"Cookie": "mr_link-margaret=secret-margaret"})
    assert client.refused is not None
    assert client.refused["data"]["code"] == "bad_request"
    await client.close()


async def test_pages_of_other_sites_cannot_open_a_socket(server: Server) -> None:
    with pytest.raises(NotConnected):
        await server.client("margaret", Origin="https://elsewhere.example")
    assert await server.client("margaret", Origin=server.url)


@pytest.mark.parametrize(("minutes", "expected"), [(-11, "too_early"), (60 * 14, "class_over")])
async def test_the_doors_are_closed_long_before_and_after_class(
    server: Server, minutes: float, expected: str
) -> None:
    server.clock.move(minutes=minutes)
    with pytest.raises(NotConnected):
        await server.client("margaret")
    assert server.clients[-1].refused is not None
    assert server.clients[-1].refused["data"]["code"] == expected


async def test_who_comes_after_the_end_hears_that_class_is_over_also_when_another_is_planned(
    server: Server,
) -> None:
    hannah = await server.joined("hannah")
    await plan_another(server)
    assert (await hannah.ask("class:end"))["ok"]
    assert await refused_code(server, "margaret") == "class_over"


@pytest.mark.parametrize(
    ("origin", "base_url", "same"),
    [
        (None, "https://class.example", True),
        ("https://class.example", "https://class.example", True),
        ("https://class.example", "https://other-name.example", True),
        ("http://class.example", "https://class.example", False),
        ("https://class.example", "http://class.example", False),
        ("http://class.example", "", True),
        ("https://class.example", "", True),
        ("null", "", False),
        ("https://elsewhere.example", "https://class.example", False),
        ("https://elsewhere.example", "https://elsewhere.example", True),
    ],
)
def test_an_origin_has_the_servers_host_and_scheme(origin: str | None, base_url: str, same: bool) -> None:
    assert is_same_origin(origin, {"HTTP_HOST": "class.example"}, base_url) is same


async def test_a_cancelled_class_says_so(server: Server) -> None:
    await call_off(server)
    assert await refused_code(server, "margaret") == "class_cancelled"


async def test_a_cancelled_class_says_so_also_when_the_next_one_is_planned(server: Server) -> None:
    await plan_another(server)
    await call_off(server)
    assert await refused_code(server, "margaret") == "class_cancelled"
    server.clock.move(hours=2)
    assert await refused_code(server, "margaret") == "too_early"


@pytest.mark.parametrize(
    ("change", "expected"),
    [({"revoked_at": TUESDAY_10AM}, "link_replaced"), ({"expires_at": TUESDAY_10AM}, "link_ended")],
)
async def test_who_was_in_class_and_whose_link_is_withdrawn_hears_it_on_connecting_again(
    server: Server, change: dict[str, Any], expected: str
) -> None:
    margaret = await server.joined("margaret")

    async def withdraw(session: AsyncSession) -> None:
        await session.execute(update(PersonalLink).where(PersonalLink.id == "link-margaret").values(**change))

    await server.database.write(withdraw)
    await margaret.close()
    assert await refused_code(server, "margaret") == expected
    with pytest.raises(NotConnected):
        await server.client("margaret", cookie="")
    refused = server.clients[-1].refused
    assert refused is not None
    assert refused["data"]["code"] == "not_let_in", "who has no cookie learns nothing of the link"


async def test_who_comes_while_the_tables_cannot_be_read_is_hung_up_on_and_it_is_counted(
    tmp_path: Path,
) -> None:
    async with seeded(tmp_path, BreakableDatabase) as database, serving(tmp_path, database) as server:
        database.unreadable = True
        client = Client("margaret")
        cookie = {"Cookie": "mr_link-margaret=secret-margaret"}
        with pytest.raises(NotConnected):
            await client.connect(server.url, {"link": "link-margaret"}, cookie, patience_s=0.2)
        assert client.refused is None, "a client that is refused stays away"
        database.unreadable = False
        assert (await server.joined("margaret")).ack["ok"]
        assert server.signalling.counts["not_stored"] >= 1
        assert "bug" not in server.signalling.counts


async def patient(server: Server, **known: Any) -> None:
    """Margaret has a patient's record."""

    async def work(session: AsyncSession) -> None:
        session.add(Patient(person_id="margaret", subject_id="subject-margaret", **known))

    await server.database.write(work)


async def changed(server: Server, statement: Any) -> None:
    async def work(session: AsyncSession) -> None:
        await session.execute(statement)

    await server.database.write(work)


async def test_a_browser_in_which_the_date_of_birth_is_due_gets_no_socket(server: Server) -> None:
    await patient(server, date_of_birth=date(1955, 3, 31))
    assert await refused_code(server, "margaret") == "step_missing"
    await changed(server, update(LinkSession).values(proven_at=server.clock()))
    assert (await server.joined("margaret")).ack["ok"]


async def test_a_patient_whose_date_of_birth_is_not_known_is_let_through(server: Server) -> None:
    await patient(server)
    assert (await server.joined("margaret")).ack["ok"]


async def test_without_a_check_in_nobody_gets_past_a_programme_that_has_one(server: Server) -> None:
    await changed(server, update(Programme).values(has_check_in=True))
    await changed(server, update(LinkSession).values(checked_at=server.clock(), checked={}))
    now = server.clock()

    async def agree(session: AsyncSession) -> None:
        session.add(
            AgreementAccepted(course_id=COURSE, person_id="margaret", version=VERSION, accepted_at=now)
        )

    await server.database.write(agree)
    assert await refused_code(server, "margaret") == "step_missing"

    async def check_in(session: AsyncSession) -> None:
        session.add(
            CheckIn(class_id=CLASS, person_id="margaret", at=now, stage="done", comes="self", state="held")
        )

    await server.database.write(check_in)
    assert (await server.joined("margaret")).ack["ok"], "who is held waits for the physio"
    await changed(server, update(CheckIn).values(state="red_flag"))
    assert await refused_code(server, "margaret") == "step_missing"
    assert (await server.joined("hannah")).ack["ok"], "staff do not check in"


async def test_whose_link_is_withdrawn_in_class_is_hung_up_on_and_does_not_come_back(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")

    async def withdraw(session: AsyncSession) -> None:
        link = update(PersonalLink).where(PersonalLink.id == "link-margaret")
        await session.execute(link.values(revoked_at=TUESDAY_10AM))

    await server.database.write(withdraw)
    server.rooms.hang_up(["margaret"])
    await margaret.gone()
    assert await refused_code(server, "margaret") == "link_replaced"
    assert hannah.socket.connected


async def test_over_https_the_cookie_that_is_bound_to_the_host_is_taken_and_no_other(server: Server) -> None:
    async def comes(cookie: str) -> Guest:
        auth, environ = {"link": "link-margaret"}, {"HTTP_COOKIE": cookie}
        return await who_connects(environ, auth, server.database, server.clock, is_https=True)

    bound = await comes("__Host-mr_link-margaret=secret-margaret; mr_link-margaret=other")
    assert bound.person_id == "margaret"
    with pytest.raises(Refused, match="not_let_in"):
        await comes("mr_link-margaret=secret-margaret")
