from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.ondemand.credit import may_grow_ms, spent

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
HOUR_MS = 3_600_000


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def test_a_playback_may_add_twice_what_it_has_not_spent_and_ten_seconds() -> None:
    assert may_grow_ms(ago(4), ago(100), 0, HOUR_MS, NOW) == 18_000


def test_a_viewing_in_all_may_have_twice_its_time_and_half_a_minute() -> None:
    assert may_grow_ms(ago(60), ago(60), 100_000, HOUR_MS, NOW) == 50_000
    assert may_grow_ms(ago(60), ago(60), 150_000, HOUR_MS, NOW) == 0
    assert may_grow_ms(ago(60), ago(60), 200_000, HOUR_MS, NOW) == 0


@pytest.mark.parametrize(
    ("duration_s", "free_ms"), [(2, 1_000), (15, 1_500), (60, 6_000), (300, 10_000), (7_200, 10_000)]
)
def test_what_is_free_at_the_beginning_is_a_tenth_of_the_session_at_most(
    duration_s: int, free_ms: int
) -> None:
    assert may_grow_ms(NOW, NOW, 0, duration_s * 1_000, NOW) == free_ms


def test_a_clock_that_was_set_back_pays_nothing_and_takes_nothing() -> None:
    assert may_grow_ms(ago(-60), ago(-60), 0, HOUR_MS, NOW) == 10_000
    assert spent(ago(-60), 4_000, NOW) == NOW


def test_what_is_new_spends_half_its_length_and_never_the_future() -> None:
    assert spent(ago(10), 4_000, NOW) == ago(8)
    assert spent(ago(1), 4_000, NOW) == NOW
