from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.legible import legible


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Does it hurt?", "Does it hurt?"),
        ("Does\0 it\x1b[31m hurt\x7f?\x85", "Does it[31m hurt?"),
        ("one\r\ntwo\rthree\n\tfour", "one\ntwo\nthree\n\tfour"),
        ("\0", ""),
        ("👩‍🦽 Ça va, Zoë?\u00a0שלום", "👩‍🦽 Ça va, Zoë?\u00a0שלום"),
    ],
)
def test_what_shows_nothing_is_left_out_and_everything_else_stays(text: str, kept: str) -> None:
    assert legible(text) == kept


@given(st.text())
def test_what_is_legible_stays_as_it_is(text: str) -> None:
    once = legible(text)
    assert legible(once) == once
    assert "\0" not in once
