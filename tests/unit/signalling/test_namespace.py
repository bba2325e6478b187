"""Signalling with real sockets: a client against a real server, with a media worker that is played."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest
from socketio.exceptions import ConnectionError as NotConnected
from sqlalchemy import select

from server.rooms.state import Message
from server.signalling import told_chat
from server.signalling.schemas_chat import MessageView
from server.signalling.views import Viewer
from server.signalling.views_chat import message_view
from server.storage.tables import ChatMessage
from tests.integration.rooms.world import CLASS, take_off
from tests.unit.signalling.clients import KEY, REQUESTS, Server, code, offer_of


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


async def test_what_cannot_be_seen_is_not_kept_and_the_tables_have_what_people_read(server: Server) -> None:
    hannah = await server.joined("hannah")
    posted = await hannah.ask("chat:post", {"key": KEY, "text": "Well\0 done,\r\n\teveryone\x1b"})
    assert (await hannah.heard("message", id=posted["id"]))["text"] == "Well done,\n\teveryone"
    async with server.database.reading() as session:
        assert list(await session.scalars(select(ChatMessage.text))) == ["Well done,\n\teveryone"]
    assert code(await hannah.ask("chat:post", {"key": "another-key", "text": "\0"})) == "text_empty"


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
    refused = await hannah.ask("help:settle", {"help": called["id"]})
    assert refused["error"]["code"] == "what_was_done"
    await hannah.ask("help:settle", {"help": called["id"], "done": "talked"})
    assert (await margaret.heard("help", id=called["id"]))["settled_at"] is not None
    await hannah.ask("chat:post", {"key": KEY, "text": "Well done"})
    await pauline.heard("message")
    assert all(event != "help" for event, _ in pauline.inbox)


async def test_a_mute_by_staff_is_told_to_the_patient_and_keeps_her_audible_for_staff(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    await hannah.ask("person:mute", {"person": "margaret", "muted": True})
    assert (await margaret.heard("me"))["muted_by_staff"] is True


async def test_a_viewer_who_cannot_be_told_keeps_nothing_from_the_others(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    pauline = await server.in_class(hannah, "pauline")

    def broken(viewer: Viewer, message: Message) -> MessageView:
        if viewer.person_id == "margaret":
            raise KeyError("a bug")
        return message_view(viewer, message)

    monkeypatch.setattr(told_chat, "message_view", broken)
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
    assert open_class.media.slots_for("hannah") == {}


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
