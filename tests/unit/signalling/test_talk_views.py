"""Who is told what of questions and of the chat."""

from __future__ import annotations

from typing import Any

from server.rooms import chat
from server.rooms import commands as c
from server.rooms import questions as q
from server.rooms import questions_moderated as qm
from server.rooms.events import Event
from server.rooms.message import Reaction, ReportReason
from server.rooms.question import AskedTo, QuestionState
from server.signalling.fan_out import messages
from server.signalling.kinds import View
from server.signalling.views import Viewer
from server.signalling.views_questions import NAMELESS
from tests.unit.rooms.rooms import AT, Scene, in_class
from tests.unit.signalling.test_views import DETAILS

EVERYONE = ("hannah", "tom", "margaret", "pauline", "george")
UNSAFE = ReportReason.UNSAFE


def group() -> Scene:
    return in_class("tom", "margaret", "pauline", "george")


def sent(scene: Scene, person: str, events: tuple[Event, ...]) -> list[tuple[str, View]]:
    return messages(Viewer(scene.state, DETAILS, person), events, {}, AT)


def told(scene: Scene, events: tuple[Event, ...]) -> dict[str, list[str]]:
    """The names of what everybody is sent."""
    return {
        person: names for person in EVERYONE if (names := [name for name, _ in sent(scene, person, events)])
    }


def each_gets(people: tuple[str, ...], name: str) -> dict[str, list[str]]:
    return {person: [name] for person in people}


def view(scene: Scene, person: str, events: tuple[Event, ...]) -> Any:
    (one,) = sent(scene, person, events)
    return one[1]


def asked(scene: Scene, to: AskedTo = AskedTo.GROUP, *, anonymous: bool = False) -> tuple[Event, ...]:
    return scene.do(c.Ask("q1", "key-of-q1", "May I sit?", to, anonymous), "margaret")


def test_a_question_to_staff_goes_to_staff_and_its_asker_from_beginning_to_end() -> None:
    scene, those = group(), {"hannah": ["question"], "tom": ["question"], "margaret": ["question"]}
    assert told(scene, asked(scene, AskedTo.STAFF)) == those
    assert told(scene, scene.do(c.Answer("q1", QuestionState.ANSWERING), "tom")) == those
    assert told(scene, scene.do(q.ReplyToQuestion("r1", "key-of-r1", "q1", "Yes"), "tom")) == those
    for person in ("pauline", "george"):
        assert Viewer(scene.state, DETAILS, person).whole({}, AT).questions == ()


def test_without_a_name_classmates_are_told_nothing_of_who_asked_and_staff_are() -> None:
    scene = group()
    events = asked(scene, anonymous=True)
    classmate, staff, own = (view(scene, person, events) for person in ("pauline", "tom", "margaret"))
    assert (classmate.asker, classmate.asker_name, classmate.mine) == ("", NAMELESS, False)
    assert "margaret" not in classmate.model_dump_json().lower()
    assert (staff.asker, staff.asker_name) == ("margaret", "Margaret")
    assert (own.asker_name, own.mine) == ("Margaret", True)


def test_who_asked_without_a_name_replies_without_one() -> None:
    scene = group()
    asked(scene, anonymous=True)
    events = scene.do(q.ReplyToQuestion("r1", "key-of-r1", "q1", "Standing, I mean."), "margaret")
    assert view(scene, "pauline", events).replies[0].author_name == NAMELESS
    assert view(scene, "tom", events).replies[0].author_name == "Margaret"
    scene.do(q.ReplyToQuestion("r2", "key-of-r2", "q1", "I sit."), "george")
    assert view(scene, "pauline", events).replies[1].author_name == "George"


def test_a_question_that_staff_take_away_is_gone_for_classmates_and_comes_back() -> None:
    scene = group()
    asked(scene)
    gone = scene.do(q.ApproveQuestion("q1", False), "tom")
    assert told(scene, gone) == {
        "hannah": ["question"],
        "tom": ["question"],
        "margaret": ["question"],
        "pauline": ["question_gone"],
        "george": ["question_gone"],
    }
    back = scene.do(q.ApproveQuestion("q1", True), "tom")
    assert told(scene, back) == each_gets(EVERYONE, "question")


