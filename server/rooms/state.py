"""What is true of one class at one moment. Values only; who may change what stands in `commands`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from server.people.roles import Role


class Place(StrEnum):
    """Where a person is. Made by `decisions`; somebody who never joined has no place.

    | from                       | what happens             | to       |
    |----------------------------|--------------------------|----------|
    | none, left                 | a patient joins          | waiting  |
    | none, left                 | staff join               | in_class |
    | waiting                    | staff admit              | in_class |
    | waiting                    | connection lost          | left     |
    | in_class                   | connection lost          | dropped  |
    | dropped                    | joins, or media are back | in_class |
    | waiting, in_class, dropped | leaves                   | left     |
    | waiting, in_class, dropped | the physio ends class    | left     |

    Joining again while waiting or in class changes nothing. A patient who comes from none or left is refused
    when the class is full; who dropped out keeps her place in it.
    """

    WAITING = "waiting"
    IN_CLASS = "in_class"
    DROPPED = "dropped"
    LEFT = "left"


class QuestionState(StrEnum):
    """Where a question is. At most one of a class is being answered.

    | from                  | staff say            | to                                                  |
    |-----------------------|----------------------|-----------------------------------------------------|
    | waiting               | answering            | answering; the one answered until now goes waiting  |
    | answering             | waiting              | waiting                                             |
    | waiting, answering    | answered_live        | answered_live                                       |
    | any                   | answered_in_writing  | answered_in_writing (again: the text is replaced)   |
    | answered_*            | waiting, answering   | refused                                             |
    | answered_in_writing   | answered_live        | refused                                             |

    Saying again what it already is changes nothing.
    """

    WAITING = "waiting"
    ANSWERING = "answering"
    ANSWERED_LIVE = "answered_live"
    ANSWERED_IN_WRITING = "answered_in_writing"


class HelpKind(StrEnum):
    """What a patient calls for: help now, a rest, a private word."""

    NOW = "now"
    REST = "rest"
    PRIVATE = "private"


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

    @property
    def is_staff(self) -> bool:
        """Physio or helper."""
        return self.role.is_staff


@dataclass(frozen=True, slots=True)
class Question:
    """A question and who voted for it."""

    id: str
    asker_id: str
    key: str
    text: str = field(repr=False)
    asked_at: datetime
    state: QuestionState = QuestionState.WAITING
    answer: str | None = field(default=None, repr=False)
    answered_by: str | None = None
    answered_at: datetime | None = None
    voters: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Message:
    """A chat message."""

    id: str
    author_id: str
    key: str
    text: str = field(repr=False)
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class HelpCall:
    """A patient's call for help."""

    id: str
    person_id: str
    kind: HelpKind
    called_at: datetime
    settled_at: datetime | None = None
    settled_by: str | None = None


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
    """The course's channel, by id, in the order of posting."""
    help: dict[str, HelpCall] = field(default_factory=dict)
    ended_at: datetime | None = None
    cancelled_at: datetime | None = None
    """When staff called it off; that is done outside of the room, before the class."""
    max_patients: int | None = None
    """How many patients may be there at once; None: as many as come."""
    seq: int = 0
    """How many events have happened in this class."""

    def copy(self) -> RoomState:
        """Return a state of its own with the same values in it, which nobody writes to."""
        return replace(
            self,
            people=dict(self.people),
            questions=dict(self.questions),
            chat=dict(self.chat),
            help=dict(self.help),
        )

    def place_of(self, person_id: str) -> Place | None:
        """Where somebody is; None before the first join."""
        person = self.people.get(person_id)
        return person.place if person else None


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
