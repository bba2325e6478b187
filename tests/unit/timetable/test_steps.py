from __future__ import annotations

from dataclasses import replace

import pytest

from server.timetable.check_in_rules import State
from server.timetable.steps import Standing, Step, next_step

READY = Standing(device_checked=True, agreed=True, check_in=State.READY, all_answered=True)


@pytest.mark.parametrize(
    ("standing", "step"),
    [
        (Standing(birth_date_due=True), Step.BIRTH_DATE),
        (replace(READY, birth_date_due=True), Step.BIRTH_DATE),
        (Standing(birth_date_due=True, has_check_in=False), Step.BIRTH_DATE),
        (Standing(), Step.DEVICE_CHECK),
        (replace(READY, device_checked=False), Step.DEVICE_CHECK),
        (Standing(device_checked=True), Step.AGREEMENT),
        (replace(READY, agreed=False), Step.AGREEMENT),
        (Standing(device_checked=True, agreed=True), Step.CHECK_IN),
        (READY, Step.CLASS_ROOM),
        (Standing(has_check_in=False), Step.CLASS_ROOM),
        (Standing(is_patient=False), Step.CLASS_ROOM),
    ],
)
def test_the_first_step_that_is_missing_comes_next(standing: Standing, step: Step) -> None:
    assert next_step(standing) is step


@pytest.mark.parametrize(
    ("state", "all_answered", "step"),
    [
        (None, False, Step.CHECK_IN),
        (State.OPEN, False, Step.CHECK_IN),
        (State.OPEN, True, Step.CHECK_IN),
        (State.READY, True, Step.CLASS_ROOM),
        (State.HELD, False, Step.CHECK_IN),
        (State.HELD, True, Step.CLASS_ROOM),
        (State.RED_FLAG, False, Step.CHECK_IN),
        (State.RED_FLAG, True, Step.CHECK_IN),
        (State.ALLOWED, False, Step.CHECK_IN),
        (State.ALLOWED, True, Step.CLASS_ROOM),
        (State.REFUSED, True, Step.CHECK_IN),
    ],
)
def test_a_check_in_lets_through_who_may_wait_for_the_physio(
    state: State | None, all_answered: bool, step: Step
) -> None:
    assert next_step(replace(READY, check_in=state, all_answered=all_answered)) is step


def test_every_state_of_a_check_in_has_been_thought_of() -> None:
    assert {state for state in State if next_step(replace(READY, check_in=state)) is Step.CLASS_ROOM} == {
        State.READY,
        State.HELD,
        State.ALLOWED,
    }
