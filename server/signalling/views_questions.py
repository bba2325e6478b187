"""Questions, as one person may see them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.rooms.message import ReportReason
from server.rooms.question import Question, Reply, merged_with, voters_by_merged, voters_of
from server.rooms.questions import EDITABLE_FOR, is_editable
from server.signalling.reports_told import reasons_of
from server.signalling.schemas_questions import QuestionView, ReplyView

if TYPE_CHECKING:
    from server.signalling.views import Viewer

NAMELESS = "Someone in the group"
"""Who asked without a name, to classmates."""


def may_see_question(viewer: Viewer, question_id: str) -> bool:
    """Whether this question is shown to the viewer."""
    question = viewer.state.questions[question_id]
    return viewer.is_inside and question.is_shown_to(viewer.person_id, viewer.is_staff)


def question_view(viewer: Viewer, question_id: str) -> QuestionView:
    """Return a question as the viewer sees it; only after `may_see_question`."""
    state, question = viewer.state, viewer.state.questions[question_id]
    mine = question.asker_id == viewer.person_id
    nameless = _is_nameless(viewer, question, question.asker_id)
    voters, answerer = voters_of(state.questions, question_id), question.answered_by
    editable = mine and is_editable(state.questions, question, question.asked_at)
    return QuestionView(
        id=question.id,
        asker="" if nameless else question.asker_id,
        asker_name=NAMELESS if nameless else viewer.name(question.asker_id),
        mine=mine,
        text=question.text,
        state=question.state.value,
        asked_at=question.asked_at,
        votes=len(voters),
        voted=viewer.person_id in voters,
        vote_stays=viewer.person_id in voters_by_merged(state.questions, question_id),
        answer=question.answer,
        answered_by_name=viewer.name(answerer) if answerer else None,
        answered_by_role=viewer.role(answerer) if answerer else None,
        to=question.to.value,
        anonymous=question.anonymous,
        held=question.held,
        pinned=question.pinned,
        merged_into=question.merged_into,
        merged=len(merged_with(state.questions, question_id)),
        replies=tuple(_reply_view(viewer, question, each) for each in question.replies),
        edited_at=question.edited_at,
        editable_until=question.asked_at + EDITABLE_FOR if editable else None,
        carried=question.owed_by is not None,
        owed_by_name=viewer.name(question.owed_by) if question.owed_by else None,
        reports=len(question.reports) if viewer.is_staff else 0,
        report_reasons=reasons_of(question.reports) if viewer.is_staff else (),
        reported=_has_reported(viewer, question.reports),
    )


def _reply_view(viewer: Viewer, question: Question, reply: Reply) -> ReplyView:
    nameless = _is_nameless(viewer, question, reply.author_id)
    return ReplyView(
        id=reply.id,
        author_name=NAMELESS if nameless else viewer.name(reply.author_id),
        author_role=viewer.role(reply.author_id),
        mine=reply.author_id == viewer.person_id,
        text=reply.text if viewer.is_staff or not reply.hidden else "",
        posted_at=reply.posted_at,
        hidden=reply.hidden,
        reports=len(reply.reports) if viewer.is_staff else 0,
        report_reasons=reasons_of(reply.reports) if viewer.is_staff else (),
        reported=_has_reported(viewer, reply.reports),
    )


def _has_reported(viewer: Viewer, reports: frozenset[tuple[str, ReportReason]]) -> bool:
    return viewer.person_id in {person for person, _ in reports}


def _is_nameless(viewer: Viewer, question: Question, person_id: str) -> bool:
    """Whether this person is the asker, and the viewer is not told who that is."""
    is_asker = person_id == question.asker_id
    return question.anonymous and is_asker and not viewer.is_staff and person_id != viewer.person_id
