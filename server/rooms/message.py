"""What a chat message is, and how a course's channel is set. Values; what can be done stands in `chat`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Reaction(StrEnum):
    """What can be said to a message without words."""

    THANKS = "thanks"
    WELL_DONE = "well_done"
    SAME_HERE = "same_here"
    MADE_ME_SMILE = "made_me_smile"


class ReportReason(StrEnum):
    """Why a message should not be there."""

    UPSETTING = "upsetting"
    UNSAFE = "unsafe"
    PRIVATE = "private"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Message:
    """A chat message."""

    id: str
    author_id: str
    key: str
    text: str = field(repr=False)
    posted_at: datetime
    reply_to: str | None = None
    """The message that it answers."""
    hidden: bool = False
    """By staff: the group sees that there was one, and not what it said."""
    held: bool = False
    """Waits for staff's approval: nobody but staff and its author sees it."""
    reactions: frozenset[tuple[str, Reaction]] = frozenset()
    """Who reacted, and how."""
    reports: frozenset[tuple[str, ReportReason]] = frozenset()
    """Who told staff of it, and why."""

    @property
    def reporters(self) -> frozenset[str]:
        """Who told staff of it."""
        return frozenset(person for person, _ in self.reports)

    def is_shown_to(self, person_id: str, is_staff: bool) -> bool:
        """Whether somebody of the course may know of it."""
        return is_staff or person_id == self.author_id or not self.held


@dataclass(frozen=True, slots=True)
class Channel:
    """How the course's one channel is set."""

    paused: bool = False
    """Nobody but staff writes for now."""
    held: frozenset[str] = frozenset()
    """Patients whose messages wait for approval."""
    seen: Mapping[str, str] = field(default_factory=dict)
    """The latest message that each has read. Never written to, only replaced."""
    more: bool = False
    """Whether the course has earlier messages than the latest, which the room keeps."""
