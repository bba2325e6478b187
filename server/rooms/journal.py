"""Makes a room's events durable.

Each event changes the tables that are the truth, adds a row to `room_journal` (what happened, in order; ids
and flags only) and, when staff did something to a patient, one to `audit`; all in the caller's transaction.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import exists, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Executable

from server.rooms import (
    cards,
    cards_stored,
    chat,
    chat_stored,
    floor,
    floor_stored,
    help_calls_stored,
    losses_stored,
    pulses,
    pulses_stored,
    questions,
    questions_stored,
    removing,
    seeing,
    signs,
    signs_stored,
)
from server.rooms import events as e
from server.rooms.losses import LossAccounted
from server.rooms.state import Place, RoomState
from server.storage import tables as t
from server.timetable.check_in_rules import Comes, Stage, State

VERSION = 1
"""Of the form of the journal's `detail`; raised when an event's fields change their meaning."""

_ADD_ENTRIES = insert(t.Table.metadata.tables[t.JournalEntry.__tablename__])
"""Made once, for all events, and sent for all of a batch at once."""


async def write_events(
    session: AsyncSession, state: RoomState, events: Sequence[e.Event], new_id: Callable[[], str]
) -> None:
    """Write `events`, which `state` has just taken in, to the tables, the journal and the audit."""
    first_seq = state.seq - len(events) + 1
    for event in events:
        for statements in (
            _WRITE[type(event)](state, event),
            losses_stored.whereabouts(state, event),
            signs_stored.ended_signs(state, event),
            floor_stored.left_of_undo(state, event),
        ):
            for statement in statements:
                await session.execute(statement)
        if (action := staff_action(state, event)) is not None:
            await session.execute(
                insert(t.AuditEntry).values(
                    id=new_id(),
                    at=event.at,
                    actor_id=event.actor,
                    subject_id=getattr(event, "person_id", None),
                    class_id=state.class_id,
                    action=action,
                    detail=_why(event),
                )
            )
    if entries := [_entry(state, event, seq) for seq, event in enumerate(events, start=first_seq)]:
        await session.execute(_ADD_ENTRIES, entries)


def _entry(state: RoomState, event: e.Event, seq: int) -> dict[str, Any]:
    """An event's row of the journal."""
    return {
        "class_id": state.class_id,
        "seq": seq,
        "version": VERSION,
        "at": event.at,
        "event": _name(event),
        "actor_id": event.actor,
        "detail": _detail(event),
    }


def _why(event: e.Event) -> dict[str, Any] | None:
    """The reason that staff chose, or what they say they did, where they have to choose one; by its code."""
    if isinstance(event, e.TurnedAway | removing.Removed):
        return {"reason": event.reason}
    if isinstance(event, e.HelpSettled | e.HelpAccounted | LossAccounted) and event.done is not None:
        return {"done": event.done}
    return None


def staff_action(state: RoomState, event: e.Event) -> str | None:
    """Return the audit's word for what staff did to a patient; None for everything else."""
    match event:
        case e.Admitted():
            return "admit"
        case e.Allowed():
            return "allow_to_take_part"
        case e.TurnedAway() if event.actor is not None:
            return "turn_away"
        case e.WaitingTold():
            return "message_waiting"
        case e.MutedByStaff():
            return "mute" if event.muted else "unmute"
        case e.HelpSeen():
            return "see_help"
        case e.HelpSettled() if event.actor != event.person_id:
            return "settle_help"
        case e.HelpAccounted():
            return "settle_help"
        case LossAccounted():
            return "account_for"
        case e.ClassEnded() if event.actor is not None:
            return "end_class"
    return (
        questions.staff_action(event)
        or chat.staff_action(event)
        or floor.staff_action(event)
        or seeing.staff_action(event)
        or removing.staff_action(event)
        or signs.staff_action(event)
        or pulses.staff_action(event)
        or cards.staff_action(event)
    )


def _name(event: e.Event) -> str:
    """`QuestionAsked` as `question_asked`."""
    name = type(event).__name__
    return name[0].lower() + "".join(f"_{char.lower()}" if char.isupper() else char for char in name[1:])


def _detail(event: e.Event) -> dict[str, Any]:
    return {
        field.name: getattr(event, field.name)
        for field in dataclasses.fields(event)
        if field.repr and field.name not in ("at", "actor")
    }


def _participation(state: RoomState, event: e.Event, **values: object) -> Executable:
    return (
        update(t.Participation)
        .where(
            t.Participation.class_id == state.class_id,
            t.Participation.person_id == getattr(event, "person_id", None),
        )
        .values(**values)
    )


