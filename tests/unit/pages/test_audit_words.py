from __future__ import annotations

from server.pages.audit_words import ACTIONS, action_in_words, choices
from tests.unit.pages.audited_actions import audited_actions


def test_every_action_that_the_code_audits_has_words():
    used = audited_actions()

    assert len(used) > 50
    assert {action: place for action, place in used.items() if action not in ACTIONS} == {}


def test_words_are_kept_only_for_actions_that_the_code_knows():
    assert set(ACTIONS) - set(audited_actions()) == set()


def test_two_actions_are_never_called_the_same():
    assert len(set(ACTIONS.values())) == len(ACTIONS)


def test_an_action_fits_its_column():
    assert [action for action in audited_actions() if len(action) > 40] == []


def test_an_action_of_an_older_version_is_still_readable():
    assert action_in_words("lend_device") == "Lend device"


def test_actions_are_offered_in_the_order_of_their_words():
    words = [words for _action, words in choices()]

    assert words == sorted(words, key=str.lower)
