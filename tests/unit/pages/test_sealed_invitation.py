from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from server.pages.invitation import NOTHING_ELSE, Invitation
from server.pages.sealed_invitation import sealed_invitation
from server.pages.situation import Situation
from server.timetable.courses import ClassDetails
from server.timetable.spoken import LONDON
from tests.unit.pages.test_invitation import CALLED_OFF, CLASS, MARGARET, NEXT, TEN


def said(minutes: float, details: ClassDetails | None = CLASS, **more) -> Invitation:
    return sealed_invitation(Situation(details, **more), MARGARET, TEN + timedelta(minutes=minutes), LONDON)


def words_of(told: Invitation) -> str:
    return " ".join((told.heading, *told.lines, told.note, *told.notices))


SITUATIONS = {
    "to come": said(-60),
    "about to start": said(-5),
    "on": said(20),
    "full": said(-5, here=frozenset({"m2"}), details=replace(CLASS, max_patients=0)),
    "told": said(-60, absent=frozenset({"m"})),
    "finished": said(90, replace(CLASS, ended_at=TEN + timedelta(hours=1))),
    "cancelled": said(-60, replace(CLASS, cancelled_at=TEN), called_off=(CALLED_OFF,)),
    "cancelled, next to come": said(-60, NEXT, called_off=(CALLED_OFF,)),
    "just finished": said(90, NEXT, just_finished=5),
    "none": said(0, None),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_link_alone_never_names_the_group_nor_its_physio_nor_what_was_told(situation: str) -> None:
    told = SITUATIONS[situation]
    for secret in ("Knee", "Hannah", "cannot come", "is ill", "of 12"):
        assert secret not in words_of(told)
    assert told.choices == NOTHING_ELSE


def test_it_says_when_and_lets_join() -> None:
    assert SITUATIONS["to come"].heading == "Your next class is today, Tuesday 24 November, at 10am"
    assert "The doors open at 9:50am" in SITUATIONS["to come"].lines[0]
    assert not SITUATIONS["to come"].can_join
    assert SITUATIONS["about to start"].can_join
    assert SITUATIONS["on"].can_join
    assert SITUATIONS["on"].lines == (
        "Your class started at 10am on Tuesday 24 November. You can still come in.",
    )
    assert SITUATIONS["full"].heading == "The class is full"


def test_it_says_that_a_class_is_cancelled_and_when_the_next_one_is() -> None:
    assert SITUATIONS["cancelled"].heading == "Today’s class is cancelled"
    told = SITUATIONS["cancelled, next to come"]
    assert told.heading == "Today’s class is cancelled"
    assert told.lines[0] == "Your next class is Thursday 26 November at 10am."
