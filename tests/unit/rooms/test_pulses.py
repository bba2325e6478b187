from __future__ import annotations

import pytest

from server.errors import Refused
from server.rooms import commands as c
from server.rooms.pulse import PulseKind
from server.rooms.pulses import AnswerPulse, AskPulse, ClosePulse, latest_pulse, missing
from tests.unit.rooms.rooms import Scene, in_class

PAIN = AskPulse("p1", "key-of-p1", PulseKind.PAIN, "How sore is your knee?")
POLL = AskPulse("p1", "key-of-p1", PulseKind.POLL, "Faster?", ("Yes", "No", "As it is"))


def asked(pulse: AskPulse = PAIN) -> Scene:
    scene = in_class("margaret", "pauline", "tom")
    scene.do(pulse, "tom")
    return scene


def test_everyone_answers_once_and_may_choose_another_answer_until_it_is_closed() -> None:
    scene = asked()
    scene.do(AnswerPulse("p1", 3), "margaret")
    assert scene.do(AnswerPulse("p1", 3), "margaret") == ()
    scene.do(AnswerPulse("p1", 10), "margaret")
    assert scene.state.pulses["p1"].answers == {"margaret": 10}
    scene.do(ClosePulse("p1"), "hannah")
    assert scene.do(ClosePulse("p1"), "hannah") == ()
    with pytest.raises(Refused, match="pulse_closed"):
        scene.do(AnswerPulse("p1", 2), "pauline")


@pytest.mark.parametrize(("pulse", "value"), [(PAIN, 11), (PAIN, -1), (POLL, 3)])
def test_an_answer_is_one_of_those_there_are(pulse: AskPulse, value: int) -> None:
    with pytest.raises(Refused, match="no_such_choice"):
        asked(pulse).do(AnswerPulse("p1", value), "margaret")


def test_who_has_not_answered_is_known_also_who_dropped_out_and_not_who_left() -> None:
    scene = asked()
    scene.do(AnswerPulse("p1", 0), "margaret")
    pulse = scene.state.pulses["p1"]
    assert missing(scene.state, pulse) == ("pauline",)
    scene.do(c.Lost("pauline"), None)
    assert missing(scene.state, pulse) == ("pauline",)
    scene.do(c.Leave(), "pauline")
    assert missing(scene.state, pulse) == ()


def test_one_question_at_a_time_and_the_same_key_asks_nothing_new() -> None:
    scene = asked()
    assert scene.do(PAIN, "tom") == ()
    assert scene.room.made(PAIN, "tom") == "p1"
    another = AskPulse("p2", "key-of-p2", PulseKind.EFFORT, "How hard was that?")
    with pytest.raises(Refused, match="pulse_open"):
        scene.do(another, "hannah")
    scene.do(ClosePulse("p1"), "hannah")
    scene.do(another, "hannah")
    latest = latest_pulse(scene.state)
    assert latest is not None
    assert latest.id == "p2"


def test_patients_ask_and_close_nothing_and_staff_answer_nothing() -> None:
    scene = asked()
    for command in (PAIN, ClosePulse("p1")):
        with pytest.raises(Refused, match="staff_only"):
            scene.do(command, "margaret")
    with pytest.raises(Refused, match="patients_only"):
        scene.do(AnswerPulse("p1", 1), "hannah")
    for command, actor in ((AnswerPulse("nothing", 1), "margaret"), (ClosePulse("nothing"), "tom")):
        with pytest.raises(Refused, match="no_such_pulse"):
            scene.do(command, actor)


def test_what_is_answered_stays_out_of_reprs() -> None:
    scene = asked()
    events = scene.do(AnswerPulse("p1", 7), "margaret")
    assert "value" not in repr(events)
    assert "knee" not in repr((PAIN, scene.state.pulses))
