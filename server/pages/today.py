"""`/staff`: Today. Own classes today and the next, who is coming to one of them, and who waits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import STAFF, staff
from server.pages.contact import ServiceLine
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.pages.today_words import class_line, class_title, in_order, patient_row, waiting_row
from server.pages.unsaid import unsaid_in_own
from server.people.staff import Action
from server.rooms.state import Place
from server.storage.tables import Participation
from server.timetable.doors import Doors, doors
from server.timetable.spoken import clock_time, day, full_date
from server.timetable.today import ComingPatient, OwnClass, coming_to, own_classes

routes = web.RouteTableDef()

HERE = "/staff"


@routes.get(HERE)
@staff(Action.RUN_CLASSES)
async def show_today(request: web.Request) -> web.Response:
    """Show the day, and of one class (`?class=`, else the one that is on or next) who is coming."""
    site, member = request.app[SITE], request[STAFF]
    now, zone = site.clock(), site.zone
    async with site.database.reading() as session:
        classes = await own_classes(session, member, midnight(now, zone))
        meant = _meant(classes, request.query.get("class"), now)
        people = await coming_to(session, meant) if meant else []
        shown = _today_and_next(classes, meant, now, zone)
        running = await running_among(session, [each.session.id for each in shown])
        unsaid = await unsaid_in_own(session, member, zone)
    about = {} if meant is None else about_class(meant, now, zone)
    rows = [patient_row(each, meant, member, now, zone) for each in in_order(people)] if meant else []
    return staff_page(
        request,
        "staff_today.jinja",
        here=HERE,
        service=service_line(meant),
        heading=f"Today, {full_date(now, zone)}",
        classes=[class_line(each, now, zone) for each in shown],
        running=running,
        unsaid=unsaid,
        meant=meant.session.id if meant else None,
        asks=meant is not None and meant.programme.has_check_in,
        rows=rows,
        absent=[each for each in rows if each.is_absent],
        missed=[each.person for each in people if each.missed_last],
        may_read=meant is not None and member.may(Action.SEE_CHECK_INS, meant.service.id),
        may_keep=meant is not None and member.may(Action.KEEP_PATIENTS, meant.service.id),
        waiting=[
            waiting_row(each, meant, member, now, zone) for each in who_waits(people) if meant is not None
        ],
        at=clock_time(now, zone),
        **about,
    )


def midnight(now: datetime, zone: ZoneInfo) -> datetime:
    """Return when this day began where the service is."""
    return datetime.combine(now.astimezone(zone).date(), time(), tzinfo=zone)


def service_line(own: OwnClass | None) -> ServiceLine:
    """Return the service of a class, for the foot of the page."""
    return ServiceLine(own.service.name, own.service.phone) if own else ServiceLine("Moveroom", "")


def about_class(own: OwnClass, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Return what a page about a class says of it."""
    return {
        "class_id": own.session.id,
        "class_title": class_title(own),
        "class_day": day(own.session.starts_at, now, zone),
        "class_time": clock_time(own.session.starts_at, zone),
        "last_number": own.session.number - 1,
        "can_open": doors(own.session, now) is Doors.OPEN,
    }


async def running_among(session: AsyncSession, class_ids: Collection[str]) -> frozenset[str]:
    """Return the ids of those of these classes in which somebody is now. One statement."""
    query = select(Participation.class_id).where(
        Participation.class_id.in_(class_ids), Participation.place == Place.IN_CLASS
    )
    return frozenset(await session.scalars(query.distinct()))


def who_waits(people: Sequence[ComingPatient]) -> list[ComingPatient]:
    """Return who is in the waiting room, in the order in which they came."""
    waiting = [
        (each.participation.place_since, number, each)
        for number, each in enumerate(people)
        if each.participation and each.participation.place == Place.WAITING
    ]
    return [each for _, _, each in sorted(waiting, key=lambda one: one[:2])]


def _meant(classes: Sequence[OwnClass], wanted: str | None, now: datetime) -> OwnClass | None:
    """The class that was asked for, else the first that is neither over nor called off."""
    chosen = next((each for each in classes if each.session.id == wanted), None)
    coming = (each for each in classes if doors(each.session, now) in (Doors.OPEN, Doors.NOT_YET))
    return chosen or next(coming, None)


def _today_and_next(
    classes: Sequence[OwnClass], meant: OwnClass | None, now: datetime, zone: ZoneInfo
) -> list[OwnClass]:
    """Today's classes and the next one after today; also the one that is meant."""
    today = now.astimezone(zone).date()
    of_today = [each for each in classes if each.session.starts_at.astimezone(zone).date() <= today]
    later = [each for each in classes if each.session.starts_at.astimezone(zone).date() > today]
    following = [each for each in later if each.session.cancelled_at is None][:1]
    return [*of_today, *(each for each in later if each in following or each is meant)]
