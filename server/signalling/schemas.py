"""What the server sends over Socket.IO: views and acknowledgements; and the kinds of text of all messages.

Every request (`requests`) is acknowledged with `{"ok": true, ...}` or `{"ok": false, "error": {...}}`
(`ErrorView`). Times are ISO 8601 in UTC. The TypeScript types of the web client are generated from these two
modules; the protocol as prose is `docs/protocol.md`. Texts have a length in characters after trimming;
control characters are left out of them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

from server.legible import legible

Role = Literal["physio", "helper", "patient"]
PlaceName = Literal["waiting", "in_class", "dropped", "left"]
QuestionStateName = Literal["waiting", "answering", "answered_live", "answered_in_writing"]
HelpKind = Literal["now", "rest", "private"]

PersonId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,40}$")]
"""Chosen at random by the client, once per thing written: sending again after a lost ack writes once."""
Written = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=1000),
    BeforeValidator(lambda text: legible(text) if isinstance(text, str) else text),
]
SlotName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,24}$")]
PeerName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,32}\.[A-Za-z0-9_-]{1,32}$")]
Mid = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,16}$")]


class Request(BaseModel):
    """Base of what a client sends: unknown fields are refused, types are not coerced."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True
    )


class View(BaseModel):
    """Base of what the server sends."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True
    )


class ErrorView(View):
    """Why a request was not done. `words` are for the person; `reference` is set when it was our fault."""

    code: str
    words: str
    reference: str | None = None
    detail: str | None = None
    """For the author of a client: which part of the contract the request broke."""


class MeView(View):
    """The person at this browser."""

    id: str
    role: Role
    name: str
    place: PlaceName
    microphone_on: bool
    camera_on: bool
    muted_by_staff: bool
    seen_by_group: bool
    phone: str
    """The number on which staff would ring this person; empty when there is none."""


class PersonView(View):
    """Someone in class or waiting, as this viewer may see them."""

    id: str
    role: Role
    name: str
    """First or chosen name."""
    full_name: str | None = None
    """Staff only."""
    phone: str | None = None
    """Staff only, of patients."""
    seat: int | None = None
    """0 to 15 for patients."""
    place: PlaceName
    place_since: datetime
    microphone_on: bool
    camera_on: bool
    muted_by_staff: bool
    seen_by_group: bool = False
    other_device: bool = False
    """Staff only: this person asks to come in on another device, and is in class on this one."""


class QuestionView(View):
    """A question as this viewer sees it."""

    id: str
    asker: str
    """Person id."""
    asker_name: str
    mine: bool
    text: str
    state: QuestionStateName
    asked_at: datetime
    votes: int
    voted: bool
    """By this viewer."""
    answer: str | None = None
    answered_by_name: str | None = None
    answered_by_role: Role | None = None


class MessageView(View):
    """A chat message."""

    id: str
    author: str
    author_name: str
    author_role: Role
    mine: bool
    text: str
    posted_at: datetime


class HelpView(View):
    """A call for help: shown to staff and to the caller."""

    id: str
    person: str
    name: str
    phone: str | None = None
    """Staff only: the number to ring."""
    kind: HelpKind
    called_at: datetime
    settled_at: datetime | None = None


LineLevel = Literal["good", "fair", "poor"]
LineReason = Literal["slow_down", "slow_up", "losses", "delay", "freezes"]


class LineView(View):
    """How somebody's connection is, in three levels: told to the person herself, and to staff in class.

    slow_down: too slow for the pictures this person would see. slow_up: what she sends suffers. losses: much
    gets lost on the way. delay: long on the way. freezes: the picture stood still.
    """

    id: str
    level: LineLevel
    reason: LineReason | None = None
    """What is worst; null when the level is good."""
    sound_only: bool = False
    """No picture gets through to this person for now; sound does."""


class SlotsView(View):
    """Who is in each of this viewer's slots now; slots that carry nothing are left out."""

    slots: dict[str, str]
    """Slot name to person id."""


class ClassView(View):
    """The whole class as this viewer may see it: sent on joining and whenever that changes at one stroke.

    While `me.place` is waiting or left, `people` holds staff only, and questions and chat are empty.
    `people` are the others; oneself is `me`.
    """

    class_id: str
    title: str
    number: int
    of: int
    starts_at: datetime
    ends_at: datetime
    server_time: datetime
    service_name: str
    service_phone: str
    ended: bool
    here: int
    """How many people are in class or in the waiting room."""
    seats: int
    """How many patients are on the course list."""
    presenter: str | None
    """Person id of who is on everyone's stage."""
    me: MeView
    people: tuple[PersonView, ...]
    questions: tuple[QuestionView, ...]
    chat: tuple[MessageView, ...]
    help: tuple[HelpView, ...]
    slots: dict[str, str]
    lines: tuple[LineView, ...] = ()
    """Of whose line the viewer is told and whose is not good."""


class LayersView(View):
    """Which layers of the own camera anybody takes now: the others need not be sent."""

    peer: str
    camera: tuple[Literal["l", "m", "h"], ...]


class RestartedAck(View):
    """Acknowledges media:restart with the server's fresh credentials, for the remote description."""

    ok: Literal[True] = True
    ufrag: str
    pwd: str


class Signal(View):
    """Sent without content: the event's name says it all."""


class PersonLeftView(View):
    """A person is no longer in class or waiting."""

    id: str


class HereView(View):
    """How many people are in class or in the waiting room, and who presents."""

    here: int
    presenter: str | None


class JoinedAck(View):
    """Acknowledges class:join."""

    ok: Literal[True] = True
    view: ClassView
    media: Literal["kept", "needed"] = "needed"
    """kept: the media connection named in the request goes on. needed: send a media:offer."""


class AnswerAck(View):
    """Acknowledges media:offer with the SDP answer."""

    ok: Literal[True] = True
    sdp: str
    peer: str


class DoneAck(View):
    """Acknowledges a request; `id` names what was made (question, message, help call)."""

    ok: Literal[True] = True
    id: str | None = None


class RefusedAck(View):
    """A request that was not done."""

    ok: Literal[False] = False
    error: ErrorView
