"""Who is connected by which socket and which media peer: true only while the process runs, and only here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from server.rooms.state import Place


class Connection(Protocol):
    """A socket of somebody in class. Its methods return at once and wait for nobody."""

    @property
    def person_id(self) -> str:
        """Whose socket this is."""

    @property
    def is_open(self) -> bool:
        """Whether it is still connected."""

    def restart_media(self) -> None:
        """Ask the client to negotiate its media anew."""

    def replaced(self) -> None:
        """Tell the client that this person is in class elsewhere now, and hang up."""


class Media(Enum):
    """How a person's media are.

    | from            | what happens                          | to      |
    |-----------------|---------------------------------------|---------|
    | any             | an offer is answered                  | OPENING |
    | OPENING, SILENT | the worker says connected or back     | FLOWING |
    | OPENING, FLOWING| the worker says silent (5 s)          | SILENT  |
    | any             | closed, gone, or the worker restarted | NONE    |
    """

    NONE = "none"
    OPENING = "opening"
    FLOWING = "flowing"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Device:
    """From where somebody joins."""

    key: str | None
    """The same for all sockets of one browser tab; None when the client does not say."""
    take_over: bool
    """She was asked, and wants to be in class here instead of on her other device."""


ANY_DEVICE = Device(None, take_over=True)
"""Comes in whatever else there is."""


@dataclass(slots=True, eq=False)
class Attendance:
    """One person's connections to one class."""

    person_id: str
    connection: Connection | None = None
    device: str | None = None
    """The key of the device of `connection`, and of the last one when there is none."""
    peer: str | None = None
    media: Media = Media.NONE
    sound_only: bool = False
    """Whether this person chose, on `device`, to get no pictures."""
    large: frozenset[str] = frozenset()
    """The picture slots that the page shows large."""
    knocking: set[Connection] = field(default_factory=set)
    """The sockets of this person's other devices that were told so, and may yet take over."""

    def forget_media(self) -> None:
        """There is no peer any more."""
        self.peer, self.media, self.large = None, Media.NONE, frozenset()

    def knock(self, connection: Connection, knocks: bool) -> bool:
        """This socket asks to come in, or does not any more; return whether it was the first or the last."""
        before = bool(self.knocking)
        if knocks:
            self.knocking.add(connection)
        else:
            self.knocking.discard(connection)
        return bool(self.knocking) != before

    def is_on_another(self, connection: Connection, peer: str | None, device: str | None) -> bool:
        """Whether this person is connected by another device than the one that joins by `connection`.

        The same device is known by its key, by its socket, or by a peer that only it was told of.
        """
        if self.connection is None or not self.connection.is_open or self.connection is connection:
            return False
        return (device is None or device != self.device) and (peer is None or peer != self.peer)

    def is_lost(self, place: Place | None) -> bool:
        """Whether somebody at `place` is to be counted as lost.

        In class: the media are silent, or the socket is gone and no media flow. A socket lost while media
        flow is no loss: the web process was restarted, or the client is changing its transport. Waiting:
        nobody can be seen or heard there, so a silent line counts only when the socket is gone too.
        """
        out_of_reach = self.connection is None and self.media is not Media.FLOWING
        if place is Place.IN_CLASS:
            return out_of_reach or self.media is Media.SILENT
        return place is Place.WAITING and out_of_reach


class Presence:
    """The attendances of one class."""

    def __init__(self) -> None:
        self._by_person: dict[str, Attendance] = {}

    def __iter__(self) -> Iterator[Attendance]:
        return iter(list(self._by_person.values()))

    def of(self, person_id: str) -> Attendance:
        """Return this person's attendance, a new one if there was none."""
        return self._by_person.setdefault(person_id, Attendance(person_id))

    def by_peer(self, peer: str) -> Attendance | None:
        """Return whose current peer this is."""
        return next((each for each in self._by_person.values() if each.peer == peer), None)

    def large(self) -> dict[str, frozenset[str]]:
        """Return the picture slots that somebody's page shows large, by person id."""
        return {each.person_id: each.large for each in self._by_person.values() if each.large}

    def peers(self) -> dict[str, str]:
        """Return each person's peer, by person id."""
        return {each.person_id: each.peer for each in self._by_person.values() if each.peer is not None}

    def knocking(self) -> frozenset[str]:
        """Return who asks to come in on another device than the one that is in class."""
        return frozenset(each.person_id for each in self._by_person.values() if each.knocking)

    def sound_only(self) -> frozenset[str]:
        """Return who chose to get no pictures."""
        return frozenset(each.person_id for each in self._by_person.values() if each.sound_only)

    def connections(self) -> list[Connection]:
        """Return the sockets that are connected now."""
        return [each.connection for each in self._by_person.values() if each.connection is not None]


def person_of(peer: str) -> str:
    """Return the person in a name made by `ClassMedia.new_peer`."""
    return peer.rpartition(".")[0]
