from __future__ import annotations

import pytest

from server.errors import Refused
from server.rooms import commands as c
from server.rooms.question import QuestionState
from tests.unit.rooms.rooms import ask, in_class


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


def test_what_people_write_stays_out_of_reprs() -> None:
    scene = in_class("margaret")
    events = scene.do(c.Ask("q1", "key-of-q1", "my hip is sore"), "margaret")
    assert "hip" not in repr(events)
    assert "hip" not in repr(scene.state.questions)
    assert "hip" not in repr(c.Post("m1", "key-of-m1", "my hip is sore"))