def test_of_a_hidden_reply_the_group_gets_no_word_and_staff_do() -> None:
    scene = group()
    asked(scene)
    scene.do(q.ReplyToQuestion("r1", "key-of-r1", "q1", "Push through!"), "pauline")
    hidden = scene.do(qm.HideReply("q1", "r1", UNSAFE, True), "tom")
    assert told(scene, hidden) == each_gets(EVERYONE, "question")
    for person, text in (("margaret", ""), ("pauline", ""), ("george", ""), ("hannah", "Push through!")):
        (reply,) = view(scene, person, hidden).replies
        assert (reply.hidden, reply.text) == (True, text)
    shown = scene.do(qm.HideReply("q1", "r1", UNSAFE, False), "tom")
    assert view(scene, "george", shown).replies[0].text == "Push through!"


def test_that_a_question_or_a_reply_is_reported_is_told_to_staff_and_to_who_reported() -> None:
    scene = group()
    asked(scene)
    scene.do(q.ReplyToQuestion("r1", "key-of-r1", "q1", "Push through!"), "pauline")
    for reply_id in (None, "r1"):
        events = scene.do(qm.ReportQuestion("q1", reply_id, UNSAFE), "george")
        assert told(scene, events) == each_gets(("hannah", "tom", "george"), "question")
    for person, reports, reasons, reported in (("tom", 1, (UNSAFE.value,), False), ("george", 0, (), True)):
        question = view(scene, person, events)
        for each in (question, *question.replies):
            assert (each.reports, each.report_reasons, each.reported) == (reports, reasons, reported)


def test_that_a_private_question_is_put_in_other_words_is_told_to_no_classmate() -> None:
    scene = group()
    asked(scene, AskedTo.STAFF)
    events = scene.do(q.EditQuestion("q1", "May I sit down?"), "margaret")
    assert told(scene, events) == each_gets(("hannah", "tom", "margaret"), "question")


def test_a_merge_is_told_of_both_questions_and_of_a_private_one_to_nobody_else() -> None:
    scene = group()
    asked(scene)
    scene.do(c.Ask("q2", "key-of-q2", "Privately", AskedTo.STAFF), "george")
    events = scene.do(q.MergeQuestion("q2", "q1"), "tom")
    both = ["question", "question"]
    assert told(scene, events) == {
        "hannah": both,
        "tom": both,
        "margaret": ["question"],
        "pauline": ["question"],
        "george": both,
    }
    assert (view(scene, "pauline", events).merged, view(scene, "pauline", events).votes) == (1, 1)


def test_who_asked_or_voted_for_one_that_is_put_together_with_another_has_no_vote_to_change() -> None:
    scene = group()
    asked(scene)
    scene.do(c.Ask("q2", "key-of-q2", "Do I sit?", AskedTo.GROUP), "george")
    scene.do(c.Vote("q2", True), "pauline")
    events = scene.do(c.Vote("q1", True), "pauline")
    assert (view(scene, "pauline", events).voted, view(scene, "pauline", events).vote_stays) == (True, False)
    scene.do(q.MergeQuestion("q2", "q1"), "tom")
    events = scene.do(c.Vote("q1", False), "pauline")
    seen = {each: view(scene, each, events) for each in ("george", "pauline", "margaret", "tom")}
    assert {each: (one.voted, one.vote_stays) for each, one in seen.items()} == {
        "george": (True, True),
        "pauline": (True, True),
        "margaret": (False, False),
        "tom": (False, False),
    }
    assert seen["tom"].votes == 2


def test_only_the_asker_is_told_until_when_she_can_change_it() -> None:
    scene = group()
    events = asked(scene)
    assert view(scene, "margaret", events).editable_until is not None
    assert view(scene, "tom", events).editable_until is None


