from __future__ import annotations

from datetime import timedelta

import pytest

from server.errors import Refused
from server.rooms import commands as c
from server.rooms.floor import (
    EXTEND_AT_MOST_MIN,
    EXTEND_BY_MIN,
    Extend,
    HandOver,
    Lock,
    MuteAll,
    PutInSpotlight,
    TakeBack,
)
from server.rooms.floor_values import UndoKind
from server.rooms.journal import staff_action
from server.rooms.policy import leader, presenter
from server.rooms.seeing import ShowToGroup, StopCamera, TakeAside
from server.rooms.state import Place
from tests.unit.rooms.rooms import AT, PATIENTS, Scene, in_class

FOR_STAFF = [MuteAll(), TakeBack(), Lock(True), Extend(), PutInSpotlight("margaret")]


def refused(scene: Scene, command: c.Command, actor: str) -> str:
    with pytest.raises(Refused) as refusal:
        scene.do(command, actor)
    return refusal.value.code


def muted(scene: Scene) -> set[str]:
    return {each.person_id for each in scene.state.people.values() if each.muted_by_staff}


def presents(scene: Scene) -> str | None:
    return presenter(scene.state.people.values(), "hannah", scene.state.floor)


def shown(*people: str) -> Scene:
    scene = in_class("tom", "margaret", "pauline")
    for person in people:
        scene.do(ShowToGroup(True), person)
    return scene


@pytest.mark.parametrize("command", FOR_STAFF, ids=lambda command: type(command).__name__)
def test_a_patient_moderates_nothing(command: c.Command) -> None:
    scene = shown("margaret")
    before = scene.state.copy()
    assert refused(scene, command, "margaret") == "staff_only"
    assert scene.state == before


@pytest.mark.parametrize("place", [None, Place.DROPPED, Place.LEFT])
@pytest.mark.parametrize("command", FOR_STAFF, ids=lambda command: type(command).__name__)
def test_staff_who_are_not_in_class_moderate_nothing(command: c.Command, place: Place | None) -> None:
    scene = shown("margaret")
    scene.put("ravi", place)
    assert refused(scene, command, "ravi") in ("not_in_class", "dropped_out")


def test_all_patients_in_class_are_muted_also_who_dropped_out() -> None:
    scene = in_class("tom", *PATIENTS)
    scene.do(c.Mute("george", True), "tom")
    scene.do(c.Lost("li"), None)
    events = scene.do(MuteAll(), "tom")
    assert muted(scene) == set(PATIENTS)
    assert [staff_action(scene.state, each) for each in events] == ["mute", "mute", "mute", None]
    assert scene.do(MuteAll(), "tom") == ()


def test_muting_all_is_taken_back_for_those_whom_it_muted() -> None:
    scene = in_class("tom", *PATIENTS)
    scene.do(c.Mute("george", True), "tom")
    scene.do(MuteAll(), "tom")
    scene.do(c.Mute("li", False), "hannah")
    scene.do(TakeBack(), "hannah")
    assert muted(scene) == {"george"}
    assert refused(scene, TakeBack(), "tom") == "nothing_to_undo"


def test_muting_all_is_not_taken_back_for_whom_staff_have_muted_again_since() -> None:
    scene = in_class("tom", *PATIENTS)
    scene.do(MuteAll(), "tom")
    scene.do(c.Mute("li", False), "hannah")
    scene.do(c.Mute("li", True), "hannah")
    scene.do(TakeBack(), "hannah")
    assert muted(scene) == {"li"}


def test_when_it_was_changed_for_all_of_them_nothing_is_left_to_take_back() -> None:
    scene = in_class("tom", "margaret")
    scene.do(MuteAll(), "tom")
    scene.do(c.Mute("margaret", False), "hannah")
    assert refused(scene, TakeBack(), "tom") == "nothing_to_undo"
    scene.do(MuteAll(), "tom")
    scene.do(TakeBack(), "tom")
    assert muted(scene) == set()


def test_only_what_the_person_saw_is_taken_back() -> None:
    scene = in_class("tom", "margaret")
    scene.do(MuteAll(), "hannah")
    assert refused(scene, TakeBack(UndoKind.LOWER_HANDS), "hannah") == "nothing_to_undo"
    scene.do(TakeBack(UndoKind.MUTE_ALL), "hannah")
    assert muted(scene) == set()


def test_after_a_minute_nothing_is_taken_back() -> None:
    scene = in_class("margaret")
    scene.do(MuteAll(), "hannah")
    scene.now += timedelta(seconds=60)
    assert refused(scene, TakeBack(), "hannah") == "nothing_to_undo"
    assert muted(scene) == {"margaret"}


def test_who_is_new_does_not_get_into_a_locked_class_and_whoever_was_here_does() -> None:
    scene = in_class("margaret", "pauline")
    scene.put("li", Place.WAITING)
    scene.do(c.Lost("margaret"), None)
    scene.do(c.Leave(), "pauline")
    scene.do(Lock(True), "hannah")
    scene.do(c.Lost("li"), None)
    for person, place in {"margaret": Place.IN_CLASS, "pauline": Place.WAITING, "li": Place.WAITING}.items():
        scene.do(c.Join(), person)
        assert scene.place(person) is place
    assert refused(scene, c.Join(), "george") == "class_locked"
    scene.do(c.Join(), "ravi")
    assert scene.place("ravi") is Place.IN_CLASS
    scene.do(Lock(False), "hannah")
    scene.do(c.Join(), "george")
    assert scene.place("george") is Place.WAITING


