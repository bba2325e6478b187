from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import Refused
from server.storage.tables import CheckIn
from server.timetable.check_in_rules import (
    CLEARED,
    Stage,
    State,
    after_answers,
    after_decision,
    after_last_page,
    after_move,
    is_asked_aloud,
    is_open,
    opens_at,
)
from server.timetable.check_ins import begin_anew, decide, has_details, may_come_in, take_symptoms
from server.timetable.spoken import LONDON
from server.timetable.symptoms import RED_FLAGS, Symptom

NOW = datetime(2026, 11, 24, 9, 50, tzinfo=UTC)
symptoms = st.frozensets(st.sampled_from(Symptom))

# Written by hand from the table in `State`: (from, what is sent) to where.
AFTER_ANSWERS = {
    **{(state, "red flag"): State.RED_FLAG for state in State},
    (State.OPEN, "symptom"): State.HELD,
    (State.READY, "symptom"): State.HELD,
    (State.ALLOWED, "symptom"): State.HELD,
    (State.HELD, "symptom"): State.HELD,
    (State.RED_FLAG, "symptom"): State.RED_FLAG,
    (State.REFUSED, "symptom"): State.REFUSED,
    **{(state, "nothing"): state for state in State},
}
SAID = {
    "red flag": frozenset({Symptom.CHEST_PAIN}),
    "symptom": frozenset({Symptom.DIZZINESS}),
    "nothing": frozenset[Symptom](),
}


@pytest.mark.parametrize(("state", "sent"), list(AFTER_ANSWERS), ids=lambda each: str(each))
@pytest.mark.parametrize("is_again", [False, True], ids=["for the first time", "again"])
def test_answers_lead_where_the_table_says_also_when_they_are_sent_again(
    state: State, sent: str, is_again: bool
) -> None:
    assert after_answers(state, SAID[sent]) is AFTER_ANSWERS[state, sent]
    row = new_row()
    row.state, row.symptoms = state, sorted(SAID[sent]) if is_again else []
    take_symptoms(row, SAID[sent], "", NOW)
    assert row.state is AFTER_ANSWERS[state, sent]


# Written by hand from the table in `State`.
AFTER_MOVE = {
    State.OPEN: State.OPEN,
    State.READY: State.OPEN,
    State.HELD: State.HELD,
    State.ALLOWED: State.HELD,
    State.REFUSED: State.HELD,
    State.RED_FLAG: State.RED_FLAG,
}


@pytest.mark.parametrize("state", list(State))
def test_a_move_leads_to_the_first_page_and_clears_nobody(state: State) -> None:
    row = new_row(phone="07700 900142", place="12 Mill Lane", is_space_clear=True, partner_too=True)
    row.state, row.stage, row.symptoms, row.told = state, Stage.DONE, ["dizziness"], "On Sunday."
    row.decision_note = "Spoke to her."
    begin_anew(row)
    assert row.state is AFTER_MOVE[state] is after_move(state)
    assert not has_details(row)
    assert (row.stage, row.place, row.is_space_clear, row.partner_too) == (Stage.DETAILS, "", False, False)
    assert (row.symptoms, row.told, row.decision_note) == (["dizziness"], "On Sunday.", "Spoke to her.")
    assert not may_come_in(row)


def test_staff_ask_aloud_in_place_of_the_check_in_on_the_day_alone() -> None:
    starts_at = NOW + timedelta(hours=12)
    assert is_asked_aloud(State.ALLOWED, NOW, starts_at)
    assert not is_asked_aloud(State.ALLOWED, NOW - timedelta(seconds=1), starts_at)
    assert not is_asked_aloud(State.ALLOWED, None, starts_at)
    assert not any(is_asked_aloud(state, NOW, NOW) for state in State if state is not State.ALLOWED)


def test_the_last_page_makes_ready_only_whom_nothing_holds() -> None:
    assert {state: after_last_page(state) for state in State} == {
        state: State.READY if state is State.OPEN else state for state in State
    }


