"""A service's month, whichever way staff come to it: what is shown of it, and the file of its contacts.

By the link of a class: `measures`. By signing in: `figures`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.contacts.experience import month_experience
from server.contacts.export import cyp201_csv
from server.contacts.months import Month
from server.contacts.report import month_report
from server.contacts.settling import due_classes
from server.errors import Refused
from server.pages.measures_words import (
    classes_table,
    contacts_measure,
    experience_measure,
    heading,
    programmes_table,
)
from server.pages.site import Site
from server.storage.database import StorageFailed
from server.storage.tables import Service


@dataclass(frozen=True, slots=True)
class MonthAsked:
    """The month of a service that somebody wants to see, and when they asked."""

    service_id: str
    month: Month
    now: datetime
    is_running: bool


def month_asked(site: Site, service_id: str, written: str | None) -> MonthAsked:
    """Read the month of an address; none is this month. Raises `Refused` (unknown_month, not_begun)."""
    now = site.clock()
    this_month = Month.of(now, site.zone)
    month = this_month if written is None else Month.parse(written)
    if month > this_month:
        raise Refused("not_begun", f"{month.spoken} has not begun yet.")
    return MonthAsked(service_id, month, now, is_running=month == this_month)


async def settle_if_possible(site: Site, now: datetime) -> None:
    """Settle the classes that staff forgot to end; while the storage takes nothing, they stay as they are."""
    with suppress(StorageFailed):
        await _settle(site, now)


async def month_values(session: AsyncSession, site: Site, asked: MonthAsked) -> dict[str, Any]:
    """Return what `measures_month.jinja` shows; raises `LookupError` when there is no such service."""
    # Read by both that follow: as long as it is held here, the session does not ask for it again.
    service = await session.get(Service, asked.service_id)
    if service is None:
        raise LookupError("no such service")
    report = await month_report(session, asked.service_id, asked.month, zone=site.zone, now=asked.now)
    experience = await month_experience(session, asked.service_id, asked.month, zone=site.zone, now=asked.now)
    return {
        "month": asked.month,
        "is_running": asked.is_running,
        "heading": heading(report, experience),
        "measures": [contacts_measure(report), experience_measure(experience)],
        "has_comments": bool(experience.comments),
        "classes": classes_table(report, site.zone) if report.classes else None,
        "programmes": programmes_table(experience),
    }


async def month_comments(session: AsyncSession, site: Site, asked: MonthAsked) -> tuple[str, ...]:
    """Return why patients gave their answers, in no order; empty where there are too few answers."""
    experience = await month_experience(session, asked.service_id, asked.month, zone=site.zone, now=asked.now)
    return experience.comments


async def contacts_file(
    site: Site, asked: MonthAsked, note: Callable[[AsyncSession], None]
) -> web.StreamResponse:
    """Return the month's contacts as CSV; that it is given is noted first, or no file leaves."""

    async def noted(session: AsyncSession) -> None:
        note(session)

    await _settle(site, asked.now)
    await site.database.write(noted)
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


async def _settle(site: Site, now: datetime) -> None:
    async with site.database.reading() as session:
        due = await due_classes(session, now)
    if due:
        await site.database.write(lambda session: site.contact_log.settle_due(session, now))
