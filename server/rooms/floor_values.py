"""How a class is led: who is on the stage, who is aside, what can be undone. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class UndoKind(StrEnum):
    """What staff do to many at once, and can take back."""

    MUTE_ALL = "mute_all"
    LOWER_HANDS = "lower_hands"


@dataclass(frozen=True, slots=True)
class Undo:
    """What was done last to many at once."""

    kind: UndoKind
    people: tuple[str, ...]
    """To whom, in order; without those for whom it was changed since."""
    until: datetime
    """It can be taken back until then."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A side room: one of staff, and one patient."""

    staff_id: str
    patient_id: str


@dataclass(frozen=True, slots=True)
class Floor:
    """How a class is led now."""

    locked: bool = False
    """Nobody new gets in."""
    spotlight: str | None = None
    """Which patient everyone sees large, as long as she may be seen."""
    presenter: str | None = None
    """To whom presenting was handed over; None: whoever leads presents."""
    asides: tuple[Aside, ...] = ()
    undo: Undo | None = None
    extended_min: int = 0
    """By how many minutes staff have extended the class."""

    def aside_with(self, person_id: str) -> str | None:
        """Return with whom somebody is in a side room; None: in none."""
        for aside in self.asides:
            if aside.staff_id == person_id:
                return aside.patient_id
            if aside.patient_id == person_id:
                return aside.staff_id
        return None

    def together(self, one: str, other: str) -> bool:
        """Whether these two are in one room: both with the group, or aside with each other."""
        beside = self.aside_with(one)
        return beside == other if beside is not None else self.aside_with(other) is None


OPEN_FLOOR = Floor()
