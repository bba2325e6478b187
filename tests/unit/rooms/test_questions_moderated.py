from __future__ import annotations

import pytest

from server.errors import Refused
from server.rooms import commands as c
from server.rooms import questions as q
from server.rooms.message import ReportReason
from server.rooms.question import AskedTo, QuestionState
from server.rooms.questions_moderated import HideReply, ReportQuestion
from tests.unit.rooms.rooms import Scene, in_class

UNSAFE = ReportReason.UNSAFE


def asked(to: AskedTo = AskedTo.GROUP) -> Scene:
    """Margaret has asked q1; where the group may, Pauline has replied r1."""
    scene = in_class("margaret", "pauline", "george", "tom")
    scene.do(c.Ask("q1", "key-of-q1", "May I sit?", to), "margaret")
    if to is AskedTo.GROUP:
        scene.do(q.ReplyToQuestion("r1", "key-of-r1", "q1", "Push through!"), "pauline")
    return scene


def refused(scene: Scene, command: c.Command, actor: str) -> str:
    with pytest.raises(Refused) as told:
        scene.do(command, actor)
    return told.value.code


@pytest.mark.parametrize("state", [QuestionState.WAITING, QuestionState.ANSWERED_LIVE])
def test_staff_take_a_question_from_the_group_with_a_reason_and_show_it_again(state: QuestionState) -> None:
    scene = asked()
    scene.do(c.Answer("q1", state), "tom")
    hidden = scene.do(q.ApproveQuestion("q1", False, UNSAFE), "tom")
    assert [each.reason for each in hidden if isinstance(each, q.QuestionApproved)] == [UNSAFE]
    assert not scene.state.questions["q1"].is_shown_to("pauline", False)
    assert scene.state.questions["q1"].is_shown_to("margaret", False)
    scene.do(q.ApproveQuestion("q1", True), "hannah")
    question = scene.state.questions["q1"]
    assert question.is_shown_to("pauline", False)
    assert question.state is state


def test_a_hidden_reply_keeps_its_text_and_can_be_shown_again() -> None:
    scene = asked()
    scene.do(HideReply("q1", "r1", UNSAFE, True), "tom")
    assert scene.do(HideReply("q1", "r1", UNSAFE, True), "hannah") == ()
    (reply,) = scene.state.questions["q1"].replies
    assert (reply.hidden, reply.text) == (True, "Push through!")
    assert refused(scene, ReportQuestion("q1", "r1", UNSAFE), "george") == "no_such_reply"
    scene.do(HideReply("q1", "r1", UNSAFE, False), "hannah")
    assert not scene.state.questions["q1"].replies[0].hidden


def test_only_staff_hide_and_only_what_is_there() -> None:
    scene = asked()
    assert refused(scene, HideReply("q1", "r1", UNSAFE, True), "margaret") == "staff_only"
    assert refused(scene, HideReply("q1", "r9", UNSAFE, True), "tom") == "no_such_reply"
    assert refused(scene, HideReply("q9", "r1", UNSAFE, True), "tom") == "no_such_question"


def test_a_question_and_a_reply_are_reported_once_a_person_and_not_by_who_wrote_them() -> None:
    scene = asked()
    for reply_id, writer in ((None, "margaret"), ("r1", "pauline")):
        scene.do(ReportQuestion("q1", reply_id, UNSAFE), "george")
        assert scene.do(ReportQuestion("q1", reply_id, ReportReason.OTHER), "george") == ()
        assert refused(scene, ReportQuestion("q1", reply_id, UNSAFE), writer) == "own_message"
    question = scene.state.questions["q1"]
    assert question.reports == question.replies[0].reports == {("george", UNSAFE)}


def test_nobody_reports_a_question_that_is_not_theirs_to_see() -> None:
    scene = asked(AskedTo.STAFF)
    assert refused(scene, ReportQuestion("q1", None, UNSAFE), "pauline") == "no_such_question"
    assert refused(asked(), ReportQuestion("q1", "r9", UNSAFE), "george") == "no_such_reply"
