"""What patients are asked about their health before a class, and what they are told at once. Pure.

Red flags are asked of everybody (chest pain, fainting or collapse, signs of stroke) and, where the programme
is not for knees and hips alone, also those of the cauda equina syndrome. The advice follows
the NHS website: nhs.uk/conditions/chest-pain, /stroke, /fainting, /back-pain and /cauda-equina-syndrome. The
words are for a reading age of 9 to 11. A clinical safety officer must confirm them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Symptom(StrEnum):
    """What was answered with yes. The values stand in the tables."""

    CHEST_PAIN = "chest_pain"
    FAINTING = "fainting"
    STROKE = "stroke"
    SADDLE_NUMBNESS = "saddle_numbness"
    BLADDER_BOWEL = "bladder_bowel"
    LEG_WEAKNESS = "leg_weakness"
    DIZZINESS = "dizziness"
    FALL = "fall"
    PAIN = "pain"
    UNWELL = "unwell"


class Advice(StrEnum):
    """What the page says first."""

    CALL_999 = "Call 999 now."
    GO_TO_A_AND_E = "Go to A&E now, or call 999."


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of the questions."""

    symptom: Symptom
    words: str
    """As the patient reads it."""
    hint: str = ""
    said: str = ""
    """As staff read it."""


@dataclass(frozen=True, slots=True)
class RedFlag:
    """What the page says at once, whether or not staff are online."""

    advice: Advice
    why: str
    then: tuple[str, ...]
    """What else to do, in short sentences."""


_ALWAYS = (
    Asked(Symptom.CHEST_PAIN, "Chest pain", "Or a tight or heavy feeling in your chest", "Chest pain"),
    Asked(
        Symptom.FAINTING,
        "You fainted or collapsed",
        "You passed out, even for a moment",
        "Fainting or collapse",
    ),
    Asked(
        Symptom.STROKE,
        "Signs of a stroke",
        "Your face drops on one side, you cannot lift both arms, or your speech is not clear",
        "Signs of stroke",
    ),
)
_OF_BACKS = (
    Asked(
        Symptom.SADDLE_NUMBNESS,
        "Numbness between your legs",
        "Around your private parts, or your bottom",
        "Numbness between the legs",
    ),
    Asked(
        Symptom.BLADDER_BOWEL,
        "New trouble with your bladder or bowels",
        "You cannot pee, you leak, or you cannot feel when you need to go",
        "New bladder or bowel trouble",
    ),
    Asked(
        Symptom.LEG_WEAKNESS,
        "A leg is weak or numb, and that is new",
        "Or it gets worse, in one leg or both",
        "New weakness of a leg",
    ),
)
_HELD = (
    Asked(Symptom.DIZZINESS, "You felt dizzy", said="Dizziness"),
    Asked(Symptom.FALL, "You had a fall", said="A fall"),
    Asked(Symptom.PAIN, "You have a new pain, or your pain is worse", said="New or worse pain"),
    Asked(Symptom.UNWELL, "You feel unwell today", said="Feels unwell"),
)
RED_FLAGS = frozenset(each.symptom for each in (*_ALWAYS, *_OF_BACKS))
WITHOUT_BACKS = frozenset({"knee_hip"})
"""Conditions of a programme in which nobody is asked about the back."""

_STAY = "Do not exercise today. Sit or lie down. Keep your phone by you."
_RED_FLAG_WORDS: dict[Symptom, RedFlag] = {
    Symptom.CHEST_PAIN: RedFlag(
        Advice.CALL_999,
        "Chest pain can be a heart attack. It needs help at once.",
        (_STAY, "If somebody is with you, tell them. Unlock your front door if you can."),
    ),
    Symptom.FAINTING: RedFlag(
        Advice.CALL_999,
        "To faint or collapse can be a sign of something serious.",
        (_STAY, "If somebody is with you, ask them to stay."),
    ),
    Symptom.STROKE: RedFlag(
        Advice.CALL_999,
        "These can be signs of a stroke. Call even if they have gone. Every minute counts.",
        (_STAY, "Do not eat or drink. Note when it began, and tell 999."),
    ),
    Symptom.SADDLE_NUMBNESS: RedFlag(
        Advice.GO_TO_A_AND_E,
        "The nerves at the bottom of your back may be trapped. That must be seen today.",
        ("Do not exercise today.", "Do not drive yourself. Ask someone to take you, or call 999."),
    ),
}
_RED_FLAG_WORDS[Symptom.BLADDER_BOWEL] = _RED_FLAG_WORDS[Symptom.SADDLE_NUMBNESS]
_RED_FLAG_WORDS[Symptom.LEG_WEAKNESS] = _RED_FLAG_WORDS[Symptom.SADDLE_NUMBNESS]


def red_flag_questions(condition: str) -> tuple[Asked, ...]:
    """Return what is asked first, in a programme for this condition (`Programme.condition`)."""
    return _ALWAYS if condition in WITHOUT_BACKS else (*_ALWAYS, *_OF_BACKS)


def other_questions() -> tuple[Asked, ...]:
    """Return what holds a patient for the physio."""
    return _HELD


def red_flag_words(symptoms: Collection[Symptom]) -> RedFlag | None:
    """Return what the page says for these answers: why for each, and what to do for the most urgent ones.
    None without a red flag.
    """
    found = list(dict.fromkeys(_RED_FLAG_WORDS[each] for each in _RED_FLAG_WORDS if each in symptoms))
    if not found:
        return None
    first = min((each.advice for each in found), key=list(Advice).index)
    urgent = [each for each in found if each.advice is first]
    why = " ".join(each.why for each in sorted(found, key=lambda each: each not in urgent))
    return RedFlag(first, why, tuple(dict.fromkeys(line for each in urgent for line in each.then)))


def symptoms_of(values: Iterable[object]) -> frozenset[Symptom]:
    """Return the stored values; one that this version does not know counts as feeling unwell, not as none."""
    known = {each.value for each in Symptom}
    return frozenset(Symptom(str(each)) if each in known else Symptom.UNWELL for each in values)


def in_words(symptoms: Collection[Symptom]) -> list[str]:
    """Return what staff read, the red flags first."""
    return [each.said for each in (*_ALWAYS, *_OF_BACKS, *_HELD) if each.symptom in symptoms]
