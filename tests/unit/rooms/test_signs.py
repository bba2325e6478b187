from __future__ import annotations

import pytest

from server.errors import Refused
from server.rooms import commands as c
from server.rooms import floor, signs
from server.rooms.sign import SignalKind
from tests.unit.rooms.rooms import Scene, in_class

UP, DOWN = signs.RaiseHand(True), signs.RaiseHand(False)


def with_hands_up(*people: str) -> Scene:
    """A class in which these patients raised their hands, one after the other."""
    scene = in_class("margaret", "pauline", "george", "tom")
    for person in people:
        scene.do(UP, person)
    return scene


def test_hands_are_in_the_order_in_which_they_were_raised() -> None:
    scene = with_hands_up("pauline", "margaret")
    assert signs.hands_up(scene.state) == ("pauline", "margaret")
    assert [signs.place_of_hand(scene.state, each) for each in ("margaret", "pauline", "george")] == [
        2,
        1,
        None,
    ]


def test_raising_it_again_keeps_the_place_and_taking_it_down_gives_it_up() -> None:
    scene = with_hands_up("pauline", "margaret")
    assert scene.do(UP, "pauline") == ()
    scene.do(DOWN, "pauline")
    scene.do(UP, "pauline")
    assert signs.hands_up(scene.state) == ("margaret", "pauline")


def test_who_drops_out_keeps_her_place_and_who_leaves_gives_it_up() -> None:
    scene = with_hands_up("pauline", "margaret")
    scene.do(c.Lost("pauline"), None)
    assert signs.hands_up(scene.state) == ("pauline", "margaret")
    scene.do(c.ComeBack("pauline"), None)
    scene.do(c.Leave(), "pauline")
    assert signs.hands_up(scene.state) == ("margaret",)


def test_staff_lower_one_hand_or_all_and_take_all_back_to_the_places_they_had() -> None:
    scene = with_hands_up("pauline", "margaret", "george")
    scene.do(signs.LowerHand("margaret"), "tom")
    assert scene.do(signs.LowerHand("margaret"), "tom") == ()
    scene.do(signs.LowerAllHands(), "hannah")
    assert signs.hands_up(scene.state) == ()
    assert scene.do(signs.LowerAllHands(), "hannah") == ()
    scene.do(UP, "margaret")
    scene.do(floor.TakeBack(), "tom")
    assert signs.hands_up(scene.state) == ("pauline", "george", "margaret")


def test_taking_back_leaves_alone_who_has_left_and_who_raised_hers_anew() -> None:
    scene = with_hands_up("pauline", "margaret", "george")
    scene.do(signs.LowerAllHands(), "hannah")
    scene.do(c.Leave(), "pauline")
    scene.do(UP, "margaret")
    scene.do(floor.TakeBack(), "hannah")
    assert signs.hands_up(scene.state) == ("george", "margaret")


def test_taking_back_leaves_down_a_hand_that_was_raised_and_lowered_since() -> None:
    scene = with_hands_up("pauline", "margaret")
    scene.do(signs.LowerAllHands(), "hannah")
    scene.do(UP, "margaret")
    scene.do(signs.LowerHand("margaret"), "tom")
    scene.do(floor.TakeBack(), "hannah")
    assert signs.hands_up(scene.state) == ("pauline",)


def test_a_sign_takes_the_place_of_the_one_before_and_staff_settle_it() -> None:
    scene = in_class("margaret", "tom")
    scene.do(signs.SendSignal(SignalKind.SMILE), "margaret")
    scene.do(signs.SendSignal(SignalKind.REPEAT), "margaret")
    signal = scene.state.people["margaret"].signal
    assert signal is not None
    assert (signal.kind, signal.at) == (SignalKind.REPEAT, scene.now)
    scene.do(signs.SettleSignal("margaret"), "tom")
    assert scene.state.people["margaret"].signal is None
    assert scene.do(signs.SettleSignal("margaret"), "tom") == ()


def test_who_has_to_wait_has_neither_hand_nor_sign() -> None:
    scene = with_hands_up("margaret")
    scene.do(signs.SendSignal(SignalKind.REPEAT), "margaret")
    scene.do(c.Leave(), "margaret")
    scene.do(c.Join(), "margaret")
    person = scene.state.people["margaret"]
    assert (person.hand_at, person.hand_up, person.signal) == (None, False, None)


@pytest.mark.parametrize(
    "command", [signs.LowerHand("pauline"), signs.LowerAllHands(), signs.SettleSignal("pauline")]
)
def test_patients_do_nothing_about_hands_and_signs_of_others(command: c.Command) -> None:
    with pytest.raises(Refused, match="staff_only"):
        with_hands_up("pauline").do(command, "margaret")


@pytest.mark.parametrize("command", [UP, signs.SendSignal(SignalKind.THANKS)])
def test_staff_have_no_hand_and_who_dropped_out_gives_no_sign(command: c.Command) -> None:
    scene = with_hands_up()
    with pytest.raises(Refused, match="patients_only"):
        scene.do(command, "tom")
    scene.do(c.Lost("margaret"), None)
    with pytest.raises(Refused, match="dropped_out"):
        scene.do(command, "margaret")
