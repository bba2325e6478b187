"""What ends by itself when somebody goes out, is lost, or may not be seen any more. Pure.

| ends            | when                                                                                |
|-----------------|-------------------------------------------------------------------------------------|
| the spotlight   | she leaves, waits, is aside, is shown to staff only, or her camera is stopped       |
| presenting      | whoever it was handed over to leaves                                                |
| a side room     | the staff member leaves or is lost; the patient leaves or has to wait               |
| all of it       | the class ends                                                                      |

A patient who is lost comes back into her side room, and whoever is lost in the spotlight into that.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from server.rooms import events as e
from server.rooms.floor import PresenterSet, SpotlightSet
from server.rooms.seeing import AsideTaken, CameraStopped, GroupChosen, asides_over
from server.rooms.state import RoomState

Events = tuple[e.Event, ...]


def consequences(state: RoomState, events: Sequence[e.Event], at: datetime) -> Events:
    """Return what ends with `events`, which are about to become true in `state`."""
    gone: set[str] = set()
    lost: set[str] = set()
    hidden: set[str] = set()
    for event in events:
        match event:
            case e.ClassEnded():
                gone.update(state.people)
            case e.WentOut() | e.HeldBack():
                gone.add(event.person_id)
            case e.Dropped():
                lost.add(event.person_id)
            case AsideTaken() | GroupChosen(to_group=False) | CameraStopped(stopped=True):
                hidden.add(event.person_id)
    if not gone | lost | hidden:
        return ()
    floor = state.floor
    ends: list[e.Event] = list(asides_over(state, frozenset(gone | lost), frozenset(gone), at))
    if floor.spotlight in gone | hidden:
        ends.append(SpotlightSet(at=at, actor=None, person_id=None))
    if floor.presenter in gone:
        ends.append(PresenterSet(at=at, actor=None, person_id=None))
    return tuple(ends)
