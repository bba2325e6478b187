from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import Refused
from server.people.nhs_number import check_digit, read_nhs_number, read_test_nhs_number, shown


@pytest.mark.parametrize("number", ["9990000018", "9990000026", "9990000034", "9990000042", "9990000050"])
def test_the_published_test_numbers_are_right(number: str) -> None:
    assert read_test_nhs_number(number) == number


def test_the_worked_example_of_the_data_dictionary_is_right() -> None:
    assert check_digit("943476591") == 9
    assert read_nhs_number("943 476 5919") == "9434765919"


@pytest.mark.parametrize(
    "written", ["999 000 0018", " 999-000-0018 ", "999\u00a0000\u20130018", "9990000018"]
)
def test_spaces_and_dashes_are_let_pass(written: str) -> None:
    assert read_nhs_number(written) == "9990000018"


@pytest.mark.parametrize(
    "written", ["", "999 000 001", "999 000 00189", "999000001X", "９９９００００１８８"]
)
def test_anything_but_ten_digits_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(Refused) as refused:
        read_nhs_number(written)
    assert "10 digits" in refused.value.words


def test_a_check_digit_of_ten_means_that_there_is_no_such_number() -> None:
    nine = next(f"99900{number:04}" for number in range(10_000) if check_digit(f"99900{number:04}") is None)
    for last in "0123456789":
        with pytest.raises(Refused):
            read_nhs_number(nine + last)


def test_a_result_of_eleven_is_check_digit_zero() -> None:
    assert check_digit("000000000") == 0


@given(nine=st.text("0123456789", min_size=9, max_size=9), place=st.integers(0, 8), other=st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(nine: str, place: int, other: int) -> None:
    right = check_digit(nine)
    changed = str((int(nine[place]) + other) % 10)
    if right is not None:
        with pytest.raises(Refused):
            read_nhs_number(f"{nine[:place]}{changed}{nine[place + 1 :]}{right}")


def test_a_demo_refuses_a_number_that_could_be_somebodys() -> None:
    with pytest.raises(Refused) as refused:
        read_test_nhs_number("943 476 5919")
    assert "999" in refused.value.words


def test_a_number_is_shown_in_three_groups() -> None:
    assert shown("9990000018") == "999 000 0018"
