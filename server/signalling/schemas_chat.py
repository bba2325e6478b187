"""The views of the chat."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from server.signalling.kinds import ReactionName, ReportReason, Role, View


class MessageView(View):
    """A chat message as this viewer sees it."""

    id: str
    author: str
    author_name: str
    author_role: Role
    mine: bool
    text: str
    """Empty when staff have hidden it, for everyone but staff."""
    posted_at: datetime
    reactions: dict[str, int]
    """How many chose each reaction; those that nobody chose are left out."""
    reply_to: str | None = None
    """The message that it answers."""
    reply_to_name: str | None = None
    """Who wrote that one."""
    reply_to_text: str | None = None
    """How that one begins; empty when it is hidden."""
    my_reactions: tuple[ReactionName, ...] = ()
    """This viewer's own."""
    hidden: bool = False
    """Staff have hidden it: say so in its place."""
    held: bool = False
    """Waits for staff's approval: sent to staff and the author only."""
    reports: int = 0
    """Staff only: how many people reported it."""
    report_reasons: tuple[ReportReason, ...] = ()
    """Staff only: why, each reason once."""
    reported: bool = False
    """By this viewer."""


class MessagesAck(View):
    """Acknowledges chat:earlier."""

    ok: Literal[True] = True
    messages: tuple[MessageView, ...]
    """Oldest first."""
    more: bool
    """Whether there are earlier ones still."""


class ChatStateView(View):
    """How the channel is set."""

    paused: bool
    """Nobody but staff writes for now."""
    held: tuple[str, ...]
    """Staff only: person ids of those whose messages wait for approval."""
    seen: str | None
    """The latest message that this viewer has read, on any device."""
