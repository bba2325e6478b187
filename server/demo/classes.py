"""When the demo's classes are: twice a week, and always one that is open now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from server.demo.courses import current_course
from server.ids import Clock, new_id
from server.storage.database import Database
from server.storage.tables import ClassSession
from server.timetable.courses import classes_of
from server.timetable.doors import Doors, doors
from server.timetable.spoken import LONDON

CLASS_COUNT = 12
CLASS_LASTS = timedelta(minutes=60)
CLASSES_HELD = 4
"""Classes already behind the group when it is seeded, so that the first one to try is class 5 of 12."""
CLASS_DAYS = (1, 3)
"""Tuesday and Thursday, as `date.weekday()` counts."""
CLASS_TIME = time(10)


async def ensure_open_class(
    database: Database, clock: Clock, *, id_source: Callable[[], str] = new_id, zone: ZoneInfo = LONDON
) -> str:
    """Make sure that exactly one class of the demo is open now; return its id.

    A class that is on stays as it is. Otherwise the next one that has not ended is moved to the last full
    five minutes, and those after it are planned anew; when all have ended, another is added.
    """

    async def work(session: AsyncSession) -> str:
        now = clock()
        course_id = (await current_course(session)).id
        starts_at = _last_full_five_minutes(now)
        return await open_class_of(session, course_id, now, zone, id_source, starts_at)

    return await database.write(work)


async def open_class_of(
    session: AsyncSession,
    course_id: str,
    now: datetime,
    zone: ZoneInfo,
    id_source: Callable[[], str],
    starts_at: datetime,
) -> str:
    """Make sure that exactly one class of a course is open now; return its id. One that is not on yet is
    moved to `starts_at`.
    """
    classes = await classes_of(session, course_id)
    coming = [each for each in classes if each.ended_at is None and each.cancelled_at is None]
    if not coming:
        coming = [planned_class(id_source(), course_id, classes[-1].number + 1, now)]
        session.add(coming[0])
    first, *others = coming
    if doors(first, now) is not Doors.OPEN or now >= first.ends_at:
        first.starts_at = starts_at
        first.ends_at = first.starts_at + CLASS_LASTS
    if any(doors(each, now) is not Doors.NOT_YET for each in others):
        for each, at in zip(others, plan_after(now, len(others), zone), strict=True):
            each.starts_at, each.ends_at = at, at + CLASS_LASTS
    return first.id


def _last_full_five_minutes(now: datetime) -> datetime:
    return now.replace(minute=now.minute - now.minute % 5, second=0, microsecond=0)


def planned_class(class_id: str, course_id: str, number: int, starts_at: datetime) -> ClassSession:
    """Return a class of the demo; the first few are long over."""
    ends_at = starts_at + CLASS_LASTS
    return ClassSession(
        id=class_id,
        course_id=course_id,
        number=number,
        starts_at=starts_at,
        ends_at=ends_at,
        ended_at=ends_at if number <= CLASSES_HELD else None,
    )


def first_plan(now: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return the start of each class: those already held before `now`, the others after it."""
    held = classes_back_from(now - timedelta(days=1), CLASSES_HELD, zone)
    return held + plan_after(now, CLASS_COUNT - CLASSES_HELD, zone)


def classes_back_from(
    before: datetime, count: int, zone: ZoneInfo, class_time: time = CLASS_TIME
) -> list[datetime]:
    """Return the `count` starts up to the day before `before`, the earliest first."""
    starts: list[datetime] = []
    day = before
    while len(starts) < count:
        day -= timedelta(days=1)
        if day.astimezone(zone).weekday() in CLASS_DAYS:
            starts.insert(0, _at_class_time(day, zone, class_time))
    return starts


def plan_after(now: datetime, count: int, zone: ZoneInfo) -> list[datetime]:
    """Return the next `count` starts, from tomorrow on."""
    starts: list[datetime] = []
    day = now + timedelta(days=1)
    while len(starts) < count:
        if day.astimezone(zone).weekday() in CLASS_DAYS and _at_class_time(day, zone) > now + timedelta(
            hours=12
        ):
            starts.append(_at_class_time(day, zone))
        day += timedelta(days=1)
    return starts


def _at_class_time(moment: datetime, zone: ZoneInfo, class_time: time = CLASS_TIME) -> datetime:
    return datetime.combine(moment.astimezone(zone).date(), class_time, zone)
