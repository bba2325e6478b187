"""Whose packets these are."""

from __future__ import annotations

import pytest
from aioice import stun

from tests.lab.conditions import Conditions
from tests.lab.lines import Lines, name_in


def check(username: str) -> bytes:
    """A connectivity check as a browser sends it."""
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    request.attributes["PRIORITY"] = 1853693695
    request.attributes["USERNAME"] = username
    request.add_message_integrity(b"password")
    return bytes(request)


def lines() -> Lines:
    return Lines(1, Conditions(), Conditions())


def test_a_check_says_whose_it_is():
    assert name_in(check("server:abc")) == "server:abc"


@pytest.mark.parametrize("other", [b"", b"\x80" * 40, b"\0\1" + bytes(18), check("server:abc")[:23]])
def test_other_packets_say_nothing(other: bytes):
    assert name_in(other) is None


def test_a_line_is_called_by_either_half_of_its_name():
    known = lines()
    one = known.of("server:abc")
    assert known.called("server") == known.called("abc") == known.called("all") == [one]
    assert known.called("ab") == []


def test_lines_to_come_can_be_given_conditions_without_touching_those_that_are_here():
    known = lines()
    here = known.of("a:here")
    known.change("new", {"down": {"kbps": 300}})
    comes = known.of("b:comes")
    assert (here.down.conditions.kbps, comes.down.conditions.kbps) == (None, 300)
    assert comes.up.conditions.kbps is None


def test_a_change_for_all_holds_for_those_here_and_those_to_come():
    known = lines()
    here = known.of("a:here")
    known.change("all", {"both": {"loss": 0.1}, "up": {"delay_ms": 60}})
    for line in (here, known.of("b:comes")):
        assert (line.up.conditions.loss, line.down.conditions.loss) == (0.1, 0.1)
        assert (line.up.conditions.delay_ms, line.down.conditions.delay_ms) == (60, 40)


def test_a_change_for_nobody_is_refused():
    with pytest.raises(LookupError, match="no line is called ghost"):
        lines().change("ghost", {"both": {"loss": 0.1}})


def test_each_line_has_chances_of_its_own_that_follow_from_the_seed():
    def losses(known: Lines) -> list[list[bool]]:
        known.change("new", {"both": {"loss": 0.5}})
        return [
            [path.datagram(0, 100) is None for _ in range(50)]
            for name in ("a:x", "b:y")
            for path in (known.of(name).up, known.of(name).down)
        ]

    first = losses(lines())
    assert first == losses(lines())
    assert len({tuple(each) for each in first}) == 4
