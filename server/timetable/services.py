"""The services of an installation and their sites: made, changed, and who is told apart by which name.

A service's name is its own: the manifests of the library name services by it (`ondemand.manifest`), so that
a second one of that name would be offered the first one's recordings. Every change is noted in the audit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.people.auditing import audit
from server.people.staff import StaffMember
from server.storage.tables import Course, Service, Site


@dataclass(frozen=True, slots=True)
class ServiceDetails:
    """What a service says of itself."""

    name: str
    phone: str
    opening: str = ""
    """When somebody answers the phone, in words for patients."""
    ods_code: str | None = None
    team_code: str | None = None
    site_code: str | None = None
    contacts_target: int | None = None
    """X: virtual contacts a month."""
    experience_target_percent: int | None = None
    """Y: the Friends and Family Test's positive percentage."""


@dataclass(frozen=True, slots=True)
class SiteDetails:
    """A place where a service works."""

    name: str
    code: str | None = None


async def services_of(session: AsyncSession, allowed: frozenset[str] | None) -> Sequence[Service]:
    """Return these services (None: all), by name."""
    query = select(Service).order_by(Service.name, Service.id)
    if allowed is not None:
        query = query.where(Service.id.in_(allowed))
    return (await session.scalars(query)).all()


async def sites_of(session: AsyncSession, service_id: str) -> Sequence[Site]:
    """Return a service's sites, by name."""
    query = select(Site).where(Site.service_id == service_id).order_by(Site.name, Site.id)
    return (await session.scalars(query)).all()


async def add_service(
    session: AsyncSession,
    member: StaffMember,
    details: ServiceDetails,
    now: datetime,
    *,
    service_id: str,
    audit_id: str,
) -> None:
    """Make a service. Raises `Refused` (name_taken)."""
    await _check_service_name(session, details.name, None)
    session.add(Service(id=service_id, **asdict(details)))
    await session.flush()
    audit(session, member, "add_service", now, audit_id, service_id=service_id)


async def change_service(
    session: AsyncSession,
    member: StaffMember,
    service_id: str,
    details: ServiceDetails,
    now: datetime,
    *,
    audit_id: str,
) -> None:
    """Change what a service says of itself. Raises `Refused` (name_taken, gone)."""
    row = await session.get(Service, service_id)
    if row is None:
        raise gone("service")
    await _check_service_name(session, details.name, service_id)
    changed = [name for name, value in asdict(details).items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, getattr(details, name))
    if changed:
        detail = {"changed": changed}
        audit(session, member, "change_service", now, audit_id, service_id=service_id, detail=detail)


async def add_site(
    session: AsyncSession,
    member: StaffMember,
    service_id: str,
    details: SiteDetails,
    now: datetime,
    *,
    new_id: Callable[[], str],
) -> None:
    """Add a site to a service. Raises `Refused` (name_taken)."""
    await _check_site_name(session, service_id, details.name, None)
    site_id = new_id()
    session.add(Site(id=site_id, service_id=service_id, name=details.name, code=details.code))
    detail = {"site_id": site_id}
    audit(session, member, "add_site", now, new_id(), service_id=service_id, detail=detail)


async def change_site(
    session: AsyncSession,
    member: StaffMember,
    service_id: str,
    site_id: str,
    details: SiteDetails,
    now: datetime,
    *,
    audit_id: str,
) -> None:
    """Change a site's name and code. Raises `Refused` (name_taken, gone)."""
    row = await _site(session, service_id, site_id)
    await _check_site_name(session, service_id, details.name, site_id)
    row.name, row.code = details.name, details.code
    detail = {"site_id": site_id}
    audit(session, member, "change_site", now, audit_id, service_id=service_id, detail=detail)


async def remove_site(
    session: AsyncSession, member: StaffMember, service_id: str, site_id: str, now: datetime, *, audit_id: str
) -> None:
    """Take away a site that no course names. Raises `Refused` (site_in_use, gone)."""
    row = await _site(session, service_id, site_id)
    if await session.scalar(select(Course.id).where(Course.site_id == site_id).limit(1)) is not None:
        raise Refused("site_in_use", "A course names this site, so it cannot be removed. You can rename it.")
    await session.delete(row)
    detail = {"site_id": site_id}
    audit(session, member, "remove_site", now, audit_id, service_id=service_id, detail=detail)


def gone(what: str) -> Refused:
    """What is said when something was there when the page was opened, and is no longer."""
    return Refused("gone", f"This {what} is no longer there. Go back to the list and look again.")


async def _site(session: AsyncSession, service_id: str, site_id: str) -> Site:
    row = await session.get(Site, site_id)
    if row is None or row.service_id != service_id:
        raise gone("site")
    return row


async def _check_service_name(session: AsyncSession, name: str, own_id: str | None) -> None:
    query = select(Service.id).where(func.lower(Service.name) == name.lower(), Service.id != (own_id or ""))
    if await session.scalar(query.limit(1)) is not None:
        raise Refused("name_taken", "Another service has this name. Enter a different one")


async def _check_site_name(session: AsyncSession, service_id: str, name: str, own_id: str | None) -> None:
    query = select(Site.id).where(
        Site.service_id == service_id, func.lower(Site.name) == name.lower(), Site.id != (own_id or "")
    )
    if await session.scalar(query.limit(1)) is not None:
        raise Refused("name_taken", "This service has a site with this name. Enter a different one")
