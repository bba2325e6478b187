from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.contacts.experience_figures import FEWEST, figures_of, groups_to_show, ready_to_show
from server.contacts.experience_question import Choice


def test_positive_and_negative_are_shares_of_all_answers_those_who_do_not_know_among_them() -> None:
    figures = figures_of(
        {
            Choice.VERY_GOOD: 10,
            Choice.GOOD: 4,
            Choice.NEITHER: 2,
            Choice.POOR: 1,
            Choice.VERY_POOR: 1,
            Choice.DONT_KNOW: 2,
        }
    )
    assert figures is not None
    assert (figures.n, figures.positive_percent, figures.negative_percent) == (20, 70, 10)
    assert figures.dont_know_percent == 10


def test_halves_are_rounded_up() -> None:
    figures = figures_of({Choice.GOOD: 5, Choice.POOR: 3})  # 62.5% and 37.5%
    assert figures is not None
    assert (figures.positive_percent, figures.negative_percent) == (63, 38)


def test_a_target_is_held_against_the_answers_not_against_a_rounded_percentage() -> None:
    figures = figures_of({Choice.GOOD: 26, Choice.POOR: 3})
    assert figures is not None
    assert (figures.positive, figures.positive_percent) == (26, 90)
    assert figures.over(90) < 0 < figures.over(89)
    assert (figures.positive_words(90), figures.positive_words(89), figures.positive_words(None)) == (
        "89.6%",
        "90%",
        "90%",
    )
    exactly = figures_of({Choice.GOOD: 18, Choice.POOR: 2})
    assert exactly is not None
    assert (exactly.over(90), exactly.positive_words(90)) == (0, "90%")


@pytest.mark.parametrize("n", range(FEWEST))
def test_of_fewer_than_five_answers_nothing_is_shown(n: int) -> None:
    assert figures_of({Choice.VERY_GOOD: n}) is None


def test_five_answers_are_shown() -> None:
    figures = figures_of({Choice.VERY_GOOD: 5})
    assert figures is not None
    assert figures.positive_percent == 100


def test_a_single_hidden_group_takes_the_smallest_shown_one_with_it() -> None:
    assert groups_to_show({"knee": 30, "back": 8, "shoulder": 3}) == {"knee"}


def test_two_hidden_groups_of_five_or_more_together_need_no_third() -> None:
    assert groups_to_show({"knee": 30, "back": 3, "shoulder": 3}) == {"knee"}


def test_a_group_without_answers_hides_no_other() -> None:
    assert groups_to_show({"knee": 30, "back": 8, "shoulder": 0}) == {"knee", "back"}


def test_beside_a_total_that_is_hidden_nothing_is_shown() -> None:
    assert groups_to_show({"knee": 2, "back": 2}) == set()


@given(st.lists(st.integers(0, 30), max_size=6))
def test_no_sum_and_no_difference_of_what_is_shown_tells_about_fewer_than_five(sizes: list[int]) -> None:
    """Each answer is a name; whatever can be added and subtracted of the shown groups is tried."""
    groups = {f"programme {i}": {(i, j) for j in range(size)} for i, size in enumerate(sizes)}
    everybody = set().union(*groups.values()) if groups else set()
    shown = groups_to_show({name: len(answers) for name, answers in groups.items()})
    if len(everybody) < FEWEST:
        assert not shown
        return
    for size in range(len(shown) + 1):
        for some in combinations(sorted(shown), size):
            together: set[tuple[int, int]] = set().union(*(groups[name] for name in some))
            for told in (together, everybody - together):
                assert not told or len(told) >= FEWEST


@given(st.lists(st.integers(1, 7), max_size=30))
def test_no_two_figures_of_a_month_differ_by_fewer_than_five_answers(arrivals: list[int]) -> None:
    """The shown figure is read after each arrival, and the final one when the month is over."""
    shown = waiting = 0
    readings = [0]
    for arrived in arrivals:
        waiting += arrived
        joining = ready_to_show(waiting)
        waiting, shown = waiting - joining, shown + joining
        readings.append(shown)
    everybody = shown + waiting
    if everybody >= FEWEST:
        readings.append(everybody)
    for earlier, later in combinations(readings, 2):
        assert later == earlier or later - earlier >= FEWEST
