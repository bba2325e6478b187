"""The words for people who may not, or gave what cannot be. Plain, and they say what to do next."""

from __future__ import annotations

from server.errors import Refused
from server.legible import legible
from server.people.roles import Role
from server.rooms.commands import WhoMay
from server.rooms.policy import leader
from server.rooms.question import Question
from server.rooms.state import PersonInRoom, Place, RoomState
from server.timetable.check_in_rules import State

LONGEST_TEXT_CHARS = 1000


def check_who(who: WhoMay, state: RoomState, actor: str | None) -> None:
    """Refuse everyone whom the rule does not name. `actor` None is the system, which may do its own only."""
    if actor is None or who.system:
        if actor is None and who.system:
            return
        raise Refused("not_yours", "That is not something you can do.")
    member = state.members.get(actor)
    if member is None:
        raise Refused("not_on_list", "You are not on the list of this class. Please ring the service.")
    if state.cancelled_at is not None:
        raise class_cancelled()
    if state.ended_at is not None:
        raise class_over()
    if member.role not in who.roles:
        raise _wrong_role(who)
    place = state.place_of(actor)
    if who.places is not None and place not in who.places:
        raise _wrong_place(place)
    if who.leading and member.role is Role.HELPER and leader(state.people.values(), state.lead_id) != actor:
        raise Refused("not_leading", "Only the physio can do that, or the helper while no physio is there.")


def person_here(state: RoomState, person_id: str) -> PersonInRoom:
    """Return somebody who has joined this class; refuse to do anything with others."""
    person = state.people.get(person_id)
    if person is None:
        raise Refused("no_such_person", "This person is not in this class.")
    return person


def shown_question(state: RoomState, question_id: str, actor: str) -> Question:
    """Return a question that this person of the class may know of; refuse to do anything with others."""
    question = state.questions.get(question_id)
    if question is None or not question.is_shown_to(actor, state.people[actor].is_staff):
        raise Refused("no_such_question", "That question is not there.")
    return question


def _wrong_role(who: WhoMay) -> Refused:
    if who.roles == {Role.PHYSIO}:
        return Refused("physio_only", "Only the physio can do that.")
    if Role.PATIENT in who.roles:
        return Refused("patients_only", "Only patients can do that.")
    return Refused("staff_only", "Only the physio and the helper can do that.")


def _wrong_place(place: Place | None) -> Refused:
    if place is Place.WAITING:
        return Refused("still_waiting", "You can do this when you have been let in.")
    if place is Place.DROPPED:
        return Refused("dropped_out", "We have lost you for a moment. Try again when you are back.")
    return Refused("not_in_class", "You are not in class. Join the class first.")


def class_over() -> Refused:
    """Refuse whatever comes after the end."""
    return Refused("class_over", "Class has finished.")


def last_staff() -> Refused:
    """Refuse the last of staff who would leave patients alone in class."""
    return Refused(
        "last_staff",
        "You are the only member of staff in class. Stay, or end the class for everyone.",
    )


def class_cancelled() -> Refused:
    """Refuse whoever comes to a class that staff called off."""
    return Refused("class_cancelled", "This class is not taking place. You do not need to do anything.")


def class_locked() -> Refused:
    """Refuse a patient who comes when staff have locked the class."""
    return Refused(
        "class_locked", "This class has started, and nobody new can come in now. Ring us if you need to."
    )


def taken_out(why: str) -> Refused:
    """Refuse a patient whom staff have taken out of this class; `why` is what she was told."""
    return Refused("taken_out", f"{why} You cannot come back to this class by yourself. Please ring us.")


def class_full(most: int) -> Refused:
    """Refuse a patient who comes when all places are taken."""
    return Refused(
        "class_full",
        f"There is room for {most} {'person' if most == 1 else 'people'}, and all the places are taken."
        " Ring us and we will find you a place, or try again in a few minutes.",
    )


_BARS = {
    State.OPEN: "This person has not checked in. Ask how they are and where they are today. Then decide.",
    State.HELD: "This person has told us of new symptoms. The physio must speak to them first, then decide.",
    State.RED_FLAG: (
        "This person has told us of a red flag, and was told to get help at once. Ring them. Do not let them"
        " exercise until the physio has decided."
    ),
    State.REFUSED: "Staff have said that this person does not take part today. The physio can decide again.",
}


def not_cleared(bar: State) -> Refused:
    """Refuse to let in somebody on whom the physio must decide first."""
    return Refused("not_cleared", _BARS[bar])


def not_today(why: str) -> Refused:
    """Refuse a patient whom staff did not let take part; `why` is what they were told."""
    words = why or "Our staff have decided that it is better for you not to take part today."
    return Refused("not_today", f"{words} If you have a question, ring us.")


def other_device() -> Refused:
    """Ask a person who is in class on another device which of the two it shall be."""
    return Refused("other_device", "You are in class on another device. Use this one instead?")


def media_unavailable() -> Refused:
    """Refuse an offer while there is no media worker; a `media_restart` follows when there is one."""
    return Refused(
        "media_unavailable",
        "Sound and picture are not there for a moment. They will come back by themselves.",
    )


def written_text(text: str) -> str:
    """Trim what a person wrote, and leave out what cannot be seen; refuse it when nothing is left, or too
    much.
    """
    trimmed = legible(text).strip()
    if not trimmed:
        raise text_empty()
    if len(trimmed) > LONGEST_TEXT_CHARS:
        raise text_too_long()
    return trimmed


def written_note(text: str) -> str:
    """Trim what staff added for the record, which may be nothing; refuse it when it is too much."""
    return written_text(text) if legible(text).strip() else ""


def text_empty() -> Refused:
    """Refuse a text with nothing in it."""
    return Refused("text_empty", "There is nothing written yet. Write something, then send it.")


def text_too_long() -> Refused:
    """Refuse a text longer than `LONGEST_TEXT_CHARS`."""
    return Refused(
        "text_too_long", f"That is too long. Make it shorter: at most {LONGEST_TEXT_CHARS:,} characters."
    )
