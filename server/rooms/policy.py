"""Who sees and hears whom. Pure; rests on two small rules, `may_see_camera` and `may_hear`.

Everyone gets the presenter; staff get every patient, also those muted for the group; patients get the other
staff member and the voices of those whom the group may hear, and a classmate's picture only when that
classmate has chosen to be seen. Nobody who waits is sent or shown to anyone. What a person has switched off
is not sent by the browser; only the few slots for voices are given by who is unmuted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from server.people.roles import Role
from server.rooms.state import PersonInRoom, Place

Kind = Literal["audio", "video"]
Source = Literal["microphone", "camera"]
Layer = Literal["l", "m", "h"]

SEATS = 16
MATES = 4
VOICES = 3
OTHER_STAFF = 2
LARGE_TILES = 4
"""Up to so many patients the wall's tiles are large enough for the patients' upper layer."""

PATIENT_SLOTS: Mapping[str, Kind] = {
    "stage": "video",
    "side": "video",
    **{f"mate{n}": "video" for n in range(MATES)},
    "stage-voice": "audio",
    "side-voice": "audio",
    **{f"voice{n}": "audio" for n in range(VOICES)},
}
STAFF_SLOTS: Mapping[str, Kind] = {
    **{f"seat{n}": "video" for n in range(SEATS)},
    **{f"staff{n}": "video" for n in range(OTHER_STAFF)},
    **{f"seat{n}-voice": "audio" for n in range(SEATS)},
    **{f"staff{n}-voice": "audio" for n in range(OTHER_STAFF)},
}


class Forward(NamedTuple):
    """`source` of `sender` goes into `slot` of `receiver`, at most at simulcast layer `layer`."""

    receiver: str
    slot: str
    sender: str
    source: Source
    layer: Layer


def slots_of(role: Role) -> Mapping[str, Kind]:
    """Return the slots that someone of this role may negotiate, with their kinds."""
    return STAFF_SLOTS if role.is_staff else PATIENT_SLOTS


def presenter(people: Iterable[PersonInRoom], lead: str | None) -> str | None:
    """Return who is on everyone's stage: the lead physio, else another physio, else the helper, in class."""
    staff = _staff_in_order(people, lead)
    return staff[0].person_id if staff else None


def may_see_camera(receiver: PersonInRoom, sender: PersonInRoom) -> bool:
    """Whether the sender's picture may be forwarded to the receiver."""
    if not _both_in_class(receiver, sender):
        return False
    return receiver.is_staff or sender.is_staff or sender.seen_by_group


def may_hear(receiver: PersonInRoom, sender: PersonInRoom) -> bool:
    """Whether the sender's sound may be forwarded to the receiver."""
    if not _both_in_class(receiver, sender):
        return False
    if receiver.is_staff or sender.is_staff:
        return True
    return sender.microphone_on and not sender.muted_by_staff


def who_sees_whom(people: Iterable[PersonInRoom], lead: str | None) -> tuple[Forward, ...]:
    """Return everything that is to be forwarded between these people, by receiver and slot."""
    here = [person for person in people if person.place is Place.IN_CLASS]
    staff = _staff_in_order(here, lead)
    patients = sorted((person for person in here if not person.is_staff), key=_seat)
    return tuple(
        forward
        for receiver in sorted(here, key=lambda person: person.person_id)
        for forward in (
            _for_staff(receiver, staff, patients)
            if receiver.is_staff
            else _for_patient(receiver, staff, patients)
        )
    )


def _for_staff(
    receiver: PersonInRoom, staff: list[PersonInRoom], patients: list[PersonInRoom]
) -> Iterator[Forward]:
    tile: Layer = "h" if len(patients) <= LARGE_TILES else "l"
    for patient in patients:
        if patient.seat is not None and patient.seat < SEATS:
            yield from _both(receiver, f"seat{patient.seat}", patient, tile)
    others = [person for person in staff if person.person_id != receiver.person_id]
    for index, other in enumerate(others[:OTHER_STAFF]):
        yield from _both(receiver, f"staff{index}", other, "m")


def _for_patient(
    receiver: PersonInRoom, staff: list[PersonInRoom], patients: list[PersonInRoom]
) -> Iterator[Forward]:
    large: tuple[tuple[str, Layer], ...] = (("stage", "h"), ("side", "l"))
    for (slot, layer), person in zip(large, staff, strict=False):
        yield from _both(receiver, slot, person, layer)
    seen = [mate for mate in patients if may_see_camera(receiver, mate)]
    for index, mate in enumerate(seen[:MATES]):
        yield Forward(receiver.person_id, f"mate{index}", mate.person_id, "camera", "l")
    more_staff = [person for person in staff[len(large) :] if may_hear(receiver, person)]
    heard = [mate for mate in patients if may_hear(receiver, mate)]
    room_for_mates = max(VOICES - len(more_staff), 0)
    latest = sorted(heard, key=_heard_since)[len(heard) - min(room_for_mates, len(heard)) :]
    for index, person in enumerate((more_staff + latest)[:VOICES]):
        yield Forward(receiver.person_id, f"voice{index}", person.person_id, "microphone", "h")


def _both(receiver: PersonInRoom, slot: str, sender: PersonInRoom, layer: Layer) -> Iterator[Forward]:
    """The sender's picture and sound in a slot and its voice, as far as the rules allow."""
    if may_see_camera(receiver, sender):
        yield Forward(receiver.person_id, slot, sender.person_id, "camera", layer)
    if may_hear(receiver, sender):
        yield Forward(receiver.person_id, f"{slot}-voice", sender.person_id, "microphone", "h")


def _both_in_class(receiver: PersonInRoom, sender: PersonInRoom) -> bool:
    if receiver.person_id == sender.person_id:
        return False
    return receiver.place is Place.IN_CLASS and sender.place is Place.IN_CLASS


def _staff_in_order(people: Iterable[PersonInRoom], lead: str | None) -> list[PersonInRoom]:
    """Staff in class: the lead, other physios, helpers; those of a kind by how long they are there."""
    staff = [person for person in people if person.is_staff and person.place is Place.IN_CLASS]
    return sorted(
        staff,
        key=lambda person: (
            person.person_id != lead or person.role is not Role.PHYSIO,
            person.role is not Role.PHYSIO,
            person.place_since,
            person.person_id,
        ),
    )


def _seat(person: PersonInRoom) -> tuple[int, str]:
    return (SEATS if person.seat is None else person.seat, person.person_id)


def _heard_since(person: PersonInRoom) -> tuple[float, str]:
    return ((person.unmuted_at or person.place_since).timestamp(), person.person_id)
