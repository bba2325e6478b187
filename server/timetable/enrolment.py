"""Putting patients on a course and taking them off: who may have a place, the seat, the link, couples.

Who is on the course list has a fixed seat on the physio's wall for the whole course, and a personal link.
Who is taken off loses both; the care contacts stay, and so does whatever was said in class.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.people.links import make_link, revoke_link
from server.people.roles import Role
from server.storage.tables import (
    ClassSession,
    Course,
    CourseMember,
    Person,
    PersonalLink,
    Programme,
    WaitingPlace,
)
from server.timetable.courses import MOST_PATIENTS, classes_of
from server.timetable.doors import Doors, doors
from server.timetable.programmes import RECOMMENDED_PATIENTS
from server.timetable.referrals import Referral


def most_patients(max_patients: int, *, has_second: bool) -> int:
    """Return how many patients may be on a course: the programme's maximum, 12 without a second member of
    staff, 16 at most.
    """
    most = min(max_patients, MOST_PATIENTS)
    return most if has_second else min(most, RECOMMENDED_PATIENTS)


def has_second(course: Course) -> bool:
    """Whether somebody other than the lead is named to help."""
    return course.helper_id is not None and course.helper_id != course.lead_id


@dataclass(frozen=True, slots=True)
class Places:
    """How full a course is."""

    course_id: str
    title: str
    programme_id: str
    service_id: str
    max_patients: int
    """The programme's."""
    has_second: bool
    """Somebody other than the lead is named to help."""
    seats: frozenset[int]
    """Those that are taken."""
    is_over: bool

    @property
    def most(self) -> int:
        """How many patients may be on the course as it is staffed."""
        return most_patients(self.max_patients, has_second=self.has_second)

    @property
    def free(self) -> int:
        """How many more may come."""
        return max(0, self.most - len(self.seats))

    def why_not(self, newcomers: int) -> Refused | None:
        """Return why so many more cannot be put on the course; None when they can."""
        if self.is_over:
            return Refused("course_over", "This course is over. Choose one that is still going on.")
        if newcomers <= self.free:
            return None
        if not self.has_second and len(self.seats) + newcomers <= min(self.max_patients, MOST_PATIENTS):
            return Refused(
                "second_staff_needed",
                f"More than {RECOMMENDED_PATIENTS} patients need a second member of staff. Name somebody who"
                " helps on this course, or use the waiting list.",
            )
        return Refused(
            "course_full",
            f"This course is full: it has places for {self.most}, and {self._free_words}."
            " Choose another course, or use the waiting list.",
        )

    @property
    def _free_words(self) -> str:
        return {0: "none is free", 1: "1 is free"}.get(self.free, f"{self.free} are free")

    def next_seats(self, count: int) -> list[int]:
        """Return the lowest free seats."""
        return [seat for seat in range(MOST_PATIENTS) if seat not in self.seats][:count]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody to be put on a course."""

    person_id: str
    referral: Referral


@dataclass(frozen=True, slots=True)
class NewMember:
    """Somebody who was put on a course. `token` opens their link; it is stored nowhere."""

    person_id: str
    seat: int
    link_id: str
    token: str


async def places_of(session: AsyncSession, course_id: str, now: datetime) -> Places | None:
    """Return how full a course is, in two statements; None when there is no such course."""
    last = select(func.max(ClassSession.ends_at)).where(ClassSession.course_id == course_id).scalar_subquery()
    row = (
        await session.execute(
            select(Course, Programme, last)
            .join(Programme, Programme.id == Course.programme_id)
            .where(Course.id == course_id)
        )
    ).one_or_none()
    if row is None:
        return None
    course, programme, ends_at = row
    seats = await session.scalars(
        select(CourseMember.seat).where(CourseMember.course_id == course_id, CourseMember.seat.is_not(None))
    )
    return Places(
        course_id=course_id,
        title=course.title,
        programme_id=programme.id,
        service_id=programme.service_id,
        max_patients=programme.max_patients,
        has_second=has_second(course),
        seats=frozenset(seat for seat in seats if seat is not None),
        is_over=course.archived_at is not None or (ends_at is not None and ends_at <= now),
    )


async def put_on_course(
    session: AsyncSession,
    course_id: str,
    newcomers: Sequence[Newcomer],
    now: datetime,
    *,
    new_id: Callable[[], str],
    new_secret: Callable[[], str],
) -> list[NewMember]:
    """Give each of these patients a seat and a personal link, or nobody.

    Raises `Refused`: no_such_course, course_over, second_staff_needed, course_full, already_on_course,
    not_a_patient (of this service).
    """
    places = await places_of(session, course_id, now)
    if places is None:
        raise Refused("no_such_course", "There is no such course. Choose another.")
    ids = [each.person_id for each in newcomers]
    await _check_people(session, places, ids)
    if refused := places.why_not(len(newcomers)):
        raise refused
    seats = places.next_seats(len(newcomers))
    session.add_all(_member(course_id, one, seat) for one, seat in zip(newcomers, seats, strict=True))
    await session.flush()
    members = []
    for one, seat in zip(newcomers, seats, strict=True):
        token = new_secret()
        link_id = await make_link(
            session, link_id=new_id(), course_id=course_id, person_id=one.person_id, token=token, now=now
        )
        members.append(NewMember(one.person_id, seat, link_id, token))
    return members


async def _check_people(session: AsyncSession, places: Places, ids: Sequence[str]) -> None:
    patients = await session.scalars(
        select(Person.id).where(
            Person.id.in_(ids), Person.role == Role.PATIENT, Person.service_id == places.service_id
        )
    )
    if set(patients) != set(ids):
        raise Refused("not_a_patient", "There is no such patient in this service.")
    there = await session.scalar(
        select(CourseMember.person_id)
        .where(CourseMember.course_id == places.course_id, CourseMember.person_id.in_(ids))
        .limit(1)
    )
    if there is not None or len(set(ids)) < len(ids):
        raise Refused("already_on_course", "This patient is on this course already.")


def _member(course_id: str, one: Newcomer, seat: int) -> CourseMember:
    return CourseMember(
        course_id=course_id,
        person_id=one.person_id,
        seat=seat,
        service_request_id=one.referral.service_request_id,
        commissioner_code=one.referral.commissioner_code,
        admin_category=one.referral.admin_category,
    )


async def wait_no_longer(session: AsyncSession, course_id: str, person_ids: Collection[str]) -> None:
    """Take patients who have a place on a course off the waiting list of its programme."""
    programme = select(Course.programme_id).where(Course.id == course_id).scalar_subquery()
    await session.execute(
        delete(WaitingPlace).where(
            WaitingPlace.programme_id == programme, WaitingPlace.person_id.in_(person_ids)
        )
    )


async def change_referral(session: AsyncSession, course_id: str, person_id: str, referral: Referral) -> None:
    """Store what has become known of a patient's referral; contacts that are written keep what they have."""
    row = await _patient_on(session, course_id, person_id)
    row.service_request_id = referral.service_request_id
    row.commissioner_code = referral.commissioner_code
    row.admin_category = referral.admin_category


