from __future__ import annotations

from datetime import timedelta

import pytest

from server.errors import Refused
from server.rooms import commands as c
from server.rooms import events as e
from server.rooms.journal import staff_action
from server.rooms.loss import AccountDone, WhatBecame
from server.rooms.losses import LossAccounted, SettleLoss, is_accounted_for, unaccounted
from server.rooms.removing import Remove
from server.rooms.state import BeforeClass, HelpDone, HelpKind, Place, Turned
from server.timetable.check_in_rules import State
from tests.unit.rooms.rooms import Scene, in_class

FINE = AccountDone.RANG_FINE


def lost(*people: str) -> Scene:
    """A class in which these patients have dropped out, one after the other."""
    scene = in_class("margaret", "pauline", "george", "tom")
    for person in people:
        scene.do(c.Lost(person), None)
    return scene


def test_who_drops_out_is_lost_until_she_is_back() -> None:
    scene = lost("margaret")
    assert unaccounted(scene.state) == ("margaret",)
    scene.do(c.ComeBack("margaret"), None)
    assert unaccounted(scene.state) == ()


def test_the_longest_lost_comes_first() -> None:
    assert unaccounted(lost("pauline", "margaret").state) == ("pauline", "margaret")


def test_who_says_that_she_goes_is_not_lost_also_from_where_she_dropped_out() -> None:
    scene = lost("margaret")
    scene.do(c.Leave(), "margaret")
    scene.do(c.Leave(), "pauline")
    assert unaccounted(scene.state) == ()


def test_who_was_in_class_and_is_lost_from_the_waiting_room_is_lost() -> None:
    scene = in_class("margaret")
    scene.do(c.Leave(), "margaret")
    scene.do(c.Join(), "margaret")
    scene.do(c.Lost("margaret"), None)
    assert scene.place("margaret") is Place.LEFT
    assert unaccounted(scene.state) == ("margaret",)
    scene.do(c.Join(), "margaret")
    assert unaccounted(scene.state) == ()


def test_who_was_never_let_in_and_gives_up_waiting_is_not_lost() -> None:
    scene = in_class()
    scene.put("li", Place.WAITING)
    scene.do(c.Lost("li"), None)
    assert unaccounted(scene.state) == ()


def test_whom_staff_put_out_on_their_pages_is_not_lost_unless_she_was_before() -> None:
    for drops in (False, True):
        scene = lost(*(["margaret"] if drops else []))
        scene.state.has_check_in = True
        scene.do(c.NoteCheckIn("margaret", BeforeClass(State.REFUSED)), None)
        assert scene.place("margaret") is Place.LEFT
        assert unaccounted(scene.state) == (("margaret",) if drops else ())


def test_staff_are_never_lost() -> None:
    assert unaccounted(lost("tom").state) == ()


def test_a_loss_is_accounted_for_once_and_the_next_one_needs_its_own_account() -> None:
    scene = lost("margaret")
    (said,) = scene.do(SettleLoss("margaret", FINE, "Her router."), "tom")
    assert isinstance(said, LossAccounted)
    assert is_accounted_for(scene.state, "margaret")
    assert unaccounted(scene.state) == ()
    assert scene.do(SettleLoss("margaret", FINE, "Her router."), "tom") == ()
    scene.do(SettleLoss("margaret", AccountDone.FAMILY), "hannah")
    assert scene.state.accounts["margaret"].done is AccountDone.FAMILY
    scene.do(c.ComeBack("margaret"), None)
    scene.do(c.Lost("margaret"), None)
    assert unaccounted(scene.state) == ("margaret",)


def test_nothing_can_be_settled_of_who_is_there_of_staff_or_of_a_stranger() -> None:
    scene = lost("tom")
    for person, code in {"margaret": "not_lost", "tom": "no_such_person", "nobody": "no_such_person"}.items():
        with pytest.raises(Refused, match=code):
            scene.do(SettleLoss(person, FINE), "hannah")
    with pytest.raises(Refused, match="no_such_person"):
        scene.do(SettleLoss("li", FINE), "hannah")


def test_a_patient_settles_nothing() -> None:
    with pytest.raises(Refused, match="staff_only"):
        lost("margaret").do(SettleLoss("margaret", FINE), "pauline")


def test_the_class_does_not_end_before_there_is_an_account_of_everyone() -> None:
    scene = lost("margaret", "pauline")
    for given in ((), (WhatBecame("margaret", FINE),)):
        with pytest.raises(Refused) as refused:
            scene.do(c.End(given), "hannah")
        assert refused.value.code == "unaccounted"
        assert "Margaret" not in refused.value.words
        assert scene.state.ended_at is None
    scene.do(SettleLoss("margaret", FINE), "tom")
    events = scene.do(c.End((WhatBecame("pauline", AccountDone.NO_ANSWER, "Wrote to her."),)), "hannah")
    assert [type(each) for each in events] == [LossAccounted, e.ClassEnded]
    assert scene.state.accounts["pauline"].note == "Wrote to her."
    assert scene.state.ended_at == scene.now


def test_who_comes_back_while_the_physio_answers_does_not_keep_class_from_ending() -> None:
    scene = lost("margaret")
    scene.do(c.ComeBack("margaret"), None)
    events = scene.do(c.End((WhatBecame("margaret", FINE),)), "hannah")
    assert [type(each) for each in events] == [LossAccounted, e.ClassEnded], "what was said is kept"


