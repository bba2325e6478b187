"""Moving one class to another day or time: as long as before, under its number."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.storage.tables import Absence, CheckIn, ClassSession
from server.timetable.check_ins import begin_anew
from server.timetable.doors import Doors, doors


async def move_class(
    session: AsyncSession, class_id: str, to: datetime, now: datetime, *, people_in: int
) -> bool:
    """Have a class begin at `to` (aware UTC); return whether that is another time than before.

    Who said that they cannot come said it of the former time: that is forgotten. Who had begun to check in
    does so anew from the first page; the symptoms that were told stay, and whoever was held, let take part or
    refused is held (see `check_in_rules.State`). `people_in` is how many people are in the class, wait for
    it, or have been in it.
    """
    row = await session.get_one(ClassSession, class_id)
    if row.starts_at == to:
        return False
    if row.cancelled_at is not None:
        raise Refused("class_cancelled", "This class is cancelled. Put it back on first, then move it.")
    if doors(row, now) is Doors.CLOSED:
        raise Refused("class_over", "This class has finished, so it cannot be moved.")
    if people_in:
        raise Refused(
            "people_in_class", "Somebody is in this class or has been in it, so it cannot be moved."
        )
    if to <= now:
        raise Refused("in_the_past", "The new day and time must be in the future.")
    ends_at = to + (row.ends_at - row.starts_at)
    other = await session.scalar(
        select(ClassSession.number)
        .where(
            ClassSession.course_id == row.course_id,
            ClassSession.id != class_id,
            ClassSession.cancelled_at.is_(None),
            ClassSession.starts_at < ends_at,
            ClassSession.ends_at > to,
        )
        .limit(1)
    )
    if other is not None:
        raise Refused("taken", f"Class {other} of this course is at that time. Choose another time.")
    row.starts_at, row.ends_at = to, ends_at
    row.sequence += 1
    await session.execute(delete(Absence).where(Absence.class_id == class_id))
    for check_in in await session.scalars(select(CheckIn).where(CheckIn.class_id == class_id)):
        begin_anew(check_in)
    return True
