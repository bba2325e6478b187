"""`/me/{link_id}`: a patient's own page, in a browser that has come by the link and given the date of birth.

Also the way on between the steps before class: `/me/{link_id}/on` (see `timetable.steps`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import by_link
from server.pages.invitation import invitation
from server.pages.known_person import KnownPerson, known_person
from server.pages.my_classes import own_classes, summed_up
from server.pages.my_halt import Halt, halt_of
from server.pages.my_steps import steps_to_do
from server.pages.rendering import form_page, page
from server.pages.site import SITE
from server.pages.situation import Situation, situation_of
from server.pages.way_in import see
from server.people.links import cookie_name
from server.rooms.card import CardText
from server.rooms.cards_stored import cards_for
from server.storage.tables import Absence, CareContact, ClassSession, LinkSession, Patient, Person, Service
from server.timetable.absences import may_tell, take_back_absence
from server.timetable.courses import classes_of
from server.timetable.steps import Standing, standing_of

routes = web.RouteTableDef()

ME = "/me/{link_id:[A-Za-z0-9_-]{1,32}}"


@dataclass(frozen=True, slots=True)
class Mine:
    """What my page rests on."""

    who: KnownPerson
    situation: Situation
    classes: Sequence[ClassSession]
    statuses: Mapping[str, str]
    """Of the care contacts, by class id."""
    told: Collection[str]
    """The classes to which the patient cannot come."""
    standing: Standing
    halt: Halt | None
    """What the check-in says against joining as it is."""
    opening: str
    """When somebody answers the phone."""
    cards: Sequence[CardText]
    """Where else there is help, as staff have said in class; the latest first, each once."""


@routes.get(ME)
@by_link
async def show_my_page(request: web.Request) -> web.Response:
    """Show the next class and Join, the course's classes, and where everything else is."""
    site = request.app[SITE]
    now = site.clock()
    async with site.database.reading() as session:
        who = await known_person(request, session)
        if isinstance(who, web.Response):
            return who
        if who.person.role.is_staff:
            return see(f"/class/{who.link_id}")
        mine = await _mine(session, who, now)
    details = mine.situation.details
    meant = details.id if details else None
    classes = own_classes(mine.classes, mine.statuses, mine.told, meant, now, site.zone)
    return form_page(
        request,
        "my_page.jinja",
        who.service,
        person=who.person,
        address=f"/me/{who.link_id}",
        link_id=who.link_id,
        invitation=invitation(mine.situation, who.person, now, site.zone),
        classes=classes,
        sum=summed_up(classes),
        steps=steps_to_do(mine.standing, details, now, site.zone),
        halt=mine.halt,
        opening=mine.opening,
        cards=mine.cards,
    )


@routes.get(ME + "/on")
@by_link
async def go_on(request: web.Request) -> web.Response:
    """Lead to the next step: into class while one can join, else to my page."""
    site = request.app[SITE]
    now = site.clock()
    async with site.database.reading() as session:
        who = await known_person(request, session)
        if isinstance(who, web.Response):
            return who
        situation = await situation_of(session, who.course_id, now)
    joins = invitation(situation, who.person, now, site.zone).can_join
    return see(f"/{'class' if joins else 'me'}/{who.link_id}")


@routes.post(ME + "/join")
@by_link
async def join_from_my_page(request: web.Request) -> web.Response:
    """Go to the class, as Join behind the link does; who had said that they cannot come, comes after all."""
    site = request.app[SITE]
    now = site.clock()
    async with site.database.reading() as session:
        who = await known_person(request, session)
        if isinstance(who, web.Response):
            return who
        situation = await situation_of(session, who.course_id, now)
    details, person = situation.details, who.person
    if details is None or not invitation(situation, person, now, site.zone).can_join:
        return see(f"/me/{who.link_id}")
    if person.person_id in situation.absent and may_tell(details, person, now):
        await site.database.write(lambda session: take_back_absence(session, details, person, now))
    return see(f"/class/{who.link_id}")


@routes.post(ME + "/forget")
@by_link
async def forget_this_device(request: web.Request) -> web.Response:
    """End this browser's session: for a device that belongs to somebody else. The link goes on working."""
    site = request.app[SITE]
    async with site.database.reading() as session:
        who = await known_person(request, session)
    if isinstance(who, web.Response):
        return who
    ended = delete(LinkSession).where(LinkSession.id == who.session_id)
    await site.database.write(lambda session: session.execute(ended))
    answer = page(request, "my_page_forgotten.jinja", who.service)
    answer.del_cookie(
        cookie_name(who.link_id, is_https=site.is_https), path="/", secure=site.is_https, httponly=True
    )
    return answer


async def _mine(session: AsyncSession, who: KnownPerson, now: datetime) -> Mine:
    situation = await situation_of(session, who.course_id, now)
    classes = await classes_of(session, who.course_id)
    ids = [each.id for each in classes]
    person_id = who.person.person_id
    contacts = await session.execute(
        select(CareContact.class_id, CareContact.attendance_status)
        .join(Patient, Patient.subject_id == CareContact.subject_id)
        .where(Patient.person_id == person_id, CareContact.class_id.in_(ids))
    )
    told = await session.scalars(
        select(Absence.class_id).where(Absence.person_id == person_id, Absence.class_id.in_(ids))
    )
    opening = await session.scalar(
        select(Service.opening).join(Person, Person.service_id == Service.id).where(Person.id == person_id)
    )
    return Mine(
        who=who,
        situation=situation,
        classes=classes,
        statuses={row.class_id: row.attendance_status for row in contacts},
        told=frozenset(told),
        standing=await standing_of(
            session, who.session_id, situation.details.id if situation.details else None
        ),
        halt=await halt_of(session, who, situation.details),
        opening=opening or "",
        cards=tuple(dict.fromkeys(each.text for each in await cards_for(session, who.course_id, person_id))),
    )
