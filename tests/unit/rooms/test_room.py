from __future__ import annotations

from itertools import product

import pytest

from server.errors import Refused
from server.people.roles import Role
from server.rooms import chat, floor, pulses, removing, seeing, signs
from server.rooms import commands as c
from server.rooms import events as e
from server.rooms import questions as q
from server.rooms import questions_moderated as qm
from server.rooms.card import CardText
from server.rooms.cards import SendCard
from server.rooms.decisions import _DECIDE
from server.rooms.loss import AccountDone, WhatBecame
from server.rooms.losses import SettleLoss
from server.rooms.message import Reaction, ReportReason
from server.rooms.pulse import PulseKind
from server.rooms.question import AskedTo, Question, QuestionState
from server.rooms.sign import SignalKind
from server.rooms.state import BeforeClass, HelpDone, HelpKind, Place, Turned
from server.rooms.unattended import EndUnattended
from server.timetable.check_in_rules import State
from tests.unit.rooms.rooms import AT, Scene, ask, in_class
from tests.unit.rooms.who_may import ALLOWED, PLACES

BY_ROLE = {Role.PHYSIO: "ravi", Role.HELPER: "tom", Role.PATIENT: "margaret"}
COMMANDS: tuple[c.Command, ...] = (
    c.Join(),
    c.SetOwnMedia(True, True),
    c.Leave(),
    c.Admit("li"),
    c.AdmitReady(),
    c.Allow("li", "Rang her. She is well."),
    c.TurnAway("li", Turned.UNWELL, "Please rest today."),
    c.TellWaiting("li", "I will let you in at 10."),
    c.NoteCheckIn("li", BeforeClass(State.HELD)),
    c.Mute("george", True),
    c.End((WhatBecame("pauline", AccountDone.FAMILY),)),
    c.Ask("q9", "key-of-q9", "Should it hurt?"),
    c.Vote("q1", True),
    c.Answer("q1", QuestionState.ANSWERED_LIVE),
    q.EditQuestion("q3", "Which trainers?"),
    q.ReplyToQuestion("r1", "key-of-r1", "q1", "I do."),
    q.PinQuestion("q1", True),
    q.MergeQuestion("q1", "q2"),
    q.ApproveQuestion("q1", False),
    qm.ReportQuestion("q1", None, ReportReason.OTHER),
    qm.HideReply("q2", "r9", ReportReason.OTHER, True),
    q.NoteQuestion(Question("q7", "li", "key-of-q7", "Which shoes?", AT)),
    c.Post("m9", "key-of-m9", "Hello"),
    chat.React("m1", Reaction.THANKS, True),
    chat.Report("m1", ReportReason.UNSAFE),
    chat.Hide("m1", ReportReason.UNSAFE, True),
    chat.PauseChat(True),
    chat.HoldMessages("li", True),
    chat.ApproveMessage("m1", True),
    chat.SeeMessages("m1"),
    chat.NoteChat(()),
    c.CallHelp("h9", HelpKind.NOW),
    c.SeeHelp("h1"),
    c.SettleHelp("h1", HelpDone.TALKED),
    SettleLoss("pauline", AccountDone.RANG_FINE),
    floor.MuteAll(),
    floor.TakeBack(),
    floor.Lock(True),
    floor.Extend(),
    floor.HandOver("hannah"),
    floor.PutInSpotlight(None),
    seeing.ShowToGroup(True),
    seeing.StopCamera("george", True),
    seeing.TakeAside("george"),
    seeing.EndAside(),
    removing.Remove("george", Turned.UNWELL, "Please rest today.", HelpDone.TALKED),
    removing.LetBack("george"),
    signs.RaiseHand(True),
    signs.LowerHand("george"),
    signs.LowerAllHands(),
    signs.SendSignal(SignalKind.THANKS),
    signs.SettleSignal("george"),
    pulses.AskPulse("p9", "key-of-p9", PulseKind.PAIN, "How sore is it?"),
    pulses.AnswerPulse("p1", 3),
    pulses.ClosePulse("p1"),
    SendCard("c9", "key-of-c9", None, CardText("NHS 111", "Help now.")),
    EndUnattended(),
    c.Lost("george"),
    c.ComeBack("george"),
)


