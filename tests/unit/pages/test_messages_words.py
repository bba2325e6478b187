"""What staff read of an e-mail that was not sent."""

from __future__ import annotations

import pytest

from server.pages.messages_words import answer_of, kind_in_words, problem_in_words

NO_MAILBOX = "There is no mailbox at this email address. Check the address in the patient’s record."
NOT_ACCEPTED = "The mail server does not accept our emails. Tell whoever runs Moveroom."


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("The mail server said: 550 5.1.1 (address): no such user", NO_MAILBOX),
        ("The mail server said: 550 no such user", NO_MAILBOX),
        ("The mail server said: 550 5.7.1 blocked", NOT_ACCEPTED),
        ("The mail server said: 554 no", NOT_ACCEPTED),
        ("The mail server said: 452 4.2.2 full", "The patient’s mailbox is full."),
        ("The mail server said: 421 busy", "The mail server had no time. This mostly goes away by itself."),
        ("The mail server said: 500 what", "The mail server did not take the email."),
        ("The mail server could not be reached.", "The mail server could not be reached."),
        (None, None),
    ],
)
def test_problems_are_said_in_plain_words(problem: str | None, words: str | None):
    assert problem_in_words(problem) == words


def test_the_servers_own_answer_is_shown_where_there_was_one():
    assert answer_of("The mail server said: 550 no") == "The mail server said: 550 no"
    assert answer_of("The mail server could not be reached.") is None


def test_a_kind_without_words_is_a_message():
    assert kind_in_words("invitation") == "Invitation with the link"
    assert kind_in_words("something new") == "Message"
