"""The courses of some services, those that go on or those that are past, a page at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, FromClause, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from server.storage.tables import ClassSession, Course, CourseMember, Person, Programme, Service
from server.timetable.courses import MOST_PATIENTS
from server.timetable.doors import FORGOTTEN_AFTER

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class CourseLine:
    """A course in the list."""

    course_id: str
    title: str
    kind: str
    service_name: str
    lead_name: str
    helper_name: str | None
    next_at: datetime | None
    """When its next class begins, or the one that is on began; None when none is to come."""
    last_at: datetime | None
    """When its last class ends or ended; None when it has none."""
    taken: int
    max_patients: int

    @property
    def places(self) -> int:
        """How many patients it has room for."""
        return min(self.max_patients, MOST_PATIENTS)


@dataclass(frozen=True, slots=True)
class CoursesPage:
    """One page of the list."""

    courses: tuple[CourseLine, ...]
    total: int
    page: int
    """From 1."""

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // ON_A_PAGE))


async def courses_page(
    session: AsyncSession, services: Collection[str] | None, now: datetime, *, past: bool, page: int
) -> CoursesPage:
    """The courses of these services (None: of all), in two statements.

    Past are those put in the archive, and those whose last class is over. What goes on stands by its next
    class, what is past by its last, the latest first.
    """
    classes = _classes(now)
    is_past = or_(Course.archived_at.is_not(None), classes.c.last_at <= now - FORGOTTEN_AFTER)
    conditions: list[ColumnElement[bool]] = [
        is_past if past else ~func.coalesce(is_past, False),
    ]
    if services is not None:
        conditions.append(Programme.service_id.in_(sorted(services)))
    total = await session.scalar(
        select(func.count())
        .select_from(Course)
        .join(Programme, Programme.id == Course.programme_id)
        .outerjoin(classes, classes.c.course_id == Course.id)
        .where(*conditions)
    )
    page = min(max(page, 1), max(1, -(-(total or 0) // ON_A_PAGE)))
    taken = (
        select(func.count())
        .select_from(CourseMember)
        .where(CourseMember.course_id == Course.id, CourseMember.seat.is_not(None))
        .correlate(Course)
        .scalar_subquery()
    )
    helper = aliased(Person)
    first = classes.c.last_at.desc().nulls_last() if past else classes.c.next_at.asc().nulls_last()
    rows = await session.execute(
        select(
            Course.id,
            Course.title,
            Course.kind,
            Service.name,
            Person.full_name,
            helper.full_name,
            classes.c.next_at,
            classes.c.last_at,
            taken,
            Programme.max_patients,
        )
        .join(Programme, Programme.id == Course.programme_id)
        .join(Service, Service.id == Programme.service_id)
        .join(Person, Person.id == Course.lead_id)
        .outerjoin(helper, helper.id == Course.helper_id)
        .outerjoin(classes, classes.c.course_id == Course.id)
        .where(*conditions)
        .order_by(first, Course.title, Course.id)
        .limit(ON_A_PAGE)
        .offset((page - 1) * ON_A_PAGE)
    )
    return CoursesPage(tuple(CourseLine(*row) for row in rows), total or 0, page)


def _classes(now: datetime) -> FromClause:
    """By course: when its next class begins, and when its last one ends."""
    to_come = (
        ClassSession.ended_at.is_(None) & ClassSession.cancelled_at.is_(None) & (ClassSession.ends_at > now)
    )
    return (
        select(
            ClassSession.course_id,
            func.min(case((to_come, ClassSession.starts_at))).label("next_at"),
            func.max(ClassSession.ends_at).label("last_at"),
        )
        .group_by(ClassSession.course_id)
        .subquery()
    )