def test_what_a_held_person_writes_goes_to_staff_and_herself_only() -> None:
    scene = group()
    scene.do(chat.HoldMessages("margaret", True), "tom")
    events = scene.do(c.Post("m1", "key-of-m1", "Hello"), "margaret")
    assert told(scene, events) == each_gets(("hannah", "tom", "margaret"), "message")
    assert Viewer(scene.state, DETAILS, "george").whole({}, AT).chat == ()
    shown = scene.do(chat.ApproveMessage("m1", True), "tom")
    assert told(scene, shown) == each_gets(EVERYONE, "message")


def test_who_is_held_is_told_to_staff_only() -> None:
    scene = group()
    events = scene.do(chat.HoldMessages("margaret", True), "tom")
    assert told(scene, events) == {"hannah": ["chat"], "tom": ["chat"]}
    assert Viewer(scene.state, DETAILS, "margaret").whole({}, AT).chat_held == ()
    assert Viewer(scene.state, DETAILS, "hannah").whole({}, AT).chat_held == ("margaret",)


def test_of_a_hidden_message_the_group_gets_no_word_and_staff_do() -> None:
    scene = group()
    scene.do(c.Post("m1", "key-of-m1", "Take double the tablets"), "margaret")
    scene.do(c.Post("m2", "key-of-m2", "I will", "m1"), "george")
    events = scene.do(chat.Hide("m1", UNSAFE, True), "tom")
    for person in ("margaret", "pauline", "george"):
        hidden, quoting = (view for _, view in sent(scene, person, events))
        assert (hidden.hidden, hidden.text, quoting.reply_to_text) == (True, "", "")
        assert "tablets" not in Viewer(scene.state, DETAILS, person).whole({}, AT).model_dump_json()
    hidden, quoting = (view for _, view in sent(scene, "hannah", events))
    assert hidden.text == quoting.reply_to_text == "Take double the tablets"


def test_a_report_is_told_to_staff_and_to_who_reported() -> None:
    scene = group()
    scene.do(c.Post("m1", "key-of-m1", "Hello"), "margaret")
    events = scene.do(chat.Report("m1", UNSAFE), "pauline")
    assert told(scene, events) == each_gets(("hannah", "tom", "pauline"), "message")
    assert (view(scene, "tom", events).reports, view(scene, "pauline", events).reports) == (1, 0)
    assert view(scene, "tom", events).report_reasons == (UNSAFE.value,)
    assert view(scene, "pauline", events).reported
    assert view(scene, "pauline", events).report_reasons == ()


def test_reactions_are_counts_and_ones_own() -> None:
    scene = group()
    scene.do(c.Post("m1", "key-of-m1", "Hello"), "margaret")
    scene.do(chat.React("m1", Reaction.THANKS, True), "george")
    events = scene.do(chat.React("m1", Reaction.THANKS, True), "pauline")
    assert view(scene, "tom", events).reactions == {"thanks": 2}
    assert view(scene, "pauline", events).my_reactions == ("thanks",)
    assert "george" not in view(scene, "pauline", events).model_dump_json()


def test_a_reply_says_how_the_message_begins_that_it_answers() -> None:
    scene = group()
    scene.do(c.Post("m1", "key-of-m1", "word " * 100), "margaret")
    answer = view(scene, "tom", scene.do(c.Post("m2", "key-of-m2", "So it is", "m1"), "george"))
    assert (answer.reply_to, answer.reply_to_name) == ("m1", "Margaret")
    assert answer.reply_to_text.endswith("…")
    assert len(answer.reply_to_text) <= 80


def test_how_far_somebody_has_read_is_told_to_nobody_else() -> None:
    scene = group()
    scene.do(c.Post("m1", "key-of-m1", "Hello"), "margaret")
    events = scene.do(chat.SeeMessages("m1"), "george")
    assert told(scene, events) == {"george": ["chat"]}
    assert view(scene, "george", events).seen == "m1"
    assert Viewer(scene.state, DETAILS, "george").whole({}, AT).chat_seen == "m1"


def test_who_waits_is_told_nothing_of_what_is_written() -> None:
    scene = group()
    scene.do(c.Join(), "li")
    events = (*asked(scene), *scene.do(c.Post("m1", "key-of-m1", "Hello"), "margaret"))
    assert sent(scene, "li", events) == []
