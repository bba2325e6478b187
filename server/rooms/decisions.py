"""What follows from a command: the events, or `Refused`. Pure; who may is checked before (`refusals`).

The transitions are those of the tables in `Place` and `QuestionState`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from server.errors import Refused
from server.rooms import commands as c
from server.rooms import events as e
from server.rooms.refusals import class_full, written_text
from server.rooms.state import PersonInRoom, Place, Question, QuestionState, RoomState

Events = tuple[e.Event, ...]
MOST_WAITING_QUESTIONS = 10
"""Of one person in one class."""
_ANSWERED = frozenset({QuestionState.ANSWERED_LIVE, QuestionState.ANSWERED_IN_WRITING})


def decide(state: RoomState, command: c.Command, at: datetime, actor: str | None) -> Events:
    """Return the events that follow; none when all is as the command wants it already."""
    return _DECIDE[type(command)](state, command, at, actor)


def _join(state: RoomState, command: c.Join, at: datetime, actor: str) -> Events:
    place = state.place_of(actor)
    if place is Place.DROPPED:
        return (e.Returned(at=at, actor=actor, person_id=actor),)
    if place in (Place.WAITING, Place.IN_CLASS):
        return ()
    is_staff = state.members[actor].role.is_staff
    if not is_staff and state.max_patients is not None and _patients_there(state) >= state.max_patients:
        raise class_full(state.max_patients)
    to = Place.IN_CLASS if is_staff else Place.WAITING
    return (e.CameIn(at=at, actor=actor, person_id=actor, place=to, first=place is None),)


def _patients_there(state: RoomState) -> int:
    """How many places are taken: those who dropped out keep theirs."""
    return sum(not each.is_staff and each.place in c.PRESENT for each in state.people.values())


def _leave(state: RoomState, command: c.Leave, at: datetime, actor: str) -> Events:
    place = state.place_of(actor)
    if place is None or place is Place.LEFT:
        return ()
    return (e.WentOut(at=at, actor=actor, person_id=actor, was=place),)


def _admit(state: RoomState, command: c.Admit, at: datetime, actor: str) -> Events:
    person = _person(state, command.person_id)
    if person.place in (Place.IN_CLASS, Place.DROPPED):
        return ()
    if person.place is not Place.WAITING:
        raise Refused("not_waiting", "This person is no longer in the waiting room.")
    return (e.Admitted(at=at, actor=actor, person_id=person.person_id),)


def _lost(state: RoomState, command: c.Lost, at: datetime, actor: None) -> Events:
    place = state.place_of(command.person_id)
    if place is Place.IN_CLASS:
        return (e.Dropped(at=at, actor=None, person_id=command.person_id),)
    if place is Place.WAITING:
        return (e.WentOut(at=at, actor=None, person_id=command.person_id, was=place),)
    return ()


def _come_back(state: RoomState, command: c.ComeBack, at: datetime, actor: None) -> Events:
    if state.place_of(command.person_id) is not Place.DROPPED:
        return ()
    return (e.Returned(at=at, actor=None, person_id=command.person_id),)


def _set_own_media(state: RoomState, command: c.SetOwnMedia, at: datetime, actor: str) -> Events:
    person = state.people[actor]
    if (person.microphone_on, person.camera_on) == (command.microphone_on, command.camera_on):
        return ()
    return (
        e.MediaSet(
            at=at,
            actor=actor,
            person_id=actor,
            microphone_on=command.microphone_on,
            camera_on=command.camera_on,
        ),
    )


def _mute(state: RoomState, command: c.Mute, at: datetime, actor: str) -> Events:
    person = _person(state, command.person_id)
    if person.is_staff:
        raise Refused("not_a_patient", "Only patients can be muted for the group.")
    if person.place is Place.LEFT:
        raise Refused("not_here", "This person has left the class.")
    if person.muted_by_staff == command.muted:
        return ()
    return (e.MutedByStaff(at=at, actor=actor, person_id=person.person_id, muted=command.muted),)


def _end(state: RoomState, command: c.End, at: datetime, actor: str) -> Events:
    return (e.ClassEnded(at=at, actor=actor),)


def _ask(state: RoomState, command: c.Ask, at: datetime, actor: str) -> Events:
    if question_by_key(state, actor, command.key):
        return ()
    text = written_text(command.text)
    asked = [each for each in state.questions.values() if each.asker_id == actor]
    if sum(each.state is QuestionState.WAITING for each in asked) >= MOST_WAITING_QUESTIONS:
        raise Refused(
            "too_many_questions",
            f"You have asked {MOST_WAITING_QUESTIONS} questions that are waiting."
            " Please wait for an answer first.",
        )
    return (
        e.QuestionAsked(
            at=at, actor=actor, question_id=command.question_id, asker_id=actor, key=command.key, text=text
        ),
    )


def _vote(state: RoomState, command: c.Vote, at: datetime, actor: str) -> Events:
    question = _question(state, command.question_id)
    if question.asker_id == actor:
        raise Refused("own_question", "This is your own question. It counts already.")
    if question.state in _ANSWERED:
        raise _answered()
    if (actor in question.voters) == command.up:
        return ()
    return (e.VoteChanged(at=at, actor=actor, question_id=question.id, person_id=actor, up=command.up),)


def _answer(state: RoomState, command: c.Answer, at: datetime, actor: str) -> Events:
    question, to = _question(state, command.question_id), command.state
    text = written_text(command.text or "") if to is QuestionState.ANSWERED_IN_WRITING else None
    if (question.state, question.answer) == (to, text):
        return ()
    if question.state in _ANSWERED and to is not QuestionState.ANSWERED_IN_WRITING:
        raise _answered()
    moved = e.QuestionMoved(at=at, actor=actor, question_id=question.id, state=to, answer=text)
    if to is not QuestionState.ANSWERING:
        return (moved,)
    put_back = (
        e.QuestionMoved(at=at, actor=actor, question_id=other.id, state=QuestionState.WAITING)
        for other in state.questions.values()
        if other.state is QuestionState.ANSWERING
    )
    return (*put_back, moved)


def _post(state: RoomState, command: c.Post, at: datetime, actor: str) -> Events:
    if message_by_key(state, actor, command.key):
        return ()
    text = written_text(command.text)
    return (
        e.MessagePosted(
            at=at, actor=actor, message_id=command.message_id, author_id=actor, key=command.key, text=text
        ),
    )


def _call_help(state: RoomState, command: c.CallHelp, at: datetime, actor: str) -> Events:
    if open_help(state, actor, command.kind):
        return ()
    return (e.HelpCalled(at=at, actor=actor, help_id=command.help_id, person_id=actor, kind=command.kind),)


def _settle_help(state: RoomState, command: c.SettleHelp, at: datetime, actor: str) -> Events:
    call = state.help.get(command.help_id)
    person = state.people[actor]
    if call is None or (call.person_id != actor and not person.is_staff):
        raise Refused("no_such_help", "That call for help is not there.")
    if person.is_staff and person.place is not Place.IN_CLASS:
        raise Refused("dropped_out", "We have lost you for a moment. Try again when you are back.")
    if call.settled_at is not None:
        return ()
    return (e.HelpSettled(at=at, actor=actor, help_id=call.id, person_id=call.person_id),)


def question_by_key(state: RoomState, asker_id: str, key: str) -> str | None:
    """Return the id of the question this person asked with this key."""
    return next(
        (each.id for each in state.questions.values() if (each.asker_id, each.key) == (asker_id, key)), None
    )


def message_by_key(state: RoomState, author_id: str, key: str) -> str | None:
    """Return the id of the message this person posted with this key."""
    return next(
        (each.id for each in state.chat.values() if (each.author_id, each.key) == (author_id, key)), None
    )


def open_help(state: RoomState, person_id: str, kind: str) -> str | None:
    """Return the id of this person's call of this kind that nobody settled yet."""
    return next(
        (
            call.id
            for call in state.help.values()
            if call.person_id == person_id and call.kind == kind and call.settled_at is None
        ),
        None,
    )


def _person(state: RoomState, person_id: str) -> PersonInRoom:
    person = state.people.get(person_id)
    if person is None:
        raise Refused("no_such_person", "This person is not in this class.")
    return person


def _question(state: RoomState, question_id: str) -> Question:
    question = state.questions.get(question_id)
    if question is None:
        raise Refused("no_such_question", "That question is not there.")
    return question


def _answered() -> Refused:
    return Refused("already_answered", "That question has been answered already.")


_DECIDE: Mapping[type[c.Command], Callable[[RoomState, Any, datetime, Any], Events]] = {
    c.Join: _join,
    c.Leave: _leave,
    c.Admit: _admit,
    c.Lost: _lost,
    c.ComeBack: _come_back,
    c.SetOwnMedia: _set_own_media,
    c.Mute: _mute,
    c.End: _end,
    c.Ask: _ask,
    c.Vote: _vote,
    c.Answer: _answer,
    c.Post: _post,
    c.CallHelp: _call_help,
    c.SettleHelp: _settle_help,
}
