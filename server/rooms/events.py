"""What has happened in a room. Every event knows when and by whom; None is the system.

What people wrote is kept out of `repr`, of logs and of the journal (`repr=False`): it stands in its own
table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from server.rooms.state import HelpKind, Place, QuestionState


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of all events."""

    at: datetime
    actor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CameIn(Event):
    """Somebody joined for the first time, or after leaving. Nothing of theirs is switched on."""

    person_id: str
    place: Place
    first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted(Event):
    """Staff let somebody in from the waiting room."""

    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped(Event):
    """The connection to somebody in class was lost."""

    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned(Event):
    """Somebody who dropped out is back in class."""

    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WentOut(Event):
    """Somebody left on purpose, or was lost while waiting (actor None)."""

    person_id: str
    was: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaSet(Event):
    """Somebody switched their microphone or camera on or off."""

    person_id: str
    microphone_on: bool
    camera_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MutedByStaff(Event):
    """Staff muted a patient, or gave the sound back."""

    person_id: str
    muted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked(Event):
    """A new question, asked by the actor."""

    question_id: str
    asker_id: str
    key: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteChanged(Event):
    """Somebody voted for a question, or took the vote back."""

    question_id: str
    person_id: str
    up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionMoved(Event):
    """A question came into another state, or its written answer was replaced."""

    question_id: str
    state: QuestionState
    answer: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePosted(Event):
    """A chat message, posted by the actor."""

    message_id: str
    author_id: str
    key: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpCalled(Event):
    """A patient called for help."""

    help_id: str
    person_id: str
    kind: HelpKind


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpSettled(Event):
    """The call was settled by its caller or by staff, who is the actor."""

    help_id: str
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassEnded(Event):
    """The physio ended the class: everyone has left."""
