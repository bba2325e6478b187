"""Calls for help and lost patients as views: where the patient is today and whom to ring, for staff only."""

from __future__ import annotations

from server.rooms.losses import unaccounted
from server.rooms.state import NOT_YET, HelpCall, RoomState
from server.signalling import schemas_help
from server.timetable.courses import ClassDetails


def help_view(
    state: RoomState, details: ClassDetails, call: HelpCall, *, for_staff: bool
) -> schemas_help.HelpView:
    """Return a call for help as staff see it, or as its caller does."""
    name = name_of(details, call.person_id)
    if not for_staff:
        return schemas_help.HelpView(
            id=call.id,
            person=call.person_id,
            name=name,
            kind=call.kind.value,
            called_at=call.called_at,
            seen_at=call.seen_at,
            seen_by_name=name_of(details, call.seen_by) if call.seen_by else None,
            settled_at=call.settled_at,
        )
    today = state.before_class.get(call.person_id, NOT_YET)
    phones = phones_of(state, details, call.person_id)
    return schemas_help.HelpView(
        id=call.id,
        person=call.person_id,
        name=name,
        phone=phones[0] if phones else "",
        phones=phones,
        place=today.place,
        with_whom=today.with_whom,
        emergency_name=today.emergency_name,
        emergency_phone=today.emergency_phone,
        kind=call.kind.value,
        called_at=call.called_at,
        seen_at=call.seen_at,
        seen_by_name=name_of(details, call.seen_by) if call.seen_by else None,
        settled_at=call.settled_at,
        done=call.done.value if call.done else None,
        done_note=call.note,
    )


def unaccounted_views(state: RoomState, details: ClassDetails) -> tuple[schemas_help.UnaccountedView, ...]:
    """Return the patients who are lost and of whom nobody has said what became of them."""
    return tuple(_unaccounted(state, details, each) for each in unaccounted(state))


def _unaccounted(state: RoomState, details: ClassDetails, person_id: str) -> schemas_help.UnaccountedView:
    person, today = state.people[person_id], state.before_class.get(person_id, NOT_YET)
    enrolled, phones = details.person(person_id), phones_of(state, details, person_id)
    return schemas_help.UnaccountedView(
        person=person_id,
        name=name_of(details, person_id),
        full_name=enrolled.full_name if enrolled else name_of(details, person_id),
        phone=phones[0] if phones else "",
        since=person.lost_since or person.place_since,
        place=today.place,
        with_whom=today.with_whom,
        emergency_name=today.emergency_name,
        emergency_phone=today.emergency_phone,
    )


def phones_of(state: RoomState, details: ClassDetails, person_id: str) -> tuple[str, ...]:
    """Return the numbers of a patient: that of today, then that of the record, each once."""
    enrolled = details.person(person_id)
    numbers = (state.before_class.get(person_id, NOT_YET).phone, enrolled.phone if enrolled else "")
    return tuple(dict.fromkeys(number for number in numbers if number))


def name_of(details: ClassDetails, person_id: str) -> str:
    """Return the shown name; someone who has been taken off the course list has none any more."""
    enrolled = details.person(person_id)
    return enrolled.shown_name if enrolled else "Someone who has left the course"
