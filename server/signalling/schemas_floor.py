"""Views of how staff lead the class: who is on the stage, who leads, what can be undone."""

from __future__ import annotations

from datetime import datetime

from server.signalling.kinds import UndoKind, View


class UndoView(View):
    """Staff only: what `class:undo` would undo."""

    kind: UndoKind
    """What was done."""
    people: int
    """For how many people it was done."""
    until: datetime
    """It can be undone until then."""


class FloorView(View):
    """How the class is led now, sent whenever any of it changes; as in ClassView."""

    locked: bool
    """Nobody new gets in; whoever was here before comes back."""
    spotlight: str | None
    """Person id of the patient whom everyone sees large beside the presenter."""
    leader: str | None
    """Person id of who leads the class now: the lead physio, another physio, else the helper, of those in
    class."""
    presenter: str | None
    """Person id of who is on everyone's stage; null while none of the staff is there for the group."""
    ends_at: datetime
    """By the timetable, or later, where staff have extended the class."""
    undo: UndoView | None
    """Staff only."""
