"""What a question is, and a reply to it. Values only; what can be done with them stands in `questions`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from server.rooms.message import ReportReason


class QuestionState(StrEnum):
    """Where a question is. At most one of a class is being answered.

    | from                          | staff say           | to                                               |
    |-------------------------------|---------------------|--------------------------------------------------|
    | waiting, set_aside            | answering           | answering; the one answered until now waits      |
    | answering, set_aside          | waiting             | waiting                                          |
    | waiting, answering, set_aside | answered_live       | answered_live                                    |
    | waiting, answering            | set_aside           | set_aside                                        |
    | any                           | answered_in_writing | answered_in_writing (again: replaces the text)   |
    | answered_*                    | anything else       | refused                                          |

    Saying again what it already is changes nothing. What is merged into another goes with that one; while
    that one is being answered, it waits.
    """

    WAITING = "waiting"
    ANSWERING = "answering"
    ANSWERED_LIVE = "answered_live"
    ANSWERED_IN_WRITING = "answered_in_writing"
    SET_ASIDE = "set_aside"


ANSWERED = frozenset({QuestionState.ANSWERED_LIVE, QuestionState.ANSWERED_IN_WRITING})
OPEN = frozenset({QuestionState.WAITING, QuestionState.ANSWERING})


class AskedTo(StrEnum):
    """Whom a question is for."""

    PHYSIO = "physio"
    """The class sees it, staff answer."""
    GROUP = "group"
    """The class sees it, and classmates may answer."""
    STAFF = "staff"
    """Staff and the asker alone see it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply in writing."""

    id: str
    author_id: str
    key: str
    text: str = field(repr=False)
    posted_at: datetime
    hidden: bool = False
    """By staff: the group sees that there was one, and not what it said."""
    reports: frozenset[tuple[str, ReportReason]] = frozenset()
    """Who told staff of it, and why."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, who voted for it, and what was replied."""

    id: str
    asker_id: str
    key: str
    text: str = field(repr=False)
    asked_at: datetime
    state: QuestionState = QuestionState.WAITING
    answer: str | None = field(default=None, repr=False)
    answered_by: str | None = None
    answered_at: datetime | None = None
    voters: frozenset[str] = frozenset()
    to: AskedTo = AskedTo.PHYSIO
    anonymous: bool = False
    """Classmates are not told who asked; staff are."""
    held: bool = False
    """Staff have not approved it for the group, or have taken it away from there."""
    pinned: bool = False
    merged_into: str | None = None
    replies: tuple[Reply, ...] = ()
    edited_at: datetime | None = None
    owed_by: str | None = None
    """Who owes the answer to a question that was carried over from an earlier class; else None."""
    reports: frozenset[tuple[str, ReportReason]] = frozenset()
    """Who told staff of it, and why."""

    def is_shown_to(self, person_id: str, is_staff: bool) -> bool:
        """Whether somebody of the class may know of it."""
        return is_staff or person_id == self.asker_id or not (self.held or self.to is AskedTo.STAFF)


def reply_of(question: Question, reply_id: str) -> Reply | None:
    """Return a reply to this question."""
    return next((each for each in question.replies if each.id == reply_id), None)


def merged_with(questions: Mapping[str, Question], question_id: str) -> tuple[Question, ...]:
    """Return the questions that are answered with this one."""
    return tuple(each for each in questions.values() if each.merged_into == question_id)


def voters_of(questions: Mapping[str, Question], question_id: str) -> frozenset[str]:
    """Return everyone but the asker who wants it answered: who voted for it, or for one merged into it, and
    who asked those.
    """
    question = questions[question_id]
    return (question.voters | voters_by_merged(questions, question_id)) - {question.asker_id}


def voters_by_merged(questions: Mapping[str, Question], question_id: str) -> frozenset[str]:
    """Return who asked, or voted for, a question that is answered with this one."""
    merged = merged_with(questions, question_id)
    return frozenset().union(*(each.voters | {each.asker_id} for each in merged))
