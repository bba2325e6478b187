from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.people.patient_import import PATIENT_COLUMNS as COLUMNS
from server.people.patient_import import Rules, read_rows
from server.people.patient_import_file import read_table
from server.people.patient_import_match import MatchedRow, Stands, match
from server.people.patient_likeness import Identity, KnownPeople, Why, name_key, phone_key
from server.people.patients import PatientRecord

BORN = date(1955, 3, 31)
MARGARET = Identity("margaret", "Margaret Ellis", "07700 900142", BORN, "9990000018")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rose O'Hara", "O’HARA, Rose"),
        ("Zoë Müller", "Zoe Muller"),
        ("Anne-Marie Fox", "annemarie  fox"),
        ("José Núñez", "Núñez José"),
    ],
)
def test_one_name_written_in_two_ways_is_the_same(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_names_of_two_people_differ() -> None:
    assert name_key("Rose O'Hara") != name_key("Rosa O'Hara")


@given(st.text(max_size=40))
def test_a_name_is_the_same_in_capitals(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("01632 960123", "+44 1632 960123"),
        ("(01632) 960-123", "00441632960123"),
        ("07700 900142", "+44 (0)7700 900142"),
    ],
)
def test_one_phone_number_written_in_two_ways_is_the_same(one: str, other: str) -> None:
    assert phone_key(one) == phone_key(other)


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (PatientRecord("Somebody Else", "S", date(1960, 1, 1), nhs_number="9990000018"), Why.NHS_NUMBER),
        (PatientRecord("ellis margaret", "M", BORN), Why.NAME),
        (PatientRecord("Maggie Ellis", "M", BORN, phone="+447700900142"), Why.PHONE),
    ],
)
def test_who_is_likely_the_same_person(record: PatientRecord, why: Why) -> None:
    assert [(each.identity.person_id, each.why) for each in KnownPeople([MARGARET]).like(record)] == [
        ("margaret", why)
    ]


@pytest.mark.parametrize(
    "record",
    [
        PatientRecord("Margaret Ellis", "M", date(1955, 4, 1), phone="07700 900142"),
        PatientRecord("Maggie Ellis", "M", BORN),
        PatientRecord("Margaret Ellis", "M", None),
    ],
)
def test_who_is_not(record: PatientRecord) -> None:
    assert KnownPeople([MARGARET]).like(record) == []


def matched(*lines: str, elsewhere: frozenset[str] = frozenset()) -> tuple[MatchedRow, ...]:
    table = read_table("\n".join(["Name,DOB,NHS number,Phone", *lines]).encode(), COLUMNS)
    found = read_rows(table, Rules(date(2026, 11, 24), test_numbers_only=True))
    return match(found, KnownPeople([MARGARET]), elsewhere, table.where)


def test_rows_stand_as_new_known_likely_or_wrong() -> None:
    rows = matched(
        "Rose Hill,1950-01-01,,",
        "Meg Ellis,1955-03-31,999 000 0018,",
        "Margaret Ellis,1955-03-31,,",
        "Rose Hill,1950-01-01,,",
        "Ann Fox,1955-02-31,,",
        "Eve Fox,1955-02-01,999 000 0026,",
        elsewhere=frozenset({"9990000018", "9990000026"}),
    )
    stands = [each.stands for each in rows]
    assert stands == [Stands.NEW, Stands.KNOWN, Stands.LIKELY, Stands.LIKELY, Stands.WRONG, Stands.WRONG]
    assert [each.same_as for each in rows] == [None, "margaret", "margaret", None, None, None]
    assert rows[3].same_as_row == 2
    assert "stands on another record" in rows[5].problems[0].words


def test_a_number_on_record_with_another_date_of_birth_is_wrong() -> None:
    [row] = matched("Margaret Ellis,1955-03-30,999 000 0018,", elsewhere=frozenset({"9990000018"}))
    assert row.stands is Stands.WRONG
    assert "another date of birth" in row.problems[0].words


def test_the_same_number_twice_is_wrong_the_second_time() -> None:
    rows = matched("Rose Hill,1950-01-01,9990000131,", "Ann Fox,1951-01-01,9990000131,")
    assert [each.stands for each in rows] == [Stands.NEW, Stands.WRONG]
