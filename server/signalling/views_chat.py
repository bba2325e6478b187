"""The chat, as one person may see it. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from server.rooms.chat import found
from server.rooms.message import Message
from server.signalling.reports_told import reasons_of
from server.signalling.schemas_chat import ChatStateView, MessageView

if TYPE_CHECKING:
    from server.signalling.views import Viewer

SHORT_CHARS = 80
"""So much of a message is repeated above those that answer it."""


def may_see_message(viewer: Viewer, message: Message) -> bool:
    """Whether this message is shown to the viewer, be it as one that staff have hidden."""
    return viewer.is_inside and message.is_shown_to(viewer.person_id, viewer.is_staff)


def message_view(viewer: Viewer, message: Message) -> MessageView:
    """Return a message as the viewer sees it; only after `may_see_message`."""
    answered = found(viewer.state, message.reply_to) if message.reply_to else None
    if answered is not None and not may_see_message(viewer, answered):
        answered = None
    counts = Counter(reaction.value for _, reaction in message.reactions)
    own = sorted(each.value for person, each in message.reactions if person == viewer.person_id)
    return MessageView(
        id=message.id,
        author=message.author_id,
        author_name=viewer.name(message.author_id),
        author_role=viewer.role(message.author_id),
        mine=message.author_id == viewer.person_id,
        text=_text(viewer, message),
        posted_at=message.posted_at,
        reactions=dict(sorted(counts.items())),
        reply_to=message.reply_to,
        reply_to_name=viewer.name(answered.author_id) if answered else None,
        reply_to_text=_beginning(_text(viewer, answered)) if answered else None,
        my_reactions=tuple(own),
        hidden=message.hidden,
        held=message.held,
        reports=len(message.reporters) if viewer.is_staff else 0,
        report_reasons=reasons_of(message.reports) if viewer.is_staff else (),
        reported=viewer.person_id in message.reporters,
    )


def chat_state_view(viewer: Viewer) -> ChatStateView:
    """Return how the channel is set."""
    channel = viewer.state.channel
    return ChatStateView(
        paused=channel.paused,
        held=tuple(sorted(channel.held)) if viewer.is_staff else (),
        seen=channel.seen.get(viewer.person_id),
    )


def _text(viewer: Viewer, message: Message) -> str:
    return message.text if viewer.is_staff or not message.hidden else ""


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHORT_CHARS else line[: SHORT_CHARS - 1].rstrip() + "…"
