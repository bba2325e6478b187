"""What becomes of a patient's place in a class: the attendance status, the start, the end, the minutes. Pure.

The rules as a table, with what they rest on, stand in `docs/contacts.md`. Where the NHS Data Dictionary
leaves something open, the rule is ours and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from server.contacts.spans import Span, overlap, total
from server.contacts.stays import UNSEEN_AT_MOST, Stay
from server.rooms.state import Place
from server.timetable.doors import FORGOTTEN_AFTER

VIDEO = "11"
"""NHS Data Dictionary: CONSULTATION MECHANISM."""
GROUP_THERAPY = "Y"
"""NHS Data Dictionary: GROUP THERAPY INDICATOR."""
PATIENT, PROXY = "01", "02"
"""NHS Data Dictionary: CARE CONTACT SUBJECT."""
NOT_HELD, NOT_SEEN = "not_held", "not_seen"
"""Why a contact counts as cancelled by the service though nobody called the class off: no physio came, or the
patient came on time, stayed, and nobody saw them."""
UNSURE = UNSEEN_AT_MOST
"""How far the end of a stay may lie from the truth: what is closer together counts as the same moment."""


class Status(StrEnum):
    """NHS Data Dictionary: ATTENDANCE STATUS."""

    ON_TIME = "5"
    """Attended on time or, if late, before the care professional was ready."""
    LATE = "6"
    """Arrived late, after the care professional was ready, but was seen."""
    TOO_LATE = "7"
    """Arrived late and could not be seen."""
    PATIENT_CANCELLED = "2"
    MISSED = "3"
    """Did not attend, no advance warning given."""
    SERVICE_CANCELLED = "4"
    """Cancelled or postponed by the health care provider."""
    NOT_YET = "0"
    """Lies ahead, or goes on. Never stored."""


SEEN = frozenset({Status.ON_TIME, Status.LATE})
"""Statuses of those who were seen: what is counted as virtual contacts."""


class Consultation(StrEnum):
    """NHS Data Dictionary: CONSULTATION TYPE."""

    INITIAL = "01"
    FOLLOW_UP = "02"


@dataclass(frozen=True, slots=True)
class ContactRules:
    """What a service sets for itself."""

    late_after: timedelta
    """A patient who comes later than this after the start, and after staff are there, is late."""
    seen_after: timedelta
    """How long a patient must be in class together with staff to count as seen."""
    zone: ZoneInfo
    """Whose calendar days and months count."""
    talk_after: timedelta = timedelta(minutes=30)
    """How long after its planned end a class may still be part of a contact."""


@dataclass(frozen=True, slots=True)
class ClassTimes:
    """When a class was to be, and what became of it. Aware UTC."""

    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_reason: str | None = None

    def over_at(self) -> datetime:
        """Return when the class is over: ended by staff or, forgotten, 12 hours after its planned end."""
        closes_itself = self.ends_at + FORGOTTEN_AFTER
        return closes_itself if self.ended_at is None else min(self.ended_at, closes_itself)

    def counted_until(self, rules: ContactRules) -> datetime:
        """Return until when presence counts: pages may stay open in a class that nobody ends."""
        return min(self.over_at(), self.ends_at + rules.talk_after)

    def is_settled_by(self, now: datetime) -> bool:
        """Whether what became of it is certain at `now`."""
        return self.cancelled_at is not None or self.ended_at is not None or now >= self.over_at()


@dataclass(frozen=True, slots=True)
class Staff:
    """Where a class's staff were."""

    physios: Sequence[Stay]
    """The stays of those who are care professionals; a helper may be a peer support worker."""
    everybody: Sequence[Stay]
    """The stays of all staff, physios among them."""


@dataclass(frozen=True, slots=True)
class Contact:
    """What became of one patient's place in one class."""

    status: Status
    starts_at: datetime
    """When the contact began; when the class was to begin, for those who were not seen."""
    ends_at: datetime | None = None
    """When the contact ended; None for those who were not seen."""
    duration_minutes: int | None = None
    """Whole minutes from start to end, rounded down; None for those who were not seen."""
    cancelled_at: datetime | None = None
    """When it was called off, by the patient or by the service."""
    cancelled_reason: str | None = None
    """Why the service called it off."""


