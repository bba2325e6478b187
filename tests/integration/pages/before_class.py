"""The demo's course with a check-in before each class, and its patients on their way into class 5."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from server.storage.tables import (
    AuditEntry,
    CheckIn,
    CourseMember,
    Patient,
    Person,
    Programme,
)
from tests.integration.pages.situations import class_row, person_id
from tests.integration.pages.world import Page, World

WELL = {"class": "5", "no_red_flag": "yes", "no_other": "yes"}
DETAILS = {
    "class": "5",
    "phone": "07700 900142",
    "emergency_name": "Ruth Ellis",
    "emergency_phone": "07700 900777",
    "alone": "no",
    "with_whom": "my husband",
}
PLACE = {"class": "5", "place": "12 Mill Lane, Riverside", "space": "yes"}


@dataclass
class OnTheWay:
    """A patient in a browser in which she pressed Join."""

    world: World
    person_id: str
    link_id: str

    @property
    def me(self) -> str:
        return f"/me/{self.link_id}"

    @property
    def check_in(self) -> str:
        return f"{self.me}/check-in"

    async def open(self, page: str = "") -> Page:
        return await self.world.open(f"{self.check_in}{page and '/' + page}")

    async def send(self, page: str, fields: dict[str, str]) -> Page:
        return await self.world.press_join(f"{self.check_in}/{page}", data=fields)

    async def send_all(self, symptoms: dict[str, str] | None = None, **details: str) -> Page:
        """All three pages; the answer to the last."""
        await self.send("details", DETAILS | details)
        await self.send("symptoms", symptoms or WELL)
        return await self.send("today", PLACE)

    async def row(self) -> CheckIn:
        found = await check_in(self.world, self.person_id)
        assert found is not None
        return found


async def check_in(world: World, who: str) -> CheckIn | None:
    class_id = (await class_row(world)).id
    async with world.database.reading() as session:
        return await session.get(CheckIn, (class_id, who))


async def with_check_in(world: World, condition: str = "knee_hip") -> None:
    """Patients check in before each class of the demo's programme."""

    async def work(session) -> None:
        await session.execute(update(Programme).values(has_check_in=True, condition=condition))

    await world.database.write(work)


async def patient(world: World, name: str = "Margaret Ellis") -> OnTheWay:
    """Somebody who opened her link and pressed Join in the world's browser."""
    who = await person_id(world, name)
    link = next(each for each in world.links.patients if each.name == name)
    await world.press_join(link.url)
    return OnTheWay(world, who, link.link_id)


async def change_patient(world: World, who: str, **values: Any) -> None:
    async def work(session) -> None:
        await session.execute(update(Patient).where(Patient.person_id == who).values(**values))

    await world.database.write(work)


async def couple(world: World, one: str, other: str) -> None:
    """These two patients come from one device."""

    async def work(session) -> None:
        for person, partner in ((one, other), (other, one)):
            await session.execute(
                update(CourseMember).where(CourseMember.person_id == person).values(partner_id=partner)
            )

    await world.database.write(work)


async def audited(world: World) -> list[tuple[str, str | None]]:
    async with world.database.reading() as session:
        rows = await session.scalars(select(AuditEntry).order_by(AuditEntry.at, AuditEntry.id))
        return [(each.action, each.subject_id) for each in rows]


async def phone_of(world: World, who: str) -> str:
    async with world.database.reading() as session:
        return (await session.get_one(Person, who)).phone
