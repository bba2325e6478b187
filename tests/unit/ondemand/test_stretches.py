"""The union of stretches, against a slow reference: the set of all milliseconds they cover."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.ondemand.stretches import Stretch, beginning, join, length_ms, union

LAST_MS = 24


@st.composite
def stretch(draw: st.DrawFn) -> Stretch:
    begin = draw(st.integers(0, LAST_MS - 1))
    return Stretch(begin, draw(st.integers(begin + 1, LAST_MS)))


stretches = st.lists(stretch(), max_size=12)


def covered(every: list[Stretch] | tuple[Stretch, ...]) -> set[int]:
    return {ms for each in every for ms in range(each.from_ms, each.to_ms)}


def kept_after(reports: list[Stretch]) -> list[Stretch]:
    """What a viewing keeps when the stretches come one after another."""
    kept: list[Stretch] = []
    for new in reports:
        joined = join(kept, new)
        kept = [each for each in kept if each not in joined.replaced] + [joined.into]
    return sorted(kept)


@given(stretches)
def test_the_union_covers_what_the_stretches_cover(every: list[Stretch]) -> None:
    together = union(every)
    assert covered(together) == covered(every)
    assert length_ms(together) == len(covered(every))


@given(stretches)
def test_stretches_that_are_kept_neither_overlap_nor_touch(every: list[Stretch]) -> None:
    together = union(every)
    assert all(one.to_ms < next_.from_ms for one, next_ in pairwise(together))


@given(stretches, st.randoms())
def test_the_order_of_reports_does_not_matter(every: list[Stretch], chance) -> None:
    shuffled = list(every)
    chance.shuffle(shuffled)
    assert kept_after(shuffled) == kept_after(every) == list(union(every))


@given(stretches, stretch())
def test_adding_grows_by_what_is_new_and_never_shrinks(every: list[Stretch], new: Stretch) -> None:
    joined = join(union(every), new)
    assert joined.growth_ms == len(covered([*every, new])) - len(covered(every))


@given(stretches, stretch())
def test_adding_again_changes_nothing(every: list[Stretch], new: Stretch) -> None:
    kept = kept_after([*every, new])
    again = join(kept, new)
    assert not again.changes
    assert again.growth_ms == 0


@pytest.mark.parametrize(("begin", "end"), [(0, 0), (5, 4), (-1, 3)])
def test_a_stretch_is_never_empty(begin: int, end: int) -> None:
    with pytest.raises(ValueError, match="ends after it begins"):
        Stretch(begin, end)


@given(stretches, stretch(), st.integers(0, LAST_MS))
def test_a_beginning_is_the_longest_that_grows_by_no_more_than_is_allowed(
    every: list[Stretch], new: Stretch, most_ms: int
) -> None:
    kept = union(every)
    have = covered(kept)
    ends = [
        end
        for end in range(new.from_ms + 1, new.to_ms + 1)
        if len(set(range(new.from_ms, end)) - have) <= most_ms
    ]
    assert beginning(kept, new, most_ms) == (Stretch(new.from_ms, max(ends)) if ends else None)
