from __future__ import annotations

import pytest

from server.errors import Refused
from server.rooms import commands as c
from server.rooms.state import Place
from tests.unit.rooms.rooms import Scene, in_class


def test_a_patient_waits_until_staff_admit_and_staff_come_straight_in() -> None:
    scene = Scene()
    scene.do(c.Join(), "tom")
    scene.do(c.Join(), "margaret")
    assert (scene.place("tom"), scene.place("margaret")) == (Place.IN_CLASS, Place.WAITING)
    scene.do(c.Admit("margaret"), "tom")
    assert scene.place("margaret") is Place.IN_CLASS


def test_a_patient_comes_in_muted_with_the_camera_as_chosen_at_the_door() -> None:
    scene = in_class()
    scene.put("margaret", Place.WAITING)
    scene.do(c.SetOwnMedia(microphone_on=False, camera_on=True), "margaret")
    scene.do(c.Admit("margaret"), "hannah")
    person = scene.state.people["margaret"]
    assert (person.microphone_on, person.camera_on) == (False, True)


def test_a_patient_comes_in_muted_whatever_her_browser_said_while_she_waited() -> None:
    scene = in_class()
    scene.put("margaret", Place.WAITING)
    scene.do(c.SetOwnMedia(microphone_on=True, camera_on=True), "margaret")
    scene.do(c.Admit("margaret"), "hannah")
    assert scene.state.people["margaret"].microphone_on is False


def test_who_left_has_nothing_switched_on() -> None:
    scene = in_class("margaret")
    scene.do(c.SetOwnMedia(True, True), "margaret")
    scene.do(c.Leave(), "margaret")
    person = scene.state.people["margaret"]
    assert (person.microphone_on, person.camera_on) == (False, False)


def test_a_patient_who_dropped_out_comes_straight_back() -> None:
    scene = in_class("margaret")
    scene.do(c.Lost("margaret"), None)
    assert scene.place("margaret") is Place.DROPPED
    scene.do(c.Join(), "margaret")
    assert scene.place("margaret") is Place.IN_CLASS


def test_media_that_flow_again_bring_a_dropped_patient_back() -> None:
    scene = in_class("margaret")
    scene.do(c.Lost("margaret"), None)
    scene.do(c.ComeBack("margaret"), None)
    assert scene.place("margaret") is Place.IN_CLASS


def test_a_patient_who_left_waits_again_and_is_muted_again() -> None:
    scene = in_class("margaret")
    scene.do(c.SetOwnMedia(True, True), "margaret")
    scene.do(c.Leave(), "margaret")
    scene.do(c.Join(), "margaret")
    assert scene.place("margaret") is Place.WAITING
    assert scene.state.people["margaret"].microphone_on is False


def test_a_mute_by_staff_outlasts_leaving_and_coming_again() -> None:
    scene = in_class("margaret", "tom")
    scene.do(c.Mute("margaret", True), "tom")
    scene.put("margaret", Place.LEFT)
    scene.put("margaret", Place.IN_CLASS)
    assert scene.state.people["margaret"].muted_by_staff


def test_a_patient_lost_while_waiting_has_left() -> None:
    scene = in_class()
    scene.put("li", Place.WAITING)
    scene.do(c.Lost("li"), None)
    assert scene.place("li") is Place.LEFT


@pytest.mark.parametrize("place", [None, Place.LEFT, Place.DROPPED])
def test_losing_somebody_who_is_not_there_changes_nothing(place: Place | None) -> None:
    scene = in_class()
    scene.put("li", place)
    assert scene.do(c.Lost("li"), None) == ()


def test_joining_twice_and_admitting_twice_change_nothing() -> None:
    scene = in_class("margaret", "tom")
    assert scene.do(c.Join(), "margaret") == ()
    assert scene.do(c.Admit("margaret"), "tom") == ()


def test_somebody_who_left_the_waiting_room_cannot_be_admitted() -> None:
    scene = in_class()
    scene.put("li", Place.WAITING)
    scene.do(c.Leave(), "li")
    with pytest.raises(Refused, match="not_waiting"):
        scene.do(c.Admit("li"), "hannah")


def test_staff_cannot_be_muted_for_the_group() -> None:
    with pytest.raises(Refused, match="not_a_patient"):
        in_class("tom").do(c.Mute("tom", True), "hannah")


def full_class(*others: str) -> Scene:
    """A class with room for two, in which Margaret is and Pauline waits."""
    scene = in_class("margaret", *others)
    scene.state.max_patients = 2
    scene.put("pauline", Place.WAITING)
    return scene


def test_a_full_class_takes_no_more_patients_and_says_what_to_do() -> None:
    scene = full_class()
    with pytest.raises(Refused) as refused:
        scene.do(c.Join(), "george")
    assert refused.value.code == "class_full"
    assert "Ring us" in refused.value.words
    assert scene.place("george") is None


def test_staff_are_never_too_many() -> None:
    scene = full_class()
    scene.do(c.Join(), "tom")
    scene.do(c.Join(), "ravi")
    assert scene.place("tom") is scene.place("ravi") is Place.IN_CLASS


def test_who_dropped_out_of_a_full_class_gets_back_in_and_nobody_takes_the_place_meanwhile() -> None:
    scene = full_class()
    scene.do(c.Lost("margaret"), None)
    with pytest.raises(Refused, match="class_full"):
        scene.do(c.Join(), "george")
    scene.do(c.Join(), "margaret")
    assert scene.place("margaret") is Place.IN_CLASS


def test_who_leaves_makes_room_and_comes_back_even_when_somebody_was_quicker() -> None:
    scene = full_class()
    scene.do(c.Lost("pauline"), None)
    scene.do(c.Join(), "george")
    assert scene.place("george") is Place.WAITING
    scene.do(c.Join(), "pauline")
    assert scene.place("pauline") is Place.WAITING
    with pytest.raises(Refused, match="class_full"):
        scene.do(c.Join(), "li")


def test_who_joins_a_full_class_again_while_in_it_is_not_refused() -> None:
    scene = full_class()
    assert scene.do(c.Join(), "margaret") == ()