def test_every_command_stands_here_and_in_the_table_of_who_may() -> None:
    assert {type(each) for each in COMMANDS} == ALLOWED.keys() == _DECIDE.keys()


def world_for(actor: str, place: Place | None, command: c.Command) -> Scene:
    """George asked, wrote and called for help, Margaret asked before, Li waits, the actor is at `place`. All
    are muted; everyone is asked something, unless that is what is to be tried.
    """
    scene = in_class("george", "pauline")
    scene.do(c.Lost("pauline"), None)
    scene.do(q.NoteQuestion(Question("q3", "margaret", "key-of-q3", "Which shoes?", AT)), None)
    scene.do(c.Ask("q1", "key-of-q1", "May I sit?", AskedTo.GROUP), "george")
    ask("george", scene, "q2")
    scene.do(q.ReplyToQuestion("r9", "key-of-r9", "q2", "Please do."), "hannah")
    scene.do(c.Post("m1", "key-of-m1", "Hello"), "george")
    scene.do(c.CallHelp("h1", HelpKind.REST), "george")
    scene.do(floor.MuteAll(), "hannah")
    if not isinstance(command, pulses.AskPulse):
        scene.do(pulses.AskPulse("p1", "key-of-p1", PulseKind.PAIN, "How sore is it?"), "hannah")
    scene.put("li", Place.WAITING)
    if not (place is Place.WAITING and actor != "margaret"):
        scene.put(actor, place)
    scene.state.has_check_in = True
    scene.state.before_class["li"] = BeforeClass(State.READY)
    return scene


CASES = [
    pytest.param(command, role, place, id=f"{type(command).__name__}-{role}-{place}")
    for command, role, place in product(COMMANDS, Role, PLACES)
    if not (place is Place.WAITING and role is not Role.PATIENT)  # staff never wait
]


@pytest.mark.parametrize(("command", "role", "place"), CASES)
def test_a_command_is_taken_from_those_who_may_and_refused_to_everyone_else(
    command: c.Command, role: Role, place: Place | None
) -> None:
    scene = world_for(BY_ROLE[role], place, command)
    scene.state.ends_at = AT
    roles, places = ALLOWED[type(command)]
    if role in roles and place in places:
        scene.do(command, BY_ROLE[role])
        return
    before = scene.state.seq
    with pytest.raises(Refused) as refused:
        scene.do(command, BY_ROLE[role])
    assert refused.value.words.endswith((".", "first."))
    assert scene.state.seq == before


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_nothing_is_taken_from_somebody_who_is_not_on_the_list(command: c.Command) -> None:
    with pytest.raises(Refused):
        in_class("george").do(command, "stranger")


@pytest.mark.parametrize(
    "command", [each for each in COMMANDS if not each.who.system], ids=lambda command: type(command).__name__
)
def test_the_system_may_do_nothing_that_people_do(command: c.Command) -> None:
    with pytest.raises(Refused):
        in_class("george").do(command, None)


def test_a_patient_waits_until_staff_admit_and_staff_come_straight_in() -> None:
    scene = Scene()
    scene.do(c.Join(), "tom")
    scene.do(c.Join(), "margaret")
    assert (scene.place("tom"), scene.place("margaret")) == (Place.IN_CLASS, Place.WAITING)
    scene.do(c.Admit("margaret"), "tom")
    assert scene.place("margaret") is Place.IN_CLASS


def test_a_patient_comes_in_muted_with_the_camera_as_chosen_at_the_door() -> None:
    scene = in_class()
    scene.put("margaret", Place.WAITING)
    scene.do(c.SetOwnMedia(microphone_on=False, camera_on=True), "margaret")
    scene.do(c.Admit("margaret"), "hannah")
    person = scene.state.people["margaret"]
    assert (person.microphone_on, person.camera_on) == (False, True)


