from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.rooms import commands as c
from server.rooms.policy import (
    PATIENT_SLOTS,
    STAFF_SLOTS,
    Forward,
    Voices,
    may_hear,
    may_see_camera,
    presenter,
    slots_of,
    who_may_speak,
    who_sees_whom,
)
from server.rooms.state import PersonInRoom, Place
from tests.unit.rooms.rooms import AT, MEMBERS, PATIENTS, Scene, in_class

PEOPLE = ("hannah", "ravi", "tom", *PATIENTS)

SLOWLY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""The machine may have other work."""


def slots_in(scene: Scene, receiver: str) -> dict[str, str]:
    return {each.slot: each.sender for each in forwards_in(scene) if each.receiver == receiver}


def forwards_in(scene: Scene) -> tuple[Forward, ...]:
    return who_sees_whom(scene.state.people.values(), "hannah")


def speakers_in(scene: Scene) -> tuple[Voices, ...]:
    return who_may_speak(scene.state.people.values(), "hannah")


def voices_for(scene: Scene, receiver: str) -> set[str]:
    return {sender for each in speakers_in(scene) if each.receiver == receiver for sender in each.senders}


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


def test_a_patient_muted_by_staff_is_still_forwarded_to_staff_and_may_be_heard_by_no_patient() -> None:
    scene = in_class("tom", "margaret", "pauline")
    unmute(scene, "margaret")
    assert voices_for(scene, "pauline") == {"margaret"}
    scene.do(c.Mute("margaret", True), "tom")
    assert voices_for(scene, "pauline") == set()
    assert slots_in(scene, "hannah")["seat0-voice"] == "margaret"
    assert slots_in(scene, "tom")["seat0-voice"] == "margaret"


def test_a_patient_who_muted_herself_may_be_heard_by_no_patient() -> None:
    scene = in_class("margaret", "pauline")
    assert voices_for(scene, "pauline") == set()


def test_the_loudest_are_chosen_among_all_classmates_who_may_be_heard_but_never_oneself() -> None:
    scene = in_class("ravi", *PATIENTS)
    unmute(scene, "li", "george", "pauline", "margaret")
    for receiver in PATIENTS:
        assert voices_for(scene, receiver) == set(PATIENTS) - {receiver}


def test_staff_are_given_no_choice_of_voices_they_get_all() -> None:
    scene = in_class("ravi", "tom", *PATIENTS)
    unmute(scene, *PATIENTS)
    assert {each.receiver for each in speakers_in(scene)} == set(PATIENTS)


def test_staff_are_never_among_those_who_must_be_loud_to_be_heard() -> None:
    scene = in_class("ravi", "tom", *PATIENTS)
    unmute(scene, "hannah", "ravi", "tom", *PATIENTS)
    for each in speakers_in(scene):
        assert set(each.senders) <= set(PATIENTS)


def test_a_third_member_of_staff_has_a_voice_slot_of_her_own_and_two_are_left_for_classmates() -> None:
    scene = in_class("ravi", "tom", "margaret", "pauline", "george", "li")
    unmute(scene, "pauline", "george", "li")
    slots = slots_in(scene, "margaret")
    assert (slots["side"], slots["voice0"]) == ("ravi", "tom")
    (choice,) = [each for each in speakers_in(scene) if each.receiver == "margaret"]
    assert choice.slots == ("voice1", "voice2")


def test_the_presenter_comes_first_where_bandwidth_is_short() -> None:
    scene = in_class("ravi", *PATIENTS)
    first = {(each.sender, each.source) for each in forwards_in(scene) if each.priority == 0}
    assert first == {("hannah", "camera"), ("hannah", "microphone")}
    assert {each.priority for each in forwards_in(scene) if each.sender != "hannah"} == {2}


@pytest.mark.parametrize("place", [None, Place.WAITING, Place.DROPPED, Place.LEFT])
def test_who_is_not_in_class_is_neither_forwarded_nor_forwarded_to(place: Place | None) -> None:
    scene = in_class("tom", "pauline")
    scene.put("margaret", place)
    assert all("margaret" not in (each.receiver, each.sender) for each in forwards_in(scene))
    scene.say("pauline", microphone_on=True)
    assert all("margaret" not in (each.receiver, *each.senders) for each in speakers_in(scene))


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
    scene.do(c.Lost("tom"), None)
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


@SLOWLY
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


@SLOWLY
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


@SLOWLY
@given(any_people())
def test_no_patient_gets_a_patient_who_did_not_choose_it(people: list[PersonInRoom]) -> None:
    by_id = {person.person_id: person for person in people}
    for each in who_sees_whom(people, "hannah"):
        receiver, sender = by_id[each.receiver], by_id[each.sender]
        if not receiver.is_staff and not sender.is_staff:
            assert each.source == "camera"
            assert sender.seen_by_group


@SLOWLY
@given(any_people())
def test_voices_are_chosen_among_exactly_those_who_may_be_heard(people: list[PersonInRoom]) -> None:
    by_id = {person.person_id: person for person in people}
    taken = {(each.receiver, each.slot) for each in who_sees_whom(people, "hannah")}
    chosen = {each.receiver: each for each in who_may_speak(people, "hannah")}
    for receiver in (person for person in people if not person.is_staff):
        choice = chosen.pop(receiver.person_id, None)
        heard = {p.person_id for p in people if not p.is_staff and may_hear(receiver, p)}
        assert set(choice.senders if choice else ()) == heard
        for sender in heard:
            assert by_id[sender].microphone_on
            assert not by_id[sender].muted_by_staff
        for slot in choice.slots if choice else ():
            assert slots_of(receiver.role)[slot] == "audio"
            assert (receiver.person_id, slot) not in taken
    assert chosen == {}, "staff get everybody"


@SLOWLY
@given(any_people())
def test_nobody_is_ever_forwarded_to_herself(people: list[PersonInRoom]) -> None:
    assert all(each.receiver != each.sender for each in who_sees_whom(people, "hannah"))
    assert all(each.receiver not in each.senders for each in who_may_speak(people, "hannah"))


def test_the_slots_are_those_of_the_protocol() -> None:
    assert len(PATIENT_SLOTS) == 11
    assert len(STAFF_SLOTS) == 36
    assert list(PATIENT_SLOTS) == [
        "stage", "side", "mate0", "mate1", "mate2", "mate3",
        "stage-voice", "side-voice", "voice0", "voice1", "voice2",
    ]  # fmt: skip
