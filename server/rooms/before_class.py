"""Reads what staff in class need to know of each patient: the check-in, and whom to ring in an emergency."""

from __future__ import annotations

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.roles import Role
from server.rooms.state import BeforeClass
from server.storage.tables import CheckIn, ClassSession, CourseMember, Patient, Person
from server.timetable.check_in_rules import State


async def before_class_of(
    session: AsyncSession, class_id: str, person_id: str | None = None
) -> dict[str, BeforeClass]:
    """Return it by patient of the course: of all, or of one. One statement."""
    query = (
        select(Person, Patient, CheckIn, CourseMember.partner_id)
        .join(CourseMember, CourseMember.person_id == Person.id)
        .join(ClassSession, ClassSession.course_id == CourseMember.course_id)
        .outerjoin(Patient, Patient.person_id == Person.id)
        .outerjoin(CheckIn, and_(CheckIn.person_id == Person.id, CheckIn.class_id == ClassSession.id))
        .where(ClassSession.id == class_id, Person.role == Role.PATIENT)
    )
    if person_id is not None:
        query = query.where(Person.id == person_id)
    rows = (await session.execute(query)).all()
    return {person.id: _of(person, patient, row, partner_id) for person, patient, row, partner_id in rows}


def _of(person: Person, patient: Patient | None, row: CheckIn | None, partner_id: str | None) -> BeforeClass:
    """Whom to ring in an emergency stands in the record, too: for who has not checked in, or need not."""
    born = patient.date_of_birth if patient else None
    name, phone = (patient.emergency_name or "", patient.emergency_phone or "") if patient else ("", "")
    if row is None:
        return BeforeClass(date_of_birth=born, phone=person.phone, emergency_name=name, emergency_phone=phone)
    if row.emergency_name or row.emergency_phone:
        name, phone = row.emergency_name, row.emergency_phone
    return BeforeClass(
        state=State(row.state),
        partner_id=partner_id if row.partner_too else None,
        date_of_birth=born,
        place=row.place,
        phone=row.phone or person.phone,
        with_whom=row.with_whom,
        emergency_name=name,
        emergency_phone=phone,
    )
