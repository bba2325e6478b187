"""A busy installation: services with many patients and courses, and somebody who may see all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.links import hash_of
from server.people.staff import StaffRole
from server.storage import tables as t
from server.storage.database import Database

SECRET = "the-secret-of-somebody-who-may-all"
CLASSES = 12
SEATS = 12
PROGRAMMES = 4
STAFF = 8
"""Programmes and staff of each service."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is."""

    patients: int
    courses: int
    services: int = 5


async def fill(database: Database, size: Size, now: datetime) -> Mapping[str, str]:
    """Fill the database; return an id for each kind of thing that stands in an address."""
    made = _Rows(size, now)
    made.services()
    made.patients()
    made.courses()
    made.the_beside()

    async def work(session: AsyncSession) -> None:
        for table, rows in made.rows.items():
            if rows:
                await session.execute(insert(table), rows)

    await database.write(work)
    return {
        "service_id": "s0",
        "site_id": "s0-site",
        "account_id": "s0-a1",
        "session_id": "session",
        "programme_id": "s0-p0",
        "copy_id": "s1-p0",
        "course_id": "c0",
        "class_id": f"c0-{CLASSES // 2}",
        "person_id": "s0-patient0",
        "carer_id": "carer0",
        "letter_id": "letter0",
        "number": "1",
        "file_id": "file",
    }


