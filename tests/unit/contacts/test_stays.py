from __future__ import annotations

from datetime import UTC, datetime, timedelta

from server.contacts.stays import Stay, Step, arrived, left, lost, seen
from server.rooms.state import Place

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return TEN + timedelta(seconds=seconds)


def stay(place: Place, start_s: float, seen_s: float, end_s: float | None = None) -> Stay:
    return Stay(place, at(start_s), at(seen_s), None if end_s is None else at(end_s))


WAITING, IN_CLASS = Place.WAITING, Place.IN_CLASS


def test_who_comes_in_begins_a_stay() -> None:
    assert arrived(None, WAITING, at(0)) == Step(None, stay(WAITING, 0, 0))


def test_who_is_admitted_ends_waiting_and_is_in_class_from_that_moment() -> None:
    waiting = stay(WAITING, 0, 10)
    assert arrived(waiting, IN_CLASS, at(12)) == Step(stay(WAITING, 0, 10, 12), stay(IN_CLASS, 12, 12))


def test_a_heartbeat_extends_the_stay() -> None:
    assert seen(stay(IN_CLASS, 0, 5), IN_CLASS, at(10)) == Step(None, stay(IN_CLASS, 0, 10))


def test_after_fifteen_seconds_unseen_it_is_the_same_stay_after_more_it_is_a_new_one() -> None:
    before = stay(IN_CLASS, 0, 5)
    assert seen(before, IN_CLASS, at(20)) == Step(None, stay(IN_CLASS, 0, 20))
    assert seen(before, IN_CLASS, at(20.001)) == Step(stay(IN_CLASS, 0, 5, 5), stay(IN_CLASS, 20.001, 20.001))


def test_somebody_connected_without_a_stay_gets_one() -> None:
    assert seen(None, IN_CLASS, at(7)) == Step(None, stay(IN_CLASS, 7, 7))


def test_a_heartbeat_that_is_told_late_is_old_news() -> None:
    in_class = stay(IN_CLASS, 12, 12)
    assert seen(in_class, WAITING, at(10)) == Step(None, in_class)
    assert seen(in_class, IN_CLASS, at(12)) == Step(None, in_class)


def test_a_heartbeat_in_another_place_is_a_new_stay() -> None:
    assert seen(stay(WAITING, 0, 5), IN_CLASS, at(10)) == Step(
        stay(WAITING, 0, 5, 10), stay(IN_CLASS, 10, 10)
    )


def test_who_is_back_in_a_stay_that_still_goes_on_goes_on_with_it() -> None:
    assert arrived(stay(IN_CLASS, 0, 5), IN_CLASS, at(9)) == Step(None, stay(IN_CLASS, 0, 9))


def test_who_leaves_ends_the_stay_at_that_moment() -> None:
    assert left(stay(IN_CLASS, 0, 5), at(8)) == Step(stay(IN_CLASS, 0, 5, 8), None)


def test_who_leaves_after_nobody_was_there_to_see_ended_when_last_seen() -> None:
    assert left(stay(IN_CLASS, 0, 5), at(300)) == Step(stay(IN_CLASS, 0, 5, 5), None)


def test_who_is_lost_ended_when_last_seen_not_when_the_loss_was_noticed() -> None:
    assert lost(stay(IN_CLASS, 0, 5)) == Step(stay(IN_CLASS, 0, 5, 5), None)


def test_who_has_no_stay_can_neither_leave_nor_be_lost() -> None:
    assert left(None, at(0)) == lost(None) == Step(None, None)


def test_a_clock_that_is_set_back_takes_nothing_away() -> None:
    stayed = stay(IN_CLASS, 3000, 3600)
    assert left(stayed, at(10)) == Step(stay(IN_CLASS, 3000, 3600, 3600), None)
    assert arrived(stayed, IN_CLASS, at(10)) == Step(None, stayed)


def test_a_stay_ends_when_last_seen_as_long_as_nothing_else_is_known() -> None:
    assert stay(IN_CLASS, 0, 5).known_end == at(5)
    assert stay(IN_CLASS, 0, 5, 8).known_end == at(8)
