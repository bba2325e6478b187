"""What a client sends of the chat."""

from __future__ import annotations

from server.signalling.kinds import Key, PersonId, ReactionName, ReportReason, Request, Written


class PostMessage(Request):
    """A chat message to the group."""

    key: Key
    text: Written
    reply_to: PersonId | None = None
    """The message that it answers."""


class ReactToMessage(Request):
    """React to a message, or take it back."""

    message: PersonId
    """The message's id."""
    reaction: ReactionName
    """Which."""
    on: bool
    """true: react. false: take it back."""


class ReportMessage(Request):
    """Tell staff of a message that should not be there. Nobody else learns of it."""

    message: PersonId
    """The message's id."""
    reason: ReportReason
    """Why."""


class HideMessage(Request):
    """Staff hide a message from the group, or show it again. It is kept, for the record."""

    message: PersonId
    """The message's id."""
    reason: ReportReason
    """Why; for the record."""
    hidden: bool
    """true: hide. false: show again."""


class PauseChat(Request):
    """Nobody but staff writes for a while, or everybody again."""

    paused: bool
    """true: nobody but staff writes. false: everybody again."""


class HoldPerson(Request):
    """What this patient writes waits for staff's approval from now on, or no more."""

    person: PersonId
    held: bool
    """true: hold. false: no more."""


class ApproveMessage(Request):
    """Show a message that was held to the group, or hide it."""

    message: PersonId
    """The message's id."""
    approved: bool
    """true: the group sees it. false: it stays hidden."""


class SeenMessages(Request):
    """The person has read this far; so it is on all their devices."""

    up_to: PersonId
    """The latest message that was on the screen."""


class EarlierMessages(Request):
    """Ask for up to 100 messages of the channel before this one."""

    before: PersonId
    """The earliest message that the page has."""
