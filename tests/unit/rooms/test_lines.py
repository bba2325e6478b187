from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.media.spec import LineNotice
from server.rooms.lines import (
    BETTER_AFTER_REPORTS,
    GOOD,
    PLAYS_COUNT_REPORTS,
    WORSE_AFTER_REPORTS,
    Judgement,
    Level,
    Line,
    Plays,
    Reason,
    Steady,
)

STAGE_MISSING = {"withheld": ("stage", "side"), "pictures": 0}


def report(**measured: object) -> LineNotice:
    return LineNotice(room="c", peer="p", **measured)  # type: ignore[arg-type]


def after(line: Line, reports: int, **measured: object) -> Judgement:
    for _ in range(reports):
        line.report(report(**measured))
    return line.judgement


def test_a_line_is_good_until_something_else_is_known() -> None:
    assert Line().judgement == GOOD
    assert after(Line(), 20, rtt_ms=40, loss_up=0.01, loss_down=0.01, pictures=4) == GOOD


@pytest.mark.parametrize(
    ("measured", "level", "reason"),
    [
        ({"reduced": ("stage",), "pictures": 2}, Level.FAIR, Reason.SLOW_DOWN),
        ({"withheld": ("side",), "pictures": 1}, Level.FAIR, Reason.SLOW_DOWN),
        ({"withheld": ("seat1", "seat2"), "pictures": 1}, Level.POOR, Reason.SLOW_DOWN),
        ({"unsent": ("h",)}, Level.FAIR, Reason.SLOW_UP),
        ({"unsent": ("m", "h")}, Level.POOR, Reason.SLOW_UP),
        ({"loss_up": 0.05}, Level.FAIR, Reason.LOSSES),
        ({"loss_down": 0.05}, Level.FAIR, Reason.LOSSES),
        ({"loss_down": 0.2}, Level.POOR, Reason.LOSSES),
        ({"rtt_ms": 400.0}, Level.FAIR, Reason.DELAY),
        ({"rtt_ms": 900.0}, Level.POOR, Reason.DELAY),
    ],
)
def test_each_trouble_has_its_level_and_reason(
    measured: dict[str, object], level: Level, reason: Reason
) -> None:
    assert after(Line(), 12, **measured) == Judgement(level, reason)


def test_without_a_picture_for_lack_of_bandwidth_it_is_sound_only_and_poor() -> None:
    assert after(Line(), 3, **STAGE_MISSING) == Judgement(Level.POOR, Reason.SLOW_DOWN, sound_only=True)


def test_who_chose_to_see_no_picture_is_not_told_that_none_gets_through() -> None:
    assert after(Line(), 12, pictures=0) == GOOD


def test_a_small_picture_that_does_not_fit_while_the_presenters_camera_is_off_is_not_sound_only() -> None:
    assert after(Line(), 12, withheld=("side",), pictures=0) == Judgement(Level.FAIR, Reason.SLOW_DOWN)
    assert after(Line(), 12, withheld=("staff0",), pictures=0) == Judgement(Level.FAIR, Reason.SLOW_DOWN)
    assert after(Line(), 12, withheld=("seat4", "staff0"), pictures=0).sound_only


def test_it_is_told_after_four_seconds_of_trouble_and_not_before() -> None:
    line = Line()
    assert after(line, WORSE_AFTER_REPORTS - 1, **STAGE_MISSING) == GOOD
    assert after(line, 1, **STAGE_MISSING).level is Level.POOR


def test_a_picture_that_is_back_is_told_sooner_than_a_line_that_is_good() -> None:
    line = Line()
    after(line, 10, **STAGE_MISSING)
    assert after(line, 1, pictures=2).sound_only
    back = after(line, 1, pictures=2)
    assert (back.sound_only, back.level) == (False, Level.POOR)
    assert after(line, BETTER_AFTER_REPORTS - 3, pictures=2).level is Level.POOR
    assert after(line, 1, pictures=2) == GOOD


def test_a_line_that_gets_better_by_halves_is_fair_before_it_is_good() -> None:
    line = Line()
    after(line, 10, withheld=("a", "b"), pictures=1)
    assert after(line, BETTER_AFTER_REPORTS, reduced=("a",), pictures=3).level is Level.FAIR


def test_one_bad_report_among_good_ones_is_nothing() -> None:
    line = Line()
    for _ in range(10):
        assert after(line, 1, loss_down=0.1) == GOOD
        assert after(line, 5, loss_down=0.0) == GOOD


