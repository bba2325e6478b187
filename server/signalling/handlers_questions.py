"""What is done for the events about questions."""

from __future__ import annotations

from collections.abc import Callable

from server.errors import ProtocolError
from server.rooms import commands as c
from server.rooms import questions as q
from server.rooms import questions_moderated as qm
from server.rooms.message import ReportReason
from server.rooms.question import AskedTo, QuestionState
from server.signalling import requests_questions as r


def ask(request: r.AskQuestion, new_id: Callable[[], str]) -> c.Command:
    """question:ask."""
    return c.Ask(new_id(), request.key, request.text, AskedTo(request.to), request.anonymous)


def edit(request: r.EditQuestion, new_id: Callable[[], str]) -> c.Command:
    """question:edit."""
    return q.EditQuestion(request.question, request.text)


def vote(request: r.VoteQuestion, new_id: Callable[[], str]) -> c.Command:
    """question:vote."""
    return c.Vote(request.question, request.up)


def answer(request: r.AnswerQuestion, new_id: Callable[[], str]) -> c.Command:
    """question:answer. A text belongs to an answer in writing, and to nothing else."""
    state = QuestionState(request.state)
    if request.text is not None and state is not QuestionState.ANSWERED_IN_WRITING:
        raise ProtocolError("text_without_answer", "text goes with the state answered_in_writing only")
    return c.Answer(request.question, state, request.text)


def reply(request: r.ReplyToQuestion, new_id: Callable[[], str]) -> c.Command:
    """question:reply."""
    return q.ReplyToQuestion(new_id(), request.key, request.question, request.text)


def pin(request: r.PinQuestion, new_id: Callable[[], str]) -> c.Command:
    """question:pin."""
    return q.PinQuestion(request.question, request.pinned)


def merge(request: r.MergeQuestion, new_id: Callable[[], str]) -> c.Command:
    """question:merge."""
    return q.MergeQuestion(request.question, request.into)


def approve(request: r.ApproveQuestion, new_id: Callable[[], str]) -> c.Command:
    """question:approve."""
    reason = None if request.reason is None else ReportReason(request.reason)
    return q.ApproveQuestion(request.question, request.approved, reason)


def report(request: r.ReportQuestion, new_id: Callable[[], str]) -> c.Command:
    """question:report."""
    return qm.ReportQuestion(request.question, request.reply, ReportReason(request.reason))


def hide_reply(request: r.HideReply, new_id: Callable[[], str]) -> c.Command:
    """question:hide_reply."""
    return qm.HideReply(request.question, request.reply, ReportReason(request.reason), request.hidden)