def test_what_is_said_a_moment_after_she_is_back_is_kept_and_sent_again_kept_once() -> None:
    scene = lost("margaret")
    since = scene.state.people["margaret"].lost_since
    scene.do(c.ComeBack("margaret"), None)
    (said,) = scene.do(SettleLoss("margaret", AccountDone.AMBULANCE, "On its way."), "tom")
    assert isinstance(said, LossAccounted)
    assert said.lost_at == since
    assert scene.do(SettleLoss("margaret", AccountDone.AMBULANCE, "On its way."), "tom") == ()
    assert scene.do(SettleLoss("margaret", AccountDone.AMBULANCE, "On its way."), "hannah") != ()
    scene.do(c.Lost("margaret"), None)
    assert unaccounted(scene.state) == ("margaret",)


def test_what_a_second_of_staff_says_of_a_call_is_added_also_when_its_caller_settled_it() -> None:
    for first in ((c.SettleHelp("h1"), "margaret"), (c.SettleHelp("h1", HelpDone.FINE), "hannah")):
        scene = in_class("margaret", "tom")
        scene.do(c.CallHelp("h1", HelpKind.NOW), "margaret")
        scene.do(*first)
        settled = scene.state.help["h1"]
        (said,) = scene.do(c.SettleHelp("h1", HelpDone.AMBULANCE, "999 called."), "tom")
        assert isinstance(said, e.HelpAccounted)
        assert staff_action(scene.state, said) == "settle_help"
        call = scene.state.help["h1"]
        assert (call.settled_by, call.done) == (settled.settled_by, settled.done)
        assert [(each.by, each.done, each.note) for each in call.later] == [
            ("tom", HelpDone.AMBULANCE, "999 called.")
        ]
        assert scene.do(c.SettleHelp("h1", HelpDone.AMBULANCE, "999 called."), "tom") == ()
        assert scene.do(c.SettleHelp("h1"), "margaret") == ()


def test_an_account_of_a_stranger_or_of_staff_ends_nothing() -> None:
    scene = in_class("tom")
    for person in ("tom", "nobody"):
        with pytest.raises(Refused, match="no_such_person"):
            scene.do(c.End((WhatBecame(person, FINE),)), "hannah")
    assert scene.state.ended_at is None


def test_a_note_that_is_too_long_is_refused_and_what_is_noted_stays_out_of_reprs() -> None:
    scene = lost("margaret")
    with pytest.raises(Refused, match="text_too_long"):
        scene.do(SettleLoss("margaret", FINE, "x" * 1001), "hannah")
    events = scene.do(SettleLoss("margaret", FINE, "her sore hip"), "hannah")
    assert "hip" not in repr((events, scene.state.accounts, c.End((WhatBecame("margaret", FINE, "hip"),))))


def test_staff_say_what_they_did_about_a_call_and_its_caller_does_not() -> None:
    scene = in_class("margaret", "tom")
    scene.do(c.CallHelp("h1", HelpKind.NOW), "margaret")
    with pytest.raises(Refused, match="staff_only"):
        scene.do(c.SettleHelp("h1", HelpDone.FINE), "margaret")
    scene.do(c.SettleHelp("h1", HelpDone.TALKED, "Sat down, better."), "tom")
    call = scene.state.help["h1"]
    assert (call.done, call.note, call.settled_by) == (HelpDone.TALKED, "Sat down, better.", "tom")
    scene.do(c.CallHelp("h2", HelpKind.NOW), "margaret")
    scene.do(c.SettleHelp("h2"), "margaret")
    assert scene.state.help["h2"].done is None


def test_a_loss_is_of_the_moment_it_happened() -> None:
    scene = lost("margaret")
    at = scene.now
    scene.now += timedelta(minutes=5)
    scene.do(SettleLoss("margaret", FINE), "hannah")
    account = scene.state.accounts["margaret"]
    assert (account.lost_at, account.at, account.by) == (at, scene.now, "hannah")


def test_what_was_done_about_her_call_is_kept_when_it_is_settled_before_she_is_taken_out() -> None:
    scene = in_class("margaret", "tom")
    scene.do(c.CallHelp("h1", HelpKind.NOW), "margaret")
    scene.do(c.SettleHelp("h1", HelpDone.TALKED), "hannah")
    scene.do(Remove("margaret", Turned.OTHER, "Please rest.", HelpDone.FAMILY, "Her son."), "tom")
    assert scene.place("margaret") is Place.LEFT
    assert [(each.by, each.done, each.note) for each in scene.state.help["h1"].later] == [
        ("tom", HelpDone.FAMILY, "Her son.")
    ]


def test_what_the_physio_says_at_the_end_of_a_call_that_is_settled_is_kept() -> None:
    scene = in_class("margaret", "tom")
    scene.do(c.CallHelp("h1", HelpKind.NOW), "margaret")
    scene.do(c.SettleHelp("h1"), "margaret")
    events = scene.do(c.End((), (c.WhatWasDone("h1", HelpDone.RANG, "Rang her."),)), "hannah")
    assert [type(each) for each in events] == [e.HelpAccounted, e.ClassEnded]


def test_what_colleagues_say_of_one_loss_stands_beside_each_other() -> None:
    scene = lost("margaret")
    said = [scene.do(SettleLoss("margaret", FINE, who), who) for who in ("tom", "hannah")]
    assert [type(each[0]) for each in said] == [LossAccounted, LossAccounted]
    assert scene.state.accounts["margaret"].by == "hannah"