def test_a_patient_comes_in_muted_whatever_her_browser_said_while_she_waited() -> None:
    scene = in_class()
    scene.put("margaret", Place.WAITING)
    scene.do(c.SetOwnMedia(microphone_on=True, camera_on=True), "margaret")
    scene.do(c.Admit("margaret"), "hannah")
    assert scene.state.people["margaret"].microphone_on is False


def test_who_left_has_nothing_switched_on() -> None:
    scene = in_class("margaret")
    scene.do(c.SetOwnMedia(True, True), "margaret")
    scene.do(c.Leave(), "margaret")
    person = scene.state.people["margaret"]
    assert (person.microphone_on, person.camera_on) == (False, False)


def test_a_patient_who_dropped_out_comes_straight_back() -> None:
    scene = in_class("margaret")
    scene.do(c.Lost("margaret"), None)
    assert scene.place("margaret") is Place.DROPPED
    scene.do(c.Join(), "margaret")
    assert scene.place("margaret") is Place.IN_CLASS


def test_media_that_flow_again_bring_a_dropped_patient_back() -> None:
    scene = in_class("margaret")
    scene.do(c.Lost("margaret"), None)
    scene.do(c.ComeBack("margaret"), None)
    assert scene.place("margaret") is Place.IN_CLASS


def test_a_patient_who_left_waits_again_and_is_muted_again() -> None:
    scene = in_class("margaret")
    scene.do(c.SetOwnMedia(True, True), "margaret")
    scene.do(c.Leave(), "margaret")
    scene.do(c.Join(), "margaret")
    assert scene.place("margaret") is Place.WAITING
    assert scene.state.people["margaret"].microphone_on is False


def test_a_mute_by_staff_outlasts_leaving_and_coming_again() -> None:
    scene = in_class("margaret", "tom")
    scene.do(c.Mute("margaret", True), "tom")
    scene.put("margaret", Place.LEFT)
    scene.put("margaret", Place.IN_CLASS)
    assert scene.state.people["margaret"].muted_by_staff


def test_a_patient_lost_while_waiting_has_left() -> None:
    scene = in_class()
    scene.put("li", Place.WAITING)
    scene.do(c.Lost("li"), None)
    assert scene.place("li") is Place.LEFT


@pytest.mark.parametrize("place", [None, Place.LEFT, Place.DROPPED])
def test_losing_somebody_who_is_not_there_changes_nothing(place: Place | None) -> None:
    scene = in_class()
    scene.put("li", place)
    assert scene.do(c.Lost("li"), None) == ()


def test_joining_twice_and_admitting_twice_change_nothing() -> None:
    scene = in_class("margaret", "tom")
    assert scene.do(c.Join(), "margaret") == ()
    assert scene.do(c.Admit("margaret"), "tom") == ()


def test_somebody_who_left_the_waiting_room_cannot_be_admitted() -> None:
    scene = in_class()
    scene.put("li", Place.WAITING)
    scene.do(c.Leave(), "li")
    with pytest.raises(Refused, match="not_waiting"):
        scene.do(c.Admit("li"), "hannah")


def test_staff_cannot_be_muted_for_the_group() -> None:
    with pytest.raises(Refused, match="not_a_patient"):
        in_class("tom").do(c.Mute("tom", True), "hannah")


def test_a_tenth_question_can_wait_and_an_eleventh_is_refused_until_one_is_answered() -> None:
    scene = in_class("margaret", "george")
    for number in range(10):
        scene.do(c.Ask(f"q{number}", f"key-of-q{number}", "May I sit?"), "margaret")
    with pytest.raises(Refused) as refused:
        scene.do(c.Ask("q10", "key-of-q10", "May I sit?"), "margaret")
    assert refused.value.code == "too_many_questions"
    assert refused.value.words == (
        "You have asked 10 questions that are waiting. Please wait for an answer first."
    )
    assert scene.do(c.Ask("q10", "key-of-q9", "May I sit?"), "margaret") == ()
    assert scene.do(c.Ask("q11", "key-of-q11", "May I sit?"), "george")
    scene.do(c.Answer("q4", QuestionState.ANSWERING), "hannah")
    assert scene.do(c.Ask("q12", "key-of-q12", "May I sit?"), "margaret")


