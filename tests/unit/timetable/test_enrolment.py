"""How many patients a course takes, and which seats they get."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.timetable.enrolment import Places, most_patients


def places(taken: int, *, most: int = 16, has_second: bool = True, is_over: bool = False) -> Places:
    return Places(
        course_id="course",
        title="Knee and hip",
        programme_id="programme",
        service_id="service",
        max_patients=most,
        has_second=has_second,
        seats=frozenset(range(taken)),
        is_over=is_over,
    )


@pytest.mark.parametrize(
    ("most", "has_second", "places"),
    [(8, False, 8), (12, False, 12), (13, False, 12), (16, False, 12), (16, True, 16), (40, True, 16)],
)
def test_more_than_twelve_need_a_second_member_of_staff_and_nobody_takes_more_than_sixteen(
    most: int, has_second: bool, places: int
) -> None:
    assert most_patients(most, has_second=has_second) == places


@pytest.mark.parametrize(
    ("course", "newcomers", "code"),
    [
        (places(11, has_second=False), 1, None),
        (places(12, has_second=False), 1, "second_staff_needed"),
        (places(10, has_second=False), 3, "second_staff_needed"),
        (places(12, has_second=False), 5, "course_full"),
        (places(12, most=12, has_second=False), 1, "course_full"),
        (places(15), 1, None),
        (places(15), 2, "course_full"),
        (places(0, is_over=True), 1, "course_over"),
        (places(16), 0, None),
    ],
)
def test_who_cannot_be_put_on_a_course_reads_why(course: Places, newcomers: int, code: str | None) -> None:
    refused = course.why_not(newcomers)
    assert (refused.code if refused else None) == code


@given(st.sets(st.integers(0, 15)), st.integers(0, 16))
def test_newcomers_get_the_lowest_seats_that_are_free(taken: set[int], count: int) -> None:
    course = Places("course", "Knee", "programme", "service", 16, True, frozenset(taken), False)
    if course.why_not(count) is not None:
        return
    seats = course.next_seats(count)
    assert len(seats) == count
    assert not set(seats) & taken
    assert all(lower in taken or lower in seats for lower in range(max(seats, default=0)))
