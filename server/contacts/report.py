"""The report of a month: virtual contacts by class and status, and on-demand views beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Executable

from server.contacts.months import Month
from server.contacts.rules import SEEN, VIDEO, Status
from server.ondemand.views import views_in
from server.people.roles import Role
from server.storage import tables as t


@dataclass(frozen=True, slots=True)
class ClassCount:
    """What one class gave to a month."""

    class_id: str
    title: str
    """The course's."""
    number: int
    """Of the class within its course."""
    starts_at: datetime
    """When it was to begin, aware UTC."""
    contacts: int
    """How many patients were seen by video: its part of X."""
    by_status: Mapping[str, int]
    """How many patients by attendance status; only statuses that somebody has."""
    minutes: int
    """Whole minutes of all its contacts together."""


@dataclass(frozen=True, slots=True)
class MonthReport:
    """One service's month in its own time zone."""

    month: Month
    service_id: str
    service_name: str
    contacts: int
    """X: live attendances with status 5 or 6 by video."""
    target: int | None
    """How many were aimed at; None without a target."""
    by_status: Mapping[str, int]
    """How many patients by attendance status; "0" are those of classes that lie ahead or go on."""
    classes: tuple[ClassCount, ...]
    """In the order of their planned start."""
    views: int
    """On-demand views: beside X, never inside it."""
    is_final: bool
    """Whether the month is over and all its classes are settled."""


async def month_report(
    session: AsyncSession, service_id: str, month: Month, *, zone: ZoneInfo, now: datetime
) -> MonthReport:
    """Return a service's month as far as it is settled by `now`.

    A contact counts in the month in which it began. The patients of a class that is planned in the month and
    is not settled have status "0": it lies ahead, goes on, or awaits the next round of settling. Raises
    `LookupError` when there is no such service.
    """
    service = await session.get(t.Service, service_id)
    if service is None:
        raise LookupError("no such service")
    start, end = month.starts(zone), month.ends(zone)
    by_class: dict[str, _Tally] = {}
    for row in await session.execute(_settled(service_id, start, end)):
        tally = by_class.setdefault(row.id, _Tally(row.title, row.number, row.starts_at, Counter()))
        tally.by_status[row.status] += row.patients
        tally.minutes += row.minutes
    for row in await session.execute(_unsettled(service_id, start, end)):
        tally = by_class.setdefault(row.id, _Tally(row.title, row.number, row.starts_at, Counter()))
        tally.by_status[Status.NOT_YET.value] += row.patients
    classes = sorted(
        (tally.count(class_id) for class_id, tally in by_class.items()),
        key=lambda each: (each.starts_at, each.title, each.class_id),
    )
    return MonthReport(
        month=month,
        service_id=service_id,
        service_name=service.name,
        contacts=sum(each.contacts for each in classes),
        target=service.contacts_target,
        by_status=dict(sum((Counter(each.by_status) for each in classes), Counter())),
        classes=tuple(classes),
        views=await views_in(session, service_id, start, end),
        is_final=now >= end and not any(Status.NOT_YET in each.by_status for each in classes),
    )


@dataclass(slots=True)
class _Tally:
    title: str
    number: int
    starts_at: datetime
    by_status: Counter[str]
    minutes: int = 0

    def count(self, class_id: str) -> ClassCount:
        return ClassCount(
            class_id=class_id,
            title=self.title,
            number=self.number,
            starts_at=self.starts_at,
            contacts=sum(self.by_status[status] for status in SEEN),
            by_status=dict(self.by_status),
            minutes=self.minutes,
        )


_CLASS = (t.ClassSession.id, t.Course.title, t.ClassSession.number, t.ClassSession.starts_at)


def _settled(service_id: str, start: datetime, end: datetime) -> Executable:
    """Count the ledger's contacts by class and status. X is what is seen by video; nothing else is in it."""
    return (
        select(
            *_CLASS,
            t.CareContact.attendance_status.label("status"),
            func.count().label("patients"),
            func.coalesce(func.sum(t.CareContact.duration_minutes), 0).label("minutes"),
        )
        .select_from(t.CareContact)
        .join(t.ClassSession, t.ClassSession.id == t.CareContact.class_id)
        .join(t.Course, t.Course.id == t.ClassSession.course_id)
        .where(
            t.CareContact.service_id == service_id,
            t.CareContact.consultation_mechanism == VIDEO,
            t.CareContact.starts_at >= start,
            t.CareContact.starts_at < end,
        )
        .group_by(*_CLASS, t.CareContact.attendance_status)
    )


def _unsettled(service_id: str, start: datetime, end: datetime) -> Executable:
    """Count the patients on the course of each class that is not settled."""
    return (
        select(*_CLASS, func.count().label("patients"))
        .select_from(t.ClassSession)
        .join(t.Course, t.Course.id == t.ClassSession.course_id)
        .join(t.Programme, t.Programme.id == t.Course.programme_id)
        .join(t.CourseMember, t.CourseMember.course_id == t.Course.id)
        .join(t.Person, t.Person.id == t.CourseMember.person_id)
        .where(
            t.Programme.service_id == service_id,
            t.Person.role == Role.PATIENT.value,
            t.ClassSession.settled_at.is_(None),
            t.ClassSession.starts_at >= start,
            t.ClassSession.starts_at < end,
        )
        .group_by(*_CLASS)
    )
