"""`/after/{link_id}`: where the class room leads when class has ended or somebody left it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from aiohttp import web
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.contacts.experience_answer import MayAnswer, may_answer
from server.contacts.rules import NOT_SEEN
from server.pages.access import by_link
from server.pages.after_safety import incidents_of
from server.pages.after_words import AfterClass, after_class, heading, what_next, what_was
from server.pages.attendance_words import Attendance, attendance
from server.pages.known_person import KnownPerson, known_person
from server.pages.rendering import page
from server.pages.site import SITE
from server.pages.situation import have_been_in
from server.pages.unsaid import classes_in, unsaid_of
from server.people.roles import Role
from server.rooms.state import Place
from server.storage.database import StorageFailed
from server.storage.tables import (
    CareContact,
    ClassSession,
    CourseMember,
    Participation,
    Person,
    PresenceInterval,
)
from server.timetable.courses import classes_of, current_class

routes = web.RouteTableDef()


@routes.get("/after/{link_id:[A-Za-z0-9_-]{1,32}}")
@by_link
async def show_after_class(request: web.Request) -> web.Response:
    """Say that class has finished, what comes next, and where the exercises are.

    A patient who has not answered this month's question is invited to; staff see how many came. While the
    class is on, whoever left it can go back.
    """
    site = request.app[SITE]
    now = site.clock()
    async with site.database.reading() as session:
        who = await known_person(request, session)
        if isinstance(who, web.Response):
            return who
        details = await current_class(session, who.course_id, now)
        about = after_class(await classes_of(session, who.course_id), now)
        meant = about.still_on or about.just_over
        place = await _place(session, meant.id, who) if meant else None
        was_there = meant is not None and who.person.person_id in await have_been_in(session, meant.id)
        is_staff = who.person.role.is_staff
        came = await _who_came(session, about, who.course_id) if is_staff else ()
        over = about.just_over if is_staff and about.still_on is None else None
        incidents = await incidents_of(session, over.id, site.zone) if over else []
        unsaid = await unsaid_of(session, over.id, site.zone) if over else []
        stopped = await _stopped(session, about)
        invited = not is_staff and about.still_on is None and await _is_asked(request, session, who, now)
    return page(
        request,
        "after_class.jinja",
        who.service,
        person=who.person,
        link_id=who.link_id,
        is_staff=is_staff,
        heading=heading(about, who.person, left=place == Place.LEFT, was_there=was_there),
        what=what_was(about, details.title, details.of) if details else "",
        next_lines=what_next(about, details.of if details else 0, now, site.zone),
        still_on=about.still_on is not None,
        came=came,
        incidents=incidents,
        to_say=classes_in(unsaid),
        stopped=stopped and not is_staff,
        invited=invited,
    )


async def _is_asked(request: web.Request, session: AsyncSession, who: KnownPerson, now: datetime) -> bool:
    """Return whether to invite a patient; not while the storage cannot tell: the page matters more."""
    site = request.app[SITE]
    try:
        may = await may_answer(
            session, site.experience_secrets, who.person.person_id, who.course_id, zone=site.zone, now=now
        )
    except StorageFailed:
        return False
    return may is MayAnswer.YES


async def _stopped(session: AsyncSession, about: AfterClass) -> bool:
    """Return whether the class that is over ended by itself, because no staff were there any more."""
    if about.just_over is None or about.still_on is not None:
        return False
    return (await session.get_one(ClassSession, about.just_over.id)).ended_unattended


async def _place(session: AsyncSession, class_id: str, who: KnownPerson) -> str | None:
    row = await session.get(Participation, (class_id, who.person.person_id))
    return None if row is None else row.place


async def _who_came(session: AsyncSession, about: AfterClass, course_id: str) -> tuple[Attendance, ...]:
    """Return in numbers who was in the class that is over; nothing while one is on."""
    if about.just_over is None or about.still_on is not None:
        return ()
    class_id = about.just_over.id
    status = CareContact.attendance_status
    counted = select(status, func.count()).where(CareContact.class_id == class_id).group_by(status)
    by_status: Mapping[str, int] = dict((await session.execute(counted)).all())
    not_seen = await session.scalar(
        select(func.count()).where(CareContact.class_id == class_id, CareContact.cancelled_reason == NOT_SEEN)
    )
    return attendance(by_status, not_seen=not_seen or 0) or await _not_settled_yet(
        session, class_id, course_id
    )


async def _not_settled_yet(session: AsyncSession, class_id: str, course_id: str) -> tuple[Attendance, ...]:
    """Return who was in a class whose contacts are not in the ledger yet."""
    patients = select(func.count(Person.id.distinct())).where(Person.role == str(Role.PATIENT))
    was_in = (PresenceInterval.class_id == class_id) & (PresenceInterval.place == str(Place.IN_CLASS))
    came = await session.scalar(
        patients.join(PresenceInterval, PresenceInterval.person_id == Person.id).where(was_in)
    )
    enrolled = await session.scalar(
        patients.join(CourseMember, CourseMember.person_id == Person.id).where(
            CourseMember.course_id == course_id
        )
    )
    return (Attendance("Were in class", came or 0), Attendance("On the course list", enrolled or 0))
