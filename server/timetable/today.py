"""What staff need before a class: their own classes today and the next, and who is coming."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Row, and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from server.people.device_checks import CheckedDevice, device_check_of
from server.people.staff import StaffMember
from server.storage.tables import (
    Absence,
    AgreementAccepted,
    CareContact,
    Carer,
    CheckIn,
    ClassSession,
    Course,
    CourseMember,
    Participation,
    Patient,
    Person,
    PersonalLink,
    Programme,
    Service,
)
from server.timetable.agreement import VERSION
from server.timetable.check_in_rules import State
from server.timetable.ownership import own_class

MOST_CLASSES = 20
DID_NOT_ATTEND = "3"
"""NHS Data Dictionary: ATTENDANCE STATUS."""


@dataclass(frozen=True, slots=True)
class OwnClass:
    """A class that somebody leads, helps in, or covers."""

    session: ClassSession
    course: Course
    programme: Programme
    service: Service
    lead_name: str
    helper_name: str | None
    patients: int
    """How many are on the list."""
    last_id: str | None
    """The class before this one, cancelled ones left out."""
    states: Mapping[State, int] = field(default_factory=dict)
    """How many check-ins are in which state."""


@dataclass(frozen=True, slots=True)
class ComingPatient:
    """A patient of the course before one class."""

    person: Person
    patient: Patient | None
    seat: int | None
    partner_id: str | None
    check_in: CheckIn | None
    carer: Carer | None
    """Who comes with the patient today, or for her."""
    is_absent: bool
    """Said that they cannot come."""
    has_agreed: bool
    missed_last: bool
    participation: Participation | None
    device: CheckedDevice | None

    @property
    def state(self) -> State:
        """Of the check-in; open before it was begun."""
        return State(self.check_in.state) if self.check_in else State.OPEN


async def own_classes(session: AsyncSession, member: StaffMember, since: datetime) -> list[OwnClass]:
    """Return the own classes that end after `since`, the soonest first. Two statements."""
    query = _CLASSES.where(own_class(member), ClassSession.ends_at > since)
    query = query.order_by(ClassSession.starts_at, ClassSession.id).limit(MOST_CLASSES)
    rows = (await session.execute(query)).all()
    states = await _states(session, [row[0].id for row in rows])
    return [_own(row, states) for row in rows]


async def own_class_of(session: AsyncSession, member: StaffMember, class_id: str) -> OwnClass | None:
    """Return a class that is one's own; None for any other. Two statements."""
    query = _CLASSES.where(own_class(member), ClassSession.id == class_id)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else _own(row, await _states(session, [class_id]))


async def coming_to(
    session: AsyncSession, each: OwnClass, person_id: str | None = None
) -> list[ComingPatient]:
    """Return the patients of a class by seat; of all, or of one. Two statements."""
    agreed = exists().where(
        AgreementAccepted.course_id == each.course.id,
        AgreementAccepted.person_id == Person.id,
        AgreementAccepted.version == VERSION,
    )
    missed = exists().where(
        CareContact.class_id == each.last_id,
        CareContact.subject_id == Patient.subject_id,
        CareContact.attendance_status == DID_NOT_ATTEND,
    )
    class_id = each.session.id
    query = (
        select(
            Person,
            Patient,
            CourseMember.seat,
            CourseMember.partner_id,
            CheckIn,
            Carer,
            Absence.person_id,
            agreed,
            missed,
            Participation,
            PersonalLink.id,
        )
        .join(CourseMember, CourseMember.person_id == Person.id)
        .outerjoin(Patient, Patient.person_id == Person.id)
        .outerjoin(CheckIn, and_(CheckIn.person_id == Person.id, CheckIn.class_id == class_id))
        .outerjoin(Carer, Carer.id == CheckIn.carer_id)
        .outerjoin(Absence, and_(Absence.person_id == Person.id, Absence.class_id == class_id))
        .outerjoin(
            Participation,
            and_(Participation.person_id == Person.id, Participation.class_id == class_id),
        )
        .outerjoin(
            PersonalLink,
            and_(PersonalLink.person_id == Person.id, PersonalLink.course_id == each.course.id),
        )
        .where(CourseMember.course_id == each.course.id, CourseMember.seat.is_not(None))
        .order_by(CourseMember.seat)
    )
    if person_id is not None:
        query = query.where(Person.id == person_id)
    rows = (await session.execute(query)).all()
    devices = await device_check_of(session, [link_id for *_, link_id in rows if link_id is not None])
    return [
        ComingPatient(
            person,
            patient,
            seat,
            partner_id,
            check_in,
            carer,
            absent is not None,
            has_agreed,
            missed_last,
            participation,
            devices.get(link_id) if link_id else None,
        )
        for (
            person,
            patient,
            seat,
            partner_id,
            check_in,
            carer,
            absent,
            has_agreed,
            missed_last,
            participation,
            link_id,
        ) in rows
    ]


_ClassRow = Row[ClassSession, Course, Programme, Service, str, str | None, int, str | None]


def _own(row: _ClassRow, states: Mapping[str, Mapping[State, int]]) -> OwnClass:
    each, course, programme, service, lead, helper, patients, last_id = row
    return OwnClass(
        each, course, programme, service, lead, helper, patients, last_id, states.get(each.id, {})
    )


_LEAD, _HELPER, _EARLIER = aliased(Person), aliased(Person), aliased(ClassSession)
_CLASSES = (
    select(
        ClassSession,
        Course,
        Programme,
        Service,
        _LEAD.shown_name,
        _HELPER.shown_name,
        select(func.count())
        .select_from(CourseMember)
        .where(CourseMember.course_id == Course.id, CourseMember.seat.is_not(None))
        .correlate(Course)
        .scalar_subquery(),
        select(_EARLIER.id)
        .where(
            _EARLIER.course_id == Course.id,
            _EARLIER.starts_at < ClassSession.starts_at,
            _EARLIER.cancelled_at.is_(None),
        )
        .order_by(_EARLIER.starts_at.desc())
        .limit(1)
        .correlate(Course, ClassSession)
        .scalar_subquery(),
    )
    .join(Course, Course.id == ClassSession.course_id)
    .join(Programme, Programme.id == Course.programme_id)
    .join(Service, Service.id == Programme.service_id)
    .join(_LEAD, _LEAD.id == func.coalesce(ClassSession.lead_id, Course.lead_id))
    .outerjoin(_HELPER, _HELPER.id == Course.helper_id)
)


async def _states(session: AsyncSession, class_ids: Sequence[str]) -> dict[str, dict[State, int]]:
    rows = await session.execute(
        select(CheckIn.class_id, CheckIn.state, func.count())
        .where(CheckIn.class_id.in_(class_ids))
        .group_by(CheckIn.class_id, CheckIn.state)
    )
    found: dict[str, dict[State, int]] = {}
    for class_id, state, count in rows:
        found.setdefault(class_id, {})[State(state)] = count
    return found
