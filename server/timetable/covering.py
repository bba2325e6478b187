"""Another lead of the service covers one class: leads it in place of the course's lead."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.storage.tables import ClassSession, Course, Programme
from server.timetable.doors import Doors, doors
from server.timetable.planning import staff_of


async def cover_class(session: AsyncSession, class_id: str, person_id: str, now: datetime) -> bool:
    """Have this person lead a class; if it is the course's lead, nobody covers any more.

    Returns whether that changed anything.
    """
    row = await session.get_one(ClassSession, class_id)
    course = await session.get_one(Course, row.course_id)
    covers = None if person_id == course.lead_id else person_id
    if covers == row.lead_id:
        return False
    if doors(row, now) is Doors.CLOSED:
        raise Refused("class_over", "This class has finished, so nobody can cover it any more.")
    if covers is not None:
        programme = await session.get_one(Programme, course.programme_id)
        staff = {each.person_id: each for each in await staff_of(session, programme.service_id)}
        if covers not in staff or not staff[covers].may_lead:
            raise Refused("not_in_service", "This person cannot lead classes in this service.")
        if covers == course.helper_id:
            raise Refused(
                "helps_already", "This person helps in the class already. Choose somebody else to cover it."
            )
    row.lead_id = covers
    return True
