"""How often what a slot is asked for is sent: two copies, one, or none."""

from __future__ import annotations

from server.media.resends import Resends


def test_a_number_is_sent_in_two_copies_and_again_only_after_a_round_trip() -> None:
    resends = Resends()
    resends.repeat_after_s = 0.1
    asked_at = (10.0, 10.0, 10.09, 10.11, 10.15)
    assert [resends.copies(7, 100, 0, now) for now in asked_at] == [2, 0, 0, 2, 0]


def test_second_copies_leave_half_of_the_share_to_what_has_not_been_sent_again_at_all() -> None:
    resends = Resends()
    assert [resends.copies(number, 2000, 0, 10.0) for number in range(6)] == [2, 1, 1, 1, 1, 0]


def test_what_goes_out_late_is_an_answer_to_whoever_asked_for_it_meanwhile() -> None:
    resends = Resends()
    resends.repeat_after_s = 0.06
    resends.note_first(7, 10.0)
    assert [resends.copies(7, 100, 0, now) for now in (10.03, 10.07)] == [0, 2]


def test_what_was_withheld_may_be_sent_as_soon_as_enough_has_flowed() -> None:
    resends = Resends()
    assert [resends.copies(number, 6000, 0, 10.0) for number in (1, 2, 3)] == [1, 1, 0]
    assert resends.copies(3, 6000, 48_000, 10.01) == 1


def test_of_another_stream_the_same_number_is_another_packet() -> None:
    resends = Resends()
    assert resends.copies(7, 100, 0, 10.0) == 2
    resends.forget()
    assert resends.copies(7, 100, 0, 10.0) == 2
