"""Brings the demo's course into the situations that pages speak about."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from server.rooms.state import Place
from server.storage.tables import (
    Absence,
    ClassSession,
    Course,
    Participation,
    Patient,
    Person,
    PersonalLink,
    PresenceInterval,
    Programme,
    Service,
)
from tests.integration.pages.world import Page, World


def buttons(page: Page) -> list[str]:
    return [" ".join(words.split()) for words in page.texts.get("button", [])]


def links(page: Page) -> list[str | None]:
    return [link.get("href") for link in page.all("a")]


async def end_links(world: World) -> None:
    """Every link ends at this moment."""

    async def work(session) -> None:
        for row in await session.scalars(select(PersonalLink)):
            row.expires_at = world.clock()

    await world.database.write(work)


async def know_birth_date(world: World, name: str, born: date = date(1955, 3, 31)) -> None:
    """A patient's record has a date of birth from now on."""
    who = await person_id(world, name)

    async def work(session) -> None:
        (await session.get_one(Patient, who)).date_of_birth = born

    await world.database.write(work)


async def person_id(world: World, name: str) -> str:
    async with world.database.reading() as session:
        return (await session.scalars(select(Person.id).where(Person.full_name == name))).one()


async def class_row(world: World, number: int = 5) -> ClassSession:
    async with world.database.reading() as session:
        return (await session.scalars(select(ClassSession).where(ClassSession.number == number))).one()


async def put_in(world: World, name: str, place: Place, *, has_been_in: bool = False) -> None:
    """Somebody is in class 5, waits for it, or has left it."""
    who, which = await person_id(world, name), await class_row(world)
    now = world.clock()

    async def work(session) -> None:
        session.add(Participation(class_id=which.id, person_id=who, place=place, place_since=now))
        if has_been_in:
            session.add(
                PresenceInterval(
                    id=f"been {who}",
                    class_id=which.id,
                    person_id=who,
                    place=Place.IN_CLASS,
                    started_at=now - timedelta(minutes=1),
                    seen_until=now,
                    ended_at=now,
                )
            )

    await world.database.write(work)


async def fill_class(world: World, *, with_margaret: bool = False) -> None:
    """All places of class 5 are taken, one of them by somebody who has just dropped out."""

    async def work(session) -> None:
        (await session.scalars(select(Programme))).one().max_patients = 3

    await world.database.write(work)
    names = ["Margaret Ellis" if with_margaret else "Yusuf Rahman", "Dennis Whittle", "Sheila Marsh"]
    for name, place in zip(names, [Place.WAITING, Place.IN_CLASS, Place.DROPPED], strict=True):
        await put_in(world, name, place)


async def add_service(world: World, name: str = "Hillside pain group", phone: str = "01632 960999") -> None:
    """Another service shares the server."""

    async def work(session) -> None:
        session.add(Service(id="another", name=name, phone=phone))

    await world.database.write(work)


async def give_course(world: World, service_id: str = "another") -> None:
    """The other service has a course, and so patients."""

    async def work(session) -> None:
        session.add(
            Person(id="another-lead", service_id=service_id, role="physio", full_name="L", shown_name="L")
        )
        session.add(
            Programme(
                id="another-programme", service_id=service_id, title="Backs",
                class_count=1, class_minutes=60, max_patients=12,
            )
        )  # fmt: skip
        await session.flush()
        session.add(
            Course(id="another-course", programme_id="another-programme", title="B", lead_id="another-lead")
        )

    await world.database.write(work)


async def absences(world: World) -> list[str]:
    """Full names of those who said that they cannot come, whichever class."""
    async with world.database.reading() as session:
        query = select(Person.full_name).join(Absence, Absence.person_id == Person.id)
        return list(await session.scalars(query.order_by(Person.full_name)))


async def course_lead(world: World) -> str:
    async with world.database.reading() as session:
        return (await session.scalars(select(Course.lead_id))).one()
