"""Reads the three pages of the check-in. Pure; words for what is missing follow the NHS service manual."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from server.pages.fields import Fields
from server.people.carers import KnownCarer
from server.timetable.check_in_rules import Comes
from server.timetable.symptoms import RED_FLAGS, Symptom, other_questions, red_flag_questions

NO_RED_FLAG, NO_OTHER = "no_red_flag", "no_other"
PARTNER = "partner-"
"""Before the names of the fields that are about the other one of a couple."""


@dataclass(frozen=True, slots=True)
class Details:
    """The first page."""

    comes: Comes = Comes.SELF
    carer_id: str | None = None
    partner_too: bool = False
    phone: str = ""
    emergency_name: str = ""
    emergency_phone: str = ""
    with_whom: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """The second page, of one person."""

    said: frozenset[Symptom]
    told: str


@dataclass(frozen=True, slots=True)
class Where:
    """The third page."""

    place: str
    is_space_clear: bool


def who_choices(carers: Sequence[KnownCarer]) -> dict[str, str]:
    """Return who may be in front of the device, in words; nothing to choose without carers."""
    if not carers:
        return {}
    choices = {"self": "I am joining by myself"}
    for each in carers:
        choices[f"with-{each.id}"] = f"{each.record.full_name} is joining with me"
        if each.record.may_stand_in:
            choices[f"for-{each.id}"] = f"{each.record.full_name} is joining for me. I am not there"
    return choices


def read_details(fields: Fields, choices: Mapping[str, str], partner_name: str | None) -> Details:
    """Read the first page; what is wrong stands in `fields.errors`."""
    comes, carer_id, partner_too = Comes.SELF, None, False
    if choices:
        who = fields.choice("who", choices, "Select who is joining today") or "self"
        kind, _, chosen = who.partition("-")
        carer_id = chosen or None
        comes = {"with": Comes.WITH_CARER, "for": Comes.PROXY}.get(kind, Comes.SELF)
    if partner_name is not None:
        missing = f"Select yes if {partner_name} is with you today"
        partner_too = fields.choice("partner", ("yes", "no"), missing) == "yes"
    phone = fields.phone("phone", "Enter a phone number on which we can ring you today")
    emergency_name = emergency_phone = ""
    if not fields.is_ticked("no_emergency"):
        emergency_name = fields.text(
            "emergency_name", "Enter the name of somebody we can ring, or tick “I do not have anybody”"
        )
        emergency_phone = fields.phone("emergency_phone", "Enter the phone number of the person we can ring")
    with_whom = ""
    if fields.choice("alone", ("yes", "no"), "Select yes if you are alone at home today") == "no":
        with_whom = fields.text("with_whom", "Enter who is with you")
    return Details(comes, carer_id, partner_too, phone, emergency_name, emergency_phone, with_whom)


def read_symptoms(fields: Fields, condition: str, prefix: str = "", name: str | None = None) -> Answers:
    """Read one person's answers of the second page: `name` is that of the other one of a couple.

    Both questions need an answer; "none" and something else at once is none. A red flag counts also where it
    is not asked about (the page may be older than the programme's condition).
    """
    you = f"{name} has" if name else "you have"
    red = _ticked(fields.form, prefix, RED_FLAGS)
    other = _ticked(fields.form, prefix, [each.symptom for each in other_questions()])
    for ticked, none, first in (
        (red, NO_RED_FLAG, red_flag_questions(condition)[0]),
        (other, NO_OTHER, other_questions()[0]),
    ):
        has_none = fields.is_ticked(prefix + none)
        if ticked and has_none and not ticked & RED_FLAGS:
            fields.errors[prefix + first.symptom] = f"Select what {you}, or “None of these”, not both"
        elif not ticked and not has_none:
            fields.errors[prefix + first.symptom] = f"Select what {you}, or “None of these”"
    told = fields.lines(f"{prefix}told", None, most=1000)
    return Answers(frozenset(red | other), told)


def read_where(fields: Fields) -> Where:
    """Read the third page."""
    place = fields.lines("place", "Enter the address where you are now", most=300)
    clear = fields.choice("space", ("yes", "no"), "Select yes if your space is clear and your shoes are safe")
    return Where(place, clear == "yes")


def red_flags_sent(form: Mapping[str, str]) -> dict[str, frozenset[Symptom]]:
    """Return the red flags that are ticked, by whose they are ("" or `PARTNER`); whatever else was sent."""
    ticked = {prefix: frozenset(_ticked(form, prefix, RED_FLAGS)) for prefix in ("", PARTNER)}
    return {prefix: symptoms for prefix, symptoms in ticked.items() if symptoms}


def _ticked(form: Mapping[str, str], prefix: str, symptoms: Collection[Symptom]) -> set[Symptom]:
    return {each for each in symptoms if form.get(prefix + each)}
