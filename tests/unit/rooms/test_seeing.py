from __future__ import annotations

import pytest

from server.errors import Refused
from server.rooms import commands as c
from server.rooms.floor import HandOver, PutInSpotlight
from server.rooms.journal import staff_action
from server.rooms.policy import may_see_camera, who_may_speak, who_sees_whom
from server.rooms.removing import Remove
from server.rooms.seeing import EndAside, ShowToGroup, StopCamera, TakeAside
from server.rooms.state import Place, SideView, Turned
from tests.unit.rooms.rooms import PATIENTS, Scene, in_class


def refused(scene: Scene, command: c.Command, actor: str) -> str:
    with pytest.raises(Refused) as refusal:
        scene.do(command, actor)
    return refusal.value.code


def pictures_of(scene: Scene, person: str) -> set[str]:
    """Who gets this person's camera or side view."""
    state = scene.state
    routes = who_sees_whom(state.people.values(), "hannah", state.floor)
    return {each.receiver for each in routes if each.sender == person and each.source != "microphone"}


def heard_by(scene: Scene, person: str) -> set[str]:
    """Who gets this person's microphone, or may."""
    state = scene.state
    routes = who_sees_whom(state.people.values(), "hannah", state.floor)
    choices = who_may_speak(state.people.values(), "hannah", state.floor)
    return {each.receiver for each in routes if (each.sender, each.source) == (person, "microphone")} | {
        each.receiver for each in choices if person in each.senders
    }


def slots_of(scene: Scene, person: str) -> dict[str, str]:
    state = scene.state
    routes = who_sees_whom(state.people.values(), "hannah", state.floor)
    return {each.slot: each.sender for each in routes if each.receiver == person}


def everyone() -> Scene:
    scene = in_class("tom", "ravi", *PATIENTS)
    for person in PATIENTS:
        scene.do(c.SetOwnMedia(microphone_on=True, camera_on=True), person)
    return scene


def test_at_first_only_staff_see_a_patient_then_the_group_if_she_wishes_and_not_if_she_turns_back() -> None:
    scene = everyone()
    staff = {"hannah", "tom", "ravi"}
    assert pictures_of(scene, "margaret") == staff
    scene.do(ShowToGroup(True), "margaret")
    assert pictures_of(scene, "margaret") == staff | {"pauline", "george", "li"}
    scene.do(ShowToGroup(False), "margaret")
    assert pictures_of(scene, "margaret") == staff
    assert scene.do(ShowToGroup(False), "margaret") == ()


def test_staff_do_not_choose_who_sees_them() -> None:
    assert refused(everyone(), ShowToGroup(False), "hannah") == "patients_only"


def test_she_may_choose_while_she_waits_and_stays_chosen_in_class() -> None:
    scene = in_class()
    scene.put("margaret", Place.WAITING)
    scene.do(ShowToGroup(True), "margaret")
    scene.do(c.Admit("margaret"), "hannah")
    assert scene.state.people["margaret"].seen_by_group


def test_nothing_of_a_stopped_camera_goes_to_anybody_and_it_stays_off() -> None:
    scene = everyone()
    scene.do(ShowToGroup(True), "margaret")
    (event,) = scene.do(StopCamera("margaret", True), "tom")
    assert staff_action(scene.state, event) == "stop_camera"
    assert pictures_of(scene, "margaret") == set()
    assert heard_by(scene, "margaret") >= {"hannah", "tom"}
    scene.do(c.SetOwnMedia(microphone_on=False, camera_on=True), "margaret")
    assert not scene.state.people["margaret"].camera_on
    scene.do(c.Leave(), "margaret")
    scene.put("margaret", Place.IN_CLASS)
    assert pictures_of(scene, "margaret") == set()
    scene.do(StopCamera("margaret", False), "hannah")
    assert not scene.state.people["margaret"].camera_on
    scene.do(c.SetOwnMedia(microphone_on=False, camera_on=True), "margaret")
    assert pictures_of(scene, "margaret") >= {"hannah", "tom", "ravi"}


