"""Who is told the same is sent one packet, and nobody what somebody else is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from socketio.packet import EVENT, Packet

from server.rooms import chat
from server.rooms import commands as c
from server.rooms import questions as q
from server.rooms.message import Reaction, ReportReason
from server.rooms.question import AskedTo
from server.signalling.encoded import Encoded, EncodedOnce
from server.signalling.fan_out import messages
from server.signalling.kinds import View
from server.signalling.schemas import PersonLeftView, Signal
from server.signalling.strict_server import TextPacket
from server.signalling.views import Viewer
from tests.unit.rooms.rooms import AT, Scene, in_class
from tests.unit.signalling.test_views import DETAILS

EVERYONE = ("hannah", "tom", "margaret", "pauline", "george")


def taken_apart(told: Encoded) -> tuple[str, dict[str, Any]]:
    event, payload = TextPacket(encoded_packet=told.packet.data).data
    return event, payload


def plain(view: View) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(view.model_dump_json())
    return plain


def test_it_is_what_socketio_sends_itself() -> None:
    told = Encoded("person_left", PersonLeftView(id="margaret"))
    assert told.packet.data == Packet(EVENT, ["person_left", {"id": "margaret"}], namespace="/").encode()
    assert told.packet.encode() == '42["person_left",{"id":"margaret"}]'


def test_equal_views_of_one_event_are_encoded_once_and_all_others_for_themselves() -> None:
    once = EncodedOnce()
    first = once.of("person_left", PersonLeftView(id="margaret"))
    assert once.of("person_left", PersonLeftView(id="margaret")) is first
    assert taken_apart(once.of("person_left", PersonLeftView(id="pauline")))[1] == {"id": "pauline"}
    assert taken_apart(once.of("replaced", Signal())) == ("replaced", {})
    assert taken_apart(once.of("media_restart", Signal())) == ("media_restart", {})
    assert EncodedOnce().of("person_left", PersonLeftView(id="margaret")) is not first


def group() -> Scene:
    scene = in_class("tom", "margaret", "pauline", "george")
    scene.do(c.Ask("q0", "key-of-q0", "Where do I stand?", AskedTo.GROUP, True), "george")
    scene.do(c.Post("m0", "key-of-m0", "Hello"), "margaret")
    return scene


@pytest.mark.parametrize(
    ("command", "actor", "packets"),
    [
        (c.Post("m1", "key-of-m1", "Good morning", "m0"), "margaret", 2),
        (chat.React("m0", Reaction.THANKS, True), "pauline", 3),
        (chat.Report("m0", ReportReason.UNSAFE), "george", 2),
        (chat.Hide("m0", ReportReason.UNSAFE, True), "tom", 3),
        (c.Ask("q1", "key-of-q1", "May I sit?", AskedTo.GROUP, True), "margaret", 3),
        (c.Ask("q1", "key-of-q1", "May I sit?", AskedTo.STAFF), "margaret", 2),
        (c.Vote("q0", True), "pauline", 4),
        (q.ReplyToQuestion("r1", "key-of-r1", "q0", "By the wall."), "tom", 4),
        (c.SetOwnMedia(True, True), "margaret", 3),
    ],
)
def test_everybody_gets_what_they_are_told_and_equals_get_one_packet(
    command: c.Command, actor: str, packets: int
) -> None:
    scene = group()
    events = scene.do(command, actor)
    once, sent = EncodedOnce(), set()
    for person in EVERYONE:
        for event, view in messages(Viewer(scene.state, DETAILS, person), events, {}, AT):
            told = once.of(event, view)
            assert taken_apart(told) == (event, plain(view))
            sent.add(told.packet)
    assert len(sent) == packets
