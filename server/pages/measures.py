"""`/measures/{link_id}`: a service's month for its staff, X beside Y. No patient is named on it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.contacts.experience import month_experience
from server.contacts.experience_answer import programme_of
from server.contacts.export import cyp201_csv
from server.contacts.months import Month
from server.contacts.report import month_report
from server.contacts.settling import due_classes
from server.errors import Refused
from server.pages.known_person import KnownPerson, known_person
from server.pages.measures_words import (
    classes_table,
    contacts_measure,
    experience_measure,
    heading,
    programmes_table,
)
from server.pages.rendering import form_page, page
from server.pages.site import SITE, Site
from server.people.roles import Role
from server.storage.database import StorageFailed
from server.storage.tables import AuditEntry

routes = web.RouteTableDef()

PATH = "/measures/{link_id:[A-Za-z0-9_-]{1,32}}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A member of staff, and the month of their service that they want to see."""

    who: KnownPerson
    service_id: str
    month: Month
    now: datetime
    is_running: bool


@routes.get(PATH)
async def show_measures(request: web.Request) -> web.Response:
    """Show the month's contacts and experience; classes that staff forgot to end are settled first.

    While the storage takes nothing, such a class is "not yet known", and the rest is shown.
    """
    site = request.app[SITE]
    asked = await _asked(request, request.query.get("month"))
    if isinstance(asked, web.Response):
        return asked
    with suppress(StorageFailed):
        await _settle(site, asked.now)
    async with site.database.reading() as session:
        report = await month_report(session, asked.service_id, asked.month, zone=site.zone, now=asked.now)
        experience = await month_experience(
            session, asked.service_id, asked.month, zone=site.zone, now=asked.now
        )
    return form_page(
        request,
        "measures.jinja",
        asked.who.service,
        link_id=asked.who.link_id,
        month=asked.month,
        is_running=asked.is_running,
        heading=heading(report, experience),
        measures=[contacts_measure(report), experience_measure(experience)],
        has_comments=bool(experience.comments),
        classes=classes_table(report, site.zone) if report.classes else None,
        programmes=programmes_table(experience),
        may_download=_may_download(asked.who),
    )


@routes.get(PATH + "/comments")
async def show_comments(request: web.Request) -> web.Response:
    """Show why patients gave their answers: together, in no order, beside nothing that has a time."""
    site = request.app[SITE]
    asked = await _asked(request, request.query.get("month"))
    if isinstance(asked, web.Response):
        return asked
    async with site.database.reading() as session:
        experience = await month_experience(
            session, asked.service_id, asked.month, zone=site.zone, now=asked.now
        )
    return page(
        request,
        "measures_comments.jinja",
        asked.who.service,
        link_id=asked.who.link_id,
        month=asked.month,
        comments=experience.comments,
    )


@routes.post(PATH + "/contacts.csv")
async def download_contacts(request: web.Request) -> web.Response:
    """Give the month's contacts as CSV to a physio; that it was given stands in the audit first."""
    site = request.app[SITE]
    asked = await _asked(request, request.query.get("month"))
    if isinstance(asked, web.Response):
        return asked
    if not _may_download(asked.who):
        words = "Only a physio can download the contacts. Ask a physio of your service to do it."
        return page(request, "refused.jinja", asked.who.service, status=403, words=words)
    await _settle(site, asked.now)

    async def note(session: AsyncSession) -> None:
        session.add(
            AuditEntry(
                id=site.new_id(),
                at=asked.now,
                actor_id=asked.who.person.person_id,
                subject_id=None,
                class_id=None,
                action="export_contacts",
                detail={"month": str(asked.month), "service_id": asked.service_id},
            )
        )

    await site.database.write(note)
    async with site.database.reading() as session:
        text = await cyp201_csv(session, asked.service_id, asked.month, zone=site.zone)
    return web.Response(
        text=text,
        content_type="text/csv",
        charset="utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="contacts-{asked.month}.csv"',
            "Cache-Control": "no-store",
        },
    )


async def _asked(request: web.Request, written: str | None) -> Asked | web.Response:
    """Return who asks for which month. Patients read that the page is for staff."""
    site = request.app[SITE]
    now = site.clock()
    async with site.database.reading() as session:
        who = await known_person(request, session)
        if isinstance(who, web.Response):
            return who
        if not who.person.role.is_staff:
            return page(request, "staff_only.jinja", who.service, status=403, person=who.person)
        service_id, _programme_id = await programme_of(session, who.course_id)
    this_month = Month.of(now, site.zone)
    try:
        month = this_month if written is None else Month.parse(written)
    except Refused as refused:
        return _no_such_month(request, who, this_month, refused.words)
    if month > this_month:
        return _no_such_month(request, who, this_month, f"{month.spoken} has not begun yet.")
    return Asked(who, service_id, month, now, is_running=month == this_month)


def _no_such_month(request: web.Request, who: KnownPerson, this_month: Month, words: str) -> web.Response:
    return page(
        request,
        "measures_no_month.jinja",
        who.service,
        status=404,
        link_id=who.link_id,
        words=words,
        this_month=this_month,
    )


async def _settle(site: Site, now: datetime) -> None:
    async with site.database.reading() as session:
        due = await due_classes(session, now)
    if due:
        await site.database.write(lambda session: site.contact_log.settle_due(session, now))


def _may_download(who: KnownPerson) -> bool:
    return who.person.role is Role.PHYSIO
