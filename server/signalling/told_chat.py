"""What one person is told when something was written: of questions and of the chat. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from server.rooms import chat
from server.rooms import events as e
from server.rooms import questions as q
from server.rooms.chat import found
from server.rooms.question import AskedTo
from server.rooms.questions_moderated import QuestionReported
from server.signalling.kinds import View
from server.signalling.schemas_questions import QuestionGoneView
from server.signalling.views import Viewer
from server.signalling.views_chat import chat_state_view, may_see_message, message_view
from server.signalling.views_questions import may_see_question, question_view

Told = tuple[str, tuple[str, View]]
"""What it is about, so that each thing is told once, as it is after all; the event's name and its view."""


def of_question(viewer: Viewer, event: e.Event) -> Iterator[Told]:
    """Tell of the question as it is now, or that it is gone, and of the one that it was merged into."""
    question_id: str = getattr(event, "question_id", "")
    if isinstance(event, QuestionReported) and not (viewer.is_staff or event.actor == viewer.person_id):
        return
    if may_see_question(viewer, question_id):
        yield question_id, ("question", question_view(viewer, question_id))
    elif viewer.is_inside and _may_have_gone(viewer, event):
        yield question_id, ("question_gone", QuestionGoneView(id=question_id))
    into = viewer.state.questions[question_id].merged_into
    if into is not None and may_see_question(viewer, into):
        yield into, ("question", question_view(viewer, into))


def _may_have_gone(viewer: Viewer, event: e.Event) -> bool:
    """Whether it may have been there for the group. One to staff alone never was: nobody learns of it now."""
    if not isinstance(event, q.QuestionApproved | q.QuestionEdited):
        return False
    return viewer.state.questions[event.question_id].to is not AskedTo.STAFF


def of_chat(viewer: Viewer, event: e.Event) -> Iterator[Told]:
    """Tell of the message as it is now, or how the channel is set."""
    if isinstance(event, chat.ChatNoted):
        for each in event.events:
            yield from of_chat(viewer, each)
    elif isinstance(event, chat.ChatPaused | chat.MessagesHeld):
        if viewer.is_inside and (viewer.is_staff or isinstance(event, chat.ChatPaused)):
            yield "", ("chat", chat_state_view(viewer))
    elif isinstance(event, chat.MessagesSeen):
        if event.actor == viewer.person_id:
            yield "", ("chat", chat_state_view(viewer))
    else:
        yield from _of_message(viewer, event)


def _of_message(viewer: Viewer, event: e.Event) -> Iterator[Told]:
    """Of the message, and of those that repeat its beginning when staff take it away or give it back."""
    message = found(viewer.state, getattr(event, "message_id", ""))
    if message is None:
        return
    if isinstance(event, chat.MessageReported) and not (viewer.is_staff or event.actor == viewer.person_id):
        return
    about = [message]
    if isinstance(event, chat.MessageHidden | chat.MessageApproved):
        about += chat.replies_to(viewer.state, message.id)
    for each in about:
        if may_see_message(viewer, each):
            yield each.id, ("message", message_view(viewer, each))
