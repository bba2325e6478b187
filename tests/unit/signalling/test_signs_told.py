from __future__ import annotations

import pytest

from server.rooms import commands as c
from server.rooms import signs
from server.rooms.card import CardText
from server.rooms.cards import SendCard
from server.rooms.pulse import Pulse, PulseKind
from server.rooms.pulses import AnswerPulse, AskPulse, ClosePulse
from server.rooms.sign import SignalKind
from server.rooms.state import Place
from server.signalling.views_signs import FEWEST_FOR_BARS, pulse_view
from tests.unit.rooms.rooms import AT, Scene, in_class
from tests.unit.signalling.test_views import seen_by, told

TEXT = CardText("Samaritans", "To talk.", "116 123")


def group() -> Scene:
    scene = in_class("margaret", "pauline", "tom")
    scene.put("li", Place.WAITING)
    return scene


def test_a_raised_hand_is_told_to_everyone_in_class_and_who_moves_up_with_it() -> None:
    scene = group()
    scene.do(signs.RaiseHand(True), "margaret")
    assert told("hannah", scene, signs.RaiseHand(True), "pauline") == [
        ("person", "pauline"),
        ("person", "margaret"),
    ]
    assert seen_by("margaret", scene).me().hand == 1
    assert seen_by("hannah", scene).person("pauline").hand == 2
    assert told("pauline", scene, signs.RaiseHand(False), "margaret") == [
        ("person", "margaret"),
        ("me", "pauline"),
    ]
    assert seen_by("pauline", scene).me().hand == 1
    assert told("li", scene, signs.RaiseHand(False), "pauline") == []


def test_who_leaves_with_a_raised_hand_lets_the_others_move_up() -> None:
    scene = group()
    scene.do(signs.RaiseHand(True), "margaret")
    scene.do(signs.RaiseHand(True), "pauline")
    assert ("me", "pauline") in told("pauline", scene, c.Leave(), "margaret")


def test_all_hands_lowered_are_told_one_by_one() -> None:
    scene = group()
    scene.do(signs.RaiseHand(True), "margaret")
    assert ("person", "margaret") in told("tom", scene, signs.LowerAllHands(), "hannah")
    assert seen_by("tom", scene).person("margaret").hand is None


def test_a_sign_is_seen_by_everyone_in_class() -> None:
    scene = group()
    assert told("pauline", scene, signs.SendSignal(SignalKind.SMILE), "margaret") == [("person", "margaret")]
    signal = seen_by("pauline", scene).person("margaret").signal
    assert signal is not None
    assert (signal.kind, signal.at) == ("smile", scene.now)


def test_staff_see_who_answered_what_and_patients_the_bars_alone_once_it_is_closed() -> None:
    scene = group()
    ask = AskPulse("p1", "key-of-p1", PulseKind.POLL, "Faster?", ("Yes", "No"))
    assert told("margaret", scene, ask, "hannah") == [("pulse", "p1")]
    scene.do(AnswerPulse("p1", 1), "margaret")
    staff, own, other = (seen_by(each, scene).pulse() for each in ("tom", "margaret", "pauline"))
    assert staff is not None
    assert own is not None
    assert other is not None
    assert (staff.bars, staff.values, staff.missing) == ((0, 1), {"margaret": 1}, ("pauline",))
    assert (own.my_value, own.bars, own.values, own.missing) == (1, (), {}, ())
    assert (other.my_value, other.answered, other.of) == (None, 1, 2)
    assert told("pauline", scene, ClosePulse("p1"), "hannah") == [("pulse", "p1")]
    closed = seen_by("pauline", scene).pulse()
    assert closed is not None
    assert (closed.bars, closed.values, closed.missing) == ((0, 1), {}, ())
    assert told("li", scene, c.Mute("margaret", True), "hannah") == []
    assert seen_by("li", scene).whole({}, AT).pulse is None


@pytest.mark.parametrize("kind", [PulseKind.PAIN, PulseKind.EFFORT])
@pytest.mark.parametrize("number", [1, 4, 5])
def test_of_pain_and_effort_patients_get_the_bars_from_five_answers_on(kind: PulseKind, number: int) -> None:
    answers = {person: value for value, person in enumerate(("margaret", "b", "c", "d", "e")[:number])}
    pulse = Pulse("p1", "hannah", "key-of-p1", kind, "Now?", (), AT, closed_at=AT, answers=answers)
    bars = (1,) * number + (0,) * (11 - number)
    own, staff = (pulse_view(group().state, pulse, each) for each in ("margaret", "tom"))
    assert own.bars == (bars if number == FEWEST_FOR_BARS == own.shown_from else ())
    assert (own.my_value, own.answered, own.values) == (0, number, {})
    assert staff.bars == bars


def test_staff_are_told_when_others_are_asked_than_before() -> None:
    scene = group()
    scene.do(AskPulse("p1", "key-of-p1", PulseKind.PAIN, "How sore?"), "hannah")
    assert ("pulse", "p1") in told("tom", scene, c.Admit("li"), "hannah")
    assert ("pulse", "p1") in told("tom", scene, c.Leave(), "li")


def test_a_card_is_for_her_or_for_everyone_and_staff_see_all() -> None:
    scene = group()
    card = SendCard("c1", "key-of-c1", "margaret", TEXT)
    sent = [("card", "c1")]
    assert told("margaret", scene, card, "hannah") == sent
    assert [each.id for each in seen_by("tom", scene).whole({}, AT).cards] == ["c1"]
    assert seen_by("pauline", scene).whole({}, AT).cards == ()
    for_all = SendCard("c2", "key-of-c2", None, TEXT)
    assert told("pauline", scene, for_all, "hannah") == [("card", "c2")]
    assert seen_by("li", scene).whole({}, AT).cards == ()
    view = seen_by("pauline", scene).card("c2")
    assert (view.title, view.phone, view.sent_by_name) == ("Samaritans", "116 123", "Hannah")


def test_ready_cards_are_for_staff_in_class() -> None:
    ready = seen_by("tom", group()).whole({}, AT).ready_cards
    assert {"111", "999", "116 123"} <= {each.phone for each in ready}
    assert seen_by("tom", group()).details.service_phone == ready[0].phone != ""
    assert seen_by("margaret", group()).whole({}, AT).ready_cards == ()
    assert seen_by("ravi", group()).whole({}, AT).ready_cards == ()
