from __future__ import annotations

from server.signalling.rate import TokenBucket


def test_a_burst_is_taken_and_then_as_much_as_time_gives_back() -> None:
    now_s = [0.0]
    bucket = TokenBucket(lambda: now_s[0], burst=3, per_second=2.0)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    now_s[0] = 0.5
    assert [bucket.take(), bucket.take()] == [True, False]
    now_s[0] = 1000.0
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]


def test_what_costs_more_takes_more_and_nothing_when_there_is_too_little() -> None:
    bucket = TokenBucket(lambda: 0.0, burst=10, per_second=1.0)
    assert [bucket.take(8), bucket.take(8), bucket.take(2), bucket.take()] == [True, False, True, False]
