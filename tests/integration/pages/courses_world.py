"""A service with staff who can plan, and the courses they make; beside the demo's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from server.people.staff import StaffRole
from server.storage.tables import (
    AuditEntry,
    ClassSession,
    Course,
    CourseMember,
    Patient,
    Person,
    Programme,
    Service,
    StaffSession,
)
from tests.integration.pages.staff import StaffBrowser, signed_in
from tests.integration.pages.world import World

OTHER = "another"


@dataclass
class Clinic:
    """The second service: a lead, another lead, a helper, and a programme of 4 classes."""

    world: World
    lead: StaffBrowser
    other_lead: StaffBrowser
    helper: StaffBrowser
    lead_id: str
    other_lead_id: str
    helper_id: str
    service_id: str = OTHER
    programme_id: str = "programme"

    def form(self, **fields: str) -> dict[str, str]:
        """What the lead fills in: Tuesdays and Thursdays at 10 from 12 January 2027."""
        filled = {
            "programme": self.programme_id,
            "kind": "course",
            "title": "Back group",
            "lead": self.lead_id,
            "helper": "",
            "first-day-day": "12",
            "first-day-month": "1",
            "first-day-year": "2027",
            "place1-day": "1",
            "place1-time": "10:00",
            "place2-day": "3",
            "place2-time": "10am",
        }
        return filled | {name.replace("__", "-"): value for name, value in fields.items()}

    async def make_course(self, course_id: str = "course", **fields: str) -> str:
        """Plan and store a course; returns its id."""
        form = self.form(**fields) | {"step": "store", "course": course_id}
        page = await self.lead.post("/staff/courses/new", form)
        assert page.headers["Location"] == f"/staff/courses/{course_id}?done=made", page.text("main")
        return course_id

    async def at(self, moment: datetime) -> None:
        """Let it be another time, with everybody still signed in."""
        self.world.clock.now = moment

        async def work(session) -> None:
            await session.execute(
                update(StaffSession).values(used_at=moment, expires_at=moment + timedelta(hours=12))
            )

        await self.world.database.write(work)

    async def classes(self, course_id: str = "course") -> list[ClassSession]:
        async with self.world.database.reading() as session:
            query = select(ClassSession).where(ClassSession.course_id == course_id)
            return list(await session.scalars(query.order_by(ClassSession.number)))

    async def course(self, course_id: str = "course") -> Course:
        async with self.world.database.reading() as session:
            return await session.get_one(Course, course_id)

    async def staff_on(self, course_id: str = "course") -> set[str]:
        async with self.world.database.reading() as session:
            query = select(CourseMember.person_id).where(
                CourseMember.course_id == course_id, CourseMember.seat.is_(None)
            )
            return set(await session.scalars(query))

    async def audited(self) -> list[str]:
        async with self.world.database.reading() as session:
            query = select(AuditEntry.action).where(AuditEntry.service_id == self.service_id)
            return list(await session.scalars(query.order_by(AuditEntry.at, AuditEntry.id)))

    async def add_patient(
        self, person_id: str, *, course_id: str | None = None, seat: int = 0, **values: Any
    ) -> str:
        async def work(session) -> None:
            session.add(
                Person(
                    id=person_id,
                    service_id=values.pop("service_id", self.service_id),
                    role="patient",
                    full_name=values.pop("full_name", f"{person_id.title()} Example"),
                    shown_name=person_id.title(),
                    phone="07700 900142",
                )
            )
            await session.flush()
            session.add(Patient(person_id=person_id, subject_id=f"subject-{person_id}", **values))
            if course_id is not None:
                session.add(CourseMember(course_id=course_id, person_id=person_id, seat=seat))

        await self.world.database.write(work)
        return person_id


async def clinic(world: World, *, max_patients: int = 12) -> Clinic:
    """Set it up, with its staff signed in."""

    async def work(session) -> None:
        session.add(Service(id=OTHER, name="Hillside pain groups", phone="01632 960999"))
        await session.flush()
        session.add(
            Programme(
                id="programme",
                service_id=OTHER,
                title="Back programme",
                class_count=4,
                class_minutes=60,
                max_patients=max_patients,
                week_plan=[{"topic": "Pain explained", "sessions": []}, {"topic": "", "sessions": []}],
            )
        )

    await world.database.write(work)
    lead = await signed_in(world, StaffRole.LEAD, OTHER, email="ada@example.org", name="Ada Lead")
    other_lead = await signed_in(world, StaffRole.LEAD, OTHER, email="ben@example.org", name="Ben Cover")
    helper = await signed_in(world, StaffRole.HELPER, OTHER, email="cleo@example.org", name="Cleo Helper")
    return Clinic(
        world,
        lead,
        other_lead,
        helper,
        await lead.person_id(OTHER),
        await other_lead.person_id(OTHER),
        await helper.person_id(OTHER),
    )
