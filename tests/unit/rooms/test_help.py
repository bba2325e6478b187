from __future__ import annotations

import pytest

from server.errors import Refused
from server.rooms import commands as c
from server.rooms.state import HelpDone, HelpKind, Place
from tests.unit.rooms.rooms import in_class


def test_help_is_called_once_a_kind_until_it_is_settled() -> None:
    scene = in_class("margaret")
    scene.do(c.CallHelp("h1", HelpKind.REST), "margaret")
    assert scene.do(c.CallHelp("h2", HelpKind.REST), "margaret") == ()
    scene.do(c.CallHelp("h3", HelpKind.NOW), "margaret")
    assert list(scene.state.help) == ["h1", "h3"]
    scene.do(c.SettleHelp("h3"), "margaret")
    scene.do(c.CallHelp("h4", HelpKind.NOW), "margaret")
    assert scene.state.help["h4"].settled_at is None


def test_who_of_staff_has_seen_a_call_first_is_kept_and_no_patient_says_so() -> None:
    scene = in_class("margaret", "pauline", "tom")
    scene.do(c.CallHelp("h1", HelpKind.NOW), "margaret")
    for patient in ("margaret", "pauline"):
        with pytest.raises(Refused, match="staff_only"):
            scene.do(c.SeeHelp("h1"), patient)
    with pytest.raises(Refused, match="no_such_help"):
        scene.do(c.SeeHelp("nothing"), "tom")
    scene.do(c.SeeHelp("h1"), "tom")
    seen_at = scene.now
    assert scene.do(c.SeeHelp("h1"), "hannah") == ()
    call = scene.state.help["h1"]
    assert (call.seen_by, call.seen_at, call.settled_at) == ("tom", seen_at, None)


def test_help_reaches_staff_from_the_waiting_room_and_after_a_drop() -> None:
    scene = in_class("margaret")
    scene.put("li", Place.WAITING)
    scene.do(c.Lost("margaret"), None)
    scene.do(c.CallHelp("h1", HelpKind.NOW), "li")
    scene.do(c.CallHelp("h2", HelpKind.NOW), "margaret")
    assert list(scene.state.help) == ["h1", "h2"]


def test_another_patient_cannot_settle_a_call_and_does_not_learn_of_it() -> None:
    scene = in_class("margaret", "pauline")
    scene.do(c.CallHelp("h1", HelpKind.NOW), "margaret")
    with pytest.raises(Refused, match="no_such_help"):
        scene.do(c.SettleHelp("h1"), "pauline")
    with pytest.raises(Refused, match="no_such_help"):
        scene.do(c.SettleHelp("nothing"), "pauline")


def test_staff_settle_a_call_by_what_was_done_and_the_caller_without() -> None:
    scene = in_class("margaret", "tom")
    scene.do(c.CallHelp("h1", HelpKind.NOW), "margaret")
    with pytest.raises(Refused, match="what_was_done"):
        scene.do(c.SettleHelp("h1"), "tom")
    with pytest.raises(Refused, match="staff_only"):
        scene.do(c.SettleHelp("h1", HelpDone.TALKED), "margaret")
    assert scene.state.help["h1"].settled_at is None
    scene.do(c.SettleHelp("h1", HelpDone.RANG), "tom")
    assert (scene.state.help["h1"].settled_by, scene.state.help["h1"].done) == ("tom", HelpDone.RANG)
    with pytest.raises(Refused, match="what_was_done"):
        scene.do(c.SettleHelp("h1"), "hannah")


def test_what_staff_did_is_kept_once_also_when_the_caller_settled_it_first() -> None:
    scene = in_class("margaret", "tom")
    scene.do(c.CallHelp("h1", HelpKind.NOW), "margaret")
    scene.do(c.SettleHelp("h1"), "margaret")
    scene.do(c.SettleHelp("h1", HelpDone.AMBULANCE, "999 called."), "tom")
    call = scene.state.help["h1"]
    assert (call.settled_by, call.done) == ("margaret", None)
    assert [(each.by, each.done, each.note) for each in call.later] == [
        ("tom", HelpDone.AMBULANCE, "999 called.")
    ]
    assert scene.do(c.SettleHelp("h1", HelpDone.AMBULANCE, "999 called."), "tom") == ()
    assert scene.do(c.SettleHelp("h1"), "margaret") == ()
    assert scene.state.help["h1"] == call