def test_asking_again_with_the_same_key_asks_once_and_names_the_same_question() -> None:
    scene = in_class("margaret", "pauline")
    ask("margaret", scene, "q1")
    again = c.Ask("q2", "key-of-q1", "May I sit?")
    assert scene.do(again, "margaret") == ()
    assert scene.room.made(again, "margaret") == "q1"
    scene.do(again, "pauline")
    assert list(scene.state.questions) == ["q1", "q2"]


def test_posting_again_with_the_same_key_posts_once() -> None:
    scene = in_class("margaret")
    scene.do(c.Post("m1", "key-of-m1", "Hello"), "margaret")
    again = c.Post("m2", "key-of-m1", "Hello")
    assert scene.do(again, "margaret") == ()
    assert scene.room.made(again, "margaret") == "m1"


@pytest.mark.parametrize(
    ("text", "code"), [(" \n ", "text_empty"), ("\0", "text_empty"), ("a" * 1001, "text_too_long")]
)
def test_an_empty_or_endless_text_is_refused_with_words(text: str, code: str) -> None:
    scene = in_class("margaret")
    with pytest.raises(Refused, match=code):
        scene.do(c.Ask("q1", "key-of-q1", text), "margaret")
    with pytest.raises(Refused, match=code):
        scene.do(c.Post("m1", "key-of-m1", text), "margaret")
    ask("margaret", scene)
    with pytest.raises(Refused, match=code):
        scene.do(c.Answer("q1", QuestionState.ANSWERED_IN_WRITING, text), "hannah")


def test_what_cannot_be_seen_is_not_kept_of_a_text() -> None:
    scene = in_class("margaret")
    ask("margaret", scene, text="\0May I\x1b sit?\x07 ")
    scene.do(c.Post("m1", "key-of-m1", "Hello\0\r\nall"), "margaret")
    scene.do(c.Answer("q1", QuestionState.ANSWERED_IN_WRITING, "Yes\0, sit."), "hannah")
    assert (scene.state.questions["q1"].text, scene.state.questions["q1"].answer) == (
        "May I sit?",
        "Yes, sit.",
    )
    assert scene.state.chat["m1"].text == "Hello\nall"


def test_a_vote_counts_once_and_can_be_taken_back_but_not_given_to_oneself() -> None:
    scene = in_class("margaret", "pauline")
    ask("margaret", scene)
    scene.do(c.Vote("q1", True), "pauline")
    assert scene.do(c.Vote("q1", True), "pauline") == ()
    assert scene.state.questions["q1"].voters == {"pauline"}
    scene.do(c.Vote("q1", False), "pauline")
    assert scene.state.questions["q1"].voters == frozenset()
    with pytest.raises(Refused, match="own_question"):
        scene.do(c.Vote("q1", True), "margaret")


def test_taking_up_a_question_puts_the_one_being_answered_back() -> None:
    scene = in_class("margaret", "tom")
    ask("margaret", scene, "q1")
    ask("margaret", scene, "q2")
    scene.do(c.Answer("q1", QuestionState.ANSWERING), "hannah")
    scene.do(c.Answer("q2", QuestionState.ANSWERING), "tom")
    states = {question.id: question.state for question in scene.state.questions.values()}
    assert states == {"q1": QuestionState.WAITING, "q2": QuestionState.ANSWERING}


W, A, L, T = (
    QuestionState.WAITING,
    QuestionState.ANSWERING,
    QuestionState.ANSWERED_LIVE,
    QuestionState.ANSWERED_IN_WRITING,
)


