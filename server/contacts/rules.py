"""What counts as a contact. Pure: the rules of the NHS Data Dictionary, and those that are ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class ContactRules:
    """What a service sets for itself."""

    late_after: timedelta
    """A patient who comes later than this after the start, and after staff are there, is late."""
    seen_after: timedelta
    """How long a patient must be in class together with staff to count as seen."""
    zone: ZoneInfo
    """Whose calendar days and months count."""
