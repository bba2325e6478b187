"""Calling a class off and putting it back on: who may, until when, and why.

A class is called off as a whole, by the physio, before anybody is in. Everybody on the course is told by
the page behind their link; each patient's care contact becomes "cancelled by the provider"
(`server.contacts`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.people.roles import Role
from server.storage.tables import AuditEntry, ClassSession
from server.timetable.courses import Enrolled
from server.timetable.doors import FORGOTTEN_AFTER, Doors, doors


class Reason(StrEnum):
    """Why a class was called off; the values stand in `class_sessions.cancelled_reason`."""

    STAFF_ILL = "staff_ill"
    TECHNICAL = "technical"
    TOO_FEW = "too_few"
    OTHER = "other"


CLINICAL, NON_CLINICAL = "01", "02"
"""NHS Data Dictionary: CARE CONTACT CANCELLATION REASON."""

CSDS_REASONS: Mapping[str, str] = dict.fromkeys(Reason, NON_CLINICAL)
"""Contact_CancellationReason of CYP201, by `Reason`. A clinical reason lies in one patient, never in a whole
class that is called off."""


class CalledOff(Protocol):
    """What these rules need to know of a class."""

    @property
    def starts_at(self) -> datetime: ...  # noqa: D102
    @property
    def ends_at(self) -> datetime: ...  # noqa: D102
    @property
    def cancelled_at(self) -> datetime | None: ...  # noqa: D102


def may_cancel(person: Enrolled) -> bool:
    """Return whether `person` may call classes off and put them back on: the physio."""
    return person.role is Role.PHYSIO


def still_to_cancel(classes: Sequence[ClassSession], now: datetime) -> list[ClassSession]:
    """Return the classes that could be called off at `now`, the soonest first."""
    coming = [each for each in classes if doors(each, now) in (Doors.NOT_YET, Doors.OPEN)]
    return sorted(coming, key=lambda each: each.starts_at)


def can_put_back(session: CalledOff, now: datetime) -> bool:
    """Return whether a class that was called off can still take place: its start lies ahead."""
    return session.cancelled_at is not None and now < session.starts_at


def is_news(session: CalledOff, now: datetime) -> bool:
    """Return whether people should be told of a class that was called off: until it would be forgotten."""
    return session.cancelled_at is not None and now < session.ends_at + FORGOTTEN_AFTER


async def cancel_class(
    session: AsyncSession,
    class_id: str,
    reason: Reason,
    by: Enrolled,
    now: datetime,
    *,
    people_in: int,
    audit_id: str,
) -> bool:
    """Call a class off for a physio who came by a link; return whether that changed anything."""
    _check_who(by)
    changed = await call_off(session, class_id, reason, now, people_in=people_in)
    if changed:
        session.add(_audit(audit_id, now, by, class_id, "cancel_class"))
    return changed


async def put_class_back_on(
    session: AsyncSession, class_id: str, by: Enrolled, now: datetime, *, audit_id: str
) -> bool:
    """Put a class back on for a physio who came by a link; return whether it was cancelled."""
    _check_who(by)
    changed = await put_back_on(session, class_id, now)
    if changed:
        session.add(_audit(audit_id, now, by, class_id, "put_class_back_on"))
    return changed


async def call_off(
    session: AsyncSession, class_id: str, reason: Reason, now: datetime, *, people_in: int
) -> bool:
    """Call a class off; once it is, doing so again changes nothing. Returns whether it changed.

    `people_in` is how many people are in it, wait for it, or have been in it (`rooms` knows).
    """
    row = await session.get_one(ClassSession, class_id)
    if row.cancelled_at is not None:
        return False
    if doors(row, now) is Doors.CLOSED:
        raise Refused("class_over", "This class has finished, so it cannot be cancelled.")
    if people_in:
        raise Refused(
            "people_in_class",
            "Somebody is in this class or has been in it, so it cannot be cancelled. Join the class, tell"
            " the people, and press End class. If only you are in it, leave it first, then cancel it.",
        )
    row.cancelled_at, row.cancelled_reason = now, reason
    row.sequence += 1
    return True


async def put_back_on(session: AsyncSession, class_id: str, now: datetime) -> bool:
    """Let a class take place after all, while its start lies ahead; return whether it was cancelled."""
    row = await session.get_one(ClassSession, class_id)
    if row.cancelled_at is None:
        return False
    if not can_put_back(row, now):
        raise Refused("class_time_passed", "The time of this class has passed, so it cannot be put back on.")
    row.cancelled_at, row.cancelled_reason = None, None
    row.sequence += 1
    return True


def _check_who(by: Enrolled) -> None:
    if not may_cancel(by):
        raise Refused("physio_only", "Only a physio of this course can do that. Ask one of them.")


def _audit(audit_id: str, now: datetime, by: Enrolled, class_id: str, action: str) -> AuditEntry:
    return AuditEntry(
        id=audit_id, at=now, actor_id=by.person_id, subject_id=None, class_id=class_id, action=action
    )
