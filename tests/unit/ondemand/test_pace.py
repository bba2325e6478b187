from __future__ import annotations

from server.ondemand.pace import MAX_PEOPLE, Pace


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_let_through_then_so_many_a_second() -> None:
    seconds = Seconds()
    pace = Pace(seconds, burst=5, per_s=2)
    assert [pace.take("margaret") for _ in range(7)] == [True] * 5 + [False] * 2
    seconds.now += 0.5
    assert [pace.take("margaret") for _ in range(2)] == [True, False]
    seconds.now += 60
    assert [pace.take("margaret") for _ in range(6)] == [True] * 5 + [False]


def test_one_persons_haste_costs_another_nothing() -> None:
    pace = Pace(Seconds(), burst=1, per_s=1)
    assert pace.take("margaret")
    assert not pace.take("margaret")
    assert pace.take("dennis")


def test_it_remembers_no_more_than_so_many_people() -> None:
    pace = Pace(Seconds(), burst=1, per_s=1)
    for number in range(MAX_PEOPLE + 10):
        pace.take(f"person{number}")
    assert len(pace._even_at_s) == MAX_PEOPLE