@given(st.sampled_from(State), symptoms)
def test_answers_clear_nobody_and_a_red_flag_is_one_from_everywhere(
    state: State, sent: frozenset[Symptom]
) -> None:
    after = after_answers(state, sent)
    assert after is state or after in (State.HELD, State.RED_FLAG)
    assert after is State.RED_FLAG or not sent & RED_FLAGS
    assert after not in CLEARED or not sent


def new_row(**values: Any) -> CheckIn:
    return CheckIn(stage=Stage.DETAILS, state=State.OPEN, symptoms=[], told="", **values)


acts = st.one_of(
    st.tuples(st.just("symptoms"), symptoms),
    st.tuples(st.just("last page"), st.none()),
    st.tuples(st.just("decide"), st.booleans()),
    st.tuples(st.just("move"), st.none()),
)


@given(st.lists(acts, max_size=12))
def test_whatever_is_sent_in_whatever_order_nobody_with_symptoms_comes_in_without_a_decision(
    done: list[tuple[str, Any]],
) -> None:
    row = new_row()
    undecided: set[Symptom] = set()
    for act, what in done:
        before = set(row.symptoms)
        if act == "symptoms":
            take_symptoms(row, what, "", NOW)
            undecided |= what
            assert set(row.symptoms) == before | what, "what was said stays said"
        elif act == "last page" and row.stage != Stage.DETAILS:
            row.stage, row.state = Stage.DONE, after_last_page(State(row.state))
        elif act == "decide":
            decide(row, what, "Spoke to her.", "hannah", NOW)
            undecided.clear()
        elif act == "move":
            begin_anew(row)
            assert not may_come_in(row)
        if undecided:
            assert row.state not in CLEARED
            assert not may_come_in(row)
        if undecided & RED_FLAGS:
            assert row.state == State.RED_FLAG


def test_staff_decide_with_a_reason_or_not_at_all() -> None:
    row = new_row()
    with pytest.raises(Refused):
        decide(row, True, "  ", "hannah", NOW)
    assert row.state == State.OPEN
    decide(row, False, " Blood pressure first. ", "hannah", NOW)
    assert (row.state, row.decision_note, row.decided_by) == ("refused", "Blood pressure first.", "hannah")
    assert (after_decision(True), after_decision(False)) == (State.ALLOWED, State.REFUSED)


def test_who_has_not_sent_all_three_pages_is_not_done() -> None:
    row = new_row()
    assert not may_come_in(None)
    take_symptoms(row, (), "", NOW)
    row.state = State.READY
    assert not may_come_in(row)
    row.stage = Stage.DONE
    assert may_come_in(row)


def test_what_was_written_is_kept_once() -> None:
    row = new_row()
    for told in ("On Sunday.", "On Sunday.", "", "And today."):
        take_symptoms(row, {Symptom.DIZZINESS}, told, NOW)
    assert row.told == "On Sunday.\nAnd today."


def class_at(starts_at: datetime, **values: Any) -> Any:
    fields = {"ended_at": None, "cancelled_at": None} | values
    return SimpleNamespace(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), **fields)


def test_it_opens_on_the_day_of_the_class_in_local_time() -> None:
    summer = class_at(datetime(2026, 7, 7, 9, 0, tzinfo=UTC))
    assert opens_at(summer, LONDON) == datetime(2026, 7, 6, 23, 0, tzinfo=UTC)
    assert not is_open(summer, datetime(2026, 7, 6, 22, 59, tzinfo=UTC), LONDON)
    assert is_open(summer, datetime(2026, 7, 6, 23, 0, tzinfo=UTC), LONDON)


def test_it_is_never_shut_while_the_doors_are_open() -> None:
    midnight = class_at(datetime(2026, 11, 24, 0, 0, tzinfo=UTC))
    assert is_open(midnight, datetime(2026, 11, 23, 23, 50, tzinfo=UTC), LONDON)
    assert is_open(midnight, datetime(2026, 11, 24, 0, 30, tzinfo=UTC), LONDON)


def test_it_is_shut_when_the_class_is_over_or_called_off() -> None:
    over = class_at(NOW, ended_at=NOW)
    off = class_at(NOW, cancelled_at=NOW)
    assert not is_open(over, NOW, LONDON)
    assert not is_open(off, NOW, LONDON)
