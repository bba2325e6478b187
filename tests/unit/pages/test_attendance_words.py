from __future__ import annotations

from server.contacts.rules import Status
from server.pages.attendance_words import Attendance, attendance, attendance_line

COUNTED = {Status.MISSED.value: 3, Status.ON_TIME.value: 8, Status.SERVICE_CANCELLED.value: 2}


def test_those_who_were_seen_stand_first_and_statuses_of_nobody_are_left_out() -> None:
    assert attendance(COUNTED | {Status.LATE.value: 0}) == (
        Attendance("Attended on time", 8),
        Attendance("Did not attend", 3),
        Attendance("Cancelled by the service", 2),
    )


def test_who_came_and_could_not_be_seen_is_not_called_cancelled() -> None:
    assert attendance(COUNTED, not_seen=2)[2:] == (Attendance("Came, but could not be seen", 2),)
    assert attendance(COUNTED, not_seen=1)[2:] == (
        Attendance("Cancelled by the service", 1),
        Attendance("Came, but could not be seen", 1),
    )


def test_nobody_is_nothing() -> None:
    assert attendance({}) == ()
    assert attendance_line({}) == ""


def test_in_one_line() -> None:
    assert attendance_line(COUNTED) == "Attended on time 8, did not attend 3, cancelled by the service 2"