def test_freezes_and_sound_made_up_come_from_the_browser() -> None:
    frozen, patchy = Line(), Line()
    for _ in range(4):
        frozen.plays(Plays(frozen=0.4, concealed=0.0))
        patchy.plays(Plays(frozen=0.0, concealed=0.06))
        after(frozen, 2)
        after(patchy, 2)
    assert frozen.judgement == Judgement(Level.POOR, Reason.FREEZES)
    assert patchy.judgement == Judgement(Level.FAIR, Reason.LOSSES)


def test_what_a_sleeping_page_said_last_counts_for_a_while_only() -> None:
    line = Line()
    line.plays(Plays(frozen=1.0, concealed=0.0))
    assert after(line, PLAYS_COUNT_REPORTS).level is Level.POOR
    assert after(line, BETTER_AFTER_REPORTS) == GOOD


def test_a_reason_is_told_on_while_it_is_as_bad_as_any() -> None:
    line = Line()
    assert after(line, 8, loss_down=0.05).reason is Reason.LOSSES
    assert after(line, 8, loss_down=0.05, reduced=("stage",), pictures=1).reason is Reason.LOSSES
    assert after(line, 12, reduced=("stage",), pictures=1).reason is Reason.SLOW_DOWN
    lossy = Line()
    after(lossy, 8, loss_down=0.5)
    assert after(lossy, 8, loss_down=0.5, **STAGE_MISSING).reason is Reason.SLOW_DOWN, "the words go with it"


def test_of_several_troubles_the_worst_is_told_and_of_equals_the_slow_line() -> None:
    both = {"reduced": ("stage",), "pictures": 1, "loss_down": 0.05}
    assert after(Line(), 12, **both).reason is Reason.SLOW_DOWN
    assert after(Line(), 12, **(both | {"loss_down": 0.3})).reason is Reason.LOSSES


# ---- whatever is measured

SLOTS = st.lists(st.sampled_from(["stage", "side", "mate0", "mate1"]), unique=True, max_size=4).map(tuple)
REPORTS = st.lists(
    st.builds(
        LineNotice,
        room=st.just("c"),
        peer=st.just("p"),
        rtt_ms=st.none() | st.floats(0, 5000),
        loss_up=st.floats(0, 1),
        loss_down=st.floats(0, 1),
        withheld=SLOTS,
        reduced=SLOTS,
        pictures=st.integers(0, 4),
        unsent=st.lists(st.sampled_from(["m", "h"]), unique=True, max_size=2).map(tuple),
    ),
    max_size=60,
)
LEVELS = st.lists(st.sampled_from([0, 1, 2]), max_size=80)


@given(REPORTS)
def test_a_reason_stands_with_every_level_but_good_and_sound_only_with_poor_alone(
    reports: list[LineNotice],
) -> None:
    line = Line()
    for each in reports:
        told = line.report(each)
        assert (told.reason is None) == (told.level is Level.GOOD)
        assert not told.sound_only or (told.level, told.reason) == (Level.POOR, Reason.SLOW_DOWN)


@given(LEVELS)
def test_what_is_shown_lasted(levels: list[int]) -> None:
    """No flicker: each change rests on reports in a row that all say so."""
    steady, before = Steady(), 0
    for place, level in enumerate(levels, start=1):
        shown = steady.take(level)
        if shown > before:
            assert min(levels[max(0, place - WORSE_AFTER_REPORTS) : place]) >= shown
            assert place >= WORSE_AFTER_REPORTS
        if shown < before:
            assert max(levels[max(0, place - BETTER_AFTER_REPORTS) : place]) <= shown
        before = shown


@given(LEVELS)
def test_what_got_better_stays_for_a_while(levels: list[int]) -> None:
    steady = Steady()
    shown = [steady.take(level) for level in levels]
    runs = [(level, len(list(run))) for level, run in groupby(shown)]
    for (before, _), (level, length), (after_it, _) in zip(runs, runs[1:], runs[2:], strict=False):
        if level < before and after_it > level:
            assert length >= WORSE_AFTER_REPORTS


@given(LEVELS, st.sampled_from([0, 1, 2]))
def test_what_lasts_is_shown_in_the_end(levels: list[int], level: int) -> None:
    steady = Steady()
    for each in levels:
        steady.take(each)
    for _ in range(BETTER_AFTER_REPORTS):
        steady.take(level)
    assert steady.shown == level
