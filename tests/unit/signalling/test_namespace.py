"""Signalling with real sockets: a client against a real server, with a media worker that is played."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from socketio.exceptions import ConnectionError as NotConnected
from sqlalchemy.ext.asyncio import AsyncSession

from server.rooms.state import Place
from server.signalling.door import is_same_origin
from server.signalling.events import CLIENT_EVENTS
from server.signalling.schemas import MessageView
from server.signalling.views import Viewer
from server.storage.tables import ClassSession
from tests.integration.rooms.world import CLASS, COURSE, take_off
from tests.unit.signalling.clients import Client, Server, serving

KEY = "a-random-key"
OFFERS = Path(__file__).parent / "offers"
REQUESTS: dict[str, dict[str, Any]] = {
    "class:join": {},
    "media:offer": {"sdp": "v=0", "sources": {}, "slots": {}},
    "media:set": {"microphone_on": True, "camera_on": True},
    "person:admit": {"person": "pauline"},
    "person:mute": {"person": "pauline", "muted": True},
    "class:leave": {},
    "class:end": {},
    "question:ask": {"key": KEY, "text": "May I sit?"},
    "question:vote": {"question": "q1", "up": True},
    "question:answer": {"question": "q1", "state": "answering"},
    "chat:post": {"key": KEY, "text": "Hello"},
    "help:ask": {"kind": "now"},
    "help:settle": {"help": "h1"},
}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with serving(tmp_path) as running:
        yield running


def code(ack: dict[str, Any]) -> str:
    assert ack["ok"] is False, ack
    assert ack["error"]["words"]
    return str(ack["error"]["code"])


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


async def test_a_question_goes_round_with_a_vote_and_an_answer(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    pauline = await server.in_class(hannah, "pauline")
    asked = await margaret.ask("question:ask", {"key": KEY, "text": " May I sit? "})
    again = await margaret.ask("question:ask", {"key": KEY, "text": " May I sit? "})
    assert asked["ok"]
    assert asked == again
    seen = await pauline.heard("question", id=asked["id"])
    assert (seen["text"], seen["asker_name"], seen["mine"]) == ("May I sit?", "Margaret", False)
    await pauline.ask("question:vote", {"question": asked["id"], "up": True})
    assert (await hannah.heard("question", votes=1))["voted"] is False
    assert (await pauline.heard("question", votes=1))["voted"] is True
    await hannah.ask(
        "question:answer", {"question": asked["id"], "state": "answered_in_writing", "text": "Yes, sit."}
    )
    answered = await margaret.heard("question", state="answered_in_writing")
    assert (answered["answer"], answered["answered_by_name"]) == ("Yes, sit.", "Hannah")


async def test_a_chat_message_reaches_everyone_in_class_and_nobody_who_waits(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    waiting = await server.joined("pauline")
    posted = await margaret.ask("chat:post", {"key": KEY, "text": "Hello"})
    await hannah.heard("message", id=posted["id"], author_name="Margaret", mine=False)
    await margaret.heard("message", id=posted["id"], mine=True)
    await hannah.ask("person:admit", {"person": "pauline"})
    assert [each["text"] for each in (await waiting.heard("class"))["chat"]] == ["Hello"]
    assert waiting.inbox == []


async def test_help_reaches_staff_with_the_number_to_ring_and_no_other_patient(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    pauline = await server.in_class(hannah, "pauline")
    called = await margaret.ask("help:ask", {"kind": "now"})
    seen = await hannah.heard("help", id=called["id"])
    assert (seen["name"], seen["phone"], seen["kind"]) == ("Margaret", "07700 900008", "now")
    assert (await margaret.heard("help", id=called["id"]))["phone"] is None
    await hannah.ask("help:settle", {"help": called["id"]})
    assert (await margaret.heard("help", id=called["id"]))["settled_at"] is not None
    await hannah.ask("chat:post", {"key": KEY, "text": "Well done"})
    await pauline.heard("message")
    assert all(event != "help" for event, _ in pauline.inbox)


async def test_a_mute_by_staff_is_told_to_the_patient_and_keeps_her_audible_for_staff(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    await hannah.ask("person:mute", {"person": "margaret", "muted": True})
    assert (await margaret.heard("me"))["muted_by_staff"] is True


@pytest.mark.parametrize("event", [row.name for row in CLIENT_EVENTS])
async def test_every_event_is_refused_with_words_to_those_who_may_not(server: Server, event: str) -> None:
    """Margaret only waits, the helper cannot end class, staff neither ask nor vote, George never joined."""
    hannah = await server.joined("hannah")
    margaret, tom = await server.joined("margaret"), await server.joined("tom")
    stranger = await server.client("george")
    row = next(each for each in CLIENT_EVENTS if each.name == event)
    clients = {"physio": hannah, "helper": tom, "patient": margaret}
    places = {"physio": Place.IN_CLASS, "helper": Place.IN_CLASS, "patient": Place.WAITING}
    if row.who.places is not None:
        assert code(await stranger.ask(event, REQUESTS[event])) in {
            "not_in_class", "staff_only", "physio_only", "patients_only",
        }  # fmt: skip
    for role, client in clients.items():
        allowed = role in row.who.roles and (row.who.places is None or places[role] in row.who.places)
        if allowed:
            continue
        assert code(await client.ask(event, REQUESTS[event])) in {
            "still_waiting", "staff_only", "physio_only", "patients_only",
        }  # fmt: skip


async def test_the_role_that_must_be_refused_is_refused(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    await server.joined("pauline")
    tom = await server.joined("tom")
    for event in ("person:admit", "person:mute"):
        assert code(await margaret.ask(event, REQUESTS[event])) == "staff_only"
    for client in (margaret, tom):
        assert code(await client.ask("class:end", {})) == "physio_only"
    assert code(await hannah.ask("question:ask", REQUESTS["question:ask"])) == "patients_only"


@pytest.mark.parametrize(
    ("event", "payload", "expected"),
    [
        ("no:such:event", {}, "unknown_event"),
        ("connect", {}, "unknown_event"),
        ("media:set", {"microphone_on": "yes", "camera_on": True}, "bad_request"),
        ("media:set", {"microphone_on": 1, "camera_on": True}, "bad_request"),
        ("media:set", {"microphone_on": True}, "bad_request"),
        ("media:set", {"microphone_on": True, "camera_on": True, "more": 1}, "bad_request"),
        ("media:set", "text", "bad_request"),
        ("media:set", [1], "bad_request"),
        ("chat:post", {"key": "short", "text": "Hello"}, "bad_request"),
        ("chat:post", {"key": KEY, "text": 7}, "bad_request"),
        ("chat:post", {"key": KEY, "text": "  "}, "text_empty"),
        ("chat:post", {"key": KEY, "text": "x" * 1001}, "text_too_long"),
        ("question:answer", {"question": "q1", "state": "answering", "text": "Hm"}, "text_without_answer"),
        ("class:join", {"peer": "no dot"}, "bad_request"),
        ("media:offer", {"sdp": "x" * 100_001, "sources": {}, "slots": {}}, "bad_request"),
        ("media:offer", {"sdp": "nonsense", "sources": {"0": "microphone"}, "slots": {}}, None),
    ],
)
async def test_what_breaks_the_contract_is_refused(
    server: Server, event: str, payload: object, expected: str | None
) -> None:
    hannah = await server.joined("hannah")
    refused = code(await hannah.ask(event, payload))
    assert refused == expected or expected is None
    assert refused != "our_fault"
    assert (await hannah.ask("chat:post", {"key": "another-key", "text": "Still here"}))["ok"]


async def test_a_client_can_play_neither_a_handshake_nor_its_own_end(server: Server) -> None:
    hannah = await server.joined("hannah")
    played = ({"HTTP_COOKIE": "mr_link-margaret=secret-margaret"}, {"link": "link-margaret"})
    assert code(await hannah.ask("connect", *played)) == "unknown_event"
    assert code(await hannah.ask("disconnect", "a reason")) == "unknown_event"
    assert (await hannah.ask("class:join", {}))["view"]["me"]["id"] == "hannah"


async def test_what_was_wrong_is_said_without_repeating_what_was_sent(server: Server) -> None:
    hannah = await server.joined("hannah")
    ack = await hannah.ask("chat:post", {"key": KEY, "text": "hip", "secret-name": "hip"})
    assert ack["error"]["detail"] == "secret-name: extra_forbidden"
    assert "hip" not in str(ack)


async def test_a_bug_is_answered_with_a_reference_and_counted(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    hannah = await server.joined("hannah")
    room = (await server.rooms.open_class(CLASS)).room

    async def broken(*_: object) -> None:
        raise KeyError("a bug with Margaret's name")

    monkeypatch.setattr(room, "do", broken)
    ack = await hannah.ask("chat:post", {"key": KEY, "text": "Hello"})
    assert code(ack) == "our_fault"
    assert ack["error"]["reference"] in ack["error"]["words"]
    assert "Margaret" not in str(ack)
    assert server.signalling.counts["bug"] == 1


async def test_a_flood_of_requests_is_refused_until_time_has_passed(server: Server) -> None:
    hannah = await server.joined("hannah")
    acks = [await hannah.ask("media:set", REQUESTS["media:set"]) for _ in range(60)]
    assert code(acks[-1]) == "too_fast"
    server.seconds += 1
    assert (await hannah.ask("media:set", REQUESTS["media:set"]))["ok"]


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
    starts_at = server.clock() + timedelta(days=3)

    async def plan_another(session: AsyncSession) -> None:
        ends_at = starts_at + timedelta(hours=1)
        session.add(
            ClassSession(id="class4", course_id=COURSE, number=4, starts_at=starts_at, ends_at=ends_at)
        )

    await server.database.write(plan_another)
    assert (await hannah.ask("class:end"))["ok"]
    with pytest.raises(NotConnected):
        await server.client("margaret")
    refused = server.clients[-1].refused
    assert refused is not None
    assert refused["data"]["code"] == "class_over"


async def test_the_older_device_is_told_and_hung_up_on(server: Server) -> None:
    hannah = await server.joined("hannah")
    older = await server.in_class(hannah, "margaret")
    newer = await server.joined("margaret")
    await older.heard("replaced")
    await older.gone()
    assert newer.ack["view"]["me"]["place"] == "in_class"
    await hannah.ask("chat:post", {"key": KEY, "text": "Hello"})
    await newer.heard("message")


async def test_one_person_has_one_measure_of_requests_however_many_sockets(server: Server) -> None:
    clients = [await server.client("hannah") for _ in range(4)]
    acks = [await client.ask("class:leave", {}) for client in clients for _ in range(10)]
    assert [ack["ok"] for ack in acks] == [True] * 32 + [False] * 8
    assert code(acks[-1]) == "too_fast"
    again = Client("hannah")
    cookie = {"Cookie": "mr_link-hannah=secret-hannah"}
    with pytest.raises(NotConnected):
        await again.connect(server.url, {"link": "link-hannah"}, cookie, patience_s=0.2)
    assert again.refused is None, "a client that is refused stays away"
    assert (await (await server.client("tom")).ask("class:leave", {}))["ok"]
    server.seconds += 1
    assert (await (await server.client("hannah")).ask("class:leave", {}))["ok"]


async def test_a_fifth_socket_of_one_person_takes_the_place_of_the_oldest_that_is_not_in_class(
    server: Server,
) -> None:
    inside = await server.joined("hannah")
    clients = [await server.client("hannah") for _ in range(5)]
    for older in clients[:2]:
        await older.heard("replaced")
        await older.gone()
    assert inside.inbox == []
    for client in (inside, *clients[2:]):
        assert (await client.ask("media:set", REQUESTS["media:set"]))["ok"]


async def test_a_viewer_who_cannot_be_told_keeps_nothing_from_the_others(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    pauline = await server.in_class(hannah, "pauline")
    message = Viewer.message

    def broken(viewer: Viewer, message_id: str) -> MessageView:
        if viewer.person_id == "margaret":
            raise KeyError("a bug")
        return message(viewer, message_id)

    monkeypatch.setattr(Viewer, "message", broken)
    await hannah.ask("chat:post", {"key": KEY, "text": "Hello"})
    await pauline.heard("message", text="Hello")
    await margaret.gone()


async def test_who_was_taken_off_the_list_is_hung_up_on_and_the_others_are_told_on(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    pauline = await server.in_class(hannah, "pauline")
    await server.database.write(take_off("margaret"))
    (await server.rooms.open_class(CLASS)).room.state.members.pop("margaret")
    await hannah.ask("chat:post", {"key": KEY, "text": "Hello"})
    await pauline.heard("message", text="Hello")
    await margaret.gone()
    with pytest.raises(NotConnected):
        await server.client("margaret")
    assert server.clients[-1].refused is not None
    assert server.clients[-1].refused["data"]["code"] == "not_on_list"


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


async def test_who_drops_comes_straight_back_and_who_leaves_waits_again(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    await margaret.close()
    await hannah.heard("person", id="margaret", place="dropped")
    back = await server.joined("margaret")
    assert back.ack["view"]["me"]["place"] == "in_class"
    await hannah.heard("person", id="margaret", place="in_class")
    assert (await back.ask("class:leave"))["ok"]
    assert (await back.heard("class"))["me"]["place"] == "left"
    await hannah.heard("person_left", id="margaret")
    assert (await back.ask("class:join", {}))["view"]["me"]["place"] == "waiting"


async def test_the_end_reaches_everyone_and_nothing_goes_on_after_it(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    waiting = await server.joined("pauline")
    assert (await hannah.ask("class:end"))["ok"]
    for client in (hannah, margaret, waiting):
        view = await client.heard("class", ended=True)
        assert view["me"]["place"] == "left"
    assert code(await margaret.ask("chat:post", {"key": KEY, "text": "Hello"})) == "class_over"
    assert code(await margaret.ask("class:join", {})) == "class_over"
    assert (await margaret.ask("class:leave", {}))["ok"]


async def test_patients_see_nobody_who_waits_and_no_numbers_or_full_names(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    await server.joined("pauline")
    await hannah.heard("person", id="pauline", place="waiting")
    await hannah.ask("chat:post", {"key": KEY, "text": "Hello"})
    await margaret.heard("message")
    again = await server.joined("margaret")
    view = again.ack["view"]
    assert [person["id"] for person in view["people"]] == ["hannah"]
    assert {"full_name": None, "phone": None}.items() <= view["people"][0].items()
    assert "Example" not in str(view)
    assert not [view for event, view in margaret.inbox if event == "person" and view["id"] == "pauline"]


async def test_slots_say_who_is_where_once_media_are_there(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    open_class = await server.rooms.open_class(CLASS)
    ack = await hannah.ask("media:offer", offer_of("staff"))
    assert ack["ok"], ack
    assert ack["peer"].startswith("hannah.")
    assert "a=ice-lite" in ack["sdp"]
    assert ack["peer"] in server.media.peers
    view = await margaret.heard("slots")
    assert view["slots"] == {"stage": "hannah", "stage-voice": "hannah"}
    assert open_class.slots_for("hannah") == {}


async def test_an_offer_without_a_worker_is_refused_and_media_restart_follows(server: Server) -> None:
    hannah = await server.joined("hannah")
    server.media.detach()
    assert code(await hannah.ask("media:offer", offer_of("staff"))) == "media_unavailable"
    server.media.attach(boot="boot2")
    await hannah.heard("media_restart")


async def test_requests_sent_without_waiting_are_taken_in_their_order(server: Server) -> None:
    hannah = await server.client("hannah")
    acks = await asyncio.gather(
        hannah.ask("class:join", {}),
        hannah.ask("media:set", REQUESTS["media:set"]),
        hannah.ask("chat:post", {"key": KEY, "text": "Hello"}),
    )
    assert [ack["ok"] for ack in acks] == [True, True, True]


async def test_when_the_server_stops_nobody_is_counted_as_lost(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        hannah = await server.joined("hannah")
        room = (await server.rooms.open_class(CLASS)).room
        await server.runner.cleanup()
        await hannah.gone()
        assert room.state.place_of("hannah") is Place.IN_CLASS


async def test_long_polling_works_where_websockets_do_not(server: Server) -> None:
    """Spoken by hand: Engine.IO 4 packets, Socket.IO 5 inside."""
    headers = {"Cookie": "mr_link-hannah=secret-hannah"}
    async with aiohttp.ClientSession(headers=headers) as http:

        async def poll(sid: str = "") -> str:
            url = f"{server.url}/socket.io/?EIO=4&transport=polling{sid}"
            async with http.get(url) as reply:
                return await reply.text()

        async def send(sid: str, packet: str) -> None:
            async with http.post(
                f"{server.url}/socket.io/?EIO=4&transport=polling{sid}", data=packet
            ) as reply:
                assert reply.status == 200

        opened = json.loads((await poll()).removeprefix("0"))
        assert (opened["pingInterval"], opened["pingTimeout"]) == (5000, 5000)
        sid = f"&sid={opened['sid']}"
        await send(sid, '40{"link": "link-hannah"}')
        assert (await poll(sid)).startswith("40")
        await send(sid, '421["class:join",{}]')
        assert (await poll(sid)).startswith('431[{"ok":true')


def offer_of(role: str) -> dict[str, Any]:
    """A real offer of Chromium."""
    offer: dict[str, Any] = json.loads((OFFERS / f"{role}.json").read_text())
    return offer
