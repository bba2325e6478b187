"""The roll of some classes: whose stays go on, and what events and heartbeats make of them. Pure.

What becomes of a single stay, `stays` decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from server.contacts.stays import Stay, Step, arrived, left, lost, seen
from server.rooms.events import Admitted, CameIn, ClassEnded, Dropped, HeldBack, Returned, WentOut
from server.rooms.state import Place

Whose = tuple[str, str]
"""Class id and person id."""
Here = Mapping[str, Mapping[str, Place]]
"""By class id and person id, where those who are connected are."""
Move = CameIn | Admitted | Returned | HeldBack | Dropped | WentOut | ClassEnded
"""What a room says of who is there."""


@dataclass(slots=True)
class Entry:
    """A stay of somebody."""

    id: str
    whose: Whose
    stay: Stay
    stored: Stay | None
    """As the tables have it; None when they do not have it yet."""


class Roll:
    """The stays that go on in some classes, and those that ended since it was made."""

    def __init__(self, going_on: Mapping[Whose, Entry], new_id: Callable[[], str]) -> None:
        self._going_on = dict(going_on)
        self._ended: list[Entry] = []
        self._new_id = new_id

    def move(self, class_id: str, move: Move) -> None:
        """Take in an event of a room."""
        concerned = (
            [whose for whose in self._going_on if whose[0] == class_id]
            if isinstance(move, ClassEnded)
            else [(class_id, move.person_id)]
        )
        for whose in concerned:
            self._take(whose, _after(move, self._stay(whose)))

    def beat(self, at: datetime, here: Here, there: Mapping[Whose, str]) -> None:
        """Take in who was connected at `at`.

        `there` is where the people whom `would_begin` named are by the tables. Where that is somewhere else,
        the beat is old: she was found to have left before it was written.
        """
        beginning = self.would_begin(at, here)
        for whose, place in _by_whose(here).items():
            if whose not in beginning or there.get(whose) == place:
                self._take(whose, seen(self._stay(whose), place, at))

    def would_begin(self, at: datetime, here: Here) -> set[Whose]:
        """Return for whom such a beat would begin a new stay."""
        found = _by_whose(here)
        steps = {whose: seen(self._stay(whose), place, at) for whose, place in found.items()}
        return {whose for whose, step in steps.items() if self._stay(whose) is None or step.ended is not None}

    @property
    def entries(self) -> list[Entry]:
        """All stays there were, the ended ones first; nobody has more than one that goes on."""
        return [*self._ended, *self._going_on.values()]

    def _stay(self, whose: Whose) -> Stay | None:
        entry = self._going_on.get(whose)
        return None if entry is None else entry.stay

    def _take(self, whose: Whose, step: Step) -> None:
        if step.ended is not None:
            entry = self._going_on.pop(whose)
            entry.stay = step.ended
            self._ended.append(entry)
        if step.going_on is None:
            return
        if whose in self._going_on:
            self._going_on[whose].stay = step.going_on
        else:
            self._going_on[whose] = Entry(self._new_id(), whose, step.going_on, stored=None)


def _by_whose(here: Here) -> dict[Whose, Place]:
    return {
        (class_id, person): place for class_id, people in here.items() for person, place in people.items()
    }


def _after(move: Move, stay: Stay | None) -> Step:
    match move:
        case CameIn():
            return arrived(stay, move.place, move.at)
        case Admitted() | Returned():
            return arrived(stay, Place.IN_CLASS, move.at)
        case HeldBack():
            return arrived(stay, Place.WAITING, move.at)
        case Dropped():
            return lost(stay)
        case WentOut() | ClassEnded():
            return left(stay, move.at)
