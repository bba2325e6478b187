from __future__ import annotations

from datetime import UTC, datetime, timedelta

from server.contacts.roll import Entry, Roll, Whose
from server.contacts.stays import Stay
from server.rooms.events import Admitted, CameIn, ClassEnded, Dropped, HeldBack, WentOut
from server.rooms.state import Place
from tests.integration.storage.databases import numbered_ids

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
MARGARET, LI, OTHER = ("class3", "margaret"), ("class3", "li"), ("class9", "george")


def at(seconds: float) -> datetime:
    return TEN + timedelta(seconds=seconds)


def in_class(start_s: float, seen_s: float) -> Stay:
    return Stay(Place.IN_CLASS, at(start_s), at(seen_s))


def roll(**going_on: tuple[Whose, Stay]) -> Roll:
    entries = {whose: Entry(row, whose, stay, stored=stay) for row, (whose, stay) in going_on.items()}
    return Roll(entries, numbered_ids("new"))


def seen(one: Roll) -> list[tuple[str, Place, float, float | None]]:
    """By row: place, start, end."""
    return [
        (
            entry.id,
            entry.stay.place,
            (entry.stay.started_at - TEN).total_seconds(),
            None if entry.stay.ended_at is None else (entry.stay.ended_at - TEN).total_seconds(),
        )
        for entry in one.entries
    ]


def test_who_waits_and_is_let_in_has_two_stays_one_of_which_goes_on() -> None:
    one = roll()
    one.move(
        "class3", CameIn(at=at(0), actor="margaret", person_id="margaret", place=Place.WAITING, first=True)
    )
    one.move("class3", Admitted(at=at(4), actor="hannah", person_id="margaret"))
    assert seen(one) == [("new1", Place.WAITING, 0, 4), ("new2", Place.IN_CLASS, 4, None)]
    assert all(entry.stored is None for entry in one.entries)


def test_who_dropped_out_and_has_to_wait_has_a_stay_in_the_waiting_room() -> None:
    one = roll(a=(MARGARET, in_class(0, 5)))
    one.move("class3", Dropped(at=at(8), actor=None, person_id="margaret"))
    one.move("class3", HeldBack(at=at(9), actor="margaret", person_id="margaret"))
    assert seen(one) == [("a", Place.IN_CLASS, 0, 5), ("new1", Place.WAITING, 9, None)]


def test_the_end_of_a_class_ends_the_stays_in_it_and_in_no_other() -> None:
    one = roll(a=(MARGARET, in_class(0, 5)), b=(LI, in_class(2, 5)), c=(OTHER, in_class(0, 5)))
    one.move("class3", ClassEnded(at=at(9), actor="hannah"))
    assert seen(one) == [
        ("a", Place.IN_CLASS, 0, 9),
        ("b", Place.IN_CLASS, 2, 9),
        ("c", Place.IN_CLASS, 0, None),
    ]


def test_who_leaves_ends_now_who_is_lost_ended_when_last_seen() -> None:
    one = roll(a=(MARGARET, in_class(0, 5)), b=(LI, in_class(0, 5)))
    one.move("class3", WentOut(at=at(8), actor="margaret", person_id="margaret", was=Place.IN_CLASS))
    one.move("class3", Dropped(at=at(8), actor=None, person_id="li"))
    assert seen(one) == [("a", Place.IN_CLASS, 0, 8), ("b", Place.IN_CLASS, 0, 5)]


def test_a_beat_extends_stays_and_begins_those_that_the_tables_confirm() -> None:
    one = roll(a=(MARGARET, in_class(0, 5)))
    here = {"class3": {"margaret": Place.IN_CLASS, "li": Place.IN_CLASS}}
    assert one.would_begin(at(10), here) == {LI}
    one.beat(at(10), here, {LI: "in_class"})
    assert seen(one) == [("a", Place.IN_CLASS, 0, None), ("new1", Place.IN_CLASS, 10, None)]
    assert {entry.stay.seen_until for entry in one.entries} == {at(10)}


def test_a_beat_that_comes_after_somebody_was_found_to_have_left_brings_nobody_back() -> None:
    one = roll()
    one.beat(at(10), {"class3": {"li": Place.IN_CLASS}}, {LI: "left"})
    assert seen(one) == []


def test_after_a_crash_the_stay_ends_when_last_seen_and_a_new_one_begins() -> None:
    one = roll(a=(MARGARET, in_class(0, 5)))
    here = {"class3": {"margaret": Place.IN_CLASS}}
    assert one.would_begin(at(60), here) == {MARGARET}
    one.beat(at(60), here, {MARGARET: "in_class"})
    assert seen(one) == [("a", Place.IN_CLASS, 0, 5), ("new1", Place.IN_CLASS, 60, None)]
