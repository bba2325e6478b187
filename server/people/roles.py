"""What somebody is in a class."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A person's role; the values stand in the tables and in the protocol."""

    PHYSIO = "physio"
    """Leads the class: a physiotherapist or another professional."""
    HELPER = "helper"
    """A physio assistant or peer support worker: admits, moderates, watches safety."""
    PATIENT = "patient"

    @property
    def is_staff(self) -> bool:
        """Whether this role runs the class, rather than takes part in it."""
        return self is not Role.PATIENT