def test_who_may_not_stop_a_camera_and_whose_cannot_be_stopped() -> None:
    scene = everyone()
    assert refused(scene, StopCamera("pauline", True), "margaret") == "staff_only"
    assert refused(scene, StopCamera("tom", True), "hannah") == "not_a_patient"
    assert refused(scene, StopCamera("nobody", True), "hannah") == "no_such_person"
    scene.do(c.Leave(), "li")
    assert refused(scene, StopCamera("li", True), "hannah") == "not_here"


def test_two_who_are_aside_get_each_other_and_nobody_else_gets_them() -> None:
    scene = everyone()
    scene.do(ShowToGroup(True), "margaret")
    scene.do(TakeAside("margaret"), "tom")
    assert slots_of(scene, "margaret") == {"stage": "tom", "stage-voice": "tom"}
    group = {f"seat{seat}": person for seat, person in enumerate(PATIENTS) if person != "margaret"}
    assert slots_of(scene, "tom") == {"seat0": "margaret", "seat0-voice": "margaret", **group}
    for person, other in (("margaret", "tom"), ("tom", "margaret")):
        assert pictures_of(scene, person) == heard_by(scene, person) == {other}


def test_staff_who_are_aside_see_the_group_without_a_sound_and_nothing_of_what_nobody_may_see() -> None:
    scene = everyone()
    scene.do(TakeAside("margaret"), "tom")
    scene.do(TakeAside("pauline"), "ravi")
    assert "tom" in pictures_of(scene, "george")
    assert "tom" not in heard_by(scene, "george")
    assert "tom" not in pictures_of(scene, "pauline"), "who is aside with a colleague"
    assert "tom" not in pictures_of(scene, "hannah") | pictures_of(scene, "ravi")
    assert pictures_of(scene, "tom") == {"margaret"}
    scene.do(StopCamera("george", True), "hannah")
    assert "tom" not in pictures_of(scene, "george")
    scene.do(c.Lost("li"), None)
    assert "tom" not in pictures_of(scene, "li")
    scene.do(StopCamera("george", False), "hannah")
    scene.do(ShowToGroup(True), "george")
    assert "margaret" not in pictures_of(scene, "george"), "the patient gets nothing of the group"
    people = scene.state.people
    assert not may_see_camera(people["margaret"], people["george"], scene.state.floor)


def test_staff_hear_who_is_aside_with_them_though_she_is_muted_for_the_group() -> None:
    scene = everyone()
    scene.do(c.Mute("margaret", True), "hannah")
    scene.do(TakeAside("margaret"), "tom")
    assert heard_by(scene, "margaret") == {"tom"}


def test_the_class_goes_on_with_the_next_of_staff() -> None:
    scene = everyone()
    scene.do(TakeAside("margaret"), "hannah")
    assert slots_of(scene, "pauline")["stage"] == "ravi"
    scene.do(TakeAside("pauline"), "ravi")
    assert slots_of(scene, "george")["stage"] == "tom"
    assert slots_of(scene, "pauline")["stage"] == "ravi"
    scene.do(TakeAside("george"), "tom")
    assert "stage" not in slots_of(scene, "li")
    for person in PATIENTS[:3]:
        assert len(heard_by(scene, person)) == 1


def test_whoever_presents_and_is_aside_presents_again_after_it() -> None:
    scene = everyone()
    scene.do(HandOver("tom"), "hannah")
    scene.do(TakeAside("margaret"), "tom")
    assert slots_of(scene, "pauline")["stage"] == "hannah"
    scene.do(EndAside(), "tom")
    assert slots_of(scene, "pauline")["stage"] == "tom"


def aside_and_talking() -> Scene:
    """Tom talks with Margaret, and both microphones are on."""
    scene = everyone()
    scene.do(TakeAside("margaret"), "tom")
    for person in ("tom", "margaret"):
        scene.do(c.SetOwnMedia(microphone_on=True, camera_on=True, aside=True), person)
    return scene


