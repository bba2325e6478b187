"""What is refused, with which code and words, over real sockets."""

from __future__ import annotations

import pytest
from socketio.exceptions import ConnectionError as NotConnected

from server.rooms.state import Place
from server.signalling.events import CLIENT_EVENTS
from tests.integration.rooms.world import CLASS
from tests.unit.signalling.clients import KEY, REQUESTS, Client, Server, code


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
    for event in ("class:end", "class:extend"):
        assert code(await margaret.ask(event, {})) == "staff_only"
        assert code(await tom.ask(event, {})) == "not_leading"
    await hannah.ask("class:leave", {})
    assert code(await tom.ask("class:leave", {})) == "last_staff"
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
