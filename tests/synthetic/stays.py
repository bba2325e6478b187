"""When people were really in class, as those who sent them there know, and what the ledger says of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

WRONG_AT_MOST = timedelta(seconds=15)
"""By so much an edge of a contact may be wrong, whatever died."""


@dataclass(frozen=True)
class Moment:
    """Something was asked for at `asked` and acknowledged at `done`: it happened between."""

    asked: datetime
    done: datetime


@dataclass
class Stays:
    """For each person the first moment of coming into class and the last of going out."""

    came: dict[str, Moment] = field(default_factory=dict)
    went: dict[str, Moment] = field(default_factory=dict)

    def faults(self, database: Path, class_id: str, were_there: set[str]) -> list[str]:
        """What is wrong with the care contacts of an ended class in which these patients were."""
        rows = _contacts(database, class_id)
        patients = {person: person in were_there for person in _patients(database, class_id)}
        faults = [f"{person} has {len(found)} contacts" for person, found in rows.items() if len(found) != 1]
        faults += [f"{person} has no contact" for person in patients if person not in rows]
        for person, was_there in patients.items():
            for status, starts_at, ends_at, minutes in rows.get(person, ()):
                if (status in ("5", "6")) != was_there:
                    faults.append(f"{person} has status {status}, and was{'' if was_there else ' not'} there")
                if was_there:
                    faults += self._wrong_edges(person, starts_at, ends_at, minutes)
        return faults

    def _wrong_edges(self, person: str, starts_at: str, ends_at: str, minutes: int) -> list[str]:
        edges = [(self.came[person], _utc(starts_at)), (self.went[person], _utc(ends_at))]
        faults = [
            f"{person}: {stored} is not within 15 s of {moment}"
            for moment, stored in edges
            if not moment.asked - WRONG_AT_MOST <= stored <= moment.done + WRONG_AT_MOST
        ]
        if minutes != (_utc(ends_at) - _utc(starts_at)) // timedelta(minutes=1):
            faults.append(f"{person}: {minutes} minutes from {starts_at} to {ends_at}")
        return faults


def _utc(stored: str) -> datetime:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


def _contacts(database: Path, class_id: str) -> dict[str, list[tuple[str, str, str, int]]]:
    """Return each patient's contacts for that class, by person id."""
    found: dict[str, list[tuple[str, str, str, int]]] = {}
    with closing(sqlite3.connect(database)) as tables:
        for person, *contact in tables.execute(
            "SELECT patients.person_id, attendance_status, starts_at, ends_at, duration_minutes "
            "FROM care_contacts JOIN patients ON patients.subject_id = care_contacts.subject_id "
            "WHERE class_id = ?",
            (class_id,),
        ):
            found.setdefault(person, []).append(tuple(contact))
    return found


def _patients(database: Path, class_id: str) -> list[str]:
    """Return the patients on the course of that class."""
    with closing(sqlite3.connect(database)) as tables:
        rows = tables.execute(
            "SELECT course_members.person_id FROM course_members JOIN patients USING (person_id) "
            "JOIN class_sessions USING (course_id) WHERE class_sessions.id = ?",
            (class_id,),
        )
        return [person for (person,) in rows]
