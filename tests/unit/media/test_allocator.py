"""Who gets what of a line: for whatever slots, rates and estimates, and for a few that people would meet."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from server.media.allocator import (
    FIRST_HEADROOM,
    HEADROOM,
    SHARED,
    Ask,
    Share,
    allocate,
    next_goal,
    wanted_kbps,
)

PRESENTER = Ask("stage", 0, (180, 560, 1600))
SOUND_KBPS = 60.0


@st.composite
def asked(draw: st.DrawFn) -> list[Ask]:
    """Up to 18 slots, the presenter's among them or not."""
    count = draw(st.integers(0, 18))
    return [
        Ask(
            f"slot{place}",
            draw(st.integers(0, 3)),
            tuple(sorted(draw(st.lists(st.floats(1, 2500), min_size=1, max_size=3)))),
        )
        for place in range(count)
    ]


def estimates() -> st.SearchStrategy[float]:
    return st.floats(0, 20_000)


def cost(asks: list[Ask], share: Share) -> float:
    return sum(ask.kbps[share.steps[ask.slot] - 1] for ask in asks if share.steps[ask.slot])


def tile(number: int) -> Ask:
    return Ask(f"seat{number}", 2, (150, 450))


@settings(max_examples=60, deadline=None)
@given(asked(), st.floats(0, 300), estimates(), st.data())
def test_pictures_never_take_more_than_the_estimate_leaves_beside_the_sound(
    asks: list[Ask], sound_kbps: float, estimate: float, data: st.DataObject
) -> None:
    present = {ask.slot: data.draw(st.integers(0, len(ask.kbps))) for ask in asks}
    share = allocate(asks, sound_kbps, estimate, present)
    assert share.steps.keys() == {ask.slot for ask in asks}
    taken = cost(asks, share)
    assert taken == 0 or taken + sound_kbps <= estimate + 1e-6
    assert abs(share.kbps - taken - sound_kbps) < 1e-6


@settings(max_examples=60, deadline=None)
@given(asked(), estimates())
def test_the_presenter_goes_before_everybody_and_the_enlarged_picture_before_the_rest(
    asks: list[Ask], estimate: float
) -> None:
    share = allocate(asks, SOUND_KBPS, estimate, {})
    for priority in (0, 1):
        alone = [ask for ask in asks if ask.priority <= priority]
        assert {ask.slot: share.steps[ask.slot] for ask in alone} == allocate(
            alone, SOUND_KBPS, estimate, {}
        ).steps, "what comes later takes nothing from her"


@settings(max_examples=60, deadline=None)
@given(asked(), estimates(), estimates())
def test_the_presenter_has_no_less_on_a_better_line(asks: list[Ask], one: float, other: float) -> None:
    worse, better = sorted((one, other))
    presenter = next((ask.slot for ask in asks if ask.priority == 0), None)
    if presenter is not None:
        steps = [allocate(asks, SOUND_KBPS, each, {}).steps[presenter] for each in (worse, better)]
        assert steps[0] <= steps[1]
        first = [ask for ask in asks if ask.priority == 0][:1]
        alone = [allocate(first, SOUND_KBPS, each, {}).steps[presenter] for each in (worse, better)]
        assert steps == alone, "and whoever else is shown changes nothing for her"


@settings(max_examples=60, deadline=None)
@given(asked(), estimates())
def test_the_same_again_changes_nothing(asks: list[Ask], estimate: float) -> None:
    first = allocate(asks, SOUND_KBPS, estimate, {})
    again = allocate(asks, SOUND_KBPS, estimate, first.steps)
    assert again.steps == first.steps


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(20, 2500), min_size=1, max_size=3).map(sorted),
    st.floats(100, 8000),
    st.lists(st.floats(0.9, 1.1), min_size=5, max_size=30),
)
def test_an_estimate_that_wavers_by_a_tenth_moves_a_picture_without_a_presenter_up_at_most(
    kbps: list[float], estimate: float, wavering: list[float]
) -> None:
    asks = [Ask("seat", 1, tuple(kbps))]
    steps, seen = {}, []
    for each in wavering:
        steps = allocate(asks, SOUND_KBPS, estimate * each, steps).steps
        seen.append(steps["seat"])
    assert seen == sorted(seen), "once it is up it does not come down again"


def changes(
    asks: list[Ask], estimates: list[float], steps: Mapping[str, int]
) -> tuple[int, Mapping[str, int]]:
    """How many slots change while these estimates come, and what they have then."""
    count = 0
    for estimate in estimates:
        now = allocate(asks, SOUND_KBPS, estimate, steps).steps
        count += sum(now[slot] != steps[slot] for slot in now)
        steps = now
    return count, steps


def settled(asks: list[Ask], wave: list[float]) -> Mapping[str, int]:
    """What the slots have once such a wave has come as often as there are steps that could settle."""
    steps = allocate(asks, SOUND_KBPS, wave[0], {}).steps
    for _ in range(sum(len(ask.kbps) for ask in asks) + 1):
        _, steps = changes(asks, wave, steps)
    return steps


def wave_between(least: float, most: float) -> st.SearchStrategy[list[float]]:
    inner = st.lists(st.floats(least, most), max_size=6)
    return inner.flatmap(lambda between: st.permutations([least, most, *between]))


