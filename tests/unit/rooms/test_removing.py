from __future__ import annotations

import pytest

from server.errors import Refused
from server.rooms import commands as c
from server.rooms.chat import HoldMessages
from server.rooms.floor import Lock
from server.rooms.journal import staff_action
from server.rooms.removing import BroughtBack, LetBack, Remove
from server.rooms.state import Place, Turned
from tests.unit.rooms.rooms import Scene, in_class

PLEASE_REST = Remove("margaret", Turned.UNWELL, "Please rest today.")


def refused(scene: Scene, command: c.Command, actor: str) -> Refused:
    with pytest.raises(Refused) as refusal:
        scene.do(command, actor)
    return refusal.value


@pytest.mark.parametrize("place", [Place.IN_CLASS, Place.DROPPED])
def test_who_is_taken_out_does_not_come_again_until_she_is_let_back(place: Place) -> None:
    scene = in_class("tom")
    scene.put("margaret", place)
    events = scene.do(PLEASE_REST, "tom")
    assert staff_action(scene.state, events[0]) == "take_out"
    assert scene.place("margaret") is Place.LEFT
    refusal = refused(scene, c.Join(), "margaret")
    assert refusal.code == "taken_out"
    assert "Please rest today." in refusal.words
    back = scene.do(LetBack("margaret"), "hannah")
    assert [staff_action(scene.state, each) for each in back] == ["let_back", "release_messages"]
    scene.do(c.Join(), "margaret")
    assert scene.place("margaret") is Place.WAITING
    assert scene.state.people["margaret"].told == ""
    assert scene.do(LetBack("margaret"), "hannah") == ()


def test_what_she_writes_waits_for_staff_until_she_is_let_back() -> None:
    scene = in_class("margaret", "pauline")
    for _ in range(2):
        scene.do(PLEASE_REST, "hannah")
        assert scene.state.channel.held == {"margaret"}
        scene.do(LetBack("margaret"), "hannah")
        assert scene.state.channel.held == frozenset()
        scene.put("margaret", Place.IN_CLASS)
    scene.do(PLEASE_REST, "hannah")
    scene.do(HoldMessages("margaret", False), "hannah")
    assert [type(each) for each in scene.do(LetBack("margaret"), "hannah")] == [BroughtBack]


def test_who_is_let_back_comes_into_a_locked_class() -> None:
    scene = in_class("margaret")
    scene.do(Lock(True), "hannah")
    scene.do(PLEASE_REST, "hannah")
    assert refused(scene, c.Join(), "margaret").code == "taken_out"
    scene.do(LetBack("margaret"), "hannah")
    scene.do(c.Join(), "margaret")
    assert scene.place("margaret") is Place.WAITING


def test_her_connection_coming_back_does_not_bring_her_in() -> None:
    scene = in_class("margaret")
    scene.do(PLEASE_REST, "hannah")
    assert scene.do(c.ComeBack("margaret"), None) == ()


def test_who_may_not_take_out_and_who_is_not_taken_out() -> None:
    scene = in_class("tom", "margaret", "pauline")
    assert refused(scene, PLEASE_REST, "pauline").code == "staff_only"
    assert refused(scene, LetBack("margaret"), "pauline").code == "staff_only"
    assert refused(scene, Remove("tom", Turned.OTHER, "Go."), "hannah").code == "not_a_patient"
    assert refused(scene, Remove("margaret", Turned.OTHER, "  "), "hannah").code == "text_empty"
    scene.put("george", Place.WAITING)
    assert refused(scene, Remove("george", Turned.OTHER, "Go."), "hannah").code == "not_here"
    assert refused(scene, LetBack("li"), "hannah").code == "no_such_person"
