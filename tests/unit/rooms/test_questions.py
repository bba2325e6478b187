from __future__ import annotations

from datetime import timedelta

import pytest

from server.errors import Refused
from server.rooms import chat
from server.rooms import commands as c
from server.rooms import questions as q
from server.rooms.question import AskedTo, Question, QuestionState, voters_of
from tests.unit.rooms.rooms import AT, Scene, ask, in_class

PEOPLE = ("margaret", "pauline", "george", "tom")


def asked(to: AskedTo = AskedTo.GROUP, *, held: bool = False) -> Scene:
    """Margaret has asked q1."""
    scene = in_class(*PEOPLE)
    scene.state.questions_held = held
    scene.do(c.Ask("q1", "key-of-q1", "May I sit?", to), "margaret")
    return scene


def refused(scene: Scene, command: c.Command, actor: str) -> str:
    with pytest.raises(Refused) as told:
        scene.do(command, actor)
    return told.value.code


def test_a_question_to_staff_is_there_for_nobody_else() -> None:
    scene = asked(AskedTo.STAFF)
    for command in (c.Vote("q1", True), q.ReplyToQuestion("r1", "key-of-r1", "q1", "I do")):
        assert refused(scene, command, "pauline") == "no_such_question"
    scene.do(q.ReplyToQuestion("r1", "key-of-r1", "q1", "Please do."), "tom")
    assert scene.state.questions["q1"].replies[0].author_id == "tom"
    assert refused(scene, q.ApproveQuestion("q1", True), "tom") == "private"


def test_where_questions_are_held_the_group_sees_one_when_staff_approve_it() -> None:
    scene = asked(held=True)
    assert refused(scene, c.Vote("q1", True), "pauline") == "no_such_question"
    assert refused(scene, c.Answer("q1", QuestionState.ANSWERING), "tom") == "held"
    scene.do(q.ApproveQuestion("q1", True), "tom")
    scene.do(c.Vote("q1", True), "pauline")
    assert voters_of(scene.state.questions, "q1") == {"pauline"}


def test_what_is_not_approved_is_set_aside_and_stays_away_from_the_group() -> None:
    scene = asked()
    scene.do(q.ApproveQuestion("q1", False), "hannah")
    question = scene.state.questions["q1"]
    assert (question.held, question.state) == (True, QuestionState.SET_ASIDE)
    assert not question.is_shown_to("pauline", False)
    scene.do(q.ApproveQuestion("q1", True), "hannah")
    assert scene.state.questions["q1"].state is QuestionState.WAITING


def test_that_staff_keep_a_question_from_the_group_is_audited_also_of_one_that_waits_to_be_read() -> None:
    for held in (False, True):
        events = asked(held=held).do(q.ApproveQuestion("q1", False), "hannah")
        assert [q.staff_action(event) for event in events] == ["decline_question", "set_aside_question"]


def test_what_a_person_asks_whose_messages_are_held_is_read_first_too() -> None:
    scene = in_class(*PEOPLE)
    scene.do(chat.HoldMessages("margaret", True), "tom")
    scene.do(c.Ask("q1", "key-of-q1", "Shall we meet?", AskedTo.GROUP), "margaret")
    assert not scene.state.questions["q1"].is_shown_to("pauline", False)
    scene.do(c.Ask("q2", "key-of-q2", "May I sit?", AskedTo.STAFF), "margaret")
    assert not scene.state.questions["q2"].held


def test_while_the_chat_is_paused_nobody_writes_below_questions_either() -> None:
    scene = asked()
    scene.do(chat.PauseChat(True), "tom")
    assert refused(scene, q.ReplyToQuestion("r1", "key-of-r1", "q1", "I do"), "pauline") == "chat_paused"
    scene.do(q.ReplyToQuestion("r2", "key-of-r2", "q1", "Do sit."), "tom")


def test_a_question_goes_where_the_one_goes_that_it_is_answered_with() -> None:
    scene = asked()
    scene.do(c.Ask("q2", "key-of-q2", "May I sit down?", AskedTo.GROUP), "pauline")
    scene.do(q.MergeQuestion("q2", "q1"), "tom")
    assert refused(scene, q.EditQuestion("q1", "May I leave?"), "margaret") == "too_late_to_edit"
    for approved, state in ((False, QuestionState.SET_ASIDE), (True, QuestionState.WAITING)):
        scene.do(q.ApproveQuestion("q1", approved), "tom")
        assert {each.state for each in scene.state.questions.values()} == {state}


def test_a_private_question_needs_no_approval() -> None:
    assert not asked(AskedTo.STAFF, held=True).state.questions["q1"].held


def test_a_question_can_be_put_in_other_words_for_two_minutes_by_who_asked_it() -> None:
    scene = asked()
    scene.do(q.EditQuestion("q1", "  May I sit down? "), "margaret")
    question = scene.state.questions["q1"]
    assert (question.text, question.edited_at) == ("May I sit down?", scene.now)
    assert scene.do(q.EditQuestion("q1", "May I sit down?"), "margaret") == ()
    assert refused(scene, q.EditQuestion("q1", "No"), "pauline") == "not_your_question"
    scene.now += timedelta(minutes=2)
    assert refused(scene, q.EditQuestion("q1", "May I?"), "margaret") == "too_late_to_edit"


