"""Questions: who asks whom, what becomes of them. Pure; what a question is stands in `question`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from server.errors import Refused
from server.rooms import commands as c
from server.rooms import events as e
from server.rooms import questions_moderated
from server.rooms.message import ReportReason
from server.rooms.question import ANSWERED, OPEN, AskedTo, Question, QuestionState, Reply, merged_with
from server.rooms.refusals import shown_question, written_text
from server.rooms.state import RoomState

Events = tuple[e.Event, ...]
MOST_WAITING_QUESTIONS = 10
"""Of one person in one class."""
MOST_REPLIES = 50
"""To one question."""
EDITABLE_FOR = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class EditQuestion(c.Command):
    """Put one's own question in other words."""

    who: ClassVar[c.WhoMay] = c.PATIENT_IN_CLASS
    question_id: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReplyToQuestion(c.Command):
    """Reply in writing; the same key again replies nothing new."""

    who: ClassVar[c.WhoMay] = c.ANYONE_IN_CLASS
    reply_id: str
    key: str
    question_id: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PinQuestion(c.Command):
    """Keep a question at the top, or let go of it."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    question_id: str
    pinned: bool


@dataclass(frozen=True, slots=True)
class MergeQuestion(c.Command):
    """Have a question answered with another one."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    question_id: str
    into: str


