"""How a class is led, as one person may see it. Pure."""

from __future__ import annotations

from server.rooms.policy import leader, presenter
from server.rooms.state import RoomState
from server.signalling.schemas_floor import FloorView, UndoView
from server.timetable.courses import ClassDetails


def floor_view(state: RoomState, details: ClassDetails, *, is_staff: bool) -> FloorView:
    """Return how the class is led now."""
    people = state.people.values()
    return FloorView(
        locked=state.floor.locked,
        spotlight=state.floor.spotlight,
        leader=leader(people, state.lead_id),
        presenter=presenter(people, state.lead_id, state.floor),
        ends_at=state.ends_at or details.ends_at,
        undo=_undo_view(state) if is_staff else None,
    )


def _undo_view(state: RoomState) -> UndoView | None:
    undo = state.floor.undo
    if undo is None or not undo.people:
        return None
    return UndoView(kind=undo.kind.value, people=len(undo.people), until=undo.until)
