"""What the server sends over Socket.IO: views and acknowledgements.

Every request (`requests`) is acknowledged with `{"ok": true, ...}` or `{"ok": false, "error": {...}}`
(`ErrorView`). Times are ISO 8601 in UTC. The TypeScript types of the web client are generated from the
modules that `catalogue` lists; the protocol as prose is `docs/protocol.md`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from server.signalling.kinds import (
    CheckInState,
    LineLevel,
    LineReason,
    PlaceName,
    Role,
    SideViewName,
    View,
)
from server.signalling.schemas_hands import SignalView


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
    told: str = ""
    """What staff last wrote to this person while waiting; empty when nothing."""
    is_held: bool = False
    """New symptoms: the physio talks to this person, and to who shares the device, before they take part."""
    side_view: SideViewName | None = None
    """Staff: what one shows beside the own picture; null: nothing."""
    camera_stopped: bool = False
    """Staff have stopped the camera: nothing of it goes to anybody, and it cannot be switched on."""
    aside: bool = False
    """In a side room with one of staff: these two see and hear each other, and nobody else."""
    aside_with: str | None = None
    """Person id of the other in the side room."""
    hand: int | None = None
    """The place of one's raised hand among those raised, from 1; null: it is down."""
    signal: SignalView | None = None
    """The last short sign one gave."""


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
    side_view: SideViewName | None = None
    """What this member of staff shows beside her own picture, in the slot `side`; null: nothing."""
    camera_stopped: bool = False
    """Staff only: staff have stopped this person's camera."""
    aside: bool = False
    """In a side room: neither seen nor heard by anybody else."""
    aside_with: str | None = None
    """Staff only: person id of the other in the side room."""
    removed: bool = False
    """Staff only: taken out of class by staff, and not let back. `place` is left then."""
    sound_only: bool = False
    """Staff only: has chosen to get no pictures."""
    hand: int | None = None
    """The place of the raised hand among those raised, from 1; null: it is down."""
    signal: SignalView | None = None
    """The last short sign this person gave."""
    drop_settled: bool = False
    """Staff only: this person has dropped out, and staff have said what they did about it."""


class CheckInView(View):
    """Staff only: how far a patient of the course is with the check-in before this class, in class or not.

    held: new symptoms, the physio decides. red_flag: was told to get help at once. allowed, refused: decided.
    Nobody is let in but who is ready or allowed. What the symptoms are does not stand here.
    """

    person: str
    name: str
    full_name: str
    state: CheckInState
    together_with: str | None
    """Person id of the patient who sits in front of the same device: both must be ready or allowed."""
    ask: str
    """What to ask aloud before this person is let in, and the right answer."""
    phone: str
    """To ring today."""
    place: str
    """Where the patient is today; empty when not told yet."""
    with_whom: str
    """Who is with the patient; empty: nobody, or not told yet."""
    emergency_name: str
    emergency_phone: str


class TurnedAwayView(View):
    """Staff did not let this person in: stop, and do not come again by itself."""

    words: str
    phone: str
    """The service's number."""


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
