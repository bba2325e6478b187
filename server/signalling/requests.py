"""What a client sends over Socket.IO. Unknown fields are refused, types are not coerced.

The generated documents and types list these before the views of `schemas`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, field_validator, model_validator

from server.signalling.kinds import (
    HelpDone,
    Key,
    Mid,
    PeerName,
    PersonId,
    Request,
    SideViewName,
    SlotName,
    SourceName,
    TurnedReason,
    Written,
)

MOST_SLOTS = 64
"""More than any browser negotiates."""


class Nothing(Request):
    """A request without parameters."""


class ConnectAuth(Request):
    """The `auth` of the Socket.IO connection: which personal link this page was opened from."""

    link: PersonId


class JoinClass(Request):
    """Come in, or come back after the connection was lost."""

    peer: PeerName | None = None
    """The `peer` of the last media:offer's acknowledgement, if its media still flow; else null."""
    device: Key | None = None
    """Chosen at random, once for each browser tab. Without it every socket counts as a device of its own."""
    take_over: bool = False
    """true: come in also when this person is in class on another device, which is let go then."""


class Offer(Request):
    """The browser's one SDP offer, and which of its m-lines is what."""

    sdp: Annotated[str, StringConstraints(min_length=1, max_length=100_000)]
    sources: dict[Mid, SourceName]
    """By mid, the m-lines on which it sends; `side` is for staff: a second camera, or the screen."""
    slots: dict[Mid, SlotName]
    """By mid, the receive-only m-lines and the slot each stands for."""


class OwnMedia(Request):
    """What the person has switched on. Off means that nothing is sent."""

    microphone_on: bool
    camera_on: bool
    side_view: SideViewName | None = None
    """Staff only: what is shown beside the own picture; null: nothing."""
    aside: bool = False
    """The page showed a side room. Once that is over, the microphone stays off."""


class OwnView(Request):
    """How large each picture slot is shown on this page, told on each change."""

    peer: PeerName
    """The `peer` of the last media:offer's acknowledgement."""
    slots: dict[SlotName, Annotated[int, Field(ge=0, le=4320)]]
    """Slot name to the height of its picture in device pixels; 0 or left out: it cannot be seen."""
    sound_only: bool = False
    """The person chose to get no pictures; staff are told. A hidden page only leaves out its slots."""

    @field_validator("slots")
    @classmethod
    def _are_few(cls, slots: dict[str, int]) -> dict[str, int]:
        if len(slots) > MOST_SLOTS:
            raise ValueError(f"no browser has more than {MOST_SLOTS} slots")
        return slots


class NewIce(Request):
    """The browser has restarted ICE (RFC 8445, section 9), as when it changes its network."""

    peer: PeerName
    ufrag: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{4,256}$")]
    pwd: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{22,256}$")]


class HowItPlays(Request):
    """How sound and picture have played in the last seconds, told about every 5 s while media flow."""

    over_ms: Annotated[int, Field(ge=1000, le=60_000)]
    """The time this is about."""
    frozen_ms: Annotated[int, Field(ge=0, le=60_000)]
    """For how much of it the stage stood still, beyond what its frame rate explains."""
    concealed_ms: Annotated[int, Field(ge=0, le=60_000)]
    """How much of the stage's sound was made up by the browser, because it had not come."""

    @model_validator(mode="after")
    def _no_longer_than_it_took(self) -> HowItPlays:
        if max(self.frozen_ms, self.concealed_ms) > self.over_ms:
            raise ValueError("longer than the time this is about")
        return self


class WhichPerson(Request):
    """A person in this class."""

    person: PersonId


class AllowPerson(Request):
    """The physio lets somebody take part whose check-in holds them."""

    person: PersonId
    text: Written
    """Why; kept with the check-in, for staff."""


class TurnAwayPerson(Request):
    """Do not let in one who waits."""

    person: PersonId
    reason: TurnedReason
    text: Written
    """What the person is told."""
    done: HelpDone | None = None
    """What was done about her calls for help that are open; needed while there is one (`open_call`)."""
    note: Written | None = None
    """More about that, for the record."""


class TellPerson(Request):
    """A short message to one who waits."""

    person: PersonId
    text: Written


class MutePerson(Request):
    """Withhold a patient's sound from the group, or give it back. Staff go on hearing."""

    person: PersonId
    muted: bool