def test_what_has_a_reply_or_is_being_answered_is_not_put_in_other_words() -> None:
    scene = asked()
    scene.do(q.ReplyToQuestion("r1", "key-of-r1", "q1", "I do."), "pauline")
    assert refused(scene, q.EditQuestion("q1", "May I?"), "margaret") == "too_late_to_edit"
    ask("margaret", scene, "q2")
    scene.do(c.Answer("q2", QuestionState.ANSWERING), "hannah")
    assert refused(scene, q.EditQuestion("q2", "May I?"), "margaret") == "too_late_to_edit"


def test_an_approved_question_in_other_words_waits_for_approval_again() -> None:
    scene = asked(held=True)
    scene.do(q.ApproveQuestion("q1", True), "tom")
    scene.do(q.EditQuestion("q1", "Something else"), "margaret")
    assert scene.state.questions["q1"].held


def test_classmates_reply_to_the_group_only_and_once_a_key() -> None:
    scene = asked()
    reply = q.ReplyToQuestion("r1", "key-of-r1", "q1", "I do.")
    scene.do(reply, "pauline")
    assert scene.do(q.ReplyToQuestion("r2", "key-of-r1", "q1", "I do."), "pauline") == ()
    assert scene.room.made(reply, "pauline") == "r1"
    ask("margaret", scene, "q2")
    assert refused(scene, q.ReplyToQuestion("r3", "key-of-r3", "q2", "Yes"), "george") == "staff_answer"
    scene.do(chat.HoldMessages("george", True), "tom")
    assert refused(scene, q.ReplyToQuestion("r4", "key-of-r4", "q1", "Yes"), "george") == "held"


def test_nobody_replies_without_end() -> None:
    scene = asked()
    for number in range(q.MOST_REPLIES):
        scene.do(q.ReplyToQuestion(f"r{number}", f"key-of-r{number}", "q1", "Yes"), "pauline")
    assert refused(scene, q.ReplyToQuestion("r", "key-of-r", "q1", "Yes"), "tom") == "too_many_replies"


def test_merged_questions_count_together_and_are_answered_together() -> None:
    scene = asked()
    ask("pauline", scene, "q2")
    ask("george", scene, "q3")
    scene.do(c.Vote("q2", True), "margaret")
    scene.do(c.Vote("q2", True), "george")
    scene.do(q.MergeQuestion("q3", "q2"), "tom")
    scene.do(q.MergeQuestion("q2", "q1"), "tom")
    assert {each.merged_into for each in scene.state.questions.values()} == {None, "q1"}
    assert voters_of(scene.state.questions, "q1") == {"pauline", "george"}, "the asker counts already"
    assert refused(scene, c.Answer("q3", QuestionState.ANSWERED_LIVE), "hannah") == "merged"
    assert refused(scene, c.Vote("q3", True), "pauline") == "not_open"
    scene.do(c.Answer("q1", QuestionState.ANSWERING), "hannah")
    states = [each.state for each in scene.state.questions.values()]
    assert states == [QuestionState.ANSWERING, QuestionState.WAITING, QuestionState.WAITING]
    scene.do(c.Answer("q1", QuestionState.ANSWERED_IN_WRITING, "Yes, please do."), "hannah")
    assert {(each.state, each.answer) for each in scene.state.questions.values()} == {
        (QuestionState.ANSWERED_IN_WRITING, "Yes, please do.")
    }


def test_a_question_is_not_merged_into_itself_one_that_is_over_or_one_that_the_group_cannot_see() -> None:
    scene = asked()
    ask("pauline", scene, "q2")
    scene.do(c.Ask("q3", "key-of-q3", "Privately", AskedTo.STAFF), "george")
    assert refused(scene, q.MergeQuestion("q1", "q1"), "tom") == "cannot_merge"
    assert refused(scene, q.MergeQuestion("q1", "q3"), "tom") == "cannot_merge"
    scene.do(c.Answer("q2", QuestionState.ANSWERED_LIVE), "tom")
    assert refused(scene, q.MergeQuestion("q1", "q2"), "tom") == "cannot_merge"
    scene.do(q.MergeQuestion("q3", "q1"), "tom")
    assert not scene.state.questions["q3"].is_shown_to("pauline", False)


def test_a_question_set_aside_can_be_taken_up_again() -> None:
    scene = asked()
    scene.do(c.Answer("q1", QuestionState.SET_ASIDE), "tom")
    assert refused(scene, c.Vote("q1", True), "pauline") == "not_open"
    scene.do(c.Answer("q1", QuestionState.ANSWERING), "tom")
    assert scene.state.questions["q1"].state is QuestionState.ANSWERING


def test_a_question_is_pinned_and_let_go() -> None:
    scene = asked()
    scene.do(q.PinQuestion("q1", True), "tom")
    assert scene.do(q.PinQuestion("q1", True), "hannah") == ()
    assert scene.state.questions["q1"].pinned
    scene.do(q.PinQuestion("q1", False), "tom")
    assert not scene.state.questions["q1"].pinned


def test_what_was_asked_before_class_stands_first_and_once() -> None:
    scene = asked()
    before = Question("q0", "george", "key-of-q0", "Which shoes?", AT - timedelta(days=1))
    scene.do(q.NoteQuestion(before), None)
    assert scene.do(q.NoteQuestion(before), None) == ()
    assert list(scene.state.questions) == ["q0", "q1"]


def test_what_people_ask_and_reply_stays_out_of_reprs() -> None:
    scene = asked()
    events = [
        *scene.do(q.EditQuestion("q1", "my hip"), "margaret"),
        *scene.do(q.ReplyToQuestion("r1", "key-of-r1", "q1", "your hip"), "pauline"),
    ]
    assert "hip" not in repr(events) + repr(scene.state)
