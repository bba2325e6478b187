from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rooms import commands as c
from server.rooms.policy import (
    PATIENT_SLOTS,
    STAFF_SLOTS,
    Forward,
    may_hear,
    may_see_camera,
    presenter,
    slots_of,
    who_sees_whom,
)
from server.rooms.state import PersonInRoom, Place
from tests.unit.rooms.rooms import AT, MEMBERS, PATIENTS, Scene, in_class

PEOPLE = ("hannah", "ravi", "tom", *PATIENTS)


def slots_in(scene: Scene, receiver: str) -> dict[str, str]:
    return {each.slot: each.sender for each in forwards_in(scene) if each.receiver == receiver}


def forwards_in(scene: Scene) -> tuple[Forward, ...]:
    return who_sees_whom(scene.state.people.values(), "hannah")


def unmute(scene: Scene, *people: str) -> None:
    for person in people:
        scene.do(c.SetOwnMedia(microphone_on=True, camera_on=True), person)


@st.composite
def any_people(draw: st.DrawFn) -> list[PersonInRoom]:
    """Anybody anywhere, with any flags."""
    return [
        PersonInRoom(
            person_id=person,
            role=MEMBERS[person].role,
            seat=MEMBERS[person].seat,
            place=draw(st.sampled_from(Place)),
            place_since=AT,
            microphone_on=draw(st.booleans()),
            camera_on=draw(st.booleans()),
            muted_by_staff=draw(st.booleans()),
            seen_by_group=draw(st.booleans()),
        )
        for person in draw(st.sets(st.sampled_from(PEOPLE)))
    ]


def test_everyone_gets_the_lead_physio_on_stage_and_the_helper_beside() -> None:
    scene = in_class("tom", "margaret", "pauline")
    for patient in ("margaret", "pauline"):
        slots = slots_in(scene, patient)
        assert (slots["stage"], slots["stage-voice"]) == ("hannah", "hannah")
        assert (slots["side"], slots["side-voice"]) == ("tom", "tom")


def test_patients_never_get_a_classmates_picture() -> None:
    scene = in_class("tom", *PATIENTS)
    unmute(scene, *PATIENTS)
    pictures = [
        each
        for each in forwards_in(scene)
        if each.source == "camera" and {each.receiver, each.sender} <= set(PATIENTS)
    ]
    assert pictures == []


def test_a_classmate_who_chose_to_be_seen_is_seen_by_the_others() -> None:
    scene = in_class(*PATIENTS)
    scene.say("pauline", seen_by_group=True)
    assert slots_in(scene, "margaret")["mate0"] == "pauline"
    assert "mate0" not in slots_in(scene, "pauline")


def test_staff_get_every_patient_in_the_seat_of_the_course_list() -> None:
    scene = in_class("tom", *PATIENTS)
    for receiver in ("hannah", "tom"):
        slots = slots_in(scene, receiver)
        for seat, patient in enumerate(PATIENTS):
            assert slots[f"seat{seat}"] == slots[f"seat{seat}-voice"] == patient
    assert slots_in(scene, "hannah")["staff0"] == "tom"
    assert slots_in(scene, "tom")["staff0"] == "hannah"


def test_a_patient_muted_by_staff_is_still_forwarded_to_staff_and_to_no_patient() -> None:
    scene = in_class("tom", "margaret", "pauline")
    unmute(scene, "margaret")
    assert slots_in(scene, "pauline")["voice0"] == "margaret"
    scene.do(c.Mute("margaret", True), "tom")
    assert "voice0" not in slots_in(scene, "pauline")
    assert slots_in(scene, "hannah")["seat0-voice"] == "margaret"
    assert slots_in(scene, "tom")["seat0-voice"] == "margaret"


def test_a_patient_who_muted_herself_is_heard_by_no_patient() -> None:
    scene = in_class("margaret", "pauline")
    assert "voice0" not in slots_in(scene, "pauline")


def test_of_four_unmuted_patients_the_three_latest_are_heard() -> None:
    scene = in_class("ravi", *PATIENTS)
    unmute(scene, "li", "george", "pauline", "margaret")
    assert {slots_in(scene, "margaret")[f"voice{n}"] for n in range(3)} == {"li", "george", "pauline"}
    scene.say("margaret", seen_by_group=False)
    five = in_class(*PATIENTS)
    unmute(five, "margaret", "pauline", "george", "li")
    assert [slots_in(five, "li")[f"voice{n}"] for n in range(3)] == ["margaret", "pauline", "george"]


