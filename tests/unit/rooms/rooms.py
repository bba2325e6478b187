"""Rooms for tests: Hannah leads, Ravi is a physio, Tom the helper; four patients are on the list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from server.people.roles import Role
from server.rooms import commands as c
from server.rooms.events import Event
from server.rooms.loss import AccountDone, WhatBecame
from server.rooms.losses import unaccounted
from server.rooms.room import Room
from server.rooms.state import HelpDone, Member, Place, RoomState

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
STAFF = {"hannah": Role.PHYSIO, "ravi": Role.PHYSIO, "tom": Role.HELPER}
PATIENTS = ("margaret", "pauline", "george", "li")
MEMBERS = {person: Member(person, role, None) for person, role in STAFF.items()} | {
    person: Member(person, Role.PATIENT, seat) for seat, person in enumerate(PATIENTS)
}


class Scene:
    """A room in which things are done one second after the other."""

    def __init__(self) -> None:
        self.room = Room(RoomState("class3", "course1", "hannah", dict(MEMBERS)))
        self.now = AT

    def do(self, command: c.Command, actor: str | None) -> tuple[Event, ...]:
        self.now += timedelta(seconds=1)
        events = self.room.handle(command, self.now, actor)
        for event in events:
            self.room.apply(event)
        return events

    @property
    def state(self) -> RoomState:
        return self.room.state

    def put(self, person: str, place: Place | None) -> None:
        """Have this person be there, by the commands that lead there."""
        if place is None:
            return
        self.do(c.Join(), person)
        if place is Place.WAITING:
            return
        if self.state.place_of(person) is Place.WAITING:
            self.do(c.Admit(person), "hannah")
        if place is Place.DROPPED:
            self.do(c.Lost(person), None)
        if place is Place.LEFT:
            self.do(c.Leave(), person)

    def place(self, person: str) -> Place | None:
        return self.state.place_of(person)

    def say(self, person: str, **fields: bool) -> None:
        """Set flags of a person that no command of this version sets."""
        self.state.people[person] = replace(self.state.people[person], **fields)  # type: ignore[arg-type]


def in_class(*people: str) -> Scene:
    """A class in which Hannah and these people are."""
    scene = Scene()
    scene.put("hannah", Place.IN_CLASS)
    for person in people:
        scene.put(person, Place.IN_CLASS)
    return scene


def ask(person: str, scene: Scene, question: str = "q1", text: str = "May I sit?") -> None:
    scene.do(c.Ask(question, f"key-of-{question}", text), person)


def ending(state: RoomState) -> c.End:
    """The class ends; staff say of everyone who is lost that they rang her, of each call that all is well."""
    calls = (each.id for each in state.help.values() if each.settled_at is None)
    return c.End(
        tuple(WhatBecame(each, AccountDone.RANG_FINE) for each in unaccounted(state)),
        tuple(c.WhatWasDone(each, HelpDone.FINE) for each in calls),
    )