@pytest.mark.parametrize(
    ("before", "to", "after"),
    [
        (W, W, W), (W, A, A), (W, L, L), (W, T, T),
        (A, W, W), (A, A, A), (A, L, L), (A, T, T),
        (L, W, None), (L, A, None), (L, L, L), (L, T, T),
        (T, W, None), (T, A, None), (T, L, None), (T, T, T),
    ],
)  # fmt: skip
def test_a_question_moves_as_its_table_says(
    before: QuestionState, to: QuestionState, after: QuestionState | None
) -> None:
    scene = in_class("margaret", "tom")
    ask("margaret", scene)
    scene.do(c.Answer("q1", before, "Yes." if before is T else None), "hannah")
    move = c.Answer("q1", to, "Yes, sit." if to is T else None)
    if after is None:
        with pytest.raises(Refused, match="already_answered"):
            scene.do(move, "tom")
    else:
        scene.do(move, "tom")
        assert scene.state.questions["q1"].state is after


def test_an_answer_knows_by_whom_and_when() -> None:
    scene = in_class("margaret", "tom")
    ask("margaret", scene)
    scene.do(c.Answer("q1", T, "Yes, sit."), "tom")
    question = scene.state.questions["q1"]
    assert (question.answer, question.answered_by, question.answered_at) == ("Yes, sit.", "tom", scene.now)


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


def test_the_end_sends_everyone_out_and_nothing_comes_after_it() -> None:
    scene = in_class("margaret", "tom")
    scene.put("li", Place.WAITING)
    (ended,) = scene.do(c.End(), "hannah")
    assert isinstance(ended, e.ClassEnded)
    assert {person.place for person in scene.state.people.values()} == {Place.LEFT}
    for command in COMMANDS:
        if isinstance(command, c.Leave) or command.who.system:
            assert scene.do(command, None if command.who.system else "margaret") == ()
        else:
            with pytest.raises(Refused, match="class_over"):
                scene.do(command, "hannah")


def test_what_people_write_stays_out_of_reprs() -> None:
    scene = in_class("margaret")
    events = scene.do(c.Ask("q1", "key-of-q1", "my hip is sore"), "margaret")
    assert "hip" not in repr(events)
    assert "hip" not in repr(scene.state.questions)
    assert "hip" not in repr(c.Post("m1", "key-of-m1", "my hip is sore"))


def full_class(*others: str) -> Scene:
    """A class with room for two, in which Margaret is and Pauline waits."""
    scene = in_class("margaret", *others)
    scene.state.max_patients = 2
    scene.put("pauline", Place.WAITING)
    return scene


def test_a_full_class_takes_no_more_patients_and_says_what_to_do():
    scene = full_class()
    with pytest.raises(Refused) as refused:
        scene.do(c.Join(), "george")
    assert refused.value.code == "class_full"
    assert "Ring us" in refused.value.words
    assert scene.place("george") is None


def test_staff_are_never_too_many():
    scene = full_class()
    scene.do(c.Join(), "tom")
    scene.do(c.Join(), "ravi")
    assert scene.place("tom") is scene.place("ravi") is Place.IN_CLASS


def test_who_dropped_out_of_a_full_class_gets_back_in_and_nobody_takes_the_place_meanwhile():
    scene = full_class()
    scene.do(c.Lost("margaret"), None)
    with pytest.raises(Refused, match="class_full"):
        scene.do(c.Join(), "george")
    scene.do(c.Join(), "margaret")
    assert scene.place("margaret") is Place.IN_CLASS


def test_who_leaves_makes_room_and_comes_back_even_when_somebody_was_quicker():
    scene = full_class()
    scene.do(c.Lost("pauline"), None)
    scene.do(c.Join(), "george")
    assert scene.place("george") is Place.WAITING
    scene.do(c.Join(), "pauline")
    assert scene.place("pauline") is Place.WAITING
    with pytest.raises(Refused, match="class_full"):
        scene.do(c.Join(), "li")


def test_who_joins_a_full_class_again_while_in_it_is_not_refused():
    scene = full_class()
    assert scene.do(c.Join(), "margaret") == ()


def test_a_cancelled_class_takes_nobody_and_nothing():
    scene = in_class("margaret")
    scene.state.cancelled_at = AT
    for command, actor in ((c.Join(), "george"), (c.Post("m1", "key-of-m1", "Hello"), "margaret")):
        with pytest.raises(Refused, match="class_cancelled"):
            scene.do(command, actor)
