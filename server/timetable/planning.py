"""Making a course with all its classes at once, and changing who leads and helps in it.

Up to 12 patients one member of staff may teach alone; above that a second, named one watches (group
consultations are recommended for up to 12; a second pair of eyes is our safety rule). A drop-in talk is a
course of one class that is open to those who are invited.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.people.auditing import audit
from server.people.staff import StaffMember
from server.people.staff import StaffRole as StaffRoleName
from server.storage.tables import (
    ClassSession,
    Course,
    CourseMember,
    Person,
    Programme,
    StaffAccount,
    StaffRole,
)
from server.timetable.laying_out import WeeklyPlace
from server.timetable.programmes import RECOMMENDED_PATIENTS, needs_second_staff, plan_of


class CourseKind(StrEnum):
    """What a course is; the values stand in `courses.kind`."""

    COURSE = "course"
    DROP_IN = "drop_in"


@dataclass(frozen=True, slots=True)
class ClassStaff:
    """Somebody of a service who can lead a class, or help in one."""

    person_id: str
    full_name: str
    may_lead: bool


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """A course as it was planned. `starts`: aware UTC, rising."""

    course_id: str
    programme_id: str
    title: str
    kind: CourseKind
    lead_id: str
    helper_id: str | None
    site_id: str | None
    places: tuple[WeeklyPlace, ...]
    starts: tuple[datetime, ...]


def staff_problem(lead_id: str | None, helper_id: str | None, max_patients: int) -> str | None:
    """What is wrong with this choice of who helps, in words; None when it is right."""
    if helper_id is not None and helper_id == lead_id:
        return "The helper must be somebody else than the lead"
    if helper_id is None and needs_second_staff(max_patients):
        return (
            f"Select a helper. This programme takes up to {max_patients} patients, and classes of more than"
            f" {RECOMMENDED_PATIENTS} need a second member of staff"
        )
    return None


async def staff_of(session: AsyncSession, service_id: str) -> list[ClassStaff]:
    """Who can lead or help in a service's classes, by name: whose account has a role there and is open."""
    rows = await session.execute(
        select(Person.id, Person.full_name, StaffRole.role)
        .join(StaffAccount, StaffAccount.id == Person.account_id)
        .join(
            StaffRole,
            (StaffRole.account_id == StaffAccount.id) & (StaffRole.service_id == Person.service_id),
        )
        .where(
            Person.service_id == service_id,
            StaffAccount.disabled_at.is_(None),
            StaffRole.role.in_([StaffRoleName.LEAD, StaffRoleName.HELPER]),
        )
        .order_by(Person.full_name, Person.id)
    )
    found: dict[str, ClassStaff] = {}
    for person_id, full_name, role in rows:
        leads = role == StaffRoleName.LEAD or (person_id in found and found[person_id].may_lead)
        found[person_id] = ClassStaff(person_id, full_name, leads)
    return list(found.values())


async def plan_course(
    session: AsyncSession, member: StaffMember, plan: CoursePlan, now: datetime, new_id: Callable[[], str]
) -> None:
    """Store a course with its staff and all its classes, in one transaction.

    Storing the same `course_id` again changes nothing: the button was pressed twice. Raises `Refused` when
    the programme is gone or somebody may no longer lead or help.
    """
    if await session.get(Course, plan.course_id) is not None:
        return
    programme = await session.get_one(Programme, plan.programme_id)
    if programme.archived_at is not None:
        raise Refused("programme_archived", "This programme is in the archive. Choose another one.")
    await check_staff(session, programme, plan.lead_id, plan.helper_id)
    session.add(
        Course(
            id=plan.course_id,
            programme_id=programme.id,
            title=plan.title,
            lead_id=plan.lead_id,
            helper_id=plan.helper_id,
            kind=plan.kind.value,
            weekly=[place.as_json() for place in plan.places],
            site_id=plan.site_id,
            created_at=now,
        )
    )
    await session.flush()
    await _enrol_staff(session, plan.course_id, (plan.lead_id, plan.helper_id))
    lasts = timedelta(minutes=programme.class_minutes)
    topics = topics_of(programme, plan.kind)
    session.add_all(
        ClassSession(
            id=new_id(),
            course_id=plan.course_id,
            number=number,
            starts_at=at,
            ends_at=at + lasts,
            topic=topics[number - 1],
        )
        for number, at in enumerate(plan.starts, start=1)
    )
    audit(
        session,
        member,
        "plan_course",
        now,
        new_id(),
        service_id=programme.service_id,
        detail={"course": plan.course_id, "classes": len(plan.starts)},
    )