def test_staff_who_end_the_side_room_themselves_are_heard_by_the_group_at_once() -> None:
    scene = aside_and_talking()
    scene.do(EndAside(), "tom")
    assert scene.state.people["tom"].microphone_on
    assert heard_by(scene, "tom") == {"hannah", "ravi", *PATIENTS}


@pytest.mark.parametrize(
    ("command", "actor"),
    [
        (EndAside(), "margaret"),
        (c.Leave(), "margaret"),
        (Remove("margaret", Turned.OTHER, "Please rest."), "hannah"),
        (Remove("margaret", Turned.OTHER, "Please rest."), "tom"),
        (c.Lost("tom"), None),
    ],
)
def test_a_side_room_that_ends_over_the_heads_of_staff_leaves_them_muted_until_they_unmute(
    command: c.Command, actor: str | None
) -> None:
    scene = aside_and_talking()
    scene.do(command, actor)
    scene.do(c.ComeBack("tom"), None)
    assert not scene.state.people["tom"].microphone_on
    assert heard_by(scene, "tom") == set()
    assert pictures_of(scene, "tom") >= {"hannah", "ravi"}, "the picture goes on"
    scene.do(c.SetOwnMedia(microphone_on=False, camera_on=False), "tom")
    assert heard_by(scene, "tom") == set(), "the camera alone gives no sound"
    scene.do(c.SetOwnMedia(microphone_on=True, camera_on=True), "tom")
    assert heard_by(scene, "tom") >= {"hannah", "ravi", "pauline", "george", "li"}


@pytest.mark.parametrize("person", ["tom", "margaret"])
def test_what_was_asked_in_the_side_room_and_comes_after_its_end_makes_nobody_heard(person: str) -> None:
    scene = aside_and_talking()
    scene.do(EndAside(), "margaret")
    scene.do(c.SetOwnMedia(microphone_on=True, camera_on=False, aside=True), person)
    assert not scene.state.people[person].microphone_on
    assert not scene.state.people[person].camera_on, "the rest of it holds"
    assert not heard_by(scene, person) & {"pauline", "george", "li"}
    scene.do(c.SetOwnMedia(microphone_on=True, camera_on=False), person)
    assert heard_by(scene, person) >= {"pauline", "george", "li"}


def test_staff_who_go_out_and_come_again_are_heard() -> None:
    scene = aside_and_talking()
    scene.do(c.Leave(), "tom")
    scene.do(c.Join(), "tom")
    assert heard_by(scene, "tom") >= set(PATIENTS)


@pytest.mark.parametrize("actor", ["tom", "margaret"])
def test_either_goes_back_and_the_patient_comes_back_muted(actor: str) -> None:
    scene = everyone()
    scene.do(TakeAside("margaret"), "tom")
    (event,) = scene.do(EndAside(), actor)
    assert staff_action(scene.state, event) == ("end_aside" if actor == "tom" else None)
    assert scene.state.floor.asides == ()
    assert not scene.state.people["margaret"].microphone_on
    assert "pauline" not in heard_by(scene, "margaret")
    assert scene.do(EndAside(), actor) == ()


@pytest.mark.parametrize(
    ("command", "actor"),
    [
        (c.Lost("tom"), None),
        (c.Leave(), "tom"),
        (c.Leave(), "margaret"),
        (c.End(), "hannah"),
    ],
)
def test_the_side_room_ends_when_one_of_the_two_is_gone(command: c.Command, actor: str | None) -> None:
    scene = everyone()
    scene.do(TakeAside("margaret"), "tom")
    scene.do(command, actor)
    assert scene.state.floor.asides == ()


def test_a_patient_who_is_lost_comes_back_into_her_side_room() -> None:
    scene = everyone()
    scene.do(TakeAside("margaret"), "tom")
    scene.do(c.Lost("margaret"), None)
    assert not slots_of(scene, "tom").keys() & {"seat0", "seat0-voice"}
    scene.do(c.ComeBack("margaret"), None)
    assert slots_of(scene, "margaret")["stage"] == "tom"


