from __future__ import annotations

from dataclasses import replace

import pytest

from server.contacts.experience import Experience
from server.contacts.experience_figures import Figures, ProgrammeExperience
from server.contacts.months import Month
from server.contacts.report import MonthReport
from server.pages.measures_words import contacts_measure, experience_measure, heading, programmes_table

OCTOBER = Month(2026, 10)
REPORT = MonthReport(
    month=OCTOBER,
    service_id="service1",
    service_name="Riverside MSK groups",
    contacts=642,
    target=600,
    by_status={"5": 640, "6": 2},
    classes=(),
    views=1204,
    is_final=True,
)
EXPERIENCE = Experience(OCTOBER, Figures(318, 299, 94, 2, 1), target_percent=92, is_final=True)


@pytest.mark.parametrize(
    ("contacts", "positive", "expected"),
    [
        (642, 231, "October 2026: contacts above target, experience above target"),
        (600, 230, "October 2026: contacts on target, experience on target"),
        (599, 229, "October 2026: contacts below target, experience below target"),
    ],
)
def test_the_heading_says_how_the_month_stands(contacts: int, positive: int, expected: str) -> None:
    experience = replace(EXPERIENCE, figures=Figures(250, positive, 92, 2, 1))
    assert heading(replace(REPORT, contacts=contacts), experience) == expected


def test_the_heading_of_a_month_that_goes_on_judges_nothing() -> None:
    assert heading(replace(REPORT, is_final=False), EXPERIENCE) == "October 2026 so far"
    assert heading(REPORT, replace(EXPERIENCE, is_final=False)) == "October 2026 so far"


def test_without_targets_and_answers_the_heading_is_the_month() -> None:
    nothing = replace(EXPERIENCE, figures=None)
    assert heading(replace(REPORT, target=None), nothing) == "October 2026"


def test_contacts_stand_beside_their_target_and_views_are_not_in_them() -> None:
    measure = contacts_measure(REPORT)
    assert (measure.figure, measure.beside, measure.standing) == ("642", "target 600", "Target met")
    assert "On-demand views, not in X: 1,204" in measure.lines


def test_while_the_month_goes_on_contacts_say_how_many_are_missing() -> None:
    running = replace(REPORT, contacts=56, target=80, is_final=False)
    assert (contacts_measure(running).standing, contacts_measure(running).tone) == ("24 to go", "blue")


def test_without_a_target_nothing_is_met_or_missed() -> None:
    for measure in (
        contacts_measure(replace(REPORT, target=None)),
        experience_measure(replace(EXPERIENCE, target_percent=None)),
    ):
        assert measure.standing == ""
        assert measure.beside.startswith("no target set")


def test_experience_stands_beside_its_target_and_says_on_how_many_answers() -> None:
    measure = experience_measure(EXPERIENCE)
    assert (measure.figure, measure.beside) == ("94%", "target 92% · 318 answers")
    assert measure.standing == "Target met"


def test_a_target_that_is_only_reached_by_rounding_is_missed_and_the_figure_shows_why() -> None:
    """26 of 29 are 89.66%, which is 90% when rounded."""
    missed = replace(EXPERIENCE, figures=Figures(29, 26, 90, 0, 0), target_percent=90)
    measure = experience_measure(missed)
    assert (measure.figure, measure.standing, measure.tone) == ("89.6%", "Below target", "orange")
    assert heading(replace(REPORT, target=None), missed) == "October 2026: experience below target"
    met = experience_measure(replace(missed, figures=Figures(29, 27, 93, 0, 0)))
    assert (met.figure, met.standing, met.tone) == ("93%", "Target met", "green")


def test_too_few_answers_give_no_figure_and_no_count() -> None:
    measure = experience_measure(replace(EXPERIENCE, figures=None))
    assert (measure.figure, measure.beside, measure.standing) == ("Too few answers to show", "target 92%", "")


def test_programmes_are_shown_when_there_are_several_and_hidden_ones_say_so() -> None:
    knee = ProgrammeExperience("knee", "Knee and hip", Figures(20, 18, 90, 5, 0))
    back = ProgrammeExperience("back", "Back", None)
    assert programmes_table(replace(EXPERIENCE, programmes=(knee,))).rows == ()
    table = programmes_table(replace(EXPERIENCE, programmes=(back, knee)))
    texts = [[cell["text"] for cell in row] for row in table.rows]
    assert texts == [
        ["Back", "Too few answers to show", "–", "–"],
        ["Knee and hip", "20", "90%", "5%"],
    ]
