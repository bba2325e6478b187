"""What the worker is told to forward, and whose voices are shown in which slots when it tells of them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from server.media.spec import Route, VoiceChoice, VoicesNotice
from server.people.roles import Role
from server.rooms import commands as c
from server.rooms import forwarding
from server.rooms.forwarding import Forwarding
from server.rooms.policy import LARGE_TILES, Forward, who_sees_whom
from server.rooms.seeing import TakeAside
from server.rooms.state import Member, Place
from tests.unit.rooms.rooms import PATIENTS, Scene, in_class

CLASS = "class3"


class Orders:
    """Keeps the newest table."""

    def __init__(self) -> None:
        self.routes: tuple[Route, ...] = ()
        self.voices: tuple[VoiceChoice, ...] = ()
        self.times = 0

    def set_routes(self, room: str, routes: tuple[Route, ...], voices: tuple[VoiceChoice, ...]) -> None:
        assert room == CLASS
        self.routes, self.voices = routes, voices
        self.times += 1


class Told:
    """A class of Hannah and the four patients, all unmuted, and what follows for the worker."""

    def __init__(self) -> None:
        self.scene: Scene = in_class(*PATIENTS)
        for person in PATIENTS:
            self.scene.do(c.SetOwnMedia(microphone_on=True, camera_on=True), person)
        self.peers = {person: f"{person}.1" for person in ("hannah", *PATIENTS)}
        self.orders = Orders()
        self.is_known = True
        media = SimpleNamespace(is_known=lambda _: self.is_known)
        self.forwarding = Forwarding(CLASS, media, self.orders)  # type: ignore[arg-type]
        self.update()

    def update(self) -> list[str]:
        return self.forwarding.update(self.scene.state, self.peers)

    def layers(self, receiver: str) -> dict[str, str]:
        """At most which layer is forwarded into each slot."""
        return {each.slot: each.layer for each in self.orders.routes if each.to_peer == self.peers[receiver]}

    def loudest(self, receiver: str, **slots: str) -> list[str]:
        notice = VoicesNotice(
            room=CLASS, peer=self.peers[receiver], slots={s: self.peers[p] for s, p in slots.items()}
        )
        return self.forwarding.heard(notice)

    def voices(self, receiver: str) -> dict[str, str]:
        slots = self.forwarding.slots_for(receiver)
        return {slot: person for slot, person in slots.items() if slot in ("voice0", "voice1", "voice2")}


def test_the_worker_is_to_choose_among_the_classmates_who_may_be_heard() -> None:
    told = Told()
    told.scene.do(c.Mute("pauline", True), "hannah")
    told.update()
    choices = {choice.to_peer: set(choice.from_peers) for choice in told.orders.voices}
    assert choices["margaret.1"] == {"george.1", "li.1"}
    assert choices["pauline.1"] == {"margaret.1", "george.1", "li.1"}
    assert "hannah.1" not in choices


def test_nobody_is_to_be_chosen_among_people_without_media() -> None:
    told = Told()
    for person in PATIENTS[1:]:
        del told.peers[person]
    told.update()
    assert told.orders.voices == ()


def test_whose_voices_somebody_gets_is_shown_beside_the_slots_of_the_policy() -> None:
    told = Told()
    assert told.loudest("margaret", voice1="li") == ["margaret"]
    slots = told.forwarding.slots_for("margaret")
    assert (slots["stage"], slots["voice1"]) == ("hannah", "li")
    assert told.loudest("margaret", voice1="li") == []
    assert told.loudest("margaret") == ["margaret"]
    assert told.voices("margaret") == {}


def test_who_is_muted_by_staff_stands_in_no_slot_from_that_moment_on() -> None:
    told = Told()
    told.loudest("margaret", voice0="li", voice1="george")
    told.scene.do(c.Mute("li", True), "hannah")
    assert "margaret" in told.update()
    assert told.voices("margaret") == {"voice1": "george"}
    told.loudest("margaret", voice0="li", voice1="george")  # told before the worker heard of it
    assert told.voices("margaret") == {"voice1": "george"}


def test_what_was_told_of_an_earlier_connection_is_not_true_of_the_next() -> None:
    told = Told()
    told.loudest("margaret", voice0="li")
    told.peers["margaret"] = "margaret.2"
    assert told.update() == ["margaret"]
    assert told.voices("margaret") == {}


def test_after_another_worker_nobody_is_heard_until_it_says_so() -> None:
    told = Told()
    told.loudest("margaret", voice0="li")
    told.forwarding.forget()
    assert told.update() == ["margaret"]
    assert told.voices("margaret") == {}


def test_a_notice_of_somebody_who_is_not_here_changes_nothing() -> None:
    told = Told()
    notice = VoicesNotice(room=CLASS, peer="nobody.1", slots={"voice0": "li.1"})
    assert told.forwarding.heard(notice) == []


def test_the_priority_of_the_presenter_reaches_the_worker() -> None:
    told = Told()
    first = {(route.from_peer, route.priority) for route in told.orders.routes}
    assert first == {("hannah.1", 0), *((f"{person}.1", 2) for person in PATIENTS)}


def test_while_no_worker_says_what_it_has_what_it_forwards_is_left_alone() -> None:
    told = Told()
    told.is_known = False
    told.peers.clear()
    told.update()
    assert told.orders.times == 1
    assert told.orders.routes


def test_a_class_that_ends_while_no_worker_is_there_forwards_nothing_though_its_people_went_first() -> None:
    told = Told()
    told.is_known = False
    told.peers.clear()
    told.update()
    told.scene.do(c.End(), "hannah")
    told.update()
    assert (told.orders.routes, told.orders.voices) == ((), ())
    assert told.orders.times == 2


def test_a_class_that_ends_when_all_others_had_left_forwards_nothing_either() -> None:
    told = Told()
    told.is_known = False
    for person in PATIENTS:
        told.scene.do(c.Leave(), person)
    told.peers.clear()
    told.update()
    assert told.orders.times == 1
    told.scene.do(c.End(), "hannah")
    told.update()
    assert (told.orders.routes, told.orders.times) == ((), 2)


def test_what_was_not_sent_is_sent_once_the_workers_are_known_again() -> None:
    told = Told()
    told.is_known = False
    told.peers.clear()
    told.update()
    told.is_known = True
    told.update()
    assert (told.orders.routes, told.orders.times) == ((), 2)
    told.update()
    assert told.orders.times == 2


def test_a_patient_whom_staff_look_at_large_is_forwarded_in_the_upper_layer_on_a_wall_of_any_size() -> None:
    told = Told()
    told.scene.state.members.update(
        {f"more{n}": Member(f"more{n}", Role.PATIENT, 4 + n) for n in range(LARGE_TILES)}
    )
    for person in [each for each in told.scene.state.members if each.startswith("more")]:
        told.scene.put(person, Place.IN_CLASS)
    told.peers |= {person: f"{person}.1" for person in told.scene.state.people}
    told.update()
    assert told.layers("hannah")["seat0"] == "l"
    told.forwarding.update(told.scene.state, told.peers, {"hannah": frozenset({"seat0"})})
    assert told.layers("hannah")["seat0"] == "h"
    assert told.layers("hannah")["seat1"] == "l"
    told.update()
    assert told.layers("hannah")["seat0"] == "l"


def test_the_policy_is_asked_again_for_what_it_rests_on_and_not_for_what_people_write(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = Told()
    asked: list[str] = []

    def counted(*what: object) -> tuple[Forward, ...]:
        asked.append("asked")
        return who_sees_whom(*what)  # type: ignore[arg-type]

    monkeypatch.setattr(forwarding, "who_sees_whom", counted)
    told.scene.do(c.Post("m0", "key-of-m0", "Good morning"), "margaret")
    told.scene.do(c.Ask("q0", "key-of-q0", "May I sit?"), "margaret")
    told.scene.do(c.Vote("q0", True), "pauline")
    told.update()
    assert asked == []
    told.scene.do(c.SetOwnMedia(microphone_on=False, camera_on=True), "li")
    told.update()
    told.scene.do(TakeAside("li"), "hannah")
    told.update()
    told.update()
    assert len(asked) == 2
    assert told.orders.times == 3
