"""What is true of one class at one moment. Values only; who may change what stands in `commands`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from server.people.roles import Role
from server.rooms.card import Card
from server.rooms.floor_values import OPEN_FLOOR, Floor
from server.rooms.loss import Account
from server.rooms.message import Channel, Message
from server.rooms.pulse import Pulse
from server.rooms.question import Question
from server.rooms.sign import Signal
from server.timetable.check_in_rules import CLEARED, State


class Place(StrEnum):
    """Where a person is. Made by `decisions`; somebody who never joined has no place.

    | from                       | what happens             | to       |
    |----------------------------|--------------------------|----------|
    | none, left                 | a patient joins          | waiting  |
    | none, left                 | staff join               | in_class |
    | waiting                    | staff admit              | in_class |
    | waiting                    | connection lost          | left     |
    | waiting                    | staff refuse             | left     |
    | in_class                   | connection lost          | dropped  |
    | dropped                    | joins, or media are back | in_class |
    | dropped, a bar stands      | joins, or media are back | waiting  |
    | waiting, in_class, dropped | leaves                   | left     |
    | waiting, in_class, dropped | class is ended           | left     |

    Joining again while waiting or in class changes nothing. A patient who comes from none is refused when
    the class is full or locked; whoever was here before comes back. Where patients check in, only
    those who are cleared are admitted, and who was refused does not come in again. Who says something new
    while in class stays until staff decide; who drops out meanwhile comes back to the waiting room (see
    `RoomState.bar`).
    """

    WAITING = "waiting"
    IN_CLASS = "in_class"
    DROPPED = "dropped"
    LEFT = "left"


class Turned(StrEnum):
    """Why staff do not let somebody in."""

    UNWELL = "unwell"
    LATE = "late"
    IDENTITY = "identity"
    OTHER = "other"


class HelpKind(StrEnum):
    """What a patient calls for: help now, a rest, a private word."""

    NOW = "now"
    REST = "rest"
    PRIVATE = "private"


class HelpDone(StrEnum):
    """What staff did about a call."""

    TALKED = "talked"
    RANG = "rang"
    AMBULANCE = "ambulance"
    FAMILY = "family"
    OTHER = "other"
    FINE = "fine"


class SideView(StrEnum):
    """What one of staff shows beside their own picture: a second camera, or a screen."""

    CAMERA = "camera"
    SCREEN = "screen"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on the course list."""

    person_id: str
    role: Role
    seat: int | None
    """0 to 15 for patients, None for staff."""


@dataclass(frozen=True, slots=True)
class PersonInRoom:
    """Somebody who joined this class at least once."""

    person_id: str
    role: Role
    seat: int | None
    place: Place
    place_since: datetime
    microphone_on: bool = False
    camera_on: bool = False
    muted_by_staff: bool = False
    seen_by_group: bool = False
    side_view: SideView | None = None
    """Staff: what is shown beside their own picture."""
    unheard: bool = False
    """Staff: a side room ended over their heads. Nobody gets their sound until they ask to be heard again."""
    camera_stopped: bool = False
    """Staff have stopped the camera: nothing of it goes to anybody."""
    removed: bool = False
    """Staff have taken this person out of class, and not let back."""
    told: str = field(default="", repr=False)
    """What staff last wrote to this person at the door."""
    was_in_class: bool = False
    """A patient who was let into this class at least once."""
    lost_since: datetime | None = None
    """Since when a patient who was in this class is gone without having left (see `losses`)."""
    last_lost_at: datetime | None = None
    """When that began last, also after she is back."""
    hand_at: datetime | None = None
    """When the hand was last raised."""
    hand_up: bool = False
    signal: Signal | None = None

    @property
    def is_staff(self) -> bool:
        """Physio or helper."""
        return self.role.is_staff


@dataclass(frozen=True, slots=True)
class HelpAccount:
    """What one more of staff say of a call that is settled."""

    by: str
    at: datetime
    done: HelpDone
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class HelpCall:
    """A patient's call for help."""

    id: str
    person_id: str
    kind: HelpKind
    called_at: datetime
    seen_at: datetime | None = None
    """When the first of staff said that they saw it."""
    seen_by: str | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None
    done: HelpDone | None = None
    """None while it is open, and when its caller settled it."""
    note: str = field(default="", repr=False)
    later: tuple[HelpAccount, ...] = ()
    """What staff said of it when it was settled already, in order."""


