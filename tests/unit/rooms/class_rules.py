"""What must be true of a class at any moment, whatever people have done: the rules, in words of their own.

Written from docs/talk.md, docs/architecture.md and the tables of the subjects; of the product it reads the
values of a state, and none of the functions that keep these rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from server.people.roles import Role
from server.rooms.question import AskedTo, QuestionState
from server.rooms.state import PersonInRoom, Place, RoomState

Got = tuple[str, str, str, str]
"""Receiver, slot, sender and source of what is forwarded."""
INSIDE = (Place.IN_CLASS, Place.DROPPED)


def beside(state: RoomState, person_id: str) -> str | None:
    """Return with whom somebody is in a side room."""
    for aside in state.floor.asides:
        pair = [aside.staff_id, aside.patient_id]
        if person_id in pair:
            pair.remove(person_id)
            return pair[0]
    return None


def may_get(state: RoomState, receiver_id: str, sender_id: str, source: str) -> bool:
    """Whether one may get this of another: their sound, their picture, their side view."""
    receiver, sender = state.people[receiver_id], state.people[sender_id]
    if receiver_id == sender_id or not receiver.place is sender.place is Place.IN_CLASS:
        return False
    aside = beside(state, receiver_id), beside(state, sender_id)
    if source == "camera" and _watches_from_aside(state, receiver, sender):
        return not sender.camera_stopped
    if aside not in ((None, None), (sender_id, receiver_id)):
        return False
    if source == "side":
        return _is_staff(sender) and sender.side_view is not None and not _is_staff(receiver)
    if source == "camera":
        if sender.camera_stopped:
            return False
        return _is_staff(receiver) or _is_staff(sender) or sender.seen_by_group
    if sender.unheard:
        return False
    if _is_staff(receiver) or _is_staff(sender):
        return True
    return sender.microphone_on and not sender.muted_by_staff


def owed(state: RoomState, got: Iterable[Got]) -> Iterator[str]:
    """Say who does not get what they must."""
    got = set(got)
    gets = {(receiver, sender, source) for receiver, _, sender, source in got}
    in_slot = {(receiver, slot): (sender, source) for receiver, slot, sender, source in got}
    group = [each for each in state.people.values() if _is_with_group(state, each)]
    staff, patients = [each for each in group if _is_staff(each)], _patients(group)
    for one in staff:
        for patient in patients:
            yield from _needs(gets, one, patient, "microphone")
            if not patient.camera_stopped:
                yield from _needs(gets, one, patient, "camera")
    presenting = presenters(state)
    for patient in patients:
        pinned, voice = (
            in_slot.get((patient.person_id, "stage")),
            in_slot.get((patient.person_id, "stage-voice")),
        )
        if (pinned is None) != (not presenting) or (pinned and pinned[0] not in presenting):
            yield f"{patient.person_id} has {pinned} on the stage, not one of {sorted(presenting)}"
        is_heard = pinned and not state.people[pinned[0]].unheard
        if (pinned[0] if pinned and is_heard else None) != (voice[0] if voice else None):
            yield f"{patient.person_id} sees {pinned} and hears {voice} there"
        for one in staff:
            if not one.unheard:
                yield from _needs(gets, patient, one, "microphone")
        for mate in _patients(group):
            if mate is not patient and mate.seen_by_group and not mate.camera_stopped:
                yield from _needs(gets, patient, mate, "camera")
        large = state.people.get(state.floor.spotlight or "")
        is_large = in_slot.get((patient.person_id, "side")) == (state.floor.spotlight, "camera")
        if large in group and large is not patient and not is_large:
            yield f"{patient.person_id} does not get {state.floor.spotlight} large"
    for aside in state.floor.asides:
        one, patient = state.people[aside.staff_id], state.people[aside.patient_id]
        for each in patients:
            if not each.camera_stopped:
                yield from _needs(gets, one, each, "camera")
        if patient.place is Place.IN_CLASS:
            for receiver, sender in ((one, patient), (patient, one)):
                if not sender.unheard:
                    yield from _needs(gets, receiver, sender, "microphone")
                if not sender.camera_stopped:
                    yield from _needs(gets, receiver, sender, "camera")


def speakers(state: RoomState, receiver_id: str) -> set[str]:
    """Return among whom the loudest must be chosen for a patient; for staff, who hear everybody, nobody."""
    receiver = state.people[receiver_id]
    if _is_staff(receiver) or receiver.place is not Place.IN_CLASS:
        return set()
    patients = [each for each in state.people.values() if not _is_staff(each)]
    return {each.person_id for each in patients if may_get(state, receiver_id, each.person_id, "microphone")}


def presenters(state: RoomState) -> set[str]:
    """Return who may be on the stage: the one to whom it was handed over, else the lead physio, else another
    physio, else the helper, of those in class who are not aside. Several where time alone decides.
    """
    staff = [each for each in state.people.values() if _is_staff(each) and _is_with_group(state, each)]
    first = [each for each in staff if each.person_id == state.floor.presenter]
    lead = [each for each in staff if each.person_id == state.lead_id and each.role is Role.PHYSIO]
    physios = [each for each in staff if each.role is Role.PHYSIO]
    return {each.person_id for each in first or lead or physios or staff}


def broken_rules(state: RoomState) -> Iterator[str]:
    """Say what cannot be so."""
    for person in state.people.values():
        yield from (f"{person.person_id}: {what}" for what in _of_person(state, person))
    yield from _of_the_floor(state)
    yield from _of_questions(state)
    yield from _of_what_was_asked_of_all(state)
    if state.ended_at is not None:
        if any(each.place is not Place.LEFT for each in state.people.values()):
            yield "somebody is in a class that is over"
        lost = [each.person_id for each in state.people.values() if _is_unaccounted(state, each)]
        if lost and not state.ended_unattended:
            yield f"the class is over, and nobody has said what became of {lost}"
        if not state.ended_unattended and any(
            call.kind == "now" and call.settled_at is None for call in state.help.values()
        ):
            yield "the class is over, and somebody calls for help"


def _of_person(state: RoomState, person: PersonInRoom) -> Iterator[str]:
    if person.removed and person.place is not Place.LEFT:
        yield "was taken out of class, and is there"
    if person.camera_stopped and person.camera_on:
        yield "her camera is stopped, and is on"
    if person.unheard and (person.microphone_on or not _is_staff(person)):
        yield "is unheard, and her microphone is on or she is a patient"
    is_on = person.microphone_on or person.camera_on or person.side_view is not None
    if is_on and person.place is Place.LEFT and state.ended_at is None:
        yield "has left with something switched on"
    if (person.hand_up or person.signal) and person.place not in INSIDE and state.ended_at is None:
        yield "has a hand up or a sign, and is not in class"
    if (person.lost_since is not None) > (person.place in (Place.DROPPED, Place.LEFT)):
        yield "is lost, and is there"
    if (person.place is Place.DROPPED and not _is_staff(person)) > (person.lost_since is not None):
        yield "has dropped out, and is not lost"
    if person.lost_since not in (None, person.last_lost_at):
        yield "is lost, and it is not known since when"
    if _is_staff(person):
        if person.muted_by_staff or person.seen_by_group or person.camera_stopped or person.removed:
            yield "was done to staff what is done to patients only"
        if person.hand_up or person.signal or person.last_lost_at or person.place is Place.WAITING:
            yield "is staff and does as patients do"
    elif person.side_view is not None:
        yield "is a patient with a side view"


def _of_the_floor(state: RoomState) -> Iterator[str]:
    floor, people = state.floor, state.people
    if floor.spotlight is not None:
        shown = people[floor.spotlight]
        if _is_staff(shown) or not shown.seen_by_group or shown.camera_stopped:
            yield "in the spotlight is one who may not be seen"
        if shown.place not in INSIDE or beside(state, shown.person_id) is not None:
            yield "in the spotlight is one who is not with the group"
    if floor.presenter is not None:
        presenter = people[floor.presenter]
        if not _is_staff(presenter) or presenter.place not in INSIDE:
            yield "the presenter is not staff in class"
    both = [each for aside in floor.asides for each in (aside.staff_id, aside.patient_id)]
    if len(set(both)) != len(both):
        yield "somebody is in two side rooms"
    for aside in floor.asides:
        one, patient = people[aside.staff_id], people[aside.patient_id]
        if not _is_staff(one) or one.place is not Place.IN_CLASS:
            yield "a side room without one of staff in class"
        if _is_staff(patient) or patient.place not in INSIDE:
            yield "a side room without a patient of the class"
    if state.ended_at is not None and (floor.spotlight or floor.presenter or floor.asides):
        yield "the class is over, and somebody still presents, is shown or is aside"
    if not 0 <= floor.extended_min <= 60:
        yield "the class was made longer than it can be"


def _of_questions(state: RoomState) -> Iterator[str]:
    if sum(each.state is QuestionState.ANSWERING for each in state.questions.values()) > 1:
        yield "two questions are being answered"
    for question in state.questions.values():
        if question.asker_id in question.voters:
            yield "somebody voted for her own question"
        if any(state.members[each].role.is_staff for each in question.voters):
            yield "staff voted"
        into = state.questions[question.merged_into] if question.merged_into else None
        if into is not None and (into.merged_into is not None or into is question):
            yield "a question is answered with one that is itself answered with another"
        if into is not None and into.to is AskedTo.STAFF is not question.to:
            yield "what the group asked is answered with what only staff see"
        if (question.answered_by is None) != (question.state.value[:8] != "answered"):
            yield "an answered question of nobody"
        for reply in question.replies:
            if not state.members[reply.author_id].role.is_staff and question.to is not AskedTo.GROUP:
                yield "a classmate answered what is for staff to answer"


def _of_what_was_asked_of_all(state: RoomState) -> Iterator[str]:
    if sum(each.closed_at is None for each in state.pulses.values()) > 1:
        yield "two questions to everyone are open"
    for pulse in state.pulses.values():
        most = len(pulse.options) if pulse.options else 11
        for person, value in pulse.answers.items():
            if state.members[person].role.is_staff or not 0 <= value < most:
                yield "an answer that nobody can give"
    times = [(each.posted_at, each.id) for each in state.chat.values()]
    if times != sorted(times):
        yield "messages stand out of order"
    if len({(each.author_id, each.key) for each in state.chat.values()}) != len(times):
        yield "a message was posted twice"


def _is_unaccounted(state: RoomState, person: PersonInRoom) -> bool:
    account = state.accounts.get(person.person_id)
    return person.lost_since is not None and (account is None or account.lost_at != person.lost_since)


def hands_in_order(state: RoomState) -> list[str]:
    """Return whose hands are up, by when they went up."""
    up = {each.person_id: each.hand_at for each in state.people.values() if each.hand_up}
    return sorted(up, key=lambda person: (up[person], person))


def counted(places: Mapping[str, Place]) -> int:
    """How many people are here."""
    return sum(place in (Place.WAITING, Place.IN_CLASS) for place in places.values())


def _needs(
    gets: set[tuple[str, str, str]], receiver: PersonInRoom, sender: PersonInRoom, source: str
) -> Iterator[str]:
    if (receiver.person_id, sender.person_id, source) not in gets:
        yield f"{receiver.person_id} does not get the {source} of {sender.person_id}"


def _is_with_group(state: RoomState, person: PersonInRoom) -> bool:
    return person.place is Place.IN_CLASS and beside(state, person.person_id) is None


def _watches_from_aside(state: RoomState, receiver: PersonInRoom, sender: PersonInRoom) -> bool:
    """Staff in a side room see the patients of the group, and are not seen."""
    is_aside = _is_staff(receiver) and beside(state, receiver.person_id) is not None
    return is_aside and not _is_staff(sender) and _is_with_group(state, sender)


def _patients(people: Iterable[PersonInRoom]) -> list[PersonInRoom]:
    return [each for each in people if not _is_staff(each)]


def _is_staff(person: PersonInRoom) -> bool:
    return person.role is not Role.PATIENT
