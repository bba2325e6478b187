"""A class is called off or put back on: the one transaction, whichever door whoever does it came by.

The care contacts of a class that is called off are written in it, and taken away again when it is put back
on; the letters to its patients, too. The class's room may be open, with sockets of people who have not joined
yet: then it is told.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.contacts.unsettling import unsettle_class
from server.pages.site import Site
from server.pages.situation import have_been_in, people_in
from server.people.roles import Role
from server.storage.tables import Person
from server.timetable.telling import classes_back_on, classes_cancelled

CallOff = Callable[[AsyncSession, int], Awaitable[bool]]
"""Calls the class off, while so many people are in it, and notes who did; returns whether that changed it."""
PutBack = Callable[[AsyncSession], Awaitable[bool]]
"""Puts it back on, and notes who did; returns whether that changed it."""


async def cancel(site: Site, class_id: str, now: datetime, call_off: CallOff) -> None:
    """Have the class called off, settle its contacts, and tell the patients and the room."""

    async def work(session: AsyncSession) -> None:
        if await call_off(session, await somebody_in(session, class_id)):
            await session.flush()
            await site.contact_log.settle(session, class_id, now)
            await classes_cancelled(session, [class_id], site.letterhead, now)

    await site.database.write(work)
    await site.timetable_changed(class_id)


async def put_back(site: Site, class_id: str, now: datetime, put_back_on: PutBack) -> None:
    """Have the class put back on, take its contacts away, and tell the patients and the room."""

    async def work(session: AsyncSession) -> None:
        if await put_back_on(session):
            await session.flush()
            await unsettle_class(session, class_id)
            await classes_back_on(session, [class_id], site.letterhead, now)

    await site.database.write(work)
    await site.timetable_changed(class_id)


async def somebody_in(session: AsyncSession, class_id: str) -> int:
    """Return how many people are in a class or wait for it, and patients who have been in it."""
    here, were = await people_in(session, class_id), await have_been_in(session, class_id)
    patients = await session.scalars(
        select(Person.id).where(Person.id.in_(sorted(were - here)), Person.role == Role.PATIENT.value)
    )
    return len(here | set(patients))