@dataclass(frozen=True, slots=True)
class BeforeClass:
    """What staff in class need to know of a patient's check-in; no word of symptoms."""

    state: State = State.OPEN
    partner_id: str | None = None
    """The other patient who sits in front of the same device today."""
    date_of_birth: date | None = field(default=None, repr=False)
    place: str = field(default="", repr=False)
    """Where the patient is today."""
    phone: str = field(default="", repr=False)
    with_whom: str = field(default="", repr=False)
    emergency_name: str = field(default="", repr=False)
    emergency_phone: str = field(default="", repr=False)


NOT_YET = BeforeClass()


@dataclass(slots=True)
class RoomState:
    """One class. `changes.apply` alone writes to it."""

    class_id: str
    course_id: str
    lead_id: str
    members: dict[str, Member]
    """The course list, by person id."""
    people: dict[str, PersonInRoom] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    """By id, in the order they were asked."""
    chat: dict[str, Message] = field(default_factory=dict)
    """The latest messages of the course's channel, by id, in the order of posting."""
    channel: Channel = field(default_factory=Channel)
    recalled: dict[str, Message] = field(default_factory=dict, compare=False)
    """Earlier messages that were looked up again; a cache."""
    questions_held: bool = False
    """Whether patients' questions wait for approval before the group sees them."""
    help: dict[str, HelpCall] = field(default_factory=dict)
    floor: Floor = OPEN_FLOOR
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    """By the timetable, or as staff have extended the class."""
    pulses: dict[str, Pulse] = field(default_factory=dict)
    """What was asked of everyone at once, in order."""
    cards: dict[str, Card] = field(default_factory=dict)
    """The signposting cards of this class, in order."""
    accounts: dict[str, Account] = field(default_factory=dict)
    """By patient, what staff did about her latest loss of which they have said so."""
    ended_at: datetime | None = None
    ended_unattended: bool = False
    """The system ended it, because no staff were there any more (see `unattended`)."""
    cancelled_at: datetime | None = None
    """When staff called it off; that is done outside of the room, before the class."""
    max_patients: int | None = None
    """How many patients may be there at once; None: as many as come."""
    has_check_in: bool = False
    """Whether patients check in before class; without it everybody may be let in."""
    before_class: dict[str, BeforeClass] = field(default_factory=dict)
    """By patient of the course; where nobody checks in, only whom to ring."""
    seq: int = 0
    """How many events have happened in this class."""

    def copy(self) -> RoomState:
        """Return a state of its own with the same values in it, which nobody writes to."""
        return replace(
            self,
            people=dict(self.people),
            questions=dict(self.questions),
            chat=dict(self.chat),
            recalled=dict(self.recalled),
            help=dict(self.help),
            accounts=dict(self.accounts),
            pulses=dict(self.pulses),
            cards=dict(self.cards),
            before_class=dict(self.before_class),
        )

    def place_of(self, person_id: str) -> Place | None:
        """Where somebody is; None before the first join."""
        person = self.people.get(person_id)
        return person.place if person else None

    def check_in_of(self, person_id: str) -> State | None:
        """Return how far a patient's check-in is; None for staff, and where nobody checks in."""
        if not self.has_check_in or self.members[person_id].role.is_staff:
            return None
        return self.before_class.get(person_id, NOT_YET).state

    def bar(self, person_id: str) -> State | None:
        """Return what stands against letting a patient in, or back in; None: nothing does.

        With two patients in front of one device, both must be cleared.
        """
        if self.check_in_of(person_id) is None:
            return None
        own = self.before_class.get(person_id, NOT_YET)
        others = (own.partner_id,) if own.partner_id else ()
        states = [own.state, *(self.before_class.get(each, NOT_YET).state for each in others)]
        return next((each for each in states if each not in CLEARED), None)


def last_moment(state: RoomState) -> datetime:
    """Return when the last thing happened of which the state keeps the time."""
    return max(
        (
            *(person.place_since for person in state.people.values()),
            *(question.asked_at for question in state.questions.values()),
            *(message.posted_at for message in state.chat.values()),
            *(call.called_at for call in state.help.values()),
        ),
        default=datetime.min.replace(tzinfo=UTC),
    )
