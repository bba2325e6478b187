"""What has happened in a room. Every event knows when and by whom; None is the system.

What people wrote is kept out of `repr`, of logs and of the journal (`repr=False`): it stands in its own
table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from server.rooms.question import AskedTo, QuestionState
from server.rooms.state import BeforeClass, HelpDone, HelpKind, Place, SideView, Turned
from server.timetable.check_in_rules import State


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
class HeldBack(Event):
    """Somebody who dropped out is back, and waits: the check-in stands against being in class."""

    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WentOut(Event):
    """Somebody left on purpose, was lost while waiting (actor None), or was turned away (actor staff)."""

    person_id: str
    was: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInNoted(Event):
    """A patient's check-in has changed, outside of the class."""

    person_id: str
    state: State
    before: BeforeClass = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed(Event):
    """The physio lets somebody take part whose check-in held them."""

    person_id: str
    note: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedAway(Event):
    """Staff do not let somebody in. `WentOut` follows."""

    person_id: str
    reason: Turned
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingTold(Event):
    """Staff wrote to somebody who waits."""

    person_id: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaSet(Event):
    """Somebody switched their microphone or camera on or off."""

    person_id: str
    microphone_on: bool
    camera_on: bool
    side_view: SideView | None = None


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
    to: AskedTo = AskedTo.PHYSIO
    anonymous: bool = False
    held: bool = False
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteChanged(Event):
    """Somebody voted for a question, or took the vote back."""

    question_id: str
    person_id: str
    up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionMoved(Event):
    """A question came into another state, or its written answer was replaced. `person_id` asked it."""

    question_id: str
    person_id: str
    state: QuestionState
    answer: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePosted(Event):
    """A chat message, posted by the actor."""

    message_id: str
    author_id: str
    key: str
    reply_to: str | None = None
    held: bool = False
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpCalled(Event):
    """A patient called for help."""

    help_id: str
    person_id: str
    kind: HelpKind


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpSeen(Event):
    """The actor, of staff, has seen the call."""

    help_id: str
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpSettled(Event):
    """The call was settled by its caller or by staff, who is the actor."""

    help_id: str
    person_id: str
    done: HelpDone | None = None
    """What staff did; None when the caller settled it."""
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpAccounted(Event):
    """One more of staff, who is the actor, said what was done about a call that was settled already."""

    help_id: str
    person_id: str
    done: HelpDone
    note: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassEnded(Event):
    """Whoever leads ended the class, or the system when no staff came back: everyone has left."""