def test_the_latest_three_push_out_the_one_unmuted_longest() -> None:
    people = [
        PersonInRoom(f"p{n}", MEMBERS["li"].role, n, Place.IN_CLASS, AT, microphone_on=True, unmuted_at=AT)
        for n in range(5)
    ]
    heard = {f.sender for f in who_sees_whom(people, None) if f.receiver == "p4"}
    assert heard == {"p1", "p2", "p3"}


def test_a_third_member_of_staff_is_heard_by_patients_before_classmates() -> None:
    scene = in_class("ravi", "tom", "margaret", "pauline", "george", "li")
    unmute(scene, "pauline", "george", "li")
    slots = slots_in(scene, "margaret")
    assert (slots["side"], slots["voice0"]) == ("ravi", "tom")
    assert {slots["voice1"], slots["voice2"]} == {"george", "li"}


@pytest.mark.parametrize("place", [None, Place.WAITING, Place.DROPPED, Place.LEFT])
def test_who_is_not_in_class_is_neither_forwarded_nor_forwarded_to(place: Place | None) -> None:
    scene = in_class("tom", "pauline")
    scene.put("margaret", place)
    assert all("margaret" not in (each.receiver, each.sender) for each in forwards_in(scene))


def test_the_stage_goes_from_the_lead_to_another_physio_to_the_helper() -> None:
    scene = in_class("ravi", "tom", "margaret")
    people = scene.state.people

    def who_presents() -> str | None:
        return presenter(people.values(), "hannah")

    assert who_presents() == "hannah"
    scene.do(c.Lost("hannah"), None)
    assert who_presents() == slots_in(scene, "margaret")["stage"] == "ravi"
    scene.do(c.Lost("ravi"), None)
    assert who_presents() == slots_in(scene, "margaret")["stage"] == "tom"
    scene.do(c.Leave(), "tom")
    assert who_presents() is None
    assert "stage" not in slots_in(scene, "margaret")


def test_the_walls_tiles_are_small_pictures_when_there_are_many() -> None:
    def layers(count: int) -> set[str]:
        people = [PersonInRoom(f"p{n}", MEMBERS["li"].role, n, Place.IN_CLASS, AT) for n in range(count)] + [
            PersonInRoom("hannah", MEMBERS["hannah"].role, None, Place.IN_CLASS, AT)
        ]
        forwards = who_sees_whom(people, "hannah")
        return {f.layer for f in forwards if f.receiver == "hannah" and f.source == "camera"}

    assert layers(4) == {"h"}
    assert layers(5) == {"l"}


@given(any_people())
def test_whatever_is_forwarded_is_allowed_and_fits_the_receivers_slots(people: list[PersonInRoom]) -> None:
    by_id = {person.person_id: person for person in people}
    seen: set[tuple[str, str]] = set()
    for each in who_sees_whom(people, "hannah"):
        receiver, sender = by_id[each.receiver], by_id[each.sender]
        rule = may_see_camera if each.source == "camera" else may_hear
        assert rule(receiver, sender)
        kind = slots_of(receiver.role)[each.slot]
        assert kind == ("video" if each.source == "camera" else "audio")
        assert (each.receiver, each.slot) not in seen
        seen.add((each.receiver, each.slot))


@given(any_people())
def test_staff_in_class_always_get_every_patient_in_class(people: list[PersonInRoom]) -> None:
    here = [person for person in people if person.place is Place.IN_CLASS]
    forwards = who_sees_whom(people, "hannah")
    for receiver in (person for person in here if person.is_staff):
        for sender in (person for person in here if not person.is_staff):
            sources = {
                f.source for f in forwards if (f.receiver, f.sender) == (receiver.person_id, sender.person_id)
            }
            assert sources == {"camera", "microphone"}


@given(any_people())
def test_no_patient_gets_a_patient_who_did_not_choose_it(people: list[PersonInRoom]) -> None:
    by_id = {person.person_id: person for person in people}
    for each in who_sees_whom(people, "hannah"):
        receiver, sender = by_id[each.receiver], by_id[each.sender]
        if receiver.is_staff or sender.is_staff:
            continue
        if each.source == "camera":
            assert sender.seen_by_group
        else:
            assert sender.microphone_on
            assert not sender.muted_by_staff


def test_the_slots_are_those_of_the_protocol() -> None:
    assert len(PATIENT_SLOTS) == 11
    assert len(STAFF_SLOTS) == 36
    assert list(PATIENT_SLOTS) == [
        "stage", "side", "mate0", "mate1", "mate2", "mate3",
        "stage-voice", "side-voice", "voice0", "voice1", "voice2",
    ]  # fmt: skip
