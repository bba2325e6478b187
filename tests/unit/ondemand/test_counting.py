from __future__ import annotations

import pytest

from server.ondemand.counting import ViewRule, is_near_beginning, percent_of, where_to_go_on_ms

RULE = ViewRule(percent=60, minutes=5)
MINUTE = 60_000


@pytest.mark.parametrize(
    ("watched_ms", "duration_ms", "counts"),
    [
        (35_999, MINUTE, False),
        (36_000, MINUTE, True),
        (5 * MINUTE - 1, 60 * MINUTE, False),
        (5 * MINUTE, 60 * MINUTE, True),
        (0, MINUTE, False),
        (1_799, 3_000, False),
        (1_800, 3_000, True),
    ],
)
def test_a_view_counts_from_60_percent_or_5_minutes(watched_ms: int, duration_ms: int, counts: bool) -> None:
    assert RULE.counts(watched_ms, duration_ms) is counts


def test_percent_never_says_whole_before_it_is_nor_more() -> None:
    assert percent_of(59_999, MINUTE) == 99
    assert percent_of(MINUTE, MINUTE) == 100
    assert percent_of(MINUTE + 500, MINUTE) == 100
    assert percent_of(1, 0) == 0


@pytest.mark.parametrize(
    ("position_ms", "watched_ms", "starts_ms"),
    [
        (30_000, 30_000, 30_000),
        (30_000, 58_200, 0),  # watched to 97%
        (30_000, 58_199, 30_000),
        (58_200, 10_000, 0),  # leapt to the end
        (2_999, 2_999, 0),
        (3_000, 3_000, 3_000),
    ],
)
def test_the_player_goes_on_where_it_stopped_unless_at_an_end(
    position_ms: int, watched_ms: int, starts_ms: int
) -> None:
    assert where_to_go_on_ms(position_ms, watched_ms, MINUTE) == starts_ms


def test_the_beginning_is_15_seconds_but_at_most_a_tenth() -> None:
    assert is_near_beginning(6_000, MINUTE)
    assert not is_near_beginning(6_001, MINUTE)
    assert is_near_beginning(15_000, 10 * MINUTE)
    assert not is_near_beginning(15_001, 10 * MINUTE)
