from __future__ import annotations

from server.timetable.programmes import RECOMMENDED_PATIENTS, needs_second_staff
from server.timetable.sample_programme import SAMPLE, SAMPLE_PLAN


def test_the_sample_has_twelve_classes_each_about_something_of_its_own():
    assert SAMPLE.class_count == len(SAMPLE_PLAN) == 12
    assert len({each.topic for each in SAMPLE_PLAN}) == 12
    assert all(0 < len(each.topic) <= 200 for each in SAMPLE_PLAN)


def test_the_sample_is_under_our_own_name():
    assert SAMPLE.title == "Moving with arthritis"
    words = " ".join([SAMPLE.title, SAMPLE.aims, *(each.topic for each in SAMPLE_PLAN)]).lower()
    assert "escape" not in words


def test_the_sample_needs_one_member_of_staff():
    assert SAMPLE.max_patients == RECOMMENDED_PATIENTS
    assert not needs_second_staff(SAMPLE.max_patients)
    assert needs_second_staff(RECOMMENDED_PATIENTS + 1)
