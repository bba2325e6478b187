"""No staff leave patients alone on purpose; a class without staff ends by itself, and nobody is forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.errors import Refused
from server.rooms import commands as c
from server.rooms import events as e
from server.rooms.floor import Extend
from server.rooms.journal import staff_action
from server.rooms.losses import unaccounted
from server.rooms.removing import Remove
from server.rooms.state import HelpDone, HelpKind, Place, Turned
from server.rooms.unattended import UNATTENDED_FOR, EndUnattended, ends_by_itself_at
from tests.unit.rooms.rooms import AT, Scene, ending, in_class


def refused(scene: Scene, command: c.Command, actor: str) -> str:
    with pytest.raises(Refused) as refusal:
        scene.do(command, actor)
    return refusal.value.code


def without_staff(*patients: str) -> Scene:
    """A class that its only staff member has been lost from."""
    scene = in_class(*patients)
    scene.do(c.Lost("hannah"), None)
    return scene


def test_the_last_of_staff_does_not_leave_patients_who_are_in_class_or_lost_or_call_for_help() -> None:
    for lost in (False, True):
        scene = in_class("margaret")
        if lost:
            scene.do(c.Lost("margaret"), None)
        assert refused(scene, c.Leave(), "hannah") == "last_staff"
        assert scene.place("hannah") is Place.IN_CLASS
    scene = in_class("margaret")
    scene.do(c.CallHelp("h1", HelpKind.NOW), "margaret")
    scene.do(c.Leave(), "margaret")
    assert refused(scene, c.Leave(), "hannah") == "last_staff"


def test_staff_leave_to_a_colleague_and_an_empty_class_and_patients_leave_whenever_they_want() -> None:
    scene = in_class("margaret", "tom")
    scene.put("li", Place.WAITING)
    scene.do(c.Leave(), "hannah")
    assert refused(scene, c.Leave(), "tom") == "last_staff"
    scene.do(c.Leave(), "margaret")
    scene.do(c.Leave(), "tom")
    assert scene.place("tom") is Place.LEFT


def test_a_colleague_who_has_dropped_out_watches_nobody() -> None:
    scene = in_class("margaret", "tom")
    scene.do(c.Lost("tom"), None)
    assert refused(scene, c.Leave(), "hannah") == "last_staff"


def test_a_class_without_staff_ends_by_itself_and_who_is_lost_stays_unaccounted() -> None:
    scene = without_staff("margaret", "pauline")
    scene.do(c.Lost("margaret"), None)
    due = ends_by_itself_at(scene.state)
    assert due is not None
    assert scene.do(EndUnattended(), None) == ()
    scene.now = due - timedelta(seconds=1)
    (ended,) = scene.do(EndUnattended(), None)
    assert isinstance(ended, e.ClassEnded)
    assert staff_action(scene.state, ended) is None
    assert scene.state.ended_unattended
    assert scene.place("pauline") is Place.LEFT
    assert unaccounted(scene.state) == ("margaret",)
    assert ends_by_itself_at(scene.state) is None


def test_staff_who_come_back_in_time_keep_it_going() -> None:
    scene = without_staff("margaret")
    scene.now += UNATTENDED_FOR - timedelta(seconds=30)
    scene.do(c.ComeBack("hannah"), None)
    scene.now += UNATTENDED_FOR
    assert ends_by_itself_at(scene.state) is None
    assert scene.do(EndUnattended(), None) == ()


def test_a_class_that_has_not_begun_does_not_end_by_itself() -> None:
    scene = in_class()
    scene.put("margaret", Place.WAITING)
    scene.do(c.Leave(), "hannah")
    assert ends_by_itself_at(scene.state) is None
    early = without_staff("margaret")
    early.state.starts_at = AT + timedelta(hours=1)
    assert ends_by_itself_at(early.state) == AT + timedelta(hours=1) + UNATTENDED_FOR


def test_only_the_system_ends_a_class_for_want_of_staff() -> None:
    assert refused(in_class(), EndUnattended(), "hannah") == "not_yours"


def test_who_leads_ends_and_extends_and_another_helper_does_not() -> None:
    scene = in_class("margaret", "tom")
    scene.state.ends_at = AT
    for command in (Extend(), ending(scene.state)):
        assert refused(scene, command, "tom") == "not_leading"
    scene.do(c.Lost("hannah"), None)
    scene.do(Extend(), "tom")
    scene.do(ending(scene.state), "tom")
    assert scene.state.ended_at is not None


def test_class_does_not_end_while_somebody_calls_for_help_now() -> None:
    scene = in_class("margaret", "pauline")
    scene.do(c.CallHelp("h1", HelpKind.NOW), "margaret")
    scene.do(c.CallHelp("h2", HelpKind.REST), "pauline")
    assert refused(scene, c.End(), "hannah") == "open_call"
    assert scene.state.ended_at is None
    events = scene.do(c.End((), (c.WhatWasDone("h1", HelpDone.AMBULANCE, "Husband there."),)), "hannah")
    assert [type(each) for each in events] == [e.HelpSettled, e.ClassEnded]
    assert staff_action(scene.state, events[0]) == "settle_help"
    assert scene.state.help["h1"].done is HelpDone.AMBULANCE
    assert scene.state.help["h1"].note == "Husband there."


def test_a_call_that_was_settled_while_the_physio_answers_does_not_keep_class_from_ending() -> None:
    scene = in_class("margaret")
    scene.do(c.CallHelp("h1", HelpKind.NOW), "margaret")
    scene.do(c.SettleHelp("h1"), "margaret")
    (ended,) = scene.do(c.End((), (c.WhatWasDone("gone", HelpDone.FINE),)), "hannah")
    assert isinstance(ended, e.ClassEnded)


@pytest.mark.parametrize("place", [Place.IN_CLASS, Place.WAITING])
def test_nobody_is_put_out_with_an_open_call_before_staff_have_said_what_was_done(place: Place) -> None:
    def put_out(done: HelpDone | None) -> c.Command:
        kind = Remove if place is Place.IN_CLASS else c.TurnAway
        return kind("margaret", Turned.UNWELL, "Please rest.", done, "Rang her daughter.")

    scene = in_class()
    scene.put("margaret", place)
    scene.do(c.CallHelp("h1", HelpKind.NOW), "margaret")
    assert refused(scene, put_out(None), "hannah") == "open_call"
    assert scene.place("margaret") is place
    events = scene.do(put_out(HelpDone.FAMILY), "hannah")
    assert isinstance(events[0], e.HelpSettled)
    assert scene.state.help["h1"].done is HelpDone.FAMILY
    assert scene.place("margaret") is Place.LEFT
