"""Who is let in where patients check in before class."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import Refused
from server.rooms import commands as c
from server.rooms import events as e
from server.rooms.journal import staff_action
from server.rooms.state import BeforeClass, Place, Turned
from server.timetable.check_in_rules import CLEARED, State
from tests.unit.rooms.rooms import PATIENTS, Scene, in_class


def checked_in(*people: str, **states: State) -> Scene:
    """Hannah and Tom are in class, these people wait, and have checked in as told."""
    scene = in_class("tom")
    scene.state.has_check_in = True
    for person, state in states.items():
        scene.state.before_class[person] = BeforeClass(state)
    for person in people:
        scene.put(person, Place.WAITING)
    return scene


@pytest.mark.parametrize(
    "state", [each for each in State if each not in CLEARED and each is not State.REFUSED]
)
@pytest.mark.parametrize("staff", ["hannah", "tom"])
def test_nobody_is_let_in_whose_check_in_holds_them(state: State, staff: str) -> None:
    scene = checked_in("margaret", margaret=state)
    with pytest.raises(Refused) as refused:
        scene.do(c.Admit("margaret"), staff)
    assert refused.value.code == "not_cleared"
    assert scene.place("margaret") is Place.WAITING


@pytest.mark.parametrize("state", sorted(CLEARED))
def test_who_is_cleared_is_let_in(state: State) -> None:
    scene = checked_in("margaret", margaret=state)
    scene.do(c.Admit("margaret"), "tom")
    assert scene.place("margaret") is Place.IN_CLASS


def test_who_said_nothing_yet_is_not_let_in() -> None:
    scene = checked_in("margaret")
    with pytest.raises(Refused) as refused:
        scene.do(c.Admit("margaret"), "hannah")
    assert "has not checked in" in refused.value.words


def test_without_a_check_in_everybody_is_let_in_as_before() -> None:
    scene = in_class()
    scene.put("margaret", Place.WAITING)
    scene.do(c.AdmitReady(), "hannah")
    assert scene.place("margaret") is Place.IN_CLASS


@given(st.fixed_dictionaries({person: st.none() | st.sampled_from(State) for person in PATIENTS}))
def test_let_in_all_who_are_ready_lets_in_those_and_nobody_else(states: dict[str, State | None]) -> None:
    scene = checked_in(*PATIENTS, **dict.fromkeys(PATIENTS, State.READY))
    for person, state in states.items():
        scene.state.before_class.pop(person)
        if state is not None:
            scene.state.before_class[person] = BeforeClass(state)
    scene.do(c.AdmitReady(), "tom")
    inside = {person for person in PATIENTS if scene.place(person) is Place.IN_CLASS}
    assert inside == {person for person, state in states.items() if state in CLEARED}


def test_the_physio_decides_and_says_why_the_helper_cannot() -> None:
    scene = checked_in("margaret", margaret=State.RED_FLAG)
    with pytest.raises(Refused):
        scene.do(c.Allow("margaret", "She sounds well."), "tom")
    with pytest.raises(Refused):
        scene.do(c.Allow("margaret", "  "), "hannah")
    (allowed,) = scene.do(c.Allow("margaret", "Seen by her doctor."), "hannah")
    assert staff_action(scene.state, allowed) == "allow_to_take_part"
    assert "doctor" not in repr(allowed)
    scene.do(c.Admit("margaret"), "tom")
    assert scene.place("margaret") is Place.IN_CLASS


def test_two_in_front_of_one_device_must_both_be_cleared() -> None:
    scene = checked_in("margaret", margaret=State.READY, george=State.HELD)
    scene.state.before_class["margaret"] = BeforeClass(State.READY, partner_id="george")
    with pytest.raises(Refused):
        scene.do(c.Admit("margaret"), "hannah")
    scene.do(c.Allow("george", "Spoke to him."), "hannah")
    scene.do(c.Admit("margaret"), "hannah")
    assert scene.place("margaret") is Place.IN_CLASS


def test_who_sits_beside_somebody_refused_can_still_come_to_the_waiting_room() -> None:
    scene = checked_in(george=State.REFUSED)
    scene.state.before_class["margaret"] = BeforeClass(State.READY, partner_id="george")
    scene.put("margaret", Place.WAITING)
    with pytest.raises(Refused):
        scene.do(c.Admit("margaret"), "hannah")
    scene.do(c.NoteCheckIn("margaret", BeforeClass(State.READY)), None)
    scene.do(c.Admit("margaret"), "hannah")
    assert scene.place("margaret") is Place.IN_CLASS


def test_who_is_turned_away_is_told_and_does_not_come_in_again_until_the_physio_decides_otherwise() -> None:
    scene = checked_in("margaret", margaret=State.READY)
    turned, went = scene.do(c.TurnAway("margaret", Turned.UNWELL, "Please rest today."), "tom")
    assert isinstance(went, e.WentOut)
    assert went.was is Place.WAITING
    assert staff_action(scene.state, turned) == "turn_away"
    assert "rest" not in repr(turned)
    assert (scene.place("margaret"), scene.state.people["margaret"].told) == (
        Place.LEFT,
        "Please rest today.",
    )
    with pytest.raises(Refused) as refused:
        scene.do(c.Join(), "margaret")
    assert refused.value.code == "not_today"
    assert refused.value.words.startswith("Please rest today.")
    scene.do(c.Allow("margaret", "She feels better."), "hannah")
    scene.put("margaret", Place.WAITING)
    assert scene.place("margaret") is Place.WAITING
    assert scene.state.people["margaret"].told == ""


def test_where_nobody_checks_in_who_was_turned_away_may_knock_again() -> None:
    scene = in_class()
    scene.put("margaret", Place.WAITING)
    scene.do(c.TurnAway("margaret", Turned.IDENTITY, "Please ring us."), "hannah")
    scene.put("margaret", Place.WAITING)
    assert scene.place("margaret") is Place.WAITING
    with pytest.raises(Refused):
        scene.do(c.Allow("margaret", "It is her."), "hannah")


def test_only_who_waits_is_turned_away_or_written_to() -> None:
    scene = checked_in("margaret", margaret=State.READY)
    (told,) = scene.do(c.TellWaiting("margaret", "I let you in at 10."), "tom")
    assert scene.state.people["margaret"].told == "I let you in at 10."
    assert staff_action(scene.state, told) == "message_waiting"
    scene.do(c.Admit("margaret"), "hannah")
    for command in (c.TellWaiting("margaret", "Hello"), c.TurnAway("margaret", Turned.LATE, "Too late.")):
        with pytest.raises(Refused) as refused:
            scene.do(command, "hannah")
        assert refused.value.code == "not_waiting"


def test_what_the_pages_store_becomes_known_in_class_once() -> None:
    scene = checked_in()
    flagged = BeforeClass(State.RED_FLAG, place="12 Mill Lane")
    (noted,) = scene.do(c.NoteCheckIn("margaret", flagged), None)
    assert "Mill Lane" not in repr(noted)
    assert scene.state.before_class["margaret"] == flagged
    assert scene.do(c.NoteCheckIn("margaret", flagged), None) == ()
    assert scene.do(c.NoteCheckIn("stranger", flagged), None) == ()


def test_who_is_refused_on_the_pages_leaves_the_waiting_room() -> None:
    scene = checked_in("margaret", margaret=State.HELD)
    scene.do(c.NoteCheckIn("margaret", BeforeClass(State.REFUSED)), None)
    assert scene.place("margaret") is Place.LEFT
    with pytest.raises(Refused):
        scene.do(c.Join(), "margaret")


COMES_BACK: list[tuple[c.Command, str | None]] = [(c.Join(), "margaret"), (c.ComeBack("margaret"), None)]


def dropped_out(**states: State) -> Scene:
    """Margaret was cleared, let in, and dropped out; what is known of the check-ins since is `states`."""
    scene = checked_in("margaret", margaret=State.READY)
    scene.do(c.Admit("margaret"), "hannah")
    scene.do(c.SetOwnMedia(True, True), "margaret")
    scene.do(c.Lost("margaret"), None)
    for person, state in states.items():
        partner = "george" if person == "margaret" and len(states) > 1 else None
        scene.state.before_class[person] = BeforeClass(state, partner_id=partner)
    return scene


@pytest.mark.parametrize(("comes_back", "actor"), COMES_BACK)
@pytest.mark.parametrize("state", sorted(CLEARED))
def test_a_patient_who_dropped_out_of_class_comes_straight_back(
    state: State, comes_back: c.Command, actor: str | None
) -> None:
    scene = dropped_out(margaret=state)
    scene.do(comes_back, actor)
    assert scene.place("margaret") is Place.IN_CLASS


@pytest.mark.parametrize(("comes_back", "actor"), COMES_BACK)
@pytest.mark.parametrize("state", [State.OPEN, State.HELD, State.RED_FLAG])
def test_who_drops_out_and_is_not_cleared_comes_back_to_the_waiting_room(
    state: State, comes_back: c.Command, actor: str | None
) -> None:
    scene = dropped_out(margaret=state)
    (back,) = scene.do(comes_back, actor)
    assert isinstance(back, e.HeldBack)
    assert scene.place("margaret") is Place.WAITING
    assert not scene.state.people["margaret"].microphone_on
    with pytest.raises(Refused):
        scene.do(c.Admit("margaret"), "tom")
    scene.do(c.Allow("margaret", "She sat down and feels well."), "hannah")
    scene.do(c.Admit("margaret"), "tom")
    assert scene.place("margaret") is Place.IN_CLASS


@pytest.mark.parametrize(("comes_back", "actor"), COMES_BACK)
@pytest.mark.parametrize("state", [each for each in State if each not in CLEARED])
def test_of_two_in_front_of_one_device_the_other_holds_back_who_dropped_out(
    state: State, comes_back: c.Command, actor: str | None
) -> None:
    scene = dropped_out(margaret=State.READY, george=state)
    scene.do(comes_back, actor)
    assert scene.place("margaret") is Place.WAITING


def test_who_dropped_out_and_is_refused_comes_no_further() -> None:
    scene = dropped_out(margaret=State.REFUSED)
    with pytest.raises(Refused) as refused:
        scene.do(c.Join(), "margaret")
    assert refused.value.code == "not_today"
    scene.do(c.ComeBack("margaret"), None)
    assert scene.place("margaret") is Place.WAITING


@pytest.mark.parametrize("state", [State.HELD, State.RED_FLAG])
def test_who_says_something_new_in_class_stays_until_staff_decide(state: State) -> None:
    scene = checked_in("margaret", margaret=State.READY)
    scene.do(c.Admit("margaret"), "hannah")
    scene.do(c.NoteCheckIn("margaret", BeforeClass(state)), None)
    scene.do(c.Join(), "margaret")
    scene.do(c.ComeBack("margaret"), None)
    assert scene.place("margaret") is Place.IN_CLASS


def test_staff_who_drop_out_come_straight_back_whoever_checks_in() -> None:
    scene = checked_in()
    scene.do(c.Lost("tom"), None)
    scene.do(c.Join(), "tom")
    assert scene.place("tom") is Place.IN_CLASS