def test_who_waits_already_is_let_in_though_the_class_is_locked() -> None:
    scene = in_class()
    scene.put("margaret", Place.WAITING)
    scene.do(Lock(True), "hannah")
    scene.do(c.Admit("margaret"), "hannah")
    assert scene.place("margaret") is Place.IN_CLASS


def test_a_class_is_extended_by_ten_minutes_and_by_an_hour_at_most() -> None:
    scene = in_class("tom")
    scene.state.ends_at = AT
    for _ in range(EXTEND_AT_MOST_MIN // EXTEND_BY_MIN):
        scene.do(Extend(), "hannah")
    assert scene.state.ends_at == AT + timedelta(hours=1)
    assert refused(scene, Extend(), "hannah") == "extended_enough"


def test_the_physio_hands_presenting_over_and_takes_it_back() -> None:
    scene = in_class("tom", "ravi")
    scene.do(HandOver("tom"), "hannah")
    assert presents(scene) == "tom"
    scene.do(HandOver("hannah"), "hannah")
    assert presents(scene) == "hannah"


def test_presenting_goes_to_staff_in_class_only_and_a_helper_does_not_hand_it_over() -> None:
    scene = in_class("tom", "margaret")
    scene.put("ravi", Place.DROPPED)
    assert refused(scene, HandOver("margaret"), "hannah") == "not_staff_here"
    assert refused(scene, HandOver("ravi"), "hannah") == "not_staff_here"
    assert refused(scene, HandOver("tom"), "tom") == "physio_only"
    assert refused(scene, HandOver("tom"), "margaret") == "physio_only"


def test_who_presents_and_drops_out_presents_again_when_back_and_not_after_leaving() -> None:
    scene = in_class("tom")
    scene.do(HandOver("tom"), "hannah")
    scene.do(c.Lost("tom"), None)
    assert presents(scene) == "hannah"
    scene.do(c.ComeBack("tom"), None)
    assert presents(scene) == "tom"
    scene.do(c.Leave(), "tom")
    scene.do(c.Join(), "tom")
    assert presents(scene) == "hannah"


def test_the_helper_leads_while_the_only_physio_is_lost() -> None:
    scene = in_class("tom", "margaret")
    people = scene.state.people
    assert leader(people.values(), "hannah") == "hannah"
    scene.do(c.Lost("hannah"), None)
    assert leader(people.values(), "hannah") == presents(scene) == "tom"
    scene.do(c.ComeBack("hannah"), None)
    assert leader(people.values(), "hannah") == presents(scene) == "hannah"


def test_only_a_patient_whom_the_group_may_see_comes_into_the_spotlight() -> None:
    scene = shown("margaret", "pauline")
    scene.do(StopCamera("pauline", True), "tom")
    scene.put("george", Place.IN_CLASS)
    assert refused(scene, PutInSpotlight("pauline"), "tom") == "not_shown"
    assert refused(scene, PutInSpotlight("george"), "tom") == "not_shown"
    assert refused(scene, PutInSpotlight("hannah"), "tom") == "not_here"
    scene.do(PutInSpotlight("margaret"), "tom")
    assert scene.state.floor.spotlight == "margaret"
    scene.do(PutInSpotlight(None), "hannah")
    assert scene.state.floor.spotlight is None


@pytest.mark.parametrize(
    ("command", "actor"),
    [
        (ShowToGroup(False), "margaret"),
        (StopCamera("margaret", True), "tom"),
        (TakeAside("margaret"), "tom"),
        (c.Leave(), "margaret"),
        (c.End(), "hannah"),
    ],
    ids=lambda each: each if isinstance(each, str) else type(each).__name__,
)
def test_the_spotlight_ends_with_what_lets_her_be_seen(command: c.Command, actor: str) -> None:
    scene = shown("margaret")
    scene.do(PutInSpotlight("margaret"), "tom")
    scene.do(command, actor)
    assert scene.state.floor.spotlight is None


def test_who_is_lost_in_the_spotlight_comes_back_into_it() -> None:
    scene = shown("margaret")
    scene.do(PutInSpotlight("margaret"), "tom")
    scene.do(c.Lost("margaret"), None)
    scene.do(c.ComeBack("margaret"), None)
    assert scene.state.floor.spotlight == "margaret"


def test_what_staff_do_to_the_class_is_audited() -> None:
    scene = shown("margaret")
    scene.state.ends_at = AT
    done = {
        staff_action(scene.state, event)
        for command in (
            Lock(True),
            Lock(False),
            Extend(),
            PutInSpotlight("margaret"),
            PutInSpotlight(None),
            HandOver("tom"),
        )
        for event in scene.do(command, "hannah")
    }
    assert done == {"lock_class", "unlock_class", "extend_class", "spotlight", "end_spotlight", "hand_over"}
