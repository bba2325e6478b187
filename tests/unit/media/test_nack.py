import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.media.nack import Arrival, Budget, Gaps


def after(*numbers: int) -> Gaps:
    gaps = Gaps()
    for number in numbers:
        gaps.note(number, 0.0)
    return gaps


def test_a_gap_is_asked_for_at_once_and_filled() -> None:
    gaps = after(10, 13)
    assert gaps.due(0.0) == ([11, 12], 0)
    assert gaps.note(11, 0.01) is Arrival.LATE
    assert gaps.note(12, 0.01) is Arrival.LATE
    assert gaps.due(1.0) == ([], 0)


def test_one_number_is_asked_for_twice_in_100_ms_and_given_up_after_eight_tries() -> None:
    gaps = after(10, 12)
    asked_at = [at / 1000 for at in range(2000) if gaps.due(at / 1000)[0]]
    apart = [later - earlier for earlier, later in itertools.pairwise(asked_at)]
    assert apart == pytest.approx([0.02, 0.08] * 7 + [0.02], abs=0.002)


def test_duplicates_and_ancient_packets_are_stale() -> None:
    gaps = after(*range(1000, 2000))
    assert gaps.note(1999, 0.0) is Arrival.STALE
    assert gaps.note(1998, 0.0) is Arrival.STALE
    assert gaps.note(1001, 0.0) is Arrival.STALE


def test_numbers_wrap() -> None:
    gaps = after(65534, 65535, 1)
    assert gaps.due(0.0)[0] == [0]
    assert gaps.highest == 0x20001
    assert gaps.extended(65535) == 0x1FFFF


def test_a_gap_too_long_to_repair_is_not_asked_for() -> None:
    gaps = after(1)
    assert gaps.note(2000, 0.0) is Arrival.BROKEN
    assert gaps.due(0.0) == ([], 0)


def test_what_nobody_wanted_is_never_asked_for_and_still_welcome() -> None:
    gaps = after(10, 12)
    gaps.forgo()
    gaps.note(14, 0.1)
    assert gaps.due(0.1) == ([13], 0)
    assert gaps.note(11, 0.2) is Arrival.LATE
    assert gaps.note(11, 0.2) is Arrival.STALE


def test_what_is_missing_ages_out_of_reach_whether_anybody_wants_it_or_not() -> None:
    gaps = Gaps(128)
    for number in (1, *range(3, 129)):
        gaps.note(number, 0.0)
    gaps.forgo()
    assert gaps.misses(2)
    gaps.note(130, 0.0)
    gaps.forgo()
    assert gaps.missing.keys() == {0x10000 + 129}
    assert gaps.note(2, 0.0) is Arrival.STALE, "it would take the place of 130 in a ring of 128"


def test_the_budget_bounds_what_is_asked_for_in_a_storm() -> None:
    gaps = after(*range(0, 1000, 5))  # four of five packets lost
    asked = sum(len(gaps.due(tick / 20)[0]) for tick in range(20))
    assert 0 < asked <= 128 + 200 * 0.5


def test_loss_is_reported_by_interval_and_in_all() -> None:
    gaps = after(*range(100), *range(125, 200))
    assert gaps.loss_since_last() == (25 * 256 // 200, 25)
    for number in range(200, 300):
        gaps.note(number, 1.0)
    assert gaps.loss_since_last() == (0, 25)


@given(st.lists(st.integers(0, 65535), max_size=200))
def test_no_order_of_numbers_counts_a_packet_twice(numbers: list[int]) -> None:
    gaps = Gaps()
    welcome = [number for number in numbers if gaps.note(number, 0.0) is not Arrival.STALE]
    assert gaps.received == len(welcome)
    fraction, lost = gaps.loss_since_last()
    assert 0 <= fraction <= 255
    assert lost >= 0


def test_repair_may_have_its_share_of_what_flows() -> None:
    budget = Budget(least=1000, share=0.15, saved_s=1.0)
    assert budget.allows(1000, 0, 0.0)
    assert not budget.allows(1, 0, 0.0)
    assert budget.allows(150, 1000, 0.1)
    assert not budget.allows(1, 1000, 0.1)


def test_no_more_is_saved_up_than_flows_in_the_time_that_is_given() -> None:
    budget = Budget(least=1000, share=0.15, saved_s=0.3)
    for second in range(10):
        budget.allows(0, second * 100_000, float(second))
    assert budget.allows(30_000, 900_000, 9.0)
    assert not budget.allows(1000, 900_000, 9.0)
