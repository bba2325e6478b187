"""A class as it really was, second by second, and what the log of presence made of it.

The web process runs, hears of people and is killed; people come, are let in, lose their network, return and
leave. Every second it is noted where they really are. What the server hears of it, in events of a real `Room`
and in heartbeats, goes to a real `Roll`; a crash loses everything but the tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from server.contacts.roll import Entry, Here, Move, Roll
from server.contacts.stays import Stay
from server.people.roles import Role
from server.rooms import commands as c
from server.rooms.room import Room
from server.rooms.state import Member, Place, RoomState
from tests.unit.rooms.rooms import ending

CLASS = "class1"
BEAT_S = 5
GRACE_S = 10
"""How long people may take to come back after the process was started again."""
SHORT_OUTAGE_S = 15
PEOPLE = {
    "hannah": Role.PHYSIO,
    "tom": Role.HELPER,
    "margaret": Role.PATIENT,
    "li": Role.PATIENT,
}
THERE = (Place.WAITING, Place.IN_CLASS)


@dataclass(frozen=True)
class Do:
    """Something happens, so many seconds after what happened before."""

    after_s: int
    what: str
    """comes, leaves, network_lost, network_back, is_let_in, crash, start, end, or quiet."""
    who: str = ""
    takes_s: int = 0
    """Until the server notices a lost network; until people are connected again after a start."""


@dataclass
class Person:
    """Somebody as they really are, and what the process that runs now knows of them."""

    page_open: bool = False
    network: bool = True
    connected: bool = False
    """The process holds a connection, and has not noticed if it is dead."""
    noticed_at: int | None = None
    """When the process will notice that the network is lost."""
    back_at: int | None = None
    """When the browser will be connected again."""

    @property
    def really_connected(self) -> bool:
        return self.connected and self.page_open and self.network


@dataclass
class Seconds:
    """Where somebody was, by the second: at least, and at most."""

    surely_there: set[int] = field(default_factory=set)
    """Waiting or in class, and connected."""
    surely: set[int] = field(default_factory=set)
    """In class and connected."""
    perhaps: set[int] = field(default_factory=set)
    """In class and believed to be connected, or in class while the server was away for a moment."""


class History:
    """Plays a script from `start`, in seconds of Unix time. Then read `stays`, `truth` and `ended_at`."""

    def __init__(self, start: int, script: Sequence[Do], late_beat_s: int = 0) -> None:
        self.room = Room(
            RoomState(
                CLASS, "course1", "hannah", {name: Member(name, role, None) for name, role in PEOPLE.items()}
            )
        )
        self.people = {name: Person() for name in PEOPLE}
        self.truth = {name: Seconds() for name in PEOPLE}
        self.ended_at: int | None = None
        self._now = start
        self._rows: dict[str, Entry] = {}
        self._new_id = (f"stay{number}" for number in count()).__next__
        self._up_since: int | None = start
        self._down_since: int | None = None
        self._late_beat_s = late_beat_s
        self._beats: list[tuple[int, datetime, Here]] = []
        self._away: list[tuple[int, int]] = []
        for step in script:
            for _ in range(step.after_s):
                self._second()
            self._do(step)
        for _ in range(2 * GRACE_S):
            self._second()

    @property
    def stays(self) -> Mapping[str, list[Stay]]:
        """What the log says, by person."""
        found: dict[str, list[Stay]] = {name: [] for name in PEOPLE}
        for entry in self._rows.values():
            found[entry.whose[1]].append(entry.stay)
        return found

    # ---- what happens

    def _do(self, step: Do) -> None:
        if step.what == "crash" and self._up_since is not None:
            self._crash()
        elif step.what == "start" and self._up_since is None:
            self._start(step.takes_s)
        elif step.what == "end" and self._in_class("hannah"):
            self._command(ending(self.room.state), "hannah")
            self.ended_at = self._now
        elif step.who and step.what != "quiet":
            getattr(self, f"_{step.what}")(step.who, self.people[step.who], step.takes_s)

    def _comes(self, name: str, person: Person, _takes_s: int) -> None:
        person.page_open = True
        if self._up_since is not None and person.network:
            self._connect(name, person)

    def _leaves(self, name: str, person: Person, _takes_s: int) -> None:
        if person.really_connected and self._up_since is not None:
            self._command(c.Leave(), name)
            person.connected = False
        person.page_open, person.back_at = False, None

    def _network_lost(self, name: str, person: Person, takes_s: int) -> None:
        if person.network and person.connected:
            person.noticed_at = self._now + takes_s
        person.network, person.back_at = False, None

    def _network_back(self, name: str, person: Person, _takes_s: int) -> None:
        person.network = True
        if person.page_open and self._up_since is not None:
            self._connect(name, person)

    def _is_let_in(self, name: str, _person: Person, _takes_s: int) -> None:
        for staff in ("hannah", "tom"):
            if self._in_class(staff) and self.room.state.place_of(name) is Place.WAITING:
                self._command(c.Admit(name), staff)

    def _crash(self) -> None:
        """Nothing is left of the process: neither its beats that wait nor its connections."""
        self._up_since, self._down_since = None, self._now
        self._beats.clear()
        for person in self.people.values():
            person.connected, person.noticed_at, person.back_at = False, None, None

    def _start(self, takes_s: int) -> None:
        assert self._down_since is not None
        if self._now - self._down_since <= SHORT_OUTAGE_S:
            self._away.append((self._down_since, self._now))
        self._up_since, self._down_since = self._now, None
        for person in self.people.values():
            if person.page_open and person.network:
                person.back_at = self._now + takes_s

    def _connect(self, name: str, person: Person) -> None:
        if self.room.state.ended_at is None:
            self._command(c.Join(), name)
            person.connected, person.noticed_at, person.back_at = True, None, None
            self.truth[name].surely_there.add(self._now)

    # ---- time

    def _second(self) -> None:
        if self._up_since is not None:
            self._notice()
            self._beat(self._up_since)
        self._note_truth()
        self._now += 1

    def _notice(self) -> None:
        assert self._up_since is not None
        grace_is_over = self._now == self._up_since + GRACE_S
        for name, person in self.people.items():
            if person.back_at == self._now and person.page_open and person.network:
                self._connect(name, person)
            if person.noticed_at == self._now:
                person.connected, person.noticed_at = False, None
                self._command(c.Lost(name), None)
            if grace_is_over and not person.connected:
                self._command(c.Lost(name), None)

    def _beat(self, up_since: int) -> None:
        if (self._now - up_since) % BEAT_S == 0 and self._now > up_since:
            here = {
                name: place
                for name, person in self.people.items()
                if person.connected and (place := self.room.state.place_of(name)) in THERE and place
            }
            if here:
                self._beats.append((self._now + self._late_beat_s, self._moment(), {CLASS: here}))
        while self._beats and self._beats[0][0] <= self._now:
            _, at, told = self._beats.pop(0)
            roll = self._roll()
            there = {(CLASS, name): str(self.room.state.place_of(name)) for name in PEOPLE}
            roll.beat(at, told, there)
            self._store(roll)

    def _note_truth(self) -> None:
        for name, person in self.people.items():
            truth, place = self.truth[name], self.room.state.place_of(name)
            if person.really_connected and place in THERE:
                truth.surely_there.add(self._now)
            if place is not Place.IN_CLASS:
                continue
            if person.really_connected:
                truth.surely.add(self._now)
            if person.connected:
                truth.perhaps.add(self._now)

    @property
    def short_outages(self) -> list[tuple[int, int]]:
        """From when until when the process was away and nobody need have noticed."""
        return self._away

    # ---- what the server makes of it

    def _command(self, command: c.Command, actor: str | None) -> None:
        events = self.room.handle(command, self._moment(), actor)
        roll = self._roll()
        for event in events:
            self.room.apply(event)
            if isinstance(event, Move):
                roll.move(CLASS, event)
        self._store(roll)

    def _roll(self) -> Roll:
        """The roll as it is read from the tables."""
        return Roll(
            {
                entry.whose: Entry(entry.id, entry.whose, entry.stay, stored=entry.stay)
                for entry in self._rows.values()
                if entry.stay.ended_at is None
            },
            self._new_id,
        )

    def _store(self, roll: Roll) -> None:
        for entry in roll.entries:
            self._rows[entry.id] = entry

    def _moment(self) -> datetime:
        return datetime.fromtimestamp(self._now, UTC)

    def _in_class(self, name: str) -> bool:
        up = self._up_since is not None and self.people[name].really_connected
        return up and self.room.state.place_of(name) is Place.IN_CLASS and self.room.state.ended_at is None
