"""Whose classes are whose: own are those of a course one leads or helps in, and those one covers.

`StaffMember.may` says what a role may do in a service; some of it (the waiting room, check-ins, coming in)
only in own classes.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.staff import StaffMember
from server.storage.tables import ClassSession, Course


def leads_or_helps(member: StaffMember) -> ColumnElement[bool]:
    """The condition on `Course` under which it is one's own."""
    people = sorted(member.people.values())
    return or_(Course.lead_id.in_(people), Course.helper_id.in_(people))


def own_class(member: StaffMember) -> ColumnElement[bool]:
    """The condition on `ClassSession`, joined with its `Course`, under which it is one's own class."""
    return or_(leads_or_helps(member), ClassSession.lead_id.in_(sorted(member.people.values())))


async def is_own(
    session: AsyncSession, member: StaffMember, *, course_id: str | None = None, class_id: str | None = None
) -> bool:
    """Whether a class is one's own; of a course: whether any of its classes is.

    One of the two ids is given. What is not there is nobody's.
    """
    query = (
        select(Course.id)
        .outerjoin(ClassSession, ClassSession.course_id == Course.id)
        .where(own_class(member))
        .limit(1)
    )
    query = (
        query.where(Course.id == course_id) if class_id is None else query.where(ClassSession.id == class_id)
    )
    return await session.scalar(query) is not None