def _came_in(state: RoomState, event: e.CameIn) -> list[Executable]:
    values = {
        "place": event.place,
        "place_since": event.at,
        "microphone_on": False,
        "camera_on": False,
        "side_view": None,
        "unheard": False,
        "told": "",
    }
    if event.first:
        row = {"class_id": state.class_id, "person_id": event.person_id, **values}
        return [insert(t.Participation).values(**row, muted_by_staff=False, seen_by_group=False)]
    return [_participation(state, event, **values)]


def _moved_to(place: Place, **also: bool | str | None) -> Callable[[RoomState, e.Event], list[Executable]]:
    return lambda state, event: [_participation(state, event, place=place, place_since=event.at, **also)]


def _check_in_noted(state: RoomState, event: e.CheckInNoted) -> list[Executable]:
    """It is stored already."""
    return []


def _decided(
    state: RoomState, event: e.Allowed | e.TurnedAway, decision: State, note: str
) -> list[Executable]:
    """A row of the check-in there may be or not: who has not checked in can be asked aloud."""
    key = (t.CheckIn.class_id == state.class_id, t.CheckIn.person_id == event.person_id)
    empty: dict[str, Any] = {
        "class_id": state.class_id,
        "person_id": event.person_id,
        "stage": Stage.DETAILS,
        "comes": Comes.SELF,
        "state": State.OPEN,
    }
    columns = [literal(value) for value in empty.values()]
    # The types of what is no text have to be those of their columns.
    rest: dict[str, Any] = {"at": event.at, "partner_too": False, "symptoms": [], "is_space_clear": False}
    texts = dict.fromkeys(
        ("told", "place", "phone", "emergency_name", "emergency_phone", "with_whom", "decision_note"), ""
    )
    for name, value in {**rest, **texts}.items():
        columns.append(literal(value, t.CheckIn.__table__.c[name].type))
    names = [*empty, *rest, *texts]
    return [
        insert(t.CheckIn).from_select(names, select(*columns).where(~exists().where(*key))),
        update(t.CheckIn)
        .where(*key)
        .values(state=decision, decided_by=event.actor, decided_at=event.at, decision_note=note),
    ]


def _allowed(state: RoomState, event: e.Allowed) -> list[Executable]:
    return _decided(state, event, State.ALLOWED, event.note)


def _turned_away(state: RoomState, event: e.TurnedAway) -> list[Executable]:
    """Where the pages have refused the patient, the decision and its reason are stored already."""
    told = _participation(state, event, told=event.text)
    if not state.has_check_in or event.actor is None:
        return [told]
    return [told, *_decided(state, event, State.REFUSED, f"{event.reason}: {event.text}")]


def _waiting_told(state: RoomState, event: e.WaitingTold) -> list[Executable]:
    return [_participation(state, event, told=event.text)]


def _media_set(state: RoomState, event: e.MediaSet) -> list[Executable]:
    values = {
        "microphone_on": event.microphone_on,
        "camera_on": event.camera_on,
        "side_view": event.side_view,
        **({"unheard": False} if event.microphone_on else {}),
    }
    return [_participation(state, event, **values)]


def _muted(state: RoomState, event: e.MutedByStaff) -> list[Executable]:
    return [_participation(state, event, muted_by_staff=event.muted)]


def _class_ended(state: RoomState, event: e.ClassEnded) -> list[Executable]:
    return [
        update(t.ClassSession)
        .where(t.ClassSession.id == state.class_id)
        .values(ended_at=event.at, ended_unattended=event.actor is None),
        update(t.Participation)
        .where(t.Participation.class_id == state.class_id, t.Participation.place != Place.LEFT)
        .values(place=Place.LEFT, place_since=event.at),
    ]


_WRITE: Mapping[type[e.Event], Callable[[RoomState, Any], list[Executable]]] = {
    e.CameIn: _came_in,
    e.Admitted: _moved_to(Place.IN_CLASS, microphone_on=False),
    e.Dropped: _moved_to(Place.DROPPED),
    e.Returned: _moved_to(Place.IN_CLASS),
    e.HeldBack: _moved_to(Place.WAITING, microphone_on=False, told=""),
    e.WentOut: _moved_to(Place.LEFT, microphone_on=False, camera_on=False, side_view=None),
    e.CheckInNoted: _check_in_noted,
    e.Allowed: _allowed,
    e.TurnedAway: _turned_away,
    e.WaitingTold: _waiting_told,
    e.MediaSet: _media_set,
    e.MutedByStaff: _muted,
    **questions_stored.WRITE,
    **chat_stored.WRITE,
    **help_calls_stored.WRITE,
    **floor_stored.WRITE,
    **losses_stored.WRITE,
    **signs_stored.WRITE,
    **pulses_stored.WRITE,
    **cards_stored.WRITE,
    e.ClassEnded: _class_ended,
}
