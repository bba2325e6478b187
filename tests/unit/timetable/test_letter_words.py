"""What our e-mails say: short sentences of plain words, and whatever a person needs to come."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from server.timetable.letter_words import (
    Group,
    When,
    Words,
    back_on,
    cancelled,
    entry_description,
    entry_summary,
    invitation,
    moved,
    removed,
)
from server.timetable.spoken import LONDON

NOW = datetime(2026, 12, 20, 9, tzinfo=UTC)
GROUP = Group(12, False, "Riverside groups", "01632 960123", "Monday to Friday, 9am to 5pm")
TALK = Group(1, True, "Riverside groups", "01632 960123", "")


def when(number: int, days: int) -> When:
    starts_at = datetime(2026, 12, 22, 10, tzinfo=UTC) + timedelta(days=days)
    return When(number, starts_at, starts_at + timedelta(hours=1))


def invited(group: Group = GROUP, code: str | None = "402 913", count: int = 3) -> Words:
    classes = [when(number, 7 * number) for number in range(count)]
    return invitation(
        "Margaret",
        group,
        classes,
        link="https://c.example/j/token",
        code=code,
        code_page="https://c.example/code",
        now=NOW,
        zone=LONDON,
    )


def all_letters() -> dict[str, Words]:
    one, two = [when(5, 0)], [when(5, 0), when(6, 7)]
    letters = {"invitation": invited(), "talk": invited(TALK, None, 1), "removed": removed("Margaret", GROUP)}
    for name, classes in (("one", one), ("two", two)):
        letters[f"moved {name}"] = moved("Margaret", GROUP, classes, now=NOW, zone=LONDON)
        letters[f"back on {name}"] = back_on("Margaret", GROUP, classes, now=NOW, zone=LONDON)
        letters[f"cancelled {name}"] = cancelled(
            "Margaret", GROUP, classes, next_class=when(7, 14), now=NOW, zone=LONDON
        )
    return letters


LETTERS = all_letters()


def syllables(word: str) -> int:
    groups = re.findall(r"[aeiouy]+", word.lower().removesuffix("e"))
    return max(1, len(groups))


def reading_age(text: str) -> float:
    """Flesch-Kincaid grade (words a sentence, syllables a word) plus 5 years."""
    prose = re.sub(r"https?://\S+|\d[\d ]*|[“”]", " ", text)
    sentences = [each for each in re.split(r"[.!?:\n]+", prose) if re.search(r"[a-z]", each)]
    words = re.findall(r"[A-Za-z]+", prose)
    grade = 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    return grade + 5


@pytest.mark.parametrize("name", LETTERS)
def test_a_child_of_eleven_can_read_it(name: str):
    text = LETTERS[name].text
    assert reading_age(text) <= 11
    sentences = re.split(r"[.?!]\s|\n", text)
    assert all(len(each.split()) <= 20 for each in sentences), sentences


@pytest.mark.parametrize("name", LETTERS)
def test_each_says_whom_to_call_and_who_writes(name: str):
    letter = LETTERS[name]
    assert letter.text.startswith("Hello Margaret,\n")
    assert "01632 960123" in letter.text
    assert "Riverside groups" in letter.text
    assert "If you do not want emails from us, call us." in letter.text
    assert "\n" not in letter.subject
    assert len(letter.subject) <= 60


def test_an_invitation_gives_the_link_on_a_line_of_its_own():
    lines = invited().text.splitlines()
    assert "https://c.example/j/token" in lines
    assert "402 913" in lines


def test_without_a_code_no_code_is_spoken_of():
    assert "code" not in invited(code=None).text


def test_a_year_is_said_when_it_is_another():
    text = invited().text
    assert "Class 0: Tuesday 22 December, 10am to 11am" in text
    assert "Class 2: Tuesday 5 January 2027, 10am to 11am" in text


def test_one_class_and_several_are_spoken_of_rightly():
    assert LETTERS["moved one"].subject == "Your online class: new time"
    assert LETTERS["moved two"].subject == "Your online classes: new times"
    assert "It is now on:" in LETTERS["moved one"].text
    assert "They are now on:" in LETTERS["moved two"].text
    assert LETTERS["cancelled two"].subject == "Your online classes are cancelled"
    assert "cancel these online classes" in LETTERS["cancelled two"].text
    assert LETTERS["talk"].subject == "Your online talk: how to join"
    assert "Class" not in LETTERS["talk"].text


def test_when_nothing_comes_after_a_cancelled_class_none_is_promised():
    letter = cancelled("Margaret", GROUP, [when(12, 0)], next_class=None, now=NOW, zone=LONDON)
    assert "next class" not in letter.text


def test_a_calendar_names_no_group_and_gives_the_link_only_where_it_is_known():
    assert entry_summary(5, GROUP) == "Online class 5 of 12"
    assert entry_summary(1, TALK) == "Online talk"
    assert "https://c.example/j/token" in entry_description(GROUP, "https://c.example/j/token")
    assert "open the link in our email “how to join”" in entry_description(GROUP, None)
