from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import CannotStart
from server.people.short_codes import (
    KEY_FILE,
    LENGTH,
    ShortCodes,
    is_well_formed,
    short_code_key,
    typed_digits,
)

CODES = ShortCodes(b"k" * 32)


def drawn(number: int) -> str:
    return ShortCodes(b"k" * 32, lambda _below: number).draw().digits


def test_a_code_has_15_digits_in_groups_of_three() -> None:
    code = CODES.draw()
    assert len(code.digits) == LENGTH
    assert code.digits.isdigit()
    assert [len(group) for group in code.spoken.split(" ")] == [3, 3, 3, 3, 3]


def test_a_code_is_drawn_from_more_than_2_to_the_46() -> None:
    asked: list[int] = []
    ShortCodes(b"k" * 32, lambda below: asked.append(below) or 7).draw()
    assert asked[0] > 2**46


def test_a_small_number_keeps_its_leading_zeros() -> None:
    assert drawn(5).startswith("00000000000005")
    assert is_well_formed(drawn(5))


@given(st.integers(0, 10**14 - 1), st.integers(0, 14), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number: int, at: int, off: int) -> None:
    digits = drawn(number)
    wrong = digits[:at] + str((int(digits[at]) + off) % 10) + digits[at + 1 :]
    assert is_well_formed(digits)
    assert not is_well_formed(wrong)


@given(st.integers(0, 10**14 - 1), st.integers(0, 13))
def test_two_neighbours_that_are_swapped_are_always_found(number: int, at: int) -> None:
    digits = drawn(number)
    swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    assert is_well_formed(swapped) == (digits[at] == digits[at + 1])


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("402 913 558 016 927", "402913558016927"),
        (" 402-913.558/016\u00a0927\n", "402913558016927"),
        ("４０２", "402"),
        ("٤٠٢", "402"),
        ("4O2", "4O2"),
        ("", ""),
    ],
)
def test_spaces_and_dashes_are_let_pass_and_letters_are_not_overlooked(written: str, digits: str) -> None:
    assert typed_digits(written) == digits


@pytest.mark.parametrize("digits", ["", "1234567890", "1" * 16, "40291355801692x", "²" * 15])
def test_what_is_no_code_is_seen_at_once(digits: str) -> None:
    assert not is_well_formed(digits)


def test_what_is_stored_depends_on_the_installations_key() -> None:
    code = CODES.draw()
    assert code.hashed == CODES.hashed(code.digits)
    assert code.hashed != ShortCodes(b"x" * 32).hashed(code.digits)
    assert code.digits not in code.hashed
    assert code.digits not in repr(code)


def test_the_key_is_made_once_for_this_user_alone(tmp_path: Path) -> None:
    key = short_code_key(tmp_path)
    assert len(key) == 32
    assert short_code_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600


def test_a_key_that_was_cut_short_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_bytes(b"short")
    with pytest.raises(CannotStart, match="links will"):
        short_code_key(tmp_path)
