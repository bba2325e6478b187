"""The courses of a patient, the patients of a course as staff keep them, and where there is a place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from server.storage.tables import (
    ClassSession,
    Course,
    CourseMember,
    Patient,
    Person,
    PersonalLink,
    Programme,
    WaitingPlace,
)
from server.timetable.doors import FORGOTTEN_AFTER, OPEN_BEFORE
from server.timetable.enrolment import has_second, most_patients
from server.timetable.referrals import AdminCategory, Referral


@dataclass(frozen=True, slots=True)
class PatientCourse:
    """A course on whose list a patient is."""

    course_id: str
    title: str
    is_over: bool
    partner_name: str | None
    """Of the one who comes by the same device."""
    has_link: bool
    """Whether there is a link that opens the course."""
    referral: Referral


@dataclass(frozen=True, slots=True)
class OnCourse:
    """A patient on a course list."""

    person_id: str
    full_name: str
    shown_name: str
    phone: str
    email: str | None
    seat: int
    partner_id: str | None
    referral: Referral


@dataclass(frozen=True, slots=True)
class OpenCourse:
    """A course of a service that is not over, with how full it is."""

    course_id: str
    title: str
    lead_name: str
    taken: int
    most: int
    next_at: datetime | None

    @property
    def free(self) -> int:
        """How many more may come."""
        return max(0, self.most - self.taken)


@dataclass(frozen=True, slots=True)
class WaitsFor:
    """A programme for which a patient waits."""

    programme_id: str
    title: str
    added_at: datetime


async def courses_of_patient(session: AsyncSession, person_id: str, now: datetime) -> list[PatientCourse]:
    """Return the courses of a patient, the newest first. One statement."""
    partner = aliased(Person)
    last = _last_end()
    rows = await session.execute(
        select(CourseMember, Course.title, Course.archived_at, partner.full_name, PersonalLink, last)
        .join(Course, Course.id == CourseMember.course_id)
        .outerjoin(partner, partner.id == CourseMember.partner_id)
        .outerjoin(
            PersonalLink,
            and_(
                PersonalLink.course_id == CourseMember.course_id,
                PersonalLink.person_id == CourseMember.person_id,
                PersonalLink.revoked_at.is_(None),
            ),
        )
        .where(CourseMember.person_id == person_id, CourseMember.seat.is_not(None))
        .order_by(last.desc(), Course.title)
    )
    return [
        PatientCourse(
            course_id=member.course_id,
            title=title,
            is_over=archived_at is not None or (ends_at is not None and ends_at <= now),
            partner_name=partner_name,
            has_link=link is not None and (link.expires_at is None or link.expires_at > now),
            referral=referral_of(member),
        )
        for member, title, archived_at, partner_name, link, ends_at in rows
    ]


async def patients_on_course(session: AsyncSession, course_id: str) -> list[OnCourse]:
    """Return the patients of a course by seat. One statement."""
    rows = await session.execute(
        select(CourseMember, Person, Patient.email)
        .join(Person, Person.id == CourseMember.person_id)
        .outerjoin(Patient, Patient.person_id == Person.id)
        .where(CourseMember.course_id == course_id, CourseMember.seat.is_not(None))
        .order_by(CourseMember.seat)
    )
    return [
        OnCourse(
            person_id=person.id,
            full_name=person.full_name,
            shown_name=person.shown_name,
            phone=person.phone,
            email=email,
            seat=member.seat or 0,
            partner_id=member.partner_id,
            referral=referral_of(member),
        )
        for member, person, email in rows
    ]


async def open_courses(
    session: AsyncSession, service_id: str, now: datetime, *, without: str | None = None
) -> list[OpenCourse]:
    """Return a service's courses that are not over, by title; `without` a patient's own. One statement."""
    last = _last_end()
    taken = (
        select(func.count())
        .select_from(CourseMember)
        .where(CourseMember.course_id == Course.id, CourseMember.seat.is_not(None))
        .correlate(Course)
        .scalar_subquery()
    )
    next_at = (
        select(func.min(ClassSession.starts_at))
        .where(
            ClassSession.course_id == Course.id,
            ClassSession.starts_at > now,
            ClassSession.cancelled_at.is_(None),
        )
        .correlate(Course)
        .scalar_subquery()
    )
    conditions: list[ColumnElement[bool]] = [
        Programme.service_id == service_id,
        Course.archived_at.is_(None),
        or_(last.is_(None), last > now),
    ]
    if without is not None:
        theirs = select(CourseMember.course_id).where(CourseMember.person_id == without)
        conditions.append(Course.id.not_in(theirs))
    rows = await session.execute(
        select(Course, Programme.max_patients, Person.full_name, taken, next_at)
        .join(Programme, Programme.id == Course.programme_id)
        .join(Person, Person.id == Course.lead_id)
        .where(*conditions)
        .order_by(Course.title, Course.id)
    )
    return [
        OpenCourse(
            course_id=course.id,
            title=course.title,
            lead_name=lead_name,
            taken=count,
            most=most_patients(max_patients, has_second=has_second(course)),
            next_at=starts_at,
        )
        for course, max_patients, lead_name, count, starts_at in rows
    ]


async def waits_for(session: AsyncSession, person_id: str) -> list[WaitsFor]:
    """Return the programmes for which a patient waits, the longest first. One statement."""
    rows = await session.execute(
        select(Programme.id, Programme.title, WaitingPlace.added_at)
        .join(WaitingPlace, WaitingPlace.programme_id == Programme.id)
        .where(WaitingPlace.person_id == person_id)
        .order_by(WaitingPlace.added_at, Programme.id)
    )
    return [WaitsFor(*row) for row in rows]


async def open_classes_of_patient(session: AsyncSession, person_id: str, now: datetime) -> list[str]:
    """Return the classes of a patient's courses that people may be in: their rooms show names and phones."""
    query = (
        select(ClassSession.id)
        .join(CourseMember, CourseMember.course_id == ClassSession.course_id)
        .where(
            CourseMember.person_id == person_id,
            ClassSession.ended_at.is_(None),
            ClassSession.cancelled_at.is_(None),
            ClassSession.starts_at <= now + OPEN_BEFORE,
            ClassSession.ends_at > now - FORGOTTEN_AFTER,
        )
    )
    return list(await session.scalars(query))


def referral_of(member: CourseMember) -> Referral:
    """Return what the course list says of a patient's referral."""
    category = next((each for each in AdminCategory if each == member.admin_category), None)
    return Referral(member.service_request_id, member.commissioner_code, category)


def _last_end() -> ScalarSelect[datetime]:
    return (
        select(func.max(ClassSession.ends_at))
        .where(ClassSession.course_id == Course.id)
        .correlate(Course)
        .scalar_subquery()
    )
