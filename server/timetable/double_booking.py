"""Who leads or helps in two classes at the same time: told to whoever plans, and not refused, for they may
know that one of the two will be covered or moved.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from server.storage.tables import ClassSession, Course, Person, Programme

Time = tuple[datetime, datetime]
"""When a class begins and ends."""


@dataclass(frozen=True, slots=True)
class Booked:
    """Another class of somebody at one of the times that were asked for."""

    person_id: str
    """As whom they were asked for."""
    starts_at: datetime
    title: str | None
    """Of the course; None when it is another service's, whose courses are not told here."""
    number: int


async def double_booked(
    session: AsyncSession, people: Collection[str], times: Sequence[Time], *, but_class: str | None = None
) -> list[Booked]:
    """Return the classes that these people lead or help in at these times already, the soonest first.

    Somebody who works for several services by one account is one. Cancelled classes and those that are over
    do not count, nor does one that another covers for its lead. One statement.
    """
    if not people or not times:
        return []
    asked, theirs = aliased(Person), aliased(Person)
    leads = func.coalesce(ClassSession.lead_id, Course.lead_id)
    query = (
        select(asked.id, ClassSession, Course.title, Programme.service_id == asked.service_id)
        .select_from(asked)
        .join(theirs, or_(theirs.id == asked.id, theirs.account_id == asked.account_id))
        .join(Course, true())
        .join(ClassSession, ClassSession.course_id == Course.id)
        .join(Programme, Programme.id == Course.programme_id)
        .where(
            asked.id.in_(sorted(people)),
            or_(leads == theirs.id, Course.helper_id == theirs.id),
            ClassSession.starts_at < max(end for _, end in times),
            ClassSession.ends_at > min(start for start, _ in times),
            ClassSession.cancelled_at.is_(None),
            ClassSession.ended_at.is_(None),
        )
        .order_by(ClassSession.starts_at, ClassSession.id)
    )
    return [
        Booked(person_id, row.starts_at, title if is_here else None, row.number)
        for person_id, row, title, is_here in (await session.execute(query)).all()
        if row.id != but_class and any(row.starts_at < end and start < row.ends_at for start, end in times)
    ]
