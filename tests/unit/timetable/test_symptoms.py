from __future__ import annotations

import re

import pytest

from server.timetable.symptoms import (
    RED_FLAGS,
    Advice,
    Symptom,
    in_words,
    other_questions,
    red_flag_questions,
    red_flag_words,
    symptoms_of,
)

ALL = {Symptom.CHEST_PAIN, Symptom.FAINTING, Symptom.STROKE}
OF_BACKS = {Symptom.SADDLE_NUMBNESS, Symptom.BLADDER_BOWEL, Symptom.LEG_WEAKNESS}


def asked(condition: str) -> set[Symptom]:
    return {each.symptom for each in red_flag_questions(condition)}


def test_everybody_is_asked_about_chest_pain_collapse_and_stroke() -> None:
    for condition in ("back", "knee_hip", "other", "something new"):
        assert asked(condition) >= ALL


def test_the_back_is_asked_about_unless_the_programme_is_not_for_it() -> None:
    assert asked("back") == ALL | OF_BACKS
    assert asked("other") == ALL | OF_BACKS
    assert asked("something new") == ALL | OF_BACKS
    assert asked("knee_hip") == ALL


def test_every_symptom_is_asked_once_and_is_a_red_flag_or_holds() -> None:
    questions = [each.symptom for each in (*red_flag_questions("back"), *other_questions())]
    assert sorted(questions) == sorted(Symptom)
    assert ALL | OF_BACKS == RED_FLAGS


@pytest.mark.parametrize("symptom", sorted(RED_FLAGS))
def test_each_red_flag_says_to_call_999_or_go_to_a_and_e_now(symptom: Symptom) -> None:
    found = red_flag_words({symptom, Symptom.DIZZINESS})
    assert found is not None
    assert "999" in found.advice
    assert "now" in found.advice
    assert any("Do not exercise" in line for line in found.then)
    assert (found.advice is Advice.GO_TO_A_AND_E) == (symptom in OF_BACKS)


def test_with_several_the_most_urgent_is_said() -> None:
    found = red_flag_words({Symptom.LEG_WEAKNESS, Symptom.CHEST_PAIN})
    assert found is not None
    assert found.advice is Advice.CALL_999
    assert found.why.index("heart attack") < found.why.index("nerves"), "why is said of each"
    assert not any("drive" in line for line in found.then), "999 sends somebody"


def test_with_several_nothing_is_said_twice() -> None:
    found = red_flag_words(RED_FLAGS)
    assert found is not None
    assert len(set(found.then)) == len(found.then)
    assert found.why.count("nerves") == 1


def test_other_symptoms_are_no_red_flag() -> None:
    assert red_flag_words({each.symptom for each in other_questions()}) is None


def test_a_stored_value_that_is_not_known_holds_rather_than_counts_as_nothing() -> None:
    assert symptoms_of(["dizziness", "unheard_of"]) == {Symptom.DIZZINESS, Symptom.UNWELL}


def test_staff_read_the_red_flags_first() -> None:
    assert in_words([Symptom.FALL, Symptom.STROKE, Symptom.DIZZINESS]) == [
        "Signs of stroke", "Dizziness", "A fall",
    ]  # fmt: skip
    assert all(in_words([each]) != [""] for each in Symptom)


def syllables(word: str) -> int:
    """Roughly: groups of vowels, without a silent e at the end."""
    found = len(re.findall(r"[aeiouy]+", word.lower()))
    return max(1, found - (word.lower().endswith("e") and not word.lower().endswith("le")))


def reading_grade(text: str) -> float:
    """Flesch and Kincaid (1975): years at school in the USA; a child of 11 is in grade 5 or 6."""
    sentences = [each for each in re.split(r"[.?!]\s*", text) if each.strip()]
    words = re.findall(r"[A-Za-z']+", text)
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def test_what_patients_read_is_for_children_of_eleven() -> None:
    for symptom in RED_FLAGS:
        found = red_flag_words({symptom})
        assert found is not None
        assert reading_grade(" ".join((found.why, *found.then))) <= 6
    questions = (*red_flag_questions("back"), *other_questions())
    assert reading_grade(". ".join(f"{each.words}. {each.hint}" for each in questions)) <= 6
