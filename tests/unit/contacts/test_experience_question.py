from __future__ import annotations

from server.contacts.experience_question import QUESTION, WHY_QUESTION, Choice


def test_the_question_and_its_answers_are_those_of_nhs_england_in_their_order() -> None:
    assert QUESTION == "Overall, how was your experience of our service?"
    assert [choice.words for choice in Choice] == [
        "Very good",
        "Good",
        "Neither good nor poor",
        "Poor",
        "Very poor",
        "Don't know",
    ]
    assert WHY_QUESTION == "Please can you tell us why you gave your answer?"
