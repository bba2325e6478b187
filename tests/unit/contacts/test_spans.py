from __future__ import annotations

from datetime import UTC, datetime, timedelta

from server.contacts.spans import Span, merged, overlap, total

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def span(start: int, end: int) -> Span:
    return Span(TEN + timedelta(minutes=start), TEN + timedelta(minutes=end))


def test_what_overlaps_or_touches_is_one_span() -> None:
    assert merged([span(5, 9), span(0, 3), span(3, 6), span(20, 30), span(22, 25)]) == [
        span(0, 9),
        span(20, 30),
    ]


def test_a_moment_without_length_is_no_time() -> None:
    assert merged([span(5, 5), span(9, 7)]) == []
    assert overlap([span(0, 5)], [span(5, 9)]) == []


def test_the_overlap_is_what_lies_in_both() -> None:
    assert overlap([span(0, 10), span(20, 30)], [span(5, 22), span(21, 25), span(40, 50)]) == [
        span(5, 10),
        span(20, 25),
    ]


def test_what_lies_in_several_counts_once() -> None:
    assert total([span(0, 10), span(5, 12), span(20, 21)]) == timedelta(minutes=13)
    assert total([]) == timedelta()