class _Rows:
    """Collects the rows, by table, in the order in which they can be inserted."""

    def __init__(self, size: Size, now: datetime) -> None:
        self.size, self.now = size, now
        order = (
            *(t.Service, t.Site, t.StaffAccount, t.StaffRole, t.StaffSession, t.Person, t.Patient, t.Carer),
            *(t.Programme, t.Course, t.CourseMember, t.ClassSession, t.PersonalLink, t.WaitingPlace),
            *(t.CheckIn, t.AgreementAccepted, t.Participation, t.CareContact, t.Letter, t.AuditEntry),
        )
        self.rows: dict[Any, list[dict[str, Any]]] = {table: [] for table in order}

    def add(self, table: Any, **values: Any) -> None:
        self.rows[table].append(values)

    def services(self) -> None:
        self._account("all", "Somebody Who May All")
        for role in (StaffRole.SYSTEM_ADMIN, StaffRole.QUALITY_LEAD):
            self.add(t.StaffRole, id=f"all-{role}", account_id="all", service_id=None, role=role)
        lasts = timedelta(hours=12)
        self.add(
            t.StaffSession,
            id="session",
            account_id="all",
            secret_hash=hash_of(SECRET),
            created_at=self.now,
            used_at=self.now,
            expires_at=self.now + lasts,
            second_factor_at=self.now,
        )
        for number in range(self.size.services):
            service = f"s{number}"
            self.add(t.Service, id=service, name=f"Service {number}", phone="01632 960123")
            self.add(t.Site, id=f"{service}-site", service_id=service, name="Town", code="Z9Z01")
            self._employ("all", service, StaffRole.LEAD, "Somebody Who May All")
            self.add(
                t.StaffRole,
                id=f"all-{service}-admin",
                account_id="all",
                service_id=service,
                role=StaffRole.SERVICE_ADMIN,
            )
            for each in range(STAFF):
                name = f"Staff {each} of {number}"
                self._account(f"{service}-a{each}", name)
                role = StaffRole.LEAD if each % 2 == 0 else StaffRole.HELPER
                self._employ(f"{service}-a{each}", service, role, name)
            for each in range(PROGRAMMES):
                self.add(
                    t.Programme,
                    id=f"{service}-p{each}",
                    service_id=service,
                    title=f"Programme {each}",
                    class_count=CLASSES,
                    class_minutes=60,
                    max_patients=16,
                    is_shared=each == 0,
                    has_check_in=True,
                    week_plan=[{"topic": f"Topic {week}", "sessions": []} for week in range(CLASSES)],
                )

    def patients(self) -> None:
        for number in range(self.size.patients):
            service = f"s{number % self.size.services}"
            person = self.patient(number)
            self.add(
                t.Person,
                id=person,
                service_id=service,
                role="patient",
                full_name=f"Patient {number} Example",
                shown_name=f"Pat{number}",
                phone=f"07700 {900000 + number % 1000}",
                account_id=None,
            )
            self.add(
                t.Patient,
                person_id=person,
                subject_id=f"subject{number}",
                date_of_birth=date(1930 + number % 50, 1 + number % 12, 1 + number % 28),
                email=f"pat{number}@example.org" if number % 3 else None,
            )
            if number % 10 == 0:
                self.add(
                    t.Carer,
                    id=f"carer{number // 10}",
                    patient_id=person,
                    full_name="Carer Example",
                    relation="wife",
                )

    def patient(self, number: int) -> str:
        return f"s{number % self.size.services}-patient{number // self.size.services}"

    def courses(self) -> None:
        """Half of the courses are past; of the others each has its sixth class today."""
        each_has = self.size.patients // self.size.services
        for number in range(self.size.courses):
            service = number % self.size.services
            nth = number // self.size.services
            course, lead = f"c{number}", self.person("all" if nth % 10 == 0 else f"s{service}-a0", service)
            self.add(
                t.Course,
                id=course,
                programme_id=f"s{service}-p{nth % PROGRAMMES}",
                title=f"Course {number}",
                lead_id=lead,
                helper_id=self.person(f"s{service}-a1", service),
                weekly=[{"weekday": 1, "time": "10:00"}],
                created_at=self.now - timedelta(days=200),
            )
            self._members(course, service, nth, each_has)
            self._classes(course, past=number % 2 == 1)

    def _members(self, course: str, service: int, nth: int, each_has: int) -> None:
        seen: set[str] = set()
        for seat in range(SEATS):
            person = f"s{service}-patient{(nth * SEATS + seat) % each_has}"
            if person in seen:
                continue
            seen.add(person)
            self.add(t.CourseMember, course_id=course, person_id=person, seat=seat, admin_category="01")
            self.add(
                t.PersonalLink,
                id=f"{course}-l{seat}",
                course_id=course,
                person_id=person,
                token_hash=f"{course}-l{seat}",
                created_at=self.now,
            )
            self.add(t.AgreementAccepted, course_id=course, person_id=person, version=1, accepted_at=self.now)
            self.add(
                t.CheckIn,
                class_id=f"{course}-{CLASSES // 2}",
                person_id=person,
                at=self.now,
                stage="done",
                comes="self",
                state="held" if seat == 0 else "ready",
                symptoms=["dizzy"] if seat == 0 else [],
            )
            self.add(
                t.Participation,
                class_id=f"{course}-{CLASSES // 2}",
                person_id=person,
                place="waiting",
                place_since=self.now,
            )
            self.add(
                t.CareContact,
                id=f"C{course}-{seat}",
                class_id=f"{course}-1",
                subject_id=f"subject{int(person.rpartition('patient')[2]) * self.size.services + service}",
                service_id=f"s{service}",
                attendance_status="3" if seat % 4 == 0 else "5",
                starts_at=self.now - timedelta(days=35),
                duration_minutes=60,
                consultation_type="01",
                consultation_mechanism="11",
                group_therapy="Y",
                settled_at=self.now,
            )

    def _classes(self, course: str, *, past: bool) -> None:
        before = timedelta(days=365) if past else timedelta(0)
        for number in range(1, CLASSES + 1):
            starts_at = self.now + timedelta(days=7 * (number - CLASSES // 2), minutes=5) - before
            over = starts_at < self.now
            self.add(
                t.ClassSession,
                id=f"{course}-{number}",
                course_id=course,
                number=number,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=1),
                ended_at=starts_at + timedelta(hours=1) if over else None,
                settled_at=starts_at + timedelta(hours=1) if over else None,
                topic=f"Topic {number}",
                sequence=0,
            )

    def the_beside(self) -> None:
        """Those who wait, letters and what staff did: a fifth of the patients each."""
        for number in range(self.size.patients // 5):
            person, service = self.patient(number), f"s{number % self.size.services}"
            self.add(
                t.WaitingPlace,
                id=f"w{number}",
                programme_id=f"{service}-p0",
                person_id=person,
                added_at=self.now - timedelta(minutes=number),
            )
            self.add(
                t.Letter,
                id=f"letter{number}",
                key=f"key{number}",
                kind="invitation",
                service_id=service,
                person_id=person,
                course_id=f"c{number % self.size.courses}",
                to_address="pat@example.org",
                subject="Your class",
                text="",
                written_at=self.now,
                attempts=1,
                next_at=None,
                sent_at=None if number % 50 == 0 else self.now,
                failed_at=self.now if number % 50 == 0 else None,
            )
            self.add(
                t.AuditEntry,
                id=f"audit{number}",
                at=self.now - timedelta(minutes=number),
                account_id="all",
                actor_id=None,
                service_id=service,
                subject_id=person,
                class_id=None,
                action="put_on_course",
                detail=None,
            )

    def person(self, account: str, service: int) -> str:
        return f"{account}-in-s{service}"

    def _account(self, account_id: str, name: str) -> None:
        self.add(
            t.StaffAccount,
            id=account_id,
            email=f"{account_id}@example.org",
            full_name=name,
            shown_name=name.split()[0],
            phone="",
            profession="physiotherapist",
            failures=0,
            created_at=self.now,
        )

    def _employ(self, account_id: str, service: str, role: StaffRole, name: str) -> None:
        self.add(
            t.StaffRole, id=f"{account_id}-{service}", account_id=account_id, service_id=service, role=role
        )
        self.add(
            t.Person,
            id=f"{account_id}-in-{service}",
            service_id=service,
            role="physio" if role is StaffRole.LEAD else "helper",
            full_name=name,
            shown_name=name.split()[0],
            phone="",
            account_id=account_id,
        )