@settings(max_examples=60, deadline=None)
@given(asked(), st.floats(50, 9000), st.data())
def test_however_many_are_shown_an_estimate_that_wavers_little_ends_all_switching(
    asks: list[Ask], least: float, data: st.DataObject
) -> None:
    """Little: from lowest to highest `FIRST_HEADROOM` times with a presenter, `HEADROOM` times without."""
    has_presenter = any(ask.priority == 0 for ask in asks)
    most = least * 0.999 * (FIRST_HEADROOM if has_presenter else HEADROOM)
    steps = settled(asks, data.draw(wave_between(least, most)))
    count, _ = changes(asks, data.draw(wave_between(least, most)), steps)
    assert count == 0


@settings(max_examples=60, deadline=None)
@given(asked(), st.floats(0, 9000), st.data())
def test_with_a_presenter_whose_smallest_picture_fits_it_may_waver_by_a_quarter(
    asks: list[Ask], least: float, data: st.DataObject
) -> None:
    asks = [PRESENTER, *(ask for ask in asks if ask.priority)]
    least += SOUND_KBPS + PRESENTER.kbps[0]
    most = least * 0.999 * HEADROOM
    steps = settled(asks, data.draw(wave_between(least, most)))
    count, _ = changes(asks, data.draw(wave_between(least, most)), steps)
    assert count == 0


def test_a_presenter_whose_smallest_picture_fits_at_times_comes_and_goes_with_the_estimate() -> None:
    """The price of showing her at all on the narrowest lines; the pauses of `Probe` and of the estimate
    keep it rare (test_allocation.py).
    """
    costs = SOUND_KBPS + PRESENTER.kbps[0]
    wave = [costs * 0.98, costs * 1.06] * 3
    seen = []
    steps: Mapping[str, int] = {}
    for estimate in wave:
        steps = allocate([PRESENTER], SOUND_KBPS, estimate, steps).steps
        seen.append(steps["stage"])
    assert seen == [0, 1] * 3


def test_on_100_kbps_there_is_sound_and_no_picture() -> None:
    assert allocate([PRESENTER], SOUND_KBPS, 100, {"stage": 3}).steps == {"stage": 0}


def test_on_300_kbps_the_presenter_is_seen_small() -> None:
    assert allocate([PRESENTER], SOUND_KBPS, 300, {"stage": 3}).steps == {"stage": 1}


def test_the_presenter_is_large_before_any_patient_is_seen() -> None:
    asks = [tile(0), PRESENTER]
    assert allocate(asks, SOUND_KBPS, 2100, {}).steps == {"stage": 3, "seat0": 0}


def test_patients_are_served_round_by_round() -> None:
    asks = [tile(number) for number in range(4)]
    assert list(allocate(asks, 0, HEADROOM * 900, {}).steps.values()) == [2, 1, 1, 1]
    assert list(allocate(asks, 0, HEADROOM * 310, {}).steps.values()) == [1, 1, 0, 0]


def test_the_enlarged_patient_is_served_in_full_before_the_others() -> None:
    asks = [tile(0), Ask("seat1", 1, (150, 450))]
    assert allocate(asks, 0, HEADROOM * 600, {}).steps == {"seat0": 1, "seat1": 2}


def test_without_a_limit_everybody_has_what_is_asked_for() -> None:
    asks = [PRESENTER, tile(0)]
    share = allocate(asks, SOUND_KBPS, None, {})
    assert share.steps == {"stage": 3, "seat0": 2}
    assert share.kbps == wanted_kbps(asks, SOUND_KBPS) == 60 + 1600 + 450


def test_a_layer_that_costs_no_more_is_taken() -> None:
    assert allocate([Ask("stage", 0, (180, 180, 180))], 0, HEADROOM * 180, {}).steps == {"stage": 3}


@settings(max_examples=60, deadline=None)
@given(asked(), estimates())
def test_what_the_next_goal_asks_of_the_line_is_enough_for_one_more_step(
    asks: list[Ask], estimate: float
) -> None:
    share = allocate(asks, SOUND_KBPS, estimate, {})
    goal = next_goal(asks, share)
    if goal is None:
        assert all(share.steps[ask.slot] == len(ask.kbps) for ask in asks)
    elif goal > estimate:
        more = allocate(asks, SOUND_KBPS, goal * 1.001, share.steps)
        assert served(asks, more.steps) > served(asks, share.steps)


def served(asks: list[Ask], steps: Mapping[str, int]) -> list[bool]:
    """By turn, the most important first, whether it is served: the better list is the greater."""
    turns = [
        (ask.priority if ask.priority < SHARED else SHARED, step if ask.priority >= SHARED else 0,
         ask.priority, place, step)
        for place, ask in enumerate(asks)
        for step in range(1, len(ask.kbps) + 1)
    ]  # fmt: skip
    return [steps[asks[place].slot] >= step for *_, place, step in sorted(turns)]


def test_the_goals_of_a_presenter_rise_step_by_step() -> None:
    goals = [
        next_goal([PRESENTER], allocate([PRESENTER], SOUND_KBPS, each, {})) for each in (60, 320, 900, 3000)
    ]
    assert goals == [FIRST_HEADROOM * 240, HEADROOM * 620, HEADROOM * 1660, None]
    assert all(one < other for one, other in pairwise(goal for goal in goals if goal))
