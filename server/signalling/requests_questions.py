"""What a client sends of questions."""

from __future__ import annotations

from server.signalling.kinds import (
    Key,
    PersonId,
    QuestionStateName,
    QuestionTo,
    ReportReason,
    Request,
    Written,
)


class AskQuestion(Request):
    """A question, with the asker's name unless `anonymous`."""

    key: Key
    text: Written
    to: QuestionTo = "physio"
    """physio: the class sees it, staff answer. group: classmates may answer, too. staff: nobody but staff and
    the asker ever sees it.
    """
    anonymous: bool = False
    """true: classmates are not told who asked; staff are."""


class EditQuestion(Request):
    """The asker puts it in other words, within two minutes and while it waits."""

    question: PersonId
    text: Written


class VoteQuestion(Request):
    """Vote for a question, or take the vote back."""

    question: PersonId
    up: bool


class AnswerQuestion(Request):
    """Staff take up a question (answering), have answered it aloud, answer in writing (text needed) or set it
    aside.
    """

    question: PersonId
    state: QuestionStateName
    text: Written | None = None


class ReplyToQuestion(Request):
    """A reply in writing: from anyone in class to a question to the group, from staff to any."""

    key: Key
    question: PersonId
    text: Written
    """The reply."""


class PinQuestion(Request):
    """Keep a question at the top, or let go of it."""

    question: PersonId
    pinned: bool
    """true: keep it at the top."""


class MergeQuestion(Request):
    """Put a question that was asked already with the earlier one: it is answered with that one."""

    question: PersonId
    into: PersonId
    """The question that stays."""


class ApproveQuestion(Request):
    """Show a held question to the group, or set it aside unseen."""

    question: PersonId
    approved: bool
    """true: the group sees it. false: it is set aside, and nobody but staff and its asker sees it."""
    reason: ReportReason | None = None
    """Why a question is taken away that the group has seen; for the record."""


class ReportQuestion(Request):
    """Tell staff of a question, or of a reply to it, that should not be there. Nobody else learns of it."""

    question: PersonId
    reply: PersonId | None = None
    """The reply's id; null: it is the question itself."""
    reason: ReportReason
    """Why."""


class HideReply(Request):
    """Staff hide a reply to a question from the group, or show it again. It is kept, for the record."""

    question: PersonId
    reply: PersonId
    """The reply's id."""
    reason: ReportReason
    """Why; for the record."""
    hidden: bool
    """true: hide. false: show again."""
