from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.people.patient_import_file import Line
from server.timetable.course_import import newcomers, read_referrals
from server.timetable.referrals import AdminCategory, Referral, service_request_id

WHERE = {"service_request_id": "A, Referral", "commissioner_code": "B, Payer", "admin_category": "C, Kind"}


@pytest.mark.parametrize("written", ["1", "REF-1001", "RH8/2026 17", "A" * 20])
def test_a_service_request_has_up_to_twenty_signs(written: str) -> None:
    assert service_request_id(written) == written


@pytest.mark.parametrize("written", ["", " A", "A" * 21, "=1", "@a", "-1", "a,b", "ä", "A\n"])
def test_what_cannot_be_a_service_request_is_none(written: str) -> None:
    assert service_request_id(written) is None


def test_a_row_says_the_referral_and_the_nought_that_is_missing_is_put_back() -> None:
    cells = {"service_request_id": "REF 7", "commissioner_code": "15e", "admin_category": "1"}
    referrals, problems = read_referrals([Line(2, cells), Line(3, {})], WHERE)
    assert referrals == {2: Referral("REF 7", "15E", AdminCategory.NHS), 3: Referral()}
    assert problems == {}


def test_each_wrong_part_of_a_referral_is_named() -> None:
    cells = {"service_request_id": "=1", "commissioner_code": "1", "admin_category": "05"}
    _referrals, problems = read_referrals([Line(2, cells)], WHERE)
    assert [each.column for each in problems[2]] == list(WHERE.values())


@given(
    st.dictionaries(st.integers(2, 20), st.sampled_from(["rose", "ann", "eve"])),
    st.sets(st.sampled_from(["rose", "ann"])),
)
def test_each_is_put_on_the_course_once_by_the_first_row(people: dict[int, str], there: set[str]) -> None:
    referrals = {row: Referral(f"REF {row}") for row in people}
    coming = newcomers(people, referrals, there)
    assert {each.person_id for each in coming} == set(people.values()) - there
    for each in coming:
        first = min(row for row, person in people.items() if person == each.person_id)
        assert each.referral == referrals[first]
