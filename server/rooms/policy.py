"""Who sees and hears whom. Pure; rests on two small rules, `may_see_camera` and `may_hear`.

Everyone gets the presenter; staff get every patient, also those muted for the group; patients get the other
staff and the loudest voices of those whom the group may hear, and a classmate's picture only when that
classmate has chosen to be seen. Two who are aside get each other, and nobody else gets them; of the group the
patient gets nothing, and staff the patients' pictures without a sound, so that a fall is seen.
Nobody who waits is sent or shown to anyone, and nothing of a camera that staff have stopped. What a person
has switched off is not sent by the browser. Who is loudest is measured by the media worker, among those named
here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from server.people.roles import Role
from server.rooms.floor_values import OPEN_FLOOR, Floor
from server.rooms.state import PersonInRoom, Place

Kind = Literal["audio", "video"]
Source = Literal["microphone", "camera", "side"]
Layer = Literal["l", "m", "h"]

SEATS = 16
MATES = 4
VOICE_SLOTS = ("voice0", "voice1", "voice2")
"""For more staff than have slots of their own, then for patients."""
OTHER_STAFF = 2
STAGE, SIDE = "stage", "side"
"""A patient's large slots: the presenter, and beside her the spotlight, a side view or the next of staff."""
STAFF_HEARD = 2
"""So many of the staff a patient hears in slots of their own."""
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


def leader(people: Iterable[PersonInRoom], lead: str | None) -> str | None:
    """Return who leads: the lead physio, else another physio, else the helper, of those in class."""
    staff = _staff_in_order(people, lead)
    return staff[0].person_id if staff else None


def presenter(people: Iterable[PersonInRoom], lead: str | None, floor: Floor = OPEN_FLOOR) -> str | None:
    """Return who is on everyone's stage: to whom it was handed over, else who leads, of those not aside."""
    staff = _staff_for_group(people, lead, floor)
    return staff[0].person_id if staff else None


def may_see_camera(receiver: PersonInRoom, sender: PersonInRoom, floor: Floor = OPEN_FLOOR) -> bool:
    """Whether the sender's picture may be forwarded to the receiver."""
    if sender.camera_stopped:
        return False
    if not _in_one_room(receiver, sender, floor):
        return _looks_over(receiver, sender, floor)
    return receiver.is_staff or sender.is_staff or sender.seen_by_group


def may_see_side(receiver: PersonInRoom, sender: PersonInRoom, floor: Floor = OPEN_FLOOR) -> bool:
    """Whether the sender's side view may be forwarded to the receiver: from staff to patients."""
    if not _in_one_room(receiver, sender, floor):
        return False
    return sender.is_staff and sender.side_view is not None and not receiver.is_staff


def may_hear(receiver: PersonInRoom, sender: PersonInRoom, floor: Floor = OPEN_FLOOR) -> bool:
    """Whether the sender's sound may be forwarded to the receiver."""
    if not _in_one_room(receiver, sender, floor) or sender.unheard:
        return False
    if receiver.is_staff or sender.is_staff:
        return True
    return sender.microphone_on and not sender.muted_by_staff


def who_sees_whom(
    people: Iterable[PersonInRoom], lead: str | None, floor: Floor = OPEN_FLOOR
) -> tuple[Forward, ...]:
    """Return everything that is to be forwarded between these people, by receiver and slot."""
    here = [person for person in people if person.place is Place.IN_CLASS]
    return tuple(
        forward
        for receiver in sorted(here, key=lambda person: person.person_id)
        for forward in _for_one(receiver, here, lead, floor)
    )


def who_may_speak(
    people: Iterable[PersonInRoom], lead: str | None, floor: Floor = OPEN_FLOOR
) -> tuple[Voices, ...]:
    """Return among whom the loudest are to be chosen for each patient, by receiver.

    Never among those who muted themselves or were muted by staff, and never the receiver herself.
    """
    here = [person for person in people if person.place is Place.IN_CLASS]
    patients = _patients(here)
    slots = VOICE_SLOTS[len(_beyond_their_slots(_staff_for_group(here, lead, floor))) :]
    choices = (
        Voices(
            receiver.person_id, slots, tuple(p.person_id for p in patients if may_hear(receiver, p, floor))
        )
        for receiver in sorted(patients, key=lambda person: person.person_id)
    )
    return tuple(choice for choice in choices if choice.slots and choice.senders)


def _for_one(
    receiver: PersonInRoom, here: list[PersonInRoom], lead: str | None, floor: Floor
) -> Iterator[Forward]:
    """What somebody gets of those who are in one room with her: the group, or the other who is aside. Staff
    who are aside look over the group as well.
    """
    beside = [each for each in here if _in_one_room(receiver, each, floor)]
    if receiver.is_staff:
        order = _staff_for_group(here, lead, floor)
        patients = _patients([*beside, *(each for each in here if _looks_over(receiver, each, floor))])
        return _for_staff(receiver, order, _staff_in_order(beside, lead), patients, floor)
    staff = [each for each in _staff_for_group(here, lead, floor) if each in beside]
    return _for_patient(receiver, staff or _staff_in_order(beside, lead), _patients(beside), floor)


