"""What staff do about what a patient asked or wrote can be read in the audit, with whom it was done to."""

from __future__ import annotations

import pytest

from server.rooms import chat, questions
from server.rooms import commands as c
from server.rooms import questions as q
from server.rooms import questions_moderated as qm
from server.rooms.journal import staff_action
from server.rooms.message import ReportReason
from server.rooms.question import AskedTo, QuestionState
from tests.unit.rooms.rooms import Scene, in_class

ANSWERS = {
    QuestionState.ANSWERING: "take_up_question",
    QuestionState.ANSWERED_LIVE: "answer_question",
    QuestionState.ANSWERED_IN_WRITING: "answer_in_writing",
    QuestionState.SET_ASIDE: "set_aside_question",
}
UNSAFE = ReportReason.UNSAFE
DONE: list[tuple[c.Command, str]] = [
    *((c.Answer("q1", to, "Yes." if "writing" in to else None), action) for to, action in ANSWERS.items()),
    (c.Answer("q3", QuestionState.WAITING), "put_back_question"),
    (q.PinQuestion("q1", True), "pin_question"),
    (q.PinQuestion("q3", False), "unpin_question"),
    (q.MergeQuestion("q1", "q2"), "merge_question"),
    (q.ApproveQuestion("q1", False, UNSAFE), "decline_question"),
    (qm.HideReply("q2", "r1", UNSAFE, True), "hide_reply"),
    (qm.HideReply("q2", "r2", UNSAFE, False), "show_reply"),
    (q.ApproveQuestion("q4", True), "approve_question"),
    (chat.Hide("m1", UNSAFE, True), "hide_message"),
    (chat.Hide("m2", UNSAFE, False), "show_message"),
    (chat.ApproveMessage("m3", True), "approve_message"),
    (chat.ApproveMessage("m3", False), "decline_message"),
    (chat.HoldMessages("margaret", True), "hold_messages"),
    (chat.HoldMessages("pauline", False), "release_messages"),
]
"""Each command of staff that concerns a patient, and what the audit calls it."""
OF_NOBODY = {chat.PauseChat}
"""Concerns the group: audited, of no person."""


def talking() -> Scene:
    """Margaret's q1 waits, q3 is pinned and set aside, q4 not approved; m2 is hidden, Pauline's m3 held."""
    scene = in_class("margaret", "pauline", "tom")
    for number in ("q1", "q3", "q4"):
        scene.do(c.Ask(number, f"key-of-{number}", "May I sit?", AskedTo.GROUP), "margaret")
    scene.do(c.Ask("q2", "key-of-q2", "And stand?", AskedTo.GROUP), "pauline")
    for number in ("r1", "r2"):
        scene.do(q.ReplyToQuestion(number, f"key-of-{number}", "q2", "I do."), "margaret")
    scene.do(qm.HideReply("q2", "r2", UNSAFE, True), "tom")
    scene.do(q.PinQuestion("q3", True), "tom")
    scene.do(c.Answer("q3", QuestionState.SET_ASIDE), "tom")
    scene.do(q.ApproveQuestion("q4", False), "tom")
    scene.do(c.Post("m1", "key-of-m1", "Hello"), "margaret")
    scene.do(c.Post("m2", "key-of-m2", "Hello again"), "margaret")
    scene.do(chat.Hide("m2", UNSAFE, True), "tom")
    scene.do(chat.HoldMessages("pauline", True), "tom")
    scene.do(c.Post("m3", "key-of-m3", "Good morning"), "pauline")
    return scene


@pytest.mark.parametrize(("command", "action"), DONE, ids=[action for _, action in DONE])
def test_what_staff_do_about_what_a_patient_wrote_is_audited_of_her(command: c.Command, action: str) -> None:
    scene = talking()
    events = scene.do(command, "tom")
    audited = {staff_action(scene.state, event): getattr(event, "person_id", None) for event in events}
    whose = "pauline" if "m3" in repr(command) or "pauline" in repr(command) else "margaret"
    assert audited.pop(action) == whose
    assert None not in audited


def test_no_command_of_staff_about_questions_and_the_chat_is_left_out() -> None:
    of_staff = {kind for kind in (*questions.DECIDE, *chat.DECIDE) if kind.who == c.STAFF_IN_CLASS}
    assert {type(command) for command, _ in DONE} | OF_NOBODY == of_staff


def test_each_question_that_goes_with_another_is_audited_of_who_asked_it() -> None:
    scene = talking()
    scene.do(q.MergeQuestion("q1", "q2"), "tom")
    events = scene.do(c.Answer("q2", QuestionState.ANSWERED_LIVE), "hannah")
    audited = [(staff_action(scene.state, each), getattr(each, "person_id", None)) for each in events]
    assert audited == [("answer_question", "pauline"), ("answer_question", "margaret")]
