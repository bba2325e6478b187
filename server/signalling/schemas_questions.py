"""The views of questions."""

from __future__ import annotations

from datetime import datetime

from server.signalling.kinds import QuestionStateName, QuestionTo, ReportReason, Role, View


class ReplyView(View):
    """A reply to a question."""

    id: str
    author_name: str
    author_role: Role
    mine: bool
    """Written by this viewer."""
    text: str
    """Empty when staff have hidden it, for everyone but staff."""
    posted_at: datetime
    hidden: bool = False
    """Staff have hidden it: say so in its place."""
    reports: int = 0
    """Staff only: how many people reported it."""
    report_reasons: tuple[ReportReason, ...] = ()
    """Staff only: why, each reason once."""
    reported: bool = False
    """By this viewer."""


class QuestionView(View):
    """A question as this viewer sees it. One that is held or to staff goes to staff and its asker only."""

    id: str
    asker: str
    """Person id; empty for classmates when it was asked without a name."""
    asker_name: str
    mine: bool
    text: str
    state: QuestionStateName
    asked_at: datetime
    votes: int
    voted: bool
    """By this viewer."""
    vote_stays: bool = False
    """The viewer asked, or voted for, one that is answered with this one: she has no vote to change."""
    answer: str | None = None
    answered_by_name: str | None = None
    answered_by_role: Role | None = None
    to: QuestionTo = "physio"
    """Who may see it and answer; as in AskQuestion."""
    anonymous: bool = False
    """Classmates are not told who asked."""
    held: bool = False
    """Waits for staff's approval."""
    pinned: bool = False
    """Staff keep it at the top."""
    merged_into: str | None = None
    """The question it is answered with; show it there."""
    merged: int = 0
    """How many others are answered with this one."""
    replies: tuple[ReplyView, ...] = ()
    """In writing, in order."""
    edited_at: datetime | None = None
    """When the asker last put it in other words."""
    editable_until: datetime | None = None
    """For the asker: until when the text can be changed; null when it cannot."""
    carried: bool = False
    """Asked for an earlier class of the course and not answered there."""
    owed_by_name: str | None = None
    """Who owes the answer to a question that was carried over."""
    reports: int = 0
    """Staff only: how many people reported it."""
    report_reasons: tuple[ReportReason, ...] = ()
    """Staff only: why, each reason once."""
    reported: bool = False
    """By this viewer."""


class QuestionGoneView(View):
    """A question that this viewer is not shown any more."""

    id: str
