"""What became of a patient who was lost. Values only; what can be done with them stands in `losses`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class AccountDone(StrEnum):
    """What staff did about a patient who was lost, and what came of it."""

    RANG_FINE = "rang_fine"
    NO_ANSWER = "no_answer"
    FAMILY = "family"
    AMBULANCE = "ambulance"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class WhatBecame:
    """What staff say of one patient when they end class."""

    person_id: str
    done: AccountDone
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """What staff did about one loss."""

    person_id: str
    lost_at: datetime
    done: AccountDone
    note: str = field(repr=False)
    at: datetime
    by: str
