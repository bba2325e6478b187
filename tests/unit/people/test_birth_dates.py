from __future__ import annotations

from datetime import timedelta

import pytest

from server.people.birth_dates import LONGEST_LOCK, lock_after


@pytest.mark.parametrize("failures", [0, 1, 4, 6, 9, 11])
def test_most_wrong_dates_lock_nothing(failures: int) -> None:
    assert lock_after(failures) is None


@pytest.mark.parametrize(("failures", "minutes"), [(5, 15), (10, 30), (15, 60), (20, 120), (25, 240)])
def test_every_fifth_locks_for_twice_as_long(failures: int, minutes: int) -> None:
    assert lock_after(failures) == timedelta(minutes=minutes)


@pytest.mark.parametrize("failures", [40, 1000, 10**6])
def test_no_lock_is_longer_than_a_day(failures: int) -> None:
    assert lock_after(failures) == LONGEST_LOCK