def _for_staff(
    receiver: PersonInRoom,
    order: list[PersonInRoom],
    others: list[PersonInRoom],
    patients: list[PersonInRoom],
    floor: Floor,
) -> Iterator[Forward]:
    tile: Layer = "h" if len(patients) <= LARGE_TILES else "l"
    for patient in patients:
        if patient.seat is not None and patient.seat < SEATS:
            yield from _both(receiver, f"seat{patient.seat}", patient, tile, floor)
    for index, other in enumerate(others[:OTHER_STAFF]):
        yield from _both(receiver, f"staff{index}", other, "m", floor, _priority(other, order))


def _for_patient(
    receiver: PersonInRoom, staff: list[PersonInRoom], patients: list[PersonInRoom], floor: Floor
) -> Iterator[Forward]:
    for slot, person in zip((STAGE, SIDE), staff, strict=False):
        if slot == STAGE:
            yield from _picture(receiver, slot, person, "h", floor, _priority(person, staff))
        yield from _sound(receiver, f"{slot}-voice", person, floor, _priority(person, staff))
    shown = next((mate for mate in patients if mate.person_id == floor.spotlight), None)
    spotlight = shown if shown is not None and may_see_camera(receiver, shown, floor) else None
    yield from _beside_the_presenter(receiver, staff, spotlight, floor)
    seen = [mate for mate in patients if mate is not spotlight and may_see_camera(receiver, mate, floor)]
    for index, mate in enumerate(seen[:MATES]):
        yield Forward(receiver.person_id, f"mate{index}", mate.person_id, "camera", "l")
    for slot, person in zip(VOICE_SLOTS, _beyond_their_slots(staff), strict=False):
        yield from _sound(receiver, slot, person, floor)


def _beside_the_presenter(
    receiver: PersonInRoom, staff: list[PersonInRoom], spotlight: PersonInRoom | None, floor: Floor
) -> Iterator[Forward]:
    """The one in the spotlight, else the first side view, else the picture of the next of staff."""
    if spotlight is not None:
        yield from _picture(receiver, SIDE, spotlight, "h", floor)
        return
    offering = next((person for person in staff if may_see_side(receiver, person, floor)), None)
    if offering is not None:
        yield Forward(receiver.person_id, SIDE, offering.person_id, "side", "h")
    elif len(staff) > 1:
        yield from _picture(receiver, SIDE, staff[1], "l", floor)


def _both(
    receiver: PersonInRoom,
    slot: str,
    sender: PersonInRoom,
    layer: Layer,
    floor: Floor,
    priority: int = OTHERS,
) -> Iterator[Forward]:
    """The sender's picture and sound in a slot and its voice, as far as the rules allow."""
    yield from _picture(receiver, slot, sender, layer, floor, priority)
    yield from _sound(receiver, f"{slot}-voice", sender, floor, priority)


def _picture(
    receiver: PersonInRoom,
    slot: str,
    sender: PersonInRoom,
    layer: Layer,
    floor: Floor,
    priority: int = OTHERS,
) -> Iterator[Forward]:
    if may_see_camera(receiver, sender, floor):
        yield Forward(receiver.person_id, slot, sender.person_id, "camera", layer, priority)


def _sound(
    receiver: PersonInRoom, slot: str, sender: PersonInRoom, floor: Floor, priority: int = OTHERS
) -> Iterator[Forward]:
    if may_hear(receiver, sender, floor):
        yield Forward(receiver.person_id, slot, sender.person_id, "microphone", "h", priority)


def _priority(person: PersonInRoom, staff: list[PersonInRoom]) -> int:
    return PRESENTER_FIRST if staff and person is staff[0] else OTHERS


def _beyond_their_slots(staff: list[PersonInRoom]) -> list[PersonInRoom]:
    """The staff whom patients get by voice only, for whom no large slot is left."""
    return staff[STAFF_HEARD : STAFF_HEARD + len(VOICE_SLOTS)]


def _patients(here: Iterable[PersonInRoom]) -> list[PersonInRoom]:
    return sorted((person for person in here if not person.is_staff), key=_seat)


def _in_one_room(receiver: PersonInRoom, sender: PersonInRoom, floor: Floor) -> bool:
    """Whether these are two, in class, and both with the group or aside with each other."""
    if receiver.person_id == sender.person_id:
        return False
    if not receiver.place is sender.place is Place.IN_CLASS:
        return False
    return floor.together(receiver.person_id, sender.person_id)


def _looks_over(receiver: PersonInRoom, sender: PersonInRoom, floor: Floor) -> bool:
    """Whether one of staff is aside and the other a patient of the group, who is seen and not heard."""
    if not receiver.place is sender.place is Place.IN_CLASS or not receiver.is_staff or sender.is_staff:
        return False
    return floor.aside_with(receiver.person_id) is not None and floor.aside_with(sender.person_id) is None


def _staff_for_group(people: Iterable[PersonInRoom], lead: str | None, floor: Floor) -> list[PersonInRoom]:
    """Staff in class who are not aside, the presenter first."""
    staff = [each for each in _staff_in_order(people, lead) if floor.aside_with(each.person_id) is None]
    return sorted(staff, key=lambda person: person.person_id != floor.presenter)


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
