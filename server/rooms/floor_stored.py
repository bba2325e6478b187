"""How a class is led, who is aside, and who may be seen, in the tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Executable

from server.rooms import events as e
from server.rooms import floor, removing, seeing
from server.rooms.floor_values import Aside, Floor, Undo, UndoKind
from server.rooms.signs import HandSet
from server.rooms.state import RoomState
from server.storage import tables as t


def _class(state: RoomState, **values: object) -> list[Executable]:
    return [update(t.ClassSession).where(t.ClassSession.id == state.class_id).values(**values)]


def _person(state: RoomState, person_id: str, **values: object) -> Executable:
    return (
        update(t.Participation)
        .where(t.Participation.class_id == state.class_id, t.Participation.person_id == person_id)
        .values(**values)
    )


def _undo_kept(state: RoomState, event: floor.UndoKept) -> list[Executable]:
    return _class(state, undo=_stored(Undo(event.kind, event.people, event.at + floor.UNDO_WITHIN)))


def left_of_undo(state: RoomState, event: e.Event) -> list[Executable]:
    """For whom what was done to many can still be taken back, as it is after all that is being written."""
    if not isinstance(event, e.MutedByStaff | HandSet) or state.floor.undo is None:
        return []
    return _class(state, undo=_stored(state.floor.undo))


def _stored(undo: Undo) -> dict[str, object]:
    return {"kind": undo.kind, "people": list(undo.people), "until": undo.until.isoformat()}


def _undo_used(state: RoomState, event: floor.UndoUsed) -> list[Executable]:
    return _class(state, undo=None)


def _class_locked(state: RoomState, event: floor.ClassLocked) -> list[Executable]:
    return _class(state, is_locked=event.locked)


def _class_extended(state: RoomState, event: floor.ClassExtended) -> list[Executable]:
    extended_min = t.ClassSession.extended_min + event.by_min
    return _class(state, ends_at=event.ends_at, extended_min=extended_min)


def _presenter_set(state: RoomState, event: floor.PresenterSet) -> list[Executable]:
    return _class(state, presenter_id=event.person_id)


def _spotlight_set(state: RoomState, event: floor.SpotlightSet) -> list[Executable]:
    return _class(state, spotlight_id=event.person_id)


def _group_chosen(state: RoomState, event: seeing.GroupChosen) -> list[Executable]:
    return [_person(state, event.person_id, seen_by_group=event.to_group)]


def _camera_stopped(state: RoomState, event: seeing.CameraStopped) -> list[Executable]:
    return [_person(state, event.person_id, camera_stopped=event.stopped, camera_on=False)]


def _aside_taken(state: RoomState, event: seeing.AsideTaken) -> list[Executable]:
    return [
        insert(t.SideRoom).values(
            class_id=state.class_id, staff_id=event.staff_id, patient_id=event.person_id, since=event.at
        )
    ]


def _aside_ended(state: RoomState, event: seeing.AsideEnded) -> list[Executable]:
    staff = {"microphone_on": False, "unheard": True} if seeing.is_over_their_heads(event) else {}
    return [
        delete(t.SideRoom).where(
            t.SideRoom.class_id == state.class_id, t.SideRoom.staff_id == event.staff_id
        ),
        _person(state, event.person_id, microphone_on=False),
        *([_person(state, event.staff_id, **staff)] if staff else []),
    ]


def _removed(state: RoomState, event: removing.Removed) -> list[Executable]:
    return [_person(state, event.person_id, removed=True, told=event.text)]


def _brought_back(state: RoomState, event: removing.BroughtBack) -> list[Executable]:
    return [_person(state, event.person_id, removed=False, told="")]


WRITE: Mapping[type[e.Event], Callable[[RoomState, Any], list[Executable]]] = {
    floor.UndoKept: _undo_kept,
    floor.UndoUsed: _undo_used,
    floor.ClassLocked: _class_locked,
    floor.ClassExtended: _class_extended,
    floor.PresenterSet: _presenter_set,
    floor.SpotlightSet: _spotlight_set,
    seeing.GroupChosen: _group_chosen,
    seeing.CameraStopped: _camera_stopped,
    seeing.AsideTaken: _aside_taken,
    seeing.AsideEnded: _aside_ended,
    removing.Removed: _removed,
    removing.BroughtBack: _brought_back,
}


async def load_floor(session: AsyncSession, class_id: str, members: Mapping[str, object]) -> Floor:
    """Return how a class is led; whoever is not on the course list any more has no part in it."""
    row = (await session.execute(select(t.ClassSession).where(t.ClassSession.id == class_id))).scalar_one()
    rooms = await session.scalars(
        select(t.SideRoom)
        .where(t.SideRoom.class_id == class_id)
        .order_by(t.SideRoom.since, t.SideRoom.staff_id)
    )
    return Floor(
        locked=row.is_locked,
        spotlight=row.spotlight_id if row.spotlight_id in members else None,
        presenter=row.presenter_id if row.presenter_id in members else None,
        asides=tuple(
            Aside(each.staff_id, each.patient_id)
            for each in rooms
            if each.staff_id in members and each.patient_id in members
        ),
        undo=_undo(row.undo),
        extended_min=row.extended_min,
    )


def _undo(kept: Mapping[str, Any] | None) -> Undo | None:
    if kept is None:
        return None
    until = datetime.fromisoformat(kept["until"])
    return Undo(UndoKind(kept["kind"]), tuple(kept["people"]), until)