def test_who_is_not_taken_aside_and_by_whom() -> None:
    scene = everyone()
    assert refused(scene, TakeAside("pauline"), "margaret") == "staff_only"
    assert refused(scene, TakeAside("hannah"), "tom") == "not_a_patient"
    assert refused(scene, TakeAside("nobody"), "tom") == "no_such_person"
    scene.do(c.Lost("li"), None)
    assert refused(scene, TakeAside("li"), "tom") == "not_here"
    scene.do(TakeAside("margaret"), "tom")
    assert scene.do(TakeAside("margaret"), "tom") == ()
    assert refused(scene, TakeAside("pauline"), "tom") == "already_aside"
    assert refused(scene, TakeAside("margaret"), "hannah") == "already_aside"


def test_who_is_not_aside_ends_nobody_elses_talk() -> None:
    scene = everyone()
    scene.do(TakeAside("margaret"), "tom")
    for person in ("hannah", "pauline"):
        assert scene.do(EndAside(), person) == ()
    assert scene.state.floor.aside_with("margaret") == "tom"


def test_a_side_view_goes_to_patients_beside_the_presenter_and_before_the_next_of_staff() -> None:
    scene = everyone()
    assert slots_of(scene, "margaret")["side"] == "ravi"
    scene.do(c.SetOwnMedia(microphone_on=True, camera_on=True, side_view=SideView.CAMERA), "hannah")
    sides = [
        each
        for each in who_sees_whom(scene.state.people.values(), "hannah", scene.state.floor)
        if each.source == "side"
    ]
    assert {(each.receiver, each.slot, each.sender) for each in sides} == {
        (person, "side", "hannah") for person in PATIENTS
    }
    assert slots_of(scene, "margaret")["side-voice"] == "ravi"


def test_the_spotlight_goes_before_a_side_view_and_she_herself_gets_the_side_view() -> None:
    scene = everyone()
    scene.do(c.SetOwnMedia(microphone_on=True, camera_on=True, side_view=SideView.CAMERA), "hannah")
    scene.do(ShowToGroup(True), "margaret")
    scene.do(PutInSpotlight("margaret"), "hannah")
    assert slots_of(scene, "pauline")["side"] == "margaret"
    assert "mate0" not in slots_of(scene, "pauline")
    assert slots_of(scene, "margaret")["side"] == "hannah"


def test_a_patient_has_no_side_view() -> None:
    scene = everyone()
    wish = c.SetOwnMedia(microphone_on=True, camera_on=True, side_view=SideView.CAMERA)
    assert refused(scene, wish, "margaret") == "staff_only"


def test_in_a_side_room_the_side_view_goes_to_who_is_in_it_and_to_nobody_else() -> None:
    scene = everyone()
    scene.do(c.SetOwnMedia(microphone_on=True, camera_on=True, side_view=SideView.SCREEN), "hannah")
    scene.do(TakeAside("margaret"), "hannah")
    assert receivers_of_side(scene) == {"margaret"}
    scene.do(EndAside(), "hannah")
    assert receivers_of_side(scene) == set(PATIENTS)


def test_who_goes_out_and_comes_again_shows_nothing_beside_herself() -> None:
    scene = everyone()
    scene.do(c.SetOwnMedia(microphone_on=True, camera_on=True, side_view=SideView.CAMERA), "tom")
    assert receivers_of_side(scene) == set(PATIENTS)
    scene.do(c.Leave(), "tom")
    assert scene.state.people["tom"].side_view is None
    scene.do(c.Join(), "tom")
    assert receivers_of_side(scene) == set()


def receivers_of_side(scene: Scene) -> set[str]:
    """To whom a side view goes."""
    routes = who_sees_whom(scene.state.people.values(), "hannah", scene.state.floor)
    return {each.receiver for each in routes if each.source == "side"}
