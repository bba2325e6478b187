"""Who sees and hears whom. Pure; rests on two small rules, `may_see_camera` and `may_hear`.

Everyone gets the presenter; staff get every patient, also those muted for the group; patients get the other
staff and the loudest voices of those whom the group may hear, and a classmate's picture only when that
classmate has chosen to be seen. Nobody who waits is sent or shown to anyone. What a person has switched off
is not sent by the browser. Who is loudest is measured by the media worker, among those named here.
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
VOICE_SLOTS = ("voice0", "voice1", "voice2")
"""For more staff than have slots of their own, then for patients."""
OTHER_STAFF = 2
_LARGE: tuple[tuple[str, Layer], ...] = (("stage", "h"), ("side", "l"))
"""A patient's slots for staff, in their order."""
LARGE_TILES = 4
"""Up to so many patients the wall's tiles are large enough for the patients' upper layer."""

PATIENT_SLOTS: Mapping[str, Kind] = {
    "stage": "video",
    "side": "video",
    **{f"mate{n}": "video" for n in range(MATES)},
    "stage-voice": "audio",
    "side-voice": "audio",
    "voice0": "audio",
    "voice1": "audio",
    "voice2": "audio",
}
STAFF_SLOTS: Mapping[str, Kind] = {
    **{f"seat{n}": "video" for n in range(SEATS)},
    **{f"staff{n}": "video" for n in range(OTHER_STAFF)},
    **{f"seat{n}-voice": "audio" for n in range(SEATS)},
    **{f"staff{n}-voice": "audio" for n in range(OTHER_STAFF)},
}


PRESENTER_FIRST, OTHERS = 0, 2
"""Priorities where bandwidth is short: see `server.media.spec.Route`."""


class Forward(NamedTuple):
    """`source` of `sender` goes into `slot` of `receiver`, at most at simulcast layer `layer`."""

    receiver: str
    slot: str
    sender: str
    source: Source
    layer: Layer
    priority: int = OTHERS


class Voices(NamedTuple):
    """The loudest of `senders` are heard in `slots` of `receiver`."""

    receiver: str
    slots: tuple[str, ...]
    senders: tuple[str, ...]


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
    patients = _patients(here)
    return tuple(
        forward
        for receiver in sorted(here, key=lambda person: person.person_id)
        for forward in (
            _for_staff(receiver, staff, patients)
            if receiver.is_staff
            else _for_patient(receiver, staff, patients)
        )
    )


def who_may_speak(people: Iterable[PersonInRoom], lead: str | None) -> tuple[Voices, ...]:
    """Return among whom the loudest are to be chosen for each patient, by receiver.

    Never among those who muted themselves or were muted by staff, and never the receiver herself.
    """
    here = [person for person in people if person.place is Place.IN_CLASS]
    patients = _patients(here)
    slots = VOICE_SLOTS[len(_beyond_their_slots(_staff_in_order(here, lead))) :]
    choices = (
        Voices(receiver.person_id, slots, tuple(p.person_id for p in patients if may_hear(receiver, p)))
        for receiver in sorted(patients, key=lambda person: person.person_id)
    )
    return tuple(choice for choice in choices if choice.slots and choice.senders)


def _for_staff(
    receiver: PersonInRoom, staff: list[PersonInRoom], patients: list[PersonInRoom]
) -> Iterator[Forward]:
    tile: Layer = "h" if len(patients) <= LARGE_TILES else "l"
    for patient in patients:
        if patient.seat is not None and patient.seat < SEATS:
            yield from _both(receiver, f"seat{patient.seat}", patient, tile)
    others = [person for person in staff if person.person_id != receiver.person_id]
    for index, other in enumerate(others[:OTHER_STAFF]):
        yield from _both(receiver, f"staff{index}", other, "m", _priority(other, staff))


def _for_patient(
    receiver: PersonInRoom, staff: list[PersonInRoom], patients: list[PersonInRoom]
) -> Iterator[Forward]:
    for (slot, layer), person in zip(_LARGE, staff, strict=False):
        yield from _both(receiver, slot, person, layer, _priority(person, staff))
    seen = [mate for mate in patients if may_see_camera(receiver, mate)]
    for index, mate in enumerate(seen[:MATES]):
        yield Forward(receiver.person_id, f"mate{index}", mate.person_id, "camera", "l")
    for slot, person in zip(VOICE_SLOTS, _beyond_their_slots(staff), strict=False):
        if may_hear(receiver, person):
            yield Forward(receiver.person_id, slot, person.person_id, "microphone", "h")


def _both(
    receiver: PersonInRoom, slot: str, sender: PersonInRoom, layer: Layer, priority: int = OTHERS
) -> Iterator[Forward]:
    """The sender's picture and sound in a slot and its voice, as far as the rules allow."""
    if may_see_camera(receiver, sender):
        yield Forward(receiver.person_id, slot, sender.person_id, "camera", layer, priority)
    if may_hear(receiver, sender):
        yield Forward(receiver.person_id, f"{slot}-voice", sender.person_id, "microphone", "h", priority)


def _priority(person: PersonInRoom, staff: list[PersonInRoom]) -> int:
    return PRESENTER_FIRST if person is staff[0] else OTHERS


def _beyond_their_slots(staff: list[PersonInRoom]) -> list[PersonInRoom]:
    """The staff whom patients get by voice only, for whom no large slot is left."""
    return staff[len(_LARGE) : len(_LARGE) + len(VOICE_SLOTS)]


def _patients(here: Iterable[PersonInRoom]) -> list[PersonInRoom]:
    return sorted((person for person in here if not person.is_staff), key=_seat)


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
