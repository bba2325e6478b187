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


def test_a_cancelled_class_takes_nobody_and_nothing() -> None:
    scene = in_class("margaret")
    scene.state.cancelled_at = AT
    for command, actor in ((c.Join(), "george"), (c.Post("m1", "key-of-m1", "Hello"), "margaret")):
        with pytest.raises(Refused, match="class_cancelled"):
            scene.do(command, actor)
