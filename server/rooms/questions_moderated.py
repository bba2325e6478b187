"""Telling staff of a question or a reply, and hiding a reply. Pure.

A question is taken from the group by `questions.ApproveQuestion`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from server.errors import Refused
from server.rooms import commands as c
from server.rooms import events as e
from server.rooms.message import ReportReason
from server.rooms.question import Question, Reply, reply_of
from server.rooms.refusals import shown_question
from server.rooms.state import RoomState

Events = tuple[e.Event, ...]


@dataclass(frozen=True, slots=True)
class ReportQuestion(c.Command):
    """Tell staff that a question, or a reply to it, should not be there; once a person."""

    who: ClassVar[c.WhoMay] = c.ANYONE_IN_CLASS
    question_id: str
    reply_id: str | None
    reason: ReportReason


@dataclass(frozen=True, slots=True)
class HideReply(c.Command):
    """Hide a reply to a question from the group, or show it again."""

    who: ClassVar[c.WhoMay] = c.STAFF_IN_CLASS
    question_id: str
    reply_id: str
    reason: ReportReason
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionReported(e.Event):
    """The actor told staff of a question, or of a reply to it."""

    question_id: str
    reply_id: str | None
    reason: ReportReason


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyHidden(e.Event):
    """Staff hid a reply of `person_id`, or showed it again."""

    question_id: str
    reply_id: str
    person_id: str
    reason: ReportReason
    hidden: bool


def _report(state: RoomState, command: ReportQuestion, at: datetime, actor: str) -> Events:
    question = shown_question(state, command.question_id, actor)
    reply = None if command.reply_id is None else _reply(question, command.reply_id)
    if reply is not None and reply.hidden and not state.people[actor].is_staff:
        raise _no_such_reply()
    if actor == (question.asker_id if reply is None else reply.author_id):
        raise Refused("own_message", "You wrote this yourself. Ask staff if you want it taken away.")
    if actor in {person for person, _ in (question if reply is None else reply).reports}:
        return ()
    return (
        QuestionReported(
            at=at,
            actor=actor,
            question_id=question.id,
            reply_id=command.reply_id,
            reason=command.reason,
        ),
    )


def _hide(state: RoomState, command: HideReply, at: datetime, actor: str) -> Events:
    reply = _reply(shown_question(state, command.question_id, actor), command.reply_id)
    if reply.hidden == command.hidden:
        return ()
    return (
        ReplyHidden(
            at=at,
            actor=actor,
            question_id=command.question_id,
            reply_id=reply.id,
            person_id=reply.author_id,
            reason=command.reason,
            hidden=command.hidden,
        ),
    )


def _reply(question: Question, reply_id: str) -> Reply:
    reply = reply_of(question, reply_id)
    if reply is None:
        raise _no_such_reply()
    return reply


def _no_such_reply() -> Refused:
    return Refused("no_such_reply", "That reply is not there.")


def _change(state: RoomState, question_id: str, reply_id: str, change: Callable[[Reply], Reply]) -> None:
    question = state.questions[question_id]
    replies = tuple(change(each) if each.id == reply_id else each for each in question.replies)
    state.questions[question_id] = replace(question, replies=replies)


def _was_reported(state: RoomState, event: QuestionReported) -> None:
    one, question = frozenset({(event.actor or "", event.reason)}), state.questions[event.question_id]
    if event.reply_id is None:
        state.questions[question.id] = replace(question, reports=question.reports | one)
    else:
        _change(state, question.id, event.reply_id, lambda each: replace(each, reports=each.reports | one))


def _was_hidden(state: RoomState, event: ReplyHidden) -> None:
    _change(state, event.question_id, event.reply_id, lambda each: replace(each, hidden=event.hidden))


DECIDE: Mapping[type[c.Command], Callable[[RoomState, Any, datetime, Any], Events]] = {
    ReportQuestion: _report,
    HideReply: _hide,
}
APPLY: Mapping[type[e.Event], Callable[[RoomState, Any], None]] = {
    QuestionReported: _was_reported,
    ReplyHidden: _was_hidden,
}


def staff_action(event: e.Event) -> str | None:
    """Return the audit's word for what staff did to the person who replied; None for everything else."""
    if isinstance(event, ReplyHidden):
        return "hide_reply" if event.hidden else "show_reply"
    return None
