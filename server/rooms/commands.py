"""What can be asked of a room, by whom and from where. Ids of what is made come in the command."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from server.people.roles import Role
from server.rooms.loss import WhatBecame
from server.rooms.question import AskedTo, QuestionState
from server.rooms.state import BeforeClass, HelpDone, HelpKind, Place, SideView, Turned


@dataclass(frozen=True, slots=True)
class WhoMay:
    """The rule for one command or event."""

    roles: frozenset[Role] = frozenset(Role)
    places: frozenset[Place] | None = None
    """None: from anywhere, also before the first join."""
    system: bool = False
    """The system alone: connections come and go; nobody can ask for it."""
    leading: bool = False
    """A helper only while she leads (see `policy.leader`)."""


STAFF = frozenset(role for role in Role if role.is_staff)
PRESENT = frozenset({Place.WAITING, Place.IN_CLASS, Place.DROPPED})
ENROLLED = WhoMay()
ANYONE_PRESENT = WhoMay(places=PRESENT)
ANYONE_IN_CLASS = WhoMay(places=frozenset({Place.IN_CLASS}))
STAFF_IN_CLASS = WhoMay(roles=STAFF, places=frozenset({Place.IN_CLASS}))
WHO_LEADS = WhoMay(roles=STAFF, places=frozenset({Place.IN_CLASS}), leading=True)
PHYSIO_IN_CLASS = WhoMay(roles=frozenset({Role.PHYSIO}), places=frozenset({Place.IN_CLASS}))
PATIENT_IN_CLASS = WhoMay(roles=frozenset({Role.PATIENT}), places=frozenset({Place.IN_CLASS}))
PATIENT_PRESENT = WhoMay(roles=frozenset({Role.PATIENT}), places=PRESENT)
THE_SYSTEM = WhoMay(system=True)


@dataclass(frozen=True, slots=True)
class Command:
    """Base of all commands."""

    who: ClassVar[WhoMay]


@dataclass(frozen=True, slots=True)
class Join(Command):
    """Come in, or come back after the connection was lost."""

    who: ClassVar[WhoMay] = ENROLLED


@dataclass(frozen=True, slots=True)
class SetOwnMedia(Command):
    """Say what of one's own is switched on."""

    who: ClassVar[WhoMay] = ANYONE_PRESENT
    microphone_on: bool
    camera_on: bool
    side_view: SideView | None = None
    aside: bool = False
    """It was asked in a side room: once that is over, nothing of it is heard."""


@dataclass(frozen=True, slots=True)
class Leave(Command):
    """Go out on purpose."""

    who: ClassVar[WhoMay] = ENROLLED


@dataclass(frozen=True, slots=True)
class Admit(Command):
    """Let a waiting person in."""

    who: ClassVar[WhoMay] = STAFF_IN_CLASS
    person_id: str


@dataclass(frozen=True, slots=True)
class AdmitReady(Command):
    """Let in all who wait and may come in."""

    who: ClassVar[WhoMay] = STAFF_IN_CLASS


@dataclass(frozen=True, slots=True)
class Allow(Command):
    """Let somebody take part whose check-in holds them, and say why."""

    who: ClassVar[WhoMay] = PHYSIO_IN_CLASS
    person_id: str
    note: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TurnAway(Command):
    """Do not let a waiting person in; `text` is told to the person."""

    who: ClassVar[WhoMay] = STAFF_IN_CLASS
    person_id: str
    reason: Turned
    text: str = field(repr=False)
    done: HelpDone | None = None
    """What was done about her calls for help that are open."""
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class TellWaiting(Command):
    """Write a short message to one who waits."""

    who: ClassVar[WhoMay] = STAFF_IN_CLASS
    person_id: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mute(Command):
    """Withhold a patient's sound from the group, or give it back."""

    who: ClassVar[WhoMay] = STAFF_IN_CLASS
    person_id: str
    muted: bool


@dataclass(frozen=True, slots=True)
class WhatWasDone:
    """What staff say of a call for help."""

    help_id: str
    done: HelpDone
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class End(Command):
    """End the class for everyone, and say what became of those who are lost or have called for help now."""

    who: ClassVar[WhoMay] = WHO_LEADS
    accounts: tuple[WhatBecame, ...] = ()
    calls: tuple[WhatWasDone, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask(Command):
    """Ask a question; the same key again asks nothing new."""

    who: ClassVar[WhoMay] = PATIENT_IN_CLASS
    question_id: str
    key: str
    text: str = field(repr=False)
    to: AskedTo = AskedTo.PHYSIO
    anonymous: bool = False
    """Classmates are not told who asks."""


@dataclass(frozen=True, slots=True)
class Vote(Command):
    """Vote for somebody else's question, or take the vote back."""

    who: ClassVar[WhoMay] = PATIENT_IN_CLASS
    question_id: str
    up: bool


@dataclass(frozen=True, slots=True)
class Answer(Command):
    """Move a question through `QuestionState`."""

    who: ClassVar[WhoMay] = STAFF_IN_CLASS
    question_id: str
    state: QuestionState
    text: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Post(Command):
    """Post a chat message; the same key again posts nothing new."""

    who: ClassVar[WhoMay] = ANYONE_IN_CLASS
    message_id: str
    key: str
    text: str = field(repr=False)
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class CallHelp(Command):
    """Call for help; the same kind again, while it is not settled, calls nothing new."""

    who: ClassVar[WhoMay] = PATIENT_PRESENT
    help_id: str
    kind: HelpKind


@dataclass(frozen=True, slots=True)
class SeeHelp(Command):
    """A member of staff has seen the call and is on it; seen once, it stays with who saw it first."""

    who: ClassVar[WhoMay] = STAFF_IN_CLASS
    help_id: str


@dataclass(frozen=True, slots=True)
class SettleHelp(Command):
    """The call is settled, by the caller or by staff, who say what they did."""

    who: ClassVar[WhoMay] = ANYONE_PRESENT
    help_id: str
    done: HelpDone | None = None
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Lost(Command):
    """The connection to a person is lost."""

    who: ClassVar[WhoMay] = THE_SYSTEM
    person_id: str


@dataclass(frozen=True, slots=True)
class ComeBack(Command):
    """A dropped person's media flow again."""

    who: ClassVar[WhoMay] = THE_SYSTEM
    person_id: str


@dataclass(frozen=True, slots=True)
class NoteCheckIn(Command):
    """A check-in was sent, or decided on, on the pages outside of the class; that is stored."""

    who: ClassVar[WhoMay] = THE_SYSTEM
    person_id: str
    before: BeforeClass