@dataclass(frozen=True, slots=True)
class ApproveQuestion(c.Command):
    """Show a question to the group, or set it aside and take it away from the group."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    question_id: str
    approved: bool
    reason: ReportReason | None = None
    """Why it is taken away, where the group has seen it; for the record."""


@dataclass(frozen=True, slots=True)
class NoteQuestion(c.Command):
    """A question was asked on the pages outside of the class; that is stored."""

    who: ClassVar[c.WhoMay] = c.THE_SYSTEM
    question: Question


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionEdited(e.Event):
    """The asker, who is the actor, put it in other words."""

    question_id: str
    held: bool
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionReplied(e.Event):
    """The actor replied in writing."""

    question_id: str
    reply_id: str
    key: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPinned(e.Event):
    """Staff keep it at the top, or no more. `person_id` asked it."""

    question_id: str
    person_id: str
    pinned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionMerged(e.Event):
    """It is answered with another one from now on. `person_id` asked it."""

    question_id: str
    person_id: str
    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionApproved(e.Event):
    """Staff show it to the group, or keep it from the group. `person_id` asked it."""

    question_id: str
    person_id: str
    approved: bool
    reason: ReportReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionNoted(e.Event):
    """A question was asked outside of the class."""

    question_id: str
    question: Question = field(repr=False)


def asked(state: RoomState, command: c.Ask, at: datetime, actor: str) -> Events:
    """Return what follows from asking, in class or before it."""
    if question_by_key(state, actor, command.key):
        return ()
    text = written_text(command.text)
    own = [each for each in state.questions.values() if each.asker_id == actor]
    if sum(each.state is QuestionState.WAITING for each in own) >= MOST_WAITING_QUESTIONS:
        raise Refused(
            "too_many_questions",
            f"You have asked {MOST_WAITING_QUESTIONS} questions that are waiting."
            " Please wait for an answer first.",
        )
    return (
        e.QuestionAsked(
            at=at,
            actor=actor,
            question_id=command.question_id,
            asker_id=actor,
            key=command.key,
            to=command.to,
            anonymous=command.anonymous,
            held=_is_held_first(state, command.to, actor),
            text=text,
        ),
    )


def _is_held_first(state: RoomState, to: AskedTo, asker_id: str) -> bool:
    """Whether staff read it before the group: where all are read first, or all that this person writes is."""
    return to is not AskedTo.STAFF and (state.questions_held or asker_id in state.channel.held)


def _edit(state: RoomState, command: EditQuestion, at: datetime, actor: str) -> Events:
    question = shown_question(state, command.question_id, actor)
    if question.asker_id != actor:
        raise Refused("not_your_question", "Only the person who asked can change the question.")
    if not is_editable(state.questions, question, at):
        raise Refused(
            "too_late_to_edit",
            "A question can be changed for 2 minutes, while it waits. You can ask another one.",
        )
    text = written_text(command.text)
    if text == question.text:
        return ()
    held = question.held or _is_held_first(state, question.to, actor)
    return (QuestionEdited(at=at, actor=actor, question_id=question.id, held=held, text=text),)


def is_editable(questions: Mapping[str, Question], question: Question, at: datetime) -> bool:
    """Whether its asker can still put it in other words: for two minutes, while it waits by itself."""
    waits = question.state is QuestionState.WAITING and question.merged_into is None
    alone = not question.replies and not merged_with(questions, question.id)
    return waits and alone and at < question.asked_at + EDITABLE_FOR


def _vote(state: RoomState, command: c.Vote, at: datetime, actor: str) -> Events:
    question = shown_question(state, command.question_id, actor)
    if question.asker_id == actor:
        raise Refused("own_question", "This is your own question. It counts already.")
    if question.state in ANSWERED:
        raise _answered()
    if question.state is QuestionState.SET_ASIDE or question.merged_into is not None:
        raise Refused("not_open", "This question is not waiting any more.")
    if (actor in question.voters) == command.up:
        return ()
    return (e.VoteChanged(at=at, actor=actor, question_id=question.id, person_id=actor, up=command.up),)


def _answer(state: RoomState, command: c.Answer, at: datetime, actor: str) -> Events:
    question, to = shown_question(state, command.question_id, actor), command.state
    text = written_text(command.text or "") if to is QuestionState.ANSWERED_IN_WRITING else None
    if (question.state, question.answer) == (to, text):
        return ()
    if question.merged_into is not None:
        raise Refused("merged", "This question is answered together with another one. Answer that one.")
    if question.state in ANSWERED and to is not QuestionState.ANSWERED_IN_WRITING:
        raise _answered()
    if question.held and to in (QuestionState.ANSWERING, QuestionState.ANSWERED_LIVE):
        raise Refused("held", "The group cannot see this question yet. Approve it first.")
    moved = tuple(
        _to(each, each_to, at, actor, text)
        for each in (question, *merged_with(state.questions, question.id))
        if (each_to := to if each is question else _goes_with(to)) is not each.state or text != each.answer
    )
    if to is not QuestionState.ANSWERING:
        return moved
    put_back = tuple(
        _to(other, QuestionState.WAITING, at, actor)
        for other in state.questions.values()
        if other.state is QuestionState.ANSWERING
    )
    return (*put_back, *moved)


def _to(
    question: Question, to: QuestionState, at: datetime, actor: str, answer: str | None = None
) -> e.QuestionMoved:
    return e.QuestionMoved(
        at=at,
        actor=actor,
        question_id=question.id,
        person_id=question.asker_id,
        state=to,
        answer=answer,
    )


def _goes_with(to: QuestionState) -> QuestionState:
    """Where a merged question goes when the other one goes there."""
    return QuestionState.WAITING if to is QuestionState.ANSWERING else to


def _reply(state: RoomState, command: ReplyToQuestion, at: datetime, actor: str) -> Events:
    if reply_by_key(state, actor, command.key):
        return ()
    question = shown_question(state, command.question_id, actor)
    is_staff = state.people[actor].is_staff
    if not is_staff and (question.to is not AskedTo.GROUP or question.held or state.questions_held):
        raise Refused("staff_answer", "Only staff answer this question.")
    if not is_staff and actor in state.channel.held:
        raise Refused("held", "Staff read what you write first. You can write in the chat.")
    if not is_staff and state.channel.paused:
        raise Refused("chat_paused", "Staff have paused the chat. You can read it, and write again later.")
    if len(question.replies) >= MOST_REPLIES:
        raise Refused("too_many_replies", "There are many replies to this question. Please use the chat.")
    return (
        QuestionReplied(
            at=at,
            actor=actor,
            question_id=question.id,
            reply_id=command.reply_id,
            key=command.key,
            text=written_text(command.text),
        ),
    )


def _pin(state: RoomState, command: PinQuestion, at: datetime, actor: str) -> Events:
    question = shown_question(state, command.question_id, actor)
    if question.pinned == command.pinned:
        return ()
    return (
        QuestionPinned(
            at=at,
            actor=actor,
            question_id=question.id,
            person_id=question.asker_id,
            pinned=command.pinned,
        ),
    )


def _merge(state: RoomState, command: MergeQuestion, at: datetime, actor: str) -> Events:
    question = shown_question(state, command.question_id, actor)
    into = shown_question(state, command.into, actor)
    if question.merged_into == into.id:
        return ()
    if question.id == into.id or question.merged_into is not None or into.merged_into is not None:
        raise Refused("cannot_merge", "Choose two different questions that are not merged yet.")
    if question.state not in OPEN or into.state not in OPEN:
        raise Refused("cannot_merge", "Only questions that are waiting can be merged.")
    if into.held or (into.to is AskedTo.STAFF and question.to is not AskedTo.STAFF):
        raise Refused("cannot_merge", "The group cannot see that question. Merge the other way round.")
    put_back = (
        (_to(question, QuestionState.WAITING, at, actor),)
        if question.state is QuestionState.ANSWERING
        else ()
    )
    merged = tuple(
        QuestionMerged(at=at, actor=actor, question_id=each.id, person_id=each.asker_id, into=into.id)
        for each in (question, *merged_with(state.questions, question.id))
    )
    return (*put_back, *merged)


def _approve(state: RoomState, command: ApproveQuestion, at: datetime, actor: str) -> Events:
    question = shown_question(state, command.question_id, actor)
    if question.to is AskedTo.STAFF:
        raise Refused("private", "This question is for staff only. The group never sees it.")
    to = question.state
    if command.approved and question.held and to is QuestionState.SET_ASIDE:
        to = QuestionState.WAITING
    elif not command.approved and to in OPEN:
        to = QuestionState.SET_ASIDE
    approved = QuestionApproved(
        at=at,
        actor=actor,
        question_id=question.id,
        person_id=question.asker_id,
        approved=command.approved,
        reason=None if command.approved else command.reason,
    )
    moved = tuple(
        _to(each, to, at, actor, each.answer)
        for each in (question, *merged_with(state.questions, question.id))
        if to is not question.state
    )
    return (approved, *moved) if moved or question.held == command.approved else ()


def _note(state: RoomState, command: NoteQuestion, at: datetime, actor: None) -> Events:
    question = command.question
    if question.id in state.questions or question.asker_id not in state.members:
        return ()
    return (QuestionNoted(at=at, actor=None, question_id=question.id, question=question),)


def question_by_key(state: RoomState, asker_id: str, key: str) -> str | None:
    """Return the id of the question this person asked with this key."""
    return next(
        (each.id for each in state.questions.values() if (each.asker_id, each.key) == (asker_id, key)), None
    )


def reply_by_key(state: RoomState, author_id: str, key: str) -> str | None:
    """Return the id of the reply this person wrote with this key."""
    replies = (each for question in state.questions.values() for each in question.replies)
    return next((each.id for each in replies if (each.author_id, each.key) == (author_id, key)), None)


def _answered() -> Refused:
    return Refused("already_answered", "That question has been answered already.")


def _was_asked(state: RoomState, event: e.QuestionAsked) -> None:
    state.questions[event.question_id] = Question(
        id=event.question_id,
        asker_id=event.asker_id,
        key=event.key,
        text=event.text,
        asked_at=event.at,
        to=event.to,
        anonymous=event.anonymous,
        held=event.held,
    )


def _change(state: RoomState, question_id: str, /, **changes: Any) -> None:  # noqa: ANN401 - any field
    state.questions[question_id] = replace(state.questions[question_id], **changes)


def _was_edited(state: RoomState, event: QuestionEdited) -> None:
    _change(state, event.question_id, text=event.text, held=event.held, edited_at=event.at)


def _vote_changed(state: RoomState, event: e.VoteChanged) -> None:
    voters, one = state.questions[event.question_id].voters, frozenset({event.person_id})
    _change(state, event.question_id, voters=voters | one if event.up else voters - one)


def _moved(state: RoomState, event: e.QuestionMoved) -> None:
    answered = event.state in ANSWERED
    _change(
        state,
        event.question_id,
        state=event.state,
        answer=event.answer,
        answered_by=event.actor if answered else None,
        answered_at=event.at if answered else None,
    )


def _was_replied(state: RoomState, event: QuestionReplied) -> None:
    reply = Reply(event.reply_id, event.actor or "", event.key, event.text, event.at)
    _change(state, event.question_id, replies=(*state.questions[event.question_id].replies, reply))


def _was_pinned(state: RoomState, event: QuestionPinned) -> None:
    _change(state, event.question_id, pinned=event.pinned)


def _was_merged(state: RoomState, event: QuestionMerged) -> None:
    _change(state, event.question_id, merged_into=event.into)


def _was_approved(state: RoomState, event: QuestionApproved) -> None:
    _change(state, event.question_id, held=not event.approved)


def _was_noted(state: RoomState, event: QuestionNoted) -> None:
    """Put it among the others in the order in which they were asked."""
    questions = [*state.questions.values(), event.question]
    state.questions = {each.id: each for each in sorted(questions, key=lambda each: (each.asked_at, each.id))}


DECIDE: Mapping[type[c.Command], Callable[[RoomState, Any, datetime, Any], Events]] = {
    c.Ask: asked,
    c.Vote: _vote,
    c.Answer: _answer,
    EditQuestion: _edit,
    ReplyToQuestion: _reply,
    PinQuestion: _pin,
    MergeQuestion: _merge,
    ApproveQuestion: _approve,
    NoteQuestion: _note,
    **questions_moderated.DECIDE,
}
APPLY: Mapping[type[e.Event], Callable[[RoomState, Any], None]] = {
    e.QuestionAsked: _was_asked,
    e.VoteChanged: _vote_changed,
    e.QuestionMoved: _moved,
    QuestionEdited: _was_edited,
    QuestionReplied: _was_replied,
    QuestionPinned: _was_pinned,
    QuestionMerged: _was_merged,
    QuestionApproved: _was_approved,
    QuestionNoted: _was_noted,
    **questions_moderated.APPLY,
}
EVENTS: frozenset[type[e.Event]] = frozenset(APPLY)
"""Each names its question: what anybody is shown of it may be another now."""


def staff_action(event: e.Event) -> str | None:
    """Return the audit's word for what staff did to the person who asked; None for everything else."""
    match event:
        case QuestionApproved():
            return "approve_question" if event.approved else "decline_question"
        case QuestionPinned():
            return "pin_question" if event.pinned else "unpin_question"
        case QuestionMerged():
            return "merge_question"
        case e.QuestionMoved(state=QuestionState.ANSWERING):
            return "take_up_question"
        case e.QuestionMoved(state=QuestionState.ANSWERED_LIVE):
            return "answer_question"
        case e.QuestionMoved(state=QuestionState.ANSWERED_IN_WRITING):
            return "answer_in_writing"
        case e.QuestionMoved(state=QuestionState.SET_ASIDE):
            return "set_aside_question"
        case e.QuestionMoved():
            return "put_back_question"
    return questions_moderated.staff_action(event)
