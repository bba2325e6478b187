from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.pages.watch_words import minutes, past_day, place, resumed, stopped, times
from server.timetable.spoken import LONDON

TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length_ms", "words"),
    [
        (1, "1 minute"),
        (58_000, "1 minute"),
        (89_000, "1 minute"),
        (91_000, "2 minutes"),
        (480_000, "8 minutes"),
    ],
)
def test_a_length_is_said_in_whole_minutes(length_ms: int, words: str) -> None:
    assert minutes(length_ms) == words


@pytest.mark.parametrize(
    ("position_ms", "words"),
    [(0, "0:00"), (999, "0:00"), (86_000, "1:26"), (3_599_999, "59:59"), (3_725_000, "1:02:05")],
)
def test_a_place_is_said_as_players_show_it(position_ms: int, words: str) -> None:
    assert place(position_ms) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "yesterday"),
        (2, "on Sunday"),
        (6, "on Wednesday"),
        (7, "on Tuesday 17 November"),
        (365, "on Monday 24 November 2025"),
        (-1, "today"),  # a clock that was set back
    ],
)
def test_a_day_is_said_as_one_would(days: int, words: str) -> None:
    assert past_day(TUESDAY - timedelta(days=days), TUESDAY, LONDON) == words


def test_the_day_is_that_of_the_zone() -> None:
    just_after_midnight = datetime(2026, 6, 9, 23, 5, tzinfo=UTC)  # five past midnight in London
    assert past_day(just_after_midnight - timedelta(minutes=10), just_after_midnight, LONDON) == "yesterday"


def test_where_one_stopped_is_said_in_the_list_and_in_the_player() -> None:
    sunday = TUESDAY - timedelta(days=2)
    assert stopped(216_000, sunday, TUESDAY, LONDON) == "You stopped at 3:36 on Sunday."
    assert resumed(sunday, TUESDAY, LONDON) == "You were here on Sunday. We started again where you stopped."


def test_how_often_is_said_in_words() -> None:
    assert [times(count) for count in range(4)] == ["", "watched once", "watched twice", "watched 3 times"]