def topics_of(programme: Programme, kind: CourseKind) -> list[str | None]:
    """The topics of the classes, in order; None where the programme's plan names none.

    A talk is one class without a topic but its title.
    """
    if kind is CourseKind.DROP_IN:
        return [None]
    return [each.topic or None for each in plan_of(programme)]


async def change_staff(
    session: AsyncSession,
    member: StaffMember,
    course_id: str,
    lead_id: str,
    helper_id: str | None,
    now: datetime,
    audit_id: str,
) -> None:
    """Have others lead or help in a course from now on. Classes that have begun keep who led them."""
    course = await session.get_one(Course, course_id)
    programme = await session.get_one(Programme, course.programme_id)
    if (course.lead_id, course.helper_id) == (lead_id, helper_id):
        return
    await check_staff(session, programme, lead_id, helper_id)
    before = {course.lead_id, course.helper_id} - {None}
    if course.lead_id != lead_id:
        classes = update(ClassSession).where(ClassSession.course_id == course_id)
        began = ClassSession.starts_at <= now
        await session.execute(
            classes.where(began, ClassSession.lead_id.is_(None)).values(lead_id=course.lead_id)
        )
        await session.execute(classes.where(~began, ClassSession.lead_id == lead_id).values(lead_id=None))
    course.lead_id, course.helper_id = lead_id, helper_id
    await session.execute(
        delete(CourseMember).where(
            CourseMember.course_id == course_id,
            CourseMember.seat.is_(None),
            CourseMember.person_id.in_(sorted(str(each) for each in before - {lead_id, helper_id})),
        )
    )
    await _enrol_staff(session, course_id, (lead_id, helper_id))
    audit(
        session,
        member,
        "change_course_staff",
        now,
        audit_id,
        service_id=programme.service_id,
        detail={"course": course_id, "lead": lead_id, "helper": helper_id},
    )


async def archive_course(
    session: AsyncSession, member: StaffMember, course_id: str, now: datetime, audit_id: str
) -> None:
    """Put a course away that has no class to come; put away, doing so again changes nothing."""
    course = await session.get_one(Course, course_id)
    if course.archived_at is not None:
        return
    to_come = await session.scalar(
        select(ClassSession.id)
        .where(
            ClassSession.course_id == course_id,
            ClassSession.ended_at.is_(None),
            ClassSession.cancelled_at.is_(None),
            ClassSession.ends_at > now,
        )
        .limit(1)
    )
    if to_come is not None:
        raise Refused(
            "classes_to_come",
            "This course has classes to come. Cancel them first, then put it in the archive.",
        )
    course.archived_at = now
    await _note(session, member, "archive_course", course, now, audit_id)


async def take_out_of_archive(
    session: AsyncSession, member: StaffMember, course_id: str, now: datetime, audit_id: str
) -> None:
    """Take a course out of the archive again."""
    course = await session.get_one(Course, course_id)
    if course.archived_at is not None:
        course.archived_at = None
        await _note(session, member, "unarchive_course", course, now, audit_id)


async def check_staff(
    session: AsyncSession, programme: Programme, lead_id: str, helper_id: str | None
) -> None:
    """Raise `Refused` unless these two may lead and help in the programme's classes."""
    staff = {each.person_id: each for each in await staff_of(session, programme.service_id)}
    if lead_id not in staff or not staff[lead_id].may_lead or (helper_id and helper_id not in staff):
        raise Refused(
            "not_in_service",
            "Somebody you chose cannot lead or help in this service any more. Go back and choose again.",
        )
    if problem := staff_problem(lead_id, helper_id, programme.max_patients):
        raise Refused("staff_missing", f"{problem}.")


async def _enrol_staff(session: AsyncSession, course_id: str, people: Sequence[str | None]) -> None:
    for person_id in people:
        if person_id is not None and await session.get(CourseMember, (course_id, person_id)) is None:
            session.add(CourseMember(course_id=course_id, person_id=person_id, seat=None))
    await session.flush()


async def _note(
    session: AsyncSession, member: StaffMember, action: str, course: Course, now: datetime, audit_id: str
) -> None:
    programme = await session.get_one(Programme, course.programme_id)
    audit(
        session, member, action, now, audit_id, service_id=programme.service_id, detail={"course": course.id}
    )
