from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from server.contacts.experience import Experience
from server.contacts.experience_figures import Figures
from server.contacts.months import Month
from server.contacts.report import ClassCount, MonthReport
from server.contacts.rules import Status
from server.contacts.spoken_report import report_text
from server.contacts.status_words import STATUS_WORDS

LONDON = ZoneInfo("Europe/London")
JUNE = Month(2026, 6)
REPORT = MonthReport(
    month=JUNE,
    service_id="service1",
    service_name="Riverside MSK groups",
    contacts=21,
    target=80,
    by_status={"5": 20, "6": 1, "3": 2},
    classes=(
        ClassCount("a", "Knee and hip group", 1, datetime(2026, 6, 2, 9, 0, tzinfo=UTC), 9, {"5": 9}, 500),
        ClassCount(
            "b",
            "Back group",
            12,
            datetime(2026, 6, 4, 11, 0, tzinfo=UTC),
            12,
            {"5": 11, "6": 1, "3": 2},
            612,
        ),
    ),
    views=7,
    is_final=True,
)
EXPERIENCE = Experience(JUNE, Figures(40, 38, 95, 2, 0), 90, is_final=True)


def test_the_report_shows_x_with_its_target_y_and_the_views_beside_them() -> None:
    assert (
        report_text(REPORT, EXPERIENCE, LONDON)
        == """\
Riverside MSK groups, June 2026

  Virtual contacts   21 (target 80)
  Satisfaction       95% (target 90%), 40 answers
  On-demand views    7, not part of the contacts

  Class                        Day                      Contacts   5  6  3  Minutes
  Knee and hip group, class 1  Tuesday 2 June, 10am            9   9  0  0      500
  Back group, class 12         Thursday 4 June, midday        12  11  1  2      612
  All classes                                                 21  20  1  2     1112

  5  Attended on time
  6  Late but seen
  3  Did not attend
"""
    )


def test_a_month_that_goes_on_says_so() -> None:
    text = report_text(replace(REPORT, is_final=False), EXPERIENCE, LONDON)
    assert "21 (target 80) so far" in text


def test_a_month_without_classes_and_a_service_without_a_target_say_so() -> None:
    empty = replace(REPORT, contacts=0, target=None, by_status={}, classes=(), views=0)
    text = report_text(empty, Experience(JUNE, None, None, is_final=True), LONDON)
    assert "Virtual contacts   0\n" in text
    assert "Too few answers to show" in text
    assert "No classes." in text


def test_every_status_has_words() -> None:
    assert set(STATUS_WORDS) == set(Status)
