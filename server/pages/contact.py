"""The service's name and phone number for pages that know nothing else: wrong link, not found, our fault."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.database import Database, StorageFailed
from server.storage.tables import Course, PersonalLink, Programme, Service

MOST_LINKS = 4096
"""Of so many links it is remembered whose they are; the one not asked for longest is forgotten."""


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """Who to call."""

    name: str
    phone: str


NOBODY = ServiceLine(name="Your physiotherapy group", phone="")
"""When several services share the server, only a link tells which one is meant."""


class Contact:
    """Remembers the answers, so that a page about a broken database still has the phone number."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.last_known = NOBODY
        self._of_links: OrderedDict[str, ServiceLine] = OrderedDict()

    async def of_server(self) -> ServiceLine:
        """Return the only service of this server that has courses, else the only one; `NOBODY` when there are
        several or none. A service that is being set up has no patients who could mean it.

        When the database does not answer: what was last known.
        """
        try:
            async with self._database.reading() as session:
                has_courses = exists().where(
                    Programme.service_id == Service.id, Course.programme_id == Programme.id
                )
                query = select(Service, has_courses).order_by(has_courses.desc()).limit(2)
                services = [(each, has) for each, has in (await session.execute(query)).all()]
        except (SQLAlchemyError, StorageFailed):
            return self.last_known
        is_clear = len(services) == 1 or (len(services) == 2 and services[0][1] and not services[1][1])
        only = services[0][0] if is_clear else None
        self.last_known = NOBODY if only is None else ServiceLine(only.name, only.phone)
        return self.last_known

    def remember(self, link: str, service: ServiceLine) -> None:
        """Remember which service a link is of; `link` is its public id or the hash of its token."""
        self._of_links[link] = service
        self._of_links.move_to_end(link)
        while len(self._of_links) > MOST_LINKS:
            self._of_links.popitem(last=False)

    def known_for(self, link: str | None) -> ServiceLine:
        """Return the service of a link as last remembered, without asking the database."""
        return self._of_links.get(link, self.last_known) if link else self.last_known


async def service_of_link(session: AsyncSession, link_id: str) -> ServiceLine | None:
    """Return the service that gave out a link."""
    query = (
        select(Service)
        .join(Programme, Programme.service_id == Service.id)
        .join(Course, Course.programme_id == Programme.id)
        .join(PersonalLink, PersonalLink.course_id == Course.id)
        .where(PersonalLink.id == link_id)
    )
    service = await session.scalar(query)
    return None if service is None else ServiceLine(service.name, service.phone)
