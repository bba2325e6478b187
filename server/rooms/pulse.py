"""A question to everyone at once. Values only; what can be done with it stands in `pulses`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class PulseKind(StrEnum):
    """What is asked: how much it hurts, how hard it is (both 0 to 10), or a poll."""

    PAIN = "pain"
    EFFORT = "effort"
    POLL = "poll"


TOP = 10
"""The highest value of pain and effort."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """One question, and what was answered."""

    id: str
    asker_id: str
    key: str
    kind: PulseKind
    text: str = field(repr=False)
    options: tuple[str, ...] = field(repr=False)
    asked_at: datetime
    closed_at: datetime | None = None
    answers: Mapping[str, int] = field(default_factory=dict, repr=False)
    """By person; never written to."""

    @property
    def choices(self) -> int:
        """How many different answers there are."""
        return len(self.options) if self.kind is PulseKind.POLL else TOP + 1