def contact_of(
    times: ClassTimes,
    *,
    told_at: datetime | None,
    patient: Sequence[Stay],
    staff: Staff,
    rules: ContactRules,
    now: datetime,
) -> Contact:
    """Return what became of a patient's place in a class, as far as it is known at `now`.

    `told_at` is when the patient said that they cannot come, None if they did not. The first of these that
    holds decides:

    | what happened                                                    | status                       |
    |------------------------------------------------------------------|------------------------------|
    | it lies ahead or goes on                                         | 0                            |
    | the class was cancelled                                          | 4; 2 for those who had told  |
    | a physio came; the patient was in class with staff `seen_after`  | 5; 6 for those who came late |
    | the patient had told, and did not come                           | 2                            |
    | it did not take place: no physio came, or ended before it began  | 4                            |
    | the patient did not come                                         | 3                            |
    | the patient came late, and was not seen                          | 7                            |
    | the patient went before staff did, and was not seen              | 3; 2 for those who had told  |
    | the patient stayed, and was not seen                             | 4                            |
    """
    if not times.is_settled_by(now):
        return Contact(Status.NOT_YET, times.starts_at)
    if times.cancelled_at is not None:
        if told_at is not None and told_at < times.cancelled_at:
            return _cancelled_by_patient(times, told_at)
        return _cancelled_by_service(times, times.cancelled_at, times.cancelled_reason)
    until = times.counted_until(rules)
    physios, everybody = _in_class(staff.physios), _in_class(staff.everybody)
    is_held = _first(physios, until) is not None
    together = overlap(_spans(_in_class(patient), until), _spans(everybody, until))
    came_at = _first(patient, until)
    is_late = _is_late(came_at, _first(everybody, until), times, rules)
    if is_held and together and total(together) >= rules.seen_after:
        return _seen(Status.LATE if is_late else Status.ON_TIME, together)
    told_at = told_at if told_at is not None and told_at < times.over_at() else None
    if told_at is not None and came_at is None:
        return _cancelled_by_patient(times, told_at)
    if not is_held or until <= times.starts_at:
        return _cancelled_by_service(times, times.starts_at, NOT_HELD)
    if came_at is None:
        return Contact(Status.MISSED, times.starts_at)
    if is_late:
        return Contact(Status.TOO_LATE, times.starts_at)
    if _last(patient, until) + UNSURE < _last(everybody, until):
        if told_at is not None:
            return _cancelled_by_patient(times, told_at)
        return Contact(Status.MISSED, times.starts_at)
    return _cancelled_by_service(times, times.starts_at, NOT_SEEN)


def _is_late(
    came_at: datetime | None, ready_at: datetime | None, times: ClassTimes, rules: ContactRules
) -> bool:
    """NHS Data Dictionary, status 5: on time "or, if late, before the care professional was ready".

    Ready is when the first of the staff is in class. The minutes of grace are ours.
    """
    if came_at is None or ready_at is None:
        return False
    return came_at > max(times.starts_at, ready_at) + rules.late_after


def _in_class(stays: Iterable[Stay]) -> list[Stay]:
    return [stay for stay in stays if stay.place is Place.IN_CLASS]


def _spans(stays: Iterable[Stay], until: datetime) -> list[Span]:
    return [Span(stay.started_at, min(stay.known_end, until)) for stay in stays]


def _first(stays: Iterable[Stay], until: datetime) -> datetime | None:
    return min((stay.started_at for stay in stays if stay.started_at < until), default=None)


def _last(stays: Iterable[Stay], until: datetime) -> datetime:
    """Of stays of which at least one began before `until`."""
    return max(min(stay.known_end, until) for stay in stays if stay.started_at < until)


def _seen(status: Status, together: Sequence[Span]) -> Contact:
    """From the first moment together to the last; gaps between are part of the contact."""
    start, end = together[0].start, together[-1].end
    return Contact(status, start, end, (end - start) // timedelta(minutes=1))


def _cancelled_by_patient(times: ClassTimes, told_at: datetime) -> Contact:
    return Contact(Status.PATIENT_CANCELLED, times.starts_at, cancelled_at=told_at)


def _cancelled_by_service(times: ClassTimes, at: datetime, reason: str | None) -> Contact:
    return Contact(Status.SERVICE_CANCELLED, times.starts_at, cancelled_at=at, cancelled_reason=reason)


class Dated(NamedTuple):
    """What the kind of a consultation depends on."""

    subject_id: str
    starts_at: datetime
    status: Status


def consultations(course: Sequence[Dated]) -> list[Consultation]:
    """Return the consultation type of each contact of a course, in the given order.

    Initial until the patient has been seen once on the course, that time included: an appointment that did
    not take place does not make the next one a follow-up (as the NHS Data Dictionary says of FIRST
    ATTENDANCE; that the course is the series is ours).
    """
    first_seen: dict[str, datetime] = {}
    for contact in sorted(course, key=lambda each: each.starts_at):
        if contact.status in SEEN:
            first_seen.setdefault(contact.subject_id, contact.starts_at)
    return [
        Consultation.FOLLOW_UP
        if contact.starts_at > first_seen.get(contact.subject_id, contact.starts_at)
        else Consultation.INITIAL
        for contact in course
    ]
