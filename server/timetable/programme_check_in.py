"""Whether the patients of a programme check in before each class: what came before check-in existed does not.

It is one rule for all courses of a programme, those under way too, from their next class on.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.people.auditing import audit
from server.people.staff import StaffMember
from server.storage.tables import ClassSession, Course, Programme
from server.timetable.doors import FORGOTTEN_AFTER, OPEN_BEFORE


async def set_check_in(
    session: AsyncSession,
    member: StaffMember,
    programme: Programme,
    has_check_in: bool,
    now: datetime,
    *,
    audit_id: str,
) -> None:
    """Have patients check in before each class, or no longer. Raises `Refused` (class_open).

    An open class room has read the rule when it opened, so that it is not changed under one: neither under
    one that was called off and may be put back on.
    """
    if programme.has_check_in == has_check_in:
        return
    is_open = (
        select(ClassSession.id)
        .join(Course, Course.id == ClassSession.course_id)
        .where(
            Course.programme_id == programme.id,
            ClassSession.ended_at.is_(None),
            ClassSession.starts_at <= now + OPEN_BEFORE,
            ClassSession.ends_at > now - FORGOTTEN_AFTER,
        )
    )
    if await session.scalar(is_open.limit(1)) is not None:
        raise Refused(
            "class_open",
            "A class of this programme is on now, or its class room is still open. Change the check-in when"
            " the class has ended.",
        )
    programme.has_check_in = has_check_in
    action = "check_in_on" if has_check_in else "check_in_off"
    detail = {"programme_id": programme.id}
    audit(session, member, action, now, audit_id, service_id=programme.service_id, detail=detail)