async def take_off_course(session: AsyncSession, course_id: str, person_id: str, now: datetime) -> None:
    """Take a patient off a course: the seat is free, the link opens nothing any more."""
    row = await _patient_on(session, course_id, person_id)
    await _part(session, row)
    link_id = await session.scalar(
        select(PersonalLink.id).where(
            PersonalLink.course_id == course_id, PersonalLink.person_id == person_id
        )
    )
    if link_id is not None:
        await revoke_link(session, link_id=link_id, now=now)
    await session.delete(row)
    await session.flush()


async def join_couple(session: AsyncSession, course_id: str, one_id: str, other_id: str) -> None:
    """Note that two patients of a course come by one device. Raises `Refused` (one_person, in_couple)."""
    if one_id == other_id:
        raise Refused("one_person", "A couple is two people. Choose somebody else.")
    one = await _patient_on(session, course_id, one_id)
    other = await _patient_on(session, course_id, other_id)
    for each, partner_id in ((one, other_id), (other, one_id)):
        if each.partner_id not in (None, partner_id):
            raise Refused("in_couple", "One of the two shares a device with somebody else. Undo that first.")
    one.partner_id, other.partner_id = other_id, one_id


async def part_couple(session: AsyncSession, course_id: str, person_id: str) -> None:
    """Note that a patient comes by a device of their own again, and so does the other one."""
    await _part(session, await _patient_on(session, course_id, person_id))


async def _part(session: AsyncSession, row: CourseMember) -> None:
    if row.partner_id is not None:
        other = await session.get(CourseMember, (row.course_id, row.partner_id))
        if other is not None and other.partner_id == row.person_id:
            other.partner_id = None
        row.partner_id = None


async def _patient_on(session: AsyncSession, course_id: str, person_id: str) -> CourseMember:
    row = await session.get(CourseMember, (course_id, person_id))
    if row is None or row.seat is None:
        raise Refused("not_on_course", "This patient is not on this course any more.")
    return row


async def classes_now(session: AsyncSession, course_id: str, now: datetime) -> list[str]:
    """Return the classes of a course whose doors are open: their rooms are to learn who is on the course."""
    return [row.id for row in await classes_of(session, course_id) if doors(row, now) is Doors.OPEN]
