"""Who is told of whose line, and what a page may report of itself, over real sockets."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from server.figures import Gathered, of_classes
from server.media.spec import LineNotice, NeedsNotice
from server.signalling.rate import BURST_REPORTS
from server.signalling.requests import MOST_SLOTS, OwnView
from tests.integration.rooms.world import CLASS
from tests.unit.signalling.clients import REQUESTS, Client, Server, code

SLOW = {"withheld": ("stage",), "pictures": 0}
GONE_BAD = {"level": "poor", "reason": "slow_down", "sound_only": True}


async def with_media(server: Server, client: Client) -> str:
    """Give somebody a media peer that flows; its name."""
    open_class = await server.rooms.open_class(CLASS)
    peer = f"{client.person}.peer"
    open_class.presence.of(client.person).peer = peer
    server.media.notice(peer, "connected")
    return peer


def measured(server: Server, peer: str, times: int = 3, **figures: Any) -> None:
    for _ in range(times):
        server.media.tell(LineNotice(room=CLASS, peer=peer, **figures))


def lines_heard(client: Client) -> list[str]:
    """Of whose line, other than that it is good, somebody was told."""
    return [view["id"] for event, view in client.inbox if event == "line" and view["level"] != "good"]


async def settled(*clients: Client) -> None:
    """All that was sent before has come."""
    for client in clients:
        await client.ask("media:set", REQUESTS["media:set"])


async def test_a_line_is_told_to_the_person_and_to_staff_and_to_no_other_patient(server: Server) -> None:
    hannah, tom = await server.joined("hannah"), await server.joined("tom")
    margaret, pauline = await server.in_class(hannah, "margaret"), await server.in_class(hannah, "pauline")
    george = await server.joined("george")
    measured(server, await with_media(server, margaret), **SLOW)
    for client in (margaret, hannah, tom):
        assert (await client.heard("line", level="poor")).items() >= {"id": "margaret", **GONE_BAD}.items()
    await settled(pauline, george)
    assert lines_heard(pauline) == lines_heard(george) == []
    assert "slow" not in str(pauline.inbox) + str(george.inbox)


async def test_who_waits_is_told_of_her_own_line_and_of_no_other(server: Server) -> None:
    hannah = await server.joined("hannah")
    george = await server.joined("george")
    measured(server, await with_media(server, george), loss_up=0.5)
    measured(server, await with_media(server, hannah), loss_up=0.5)
    assert (await george.heard("line", level="poor"))["id"] == "george"
    await hannah.heard("line", id="george", reason="losses")
    await settled(george)
    assert lines_heard(george) == []


async def test_who_joins_is_told_what_there_is_to_tell(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret, pauline = await server.in_class(hannah, "margaret"), await server.in_class(hannah, "pauline")
    peer = await with_media(server, margaret)
    measured(server, await with_media(server, pauline))
    measured(server, peer, **SLOW)
    tom = await server.joined("tom")
    assert tom.ack["view"]["lines"] == [{"id": "margaret", **GONE_BAD}]
    again = await server.joined("margaret", peer=peer)
    assert (again.ack["media"], again.ack["view"]["lines"]) == ("kept", [{"id": "margaret", **GONE_BAD}])
    assert (await server.joined("pauline")).ack["view"]["lines"] == []


async def test_with_the_connection_goes_what_was_told_of_it(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    peer = await with_media(server, margaret)
    measured(server, peer, **SLOW)
    await hannah.heard("line", level="poor")
    server.media.notice(peer, "gone")
    assert (await hannah.heard("line", level="good"))["id"] == "margaret"
    assert (await margaret.heard("line", level="good"))["id"] == "margaret"
    figures = (await server.rooms.open_class(CLASS)).media.lines.figures()
    assert set(figures.by_level.values()) == {0}


async def test_who_leaves_and_comes_back_begins_with_a_good_line_for_staff(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    measured(server, await with_media(server, margaret), **SLOW)
    await hannah.heard("line", level="poor")
    assert (await margaret.ask("class:leave"))["ok"]
    await hannah.heard("person_left", id="margaret")
    assert (await margaret.ask("class:join", {}))["ok"]
    told = await hannah.heard("line", id="margaret", level="good")
    assert (told["reason"], told["sound_only"]) == (None, False)


async def test_the_operators_see_the_worst_of_a_class_in_figures(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    measured(server, await with_media(server, hannah), rtt_ms=40.0, loss_down=0.02, sent_kbps=500.0)
    measured(server, await with_media(server, margaret), rtt_ms=200.0, sent_kbps=300.0, **SLOW)
    figures = Gathered(of_classes([await server.rooms.open_class(CLASS)], lambda _: 1))

    def told(name: str, **labels: str) -> float | None:
        return figures.get_sample_value(f"moveroom_class_{name}", {"class": CLASS, **labels})

    assert (told("worst_line"), told("sound_only"), told("withheld_pictures")) == (2, 1, 1)
    assert [told("lines", level=level) for level in ("good", "fair", "poor")] == [1, 0, 1]
    assert (told("worst_round_trip_ms"), told("sent_kbps")) == (200, 800)
    assert (told("worst_loss", direction="up"), told("worst_loss", direction="down")) == (0, 0.02)


async def test_the_publisher_alone_is_told_which_of_her_layers_anybody_takes(server: Server) -> None:
    hannah, tom = await server.joined("hannah"), await server.joined("tom")
    peer = await with_media(server, hannah)
    server.media.tell(NeedsNotice(room=CLASS, peer=peer, layers=("l", "m")))
    assert await hannah.heard("layers") == {"peer": peer, "camera": ["l", "m"]}
    server.media.tell(NeedsNotice(room=CLASS, peer=peer, layers=("l", "m")))
    server.media.tell(NeedsNotice(room=CLASS, peer=peer, layers=()))
    assert await hannah.heard("layers") == {"peer": peer, "camera": []}
    await settled(tom)
    assert not [event for event, _ in tom.inbox if event == "layers"]


async def test_who_comes_back_with_her_media_is_told_her_layers_again(server: Server) -> None:
    hannah = await server.joined("hannah")
    peer = await with_media(server, hannah)
    server.media.tell(NeedsNotice(room=CLASS, peer=peer, layers=("l",)))
    again = await server.joined("hannah", peer=peer)
    assert await again.heard("layers") == {"peer": peer, "camera": ["l"]}


async def test_who_comes_back_to_a_server_that_knows_nothing_sends_every_layer(server: Server) -> None:
    """It may have been told to send fewer, by the process before this one."""
    hannah = await server.joined("hannah")
    peer = await with_media(server, hannah)
    again = await server.joined("hannah", peer=peer)
    assert await again.heard("layers") == {"peer": peer, "camera": ["l", "m", "h"]}


async def test_what_a_page_shows_goes_to_the_worker_and_what_it_leaves_out_is_not_seen(
    server: Server,
) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    peer = await with_media(server, margaret)
    view = {"peer": peer, "slots": {"stage": 360, "seat3": 720, "nonsense": 720}, "sound_only": False}
    assert (await margaret.ask("media:view", view))["ok"]
    shown = {each.slot: each.height for each in server.media.views[peer].slots}
    assert shown == {"stage": 360, "side": 0, "mate0": 0, "mate1": 0, "mate2": 0, "mate3": 0}
    assert (await margaret.ask("media:view", {"peer": peer, "slots": {}, "sound_only": True}))["ok"]
    assert server.media.views[peer].sound_only


def test_a_view_of_more_slots_than_any_browser_has_is_refused() -> None:
    slots = {f"seat{number}": 180 for number in range(MOST_SLOTS + 1)}
    with pytest.raises(ValidationError):
        OwnView(peer="margaret.p1", slots=slots)
    slots.popitem()
    assert len(OwnView(peer="margaret.p1", slots=slots).slots) == MOST_SLOTS


@pytest.mark.parametrize("event", ["media:view", "media:restart"])
async def test_nobody_speaks_for_anothers_connection(server: Server, event: str) -> None:
    hannah = await server.joined("hannah")
    margaret, pauline = await server.in_class(hannah, "margaret"), await server.in_class(hannah, "pauline")
    hers, own = await with_media(server, margaret), await with_media(server, pauline)
    assert code(await pauline.ask(event, {**REQUESTS[event], "peer": hers})) == "unknown_peer"
    assert code(await hannah.ask(event, {**REQUESTS[event], "peer": hers})) == "unknown_peer"
    assert (server.media.views, server.media.restarted) == ({}, {})
    assert (await pauline.ask(event, {**REQUESTS[event], "peer": own}))["ok"]


async def test_a_restart_gives_the_worker_both_sides_fresh_credentials(server: Server) -> None:
    hannah = await server.joined("hannah")
    peer = await with_media(server, hannah)
    request = {"peer": peer, "ufrag": "their", "pwd": "x" * 24}
    acks = [await hannah.ask("media:restart", request) for _ in range(2)]
    ours, theirs = server.media.restarted[peer]
    assert (theirs.ufrag, theirs.pwd) == ("their", "x" * 24)
    assert (ours.ufrag, ours.pwd) == (acks[1]["ufrag"], acks[1]["pwd"])
    assert acks[0]["ufrag"] != acks[1]["ufrag"]
    assert len(ours.pwd) >= 22, "RFC 8445, section 5.3"


async def test_how_it_plays_counts_for_ones_own_line_only(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret, pauline = await server.in_class(hannah, "margaret"), await server.in_class(hannah, "pauline")
    await with_media(server, hannah)
    peers = [await with_media(server, each) for each in (margaret, pauline)]
    for _ in range(3):
        frozen = {"over_ms": 5000, "frozen_ms": 3000, "concealed_ms": 0}
        assert (await margaret.ask("media:plays", frozen))["ok"]
        for peer in peers:
            measured(server, peer, 2)
    assert (await margaret.heard("line", level="poor"))["reason"] == "freezes"
    await settled(hannah)
    assert lines_heard(hannah) == ["margaret"]


async def test_what_the_presenters_line_spoils_is_not_put_down_to_those_who_watch(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    presenting, watching = await with_media(server, hannah), await with_media(server, margaret)
    measured(server, presenting, unsent=("m", "h"))
    await hannah.heard("line", reason="slow_up")
    for _ in range(5):
        await margaret.ask("media:plays", {"over_ms": 5000, "frozen_ms": 5000, "concealed_ms": 5000})
        measured(server, watching, 3)
    await settled(hannah, margaret)
    assert lines_heard(hannah) == lines_heard(margaret) == []


@pytest.mark.parametrize(
    "request_",
    [
        {"over_ms": 5000, "frozen_ms": 5001, "concealed_ms": 0},
        {"over_ms": 5000, "frozen_ms": 0, "concealed_ms": 5001},
        {"over_ms": 0, "frozen_ms": 0, "concealed_ms": 0},
        {"over_ms": 5000, "frozen_ms": -1, "concealed_ms": 0},
    ],
)
async def test_what_cannot_have_played_is_refused(server: Server, request_: dict[str, int]) -> None:
    hannah = await server.joined("hannah")
    assert code(await hannah.ask("media:plays", request_)) == "bad_request"


async def test_a_flood_of_reports_is_refused_and_a_call_for_help_gets_through(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret, pauline = await server.in_class(hannah, "margaret"), await server.in_class(hannah, "pauline")
    await with_media(server, margaret)
    refused_before = server.signalling.counts.get("refused", 0)
    report = REQUESTS["media:plays"]
    acks = [await margaret.ask("media:plays", report) for _ in range(BURST_REPORTS + 30)]
    assert [ack["ok"] for ack in acks] == [True] * BURST_REPORTS + [False] * 30
    assert code(acks[-1]) == code(await margaret.ask("media:view", REQUESTS["media:view"])) == "too_fast"
    assert server.signalling.counts["refused"] == refused_before + 31
    assert (await margaret.ask("help:ask", {"kind": "now"}))["ok"]
    assert (await hannah.heard("help"))["person"] == "margaret"
    assert (await pauline.ask("media:plays", report))["ok"]
    server.seconds += 1
    assert (await margaret.ask("media:plays", report))["ok"]
