"""A class in which no staff are: nobody hears a call for help, or sees a fall. Pure.

The last of staff does not leave it on purpose while patients are in it, or are not accounted for. Whose line
or page is lost cannot be held: after `UNATTENDED_FOR` without any staff the system ends the class. It does so
without an account of anybody; what became of who is lost is asked on the pages until staff have said it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from server.rooms import commands as c
from server.rooms import events as e
from server.rooms.help_calls import needs_help_now
from server.rooms.losses import unaccounted
from server.rooms.state import Place, RoomState

Events = tuple[e.Event, ...]
UNATTENDED_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class EndUnattended(c.Command):
    """End the class if staff have been away from it for long enough."""

    who: ClassVar[c.WhoMay] = c.THE_SYSTEM


def leaves_them_alone(state: RoomState, actor: str) -> bool:
    """Whether this is the last of staff in class, with somebody there who may need them."""
    person = state.people[actor]
    if not person.is_staff or person.place not in (Place.IN_CLASS, Place.DROPPED):
        return False
    others = (each for each in state.people.values() if each.place is Place.IN_CLASS)
    roles = {each.is_staff for each in others if each.person_id != actor}
    if True in roles:
        return False
    return False in roles or bool(unaccounted(state)) or needs_help_now(state)


def ends_by_itself_at(state: RoomState) -> datetime | None:
    """Return when the system ends the class unless staff come; None: staff are there, or it has not begun.

    A class has begun when a patient has been let in, and its time has come: who looks in beforehand and goes
    again ends nothing.
    """
    people = state.people.values()
    if state.ended_at is not None or state.cancelled_at is not None:
        return None
    if not any(each.was_in_class for each in people):
        return None
    if any(each.is_staff and each.place is Place.IN_CLASS for each in people):
        return None
    gone = max(
        (each.place_since for each in people if each.is_staff),
        default=max(each.place_since for each in people),
    )
    return max(gone, state.starts_at or gone) + UNATTENDED_FOR


def _end_unattended(state: RoomState, command: EndUnattended, at: datetime, actor: None) -> Events:
    due = ends_by_itself_at(state)
    return (e.ClassEnded(at=at, actor=None),) if due is not None and at >= due else ()


DECIDE: Mapping[type[c.Command], Callable[[RoomState, Any, datetime, Any], Events]] = {
    EndUnattended: _end_unattended,
}
