"""The whole class as one person may see it, put together from the views of all subjects."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from server.signalling.kinds import View
from server.signalling.schemas import CheckInView, LineView, MeView, PersonView
from server.signalling.schemas_cards import CardView, ReadyCardView
from server.signalling.schemas_chat import MessageView
from server.signalling.schemas_floor import UndoView
from server.signalling.schemas_help import HelpView, UnaccountedView
from server.signalling.schemas_pulse import PulseView
from server.signalling.schemas_questions import QuestionView


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
    ended_unattended: bool = False
    """The server ended it, because no staff had been in it for 15 minutes."""
    here: int
    """How many people are in class or in the waiting room."""
    seats: int
    """How many patients are on the course list."""
    presenter: str | None
    """Person id of who is on everyone's stage."""
    me: MeView
    people: tuple[PersonView, ...]
    questions: tuple[QuestionView, ...]
    questions_held: bool = False
    """Staff read what is asked before the group sees it."""
    chat: tuple[MessageView, ...]
    chat_more: bool = False
    """Whether the channel has earlier messages than `chat`: `chat:earlier` fetches them."""
    chat_paused: bool = False
    """Nobody but staff writes for now."""
    chat_seen: str | None = None
    """The latest message that this viewer has read, on any device."""
    chat_held: tuple[str, ...] = ()
    """Staff only: person ids of those whose messages wait for approval."""
    help: tuple[HelpView, ...]
    unaccounted: tuple[UnaccountedView, ...] = ()
    """Staff in class only: of whom `class:end` asks what became of them."""
    pulse: PulseView | None = None
    """What staff last asked everyone at once."""
    cards: tuple[CardView, ...] = ()
    """The cards of this class: staff get all, a patient those for her and for everyone."""
    ready_cards: tuple[ReadyCardView, ...] = ()
    """Staff in class only."""
    slots: dict[str, str]
    lines: tuple[LineView, ...] = ()
    """Of whose line the viewer is told and whose is not good."""
    check_ins: tuple[CheckInView, ...] = ()
    """Staff in class only: of all patients of the course; empty where nobody checks in before class."""
    locked: bool = False
    """Nobody new gets in; whoever was here before comes back."""
    spotlight: str | None = None
    """Person id of the patient whom everyone sees large beside the presenter."""
    leader: str | None = None
    """Person id of who leads the class now, as in `FloorView`."""
    undo: UndoView | None = None
    """Staff in class only: what `class:undo` would undo."""


class JoinedAck(View):
    """Acknowledges class:join."""

    ok: Literal[True] = True
    view: ClassView
    media: Literal["kept", "needed"] = "needed"
    """kept: the media connection named in the request goes on. needed: send a media:offer."""
