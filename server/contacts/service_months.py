"""The month of every service of an installation, settled first: what `moveroom report` shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select

from server.contacts.experience import Experience, month_experience
from server.contacts.export import cyp201_rows
from server.contacts.log import ContactLog
from server.contacts.months import Month
from server.contacts.report import MonthReport, month_report
from server.storage.database import Database, StorageFailed
from server.storage.tables import Service

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ServiceMonth:
    """One service's month, all of it read at one moment."""

    report: MonthReport
    experience: Experience
    contacts: list[tuple[str, ...]]
    """The month's contacts, each as the values of `export.CYP201_COLUMNS`."""


async def service_months(
    database: Database, contact_log: ContactLog, month: Month, *, now: datetime
) -> list[ServiceMonth]:
    """Settle the classes that are due, then return the month of each service, by name.

    Also beside a server that runs: both settle in turn. While the storage takes nothing, what is due is "not
    yet known" and the rest is returned.
    """
    try:
        await database.write(lambda session: contact_log.settle_due(session, now))
    except StorageFailed as failed:
        log.warning("classes_not_settled", reason=str(failed))
    zone = contact_log.rules.zone
    async with database.reading() as session:
        services = list(await session.scalars(select(Service.id).order_by(Service.name, Service.id)))
        return [
            ServiceMonth(
                report=await month_report(session, service_id, month, zone=zone, now=now),
                experience=await month_experience(session, service_id, month, zone=zone, now=now),
                contacts=await cyp201_rows(session, service_id, month, zone=zone),
            )
            for service_id in services
        ]
