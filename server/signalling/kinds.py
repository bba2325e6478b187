"""The kinds of text and the values of all messages, and what requests and views have in common.

Texts have a length in characters after trimming; control characters are left out of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

from server.legible import legible

Role = Literal["physio", "helper", "patient"]
PlaceName = Literal["waiting", "in_class", "dropped", "left"]
QuestionStateName = Literal["waiting", "answering", "answered_live", "answered_in_writing", "set_aside"]
QuestionTo = Literal["physio", "group", "staff"]
ReactionName = Literal["thanks", "well_done", "same_here", "made_me_smile"]
ReportReason = Literal["upsetting", "unsafe", "private", "other"]
HelpKind = Literal["now", "rest", "private"]
HelpDone = Literal["talked", "rang", "ambulance", "family", "other", "fine"]
AccountDone = Literal["rang_fine", "no_answer", "family", "ambulance", "other"]
SignalKind = Literal["repeat", "well_done", "thanks", "smile"]
PulseKind = Literal["pain", "effort", "poll"]
CheckInState = Literal["not_yet", "ready", "held", "red_flag", "allowed", "refused"]
TurnedReason = Literal["unwell", "late", "identity", "other"]
SourceName = Literal["microphone", "camera", "side"]
SideViewName = Literal["camera", "screen"]
UndoKind = Literal["mute_all", "lower_hands"]
LineLevel = Literal["good", "fair", "poor"]
LineReason = Literal["slow_down", "slow_up", "losses", "delay", "freezes"]

VALUES: Mapping[str, object] = {
    "Role": Role,
    "PlaceName": PlaceName,
    "QuestionStateName": QuestionStateName,
    "QuestionTo": QuestionTo,
    "ReactionName": ReactionName,
    "ReportReason": ReportReason,
    "HelpKind": HelpKind,
    "HelpDone": HelpDone,
    "AccountDone": AccountDone,
    "SignalKind": SignalKind,
    "PulseKind": PulseKind,
    "CheckInState": CheckInState,
    "TurnedReason": TurnedReason,
    "SourceName": SourceName,
    "SideViewName": SideViewName,
    "UndoKind": UndoKind,
    "LineLevel": LineLevel,
    "LineReason": LineReason,
}
"""What can be one of a few words only, by the name that the generated documents give it."""

PersonId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,40}$")]
"""Chosen at random by the client, once per thing written: sending again after a lost ack writes once."""
Written = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=1000),
    BeforeValidator(lambda text: legible(text) if isinstance(text, str) else text),
]
ShortText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
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
