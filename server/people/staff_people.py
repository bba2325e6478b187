"""An account's roles, and as whom it leads or helps in the classes of a service: a person there, whom courses
can name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.roles import Role
from server.people.staff import Grant, Profession, StaffRole
from server.storage.tables import Person, PersonalLink
from server.storage.tables import StaffRole as RoleRow

IN_CLASS = frozenset({StaffRole.LEAD, StaffRole.HELPER})
"""Roles that need a person."""


@dataclass(frozen=True, slots=True)
class StaffDetails:
    """What an administrator enters of a member of staff."""

    full_name: str
    shown_name: str
    """What patients see."""
    phone: str = ""
    profession: Profession | None = None


async def add_roles(
    session: AsyncSession, account_id: str, grants: Collection[Grant], new_id: Callable[[], str]
) -> None:
    """Give an account roles that it does not have."""
    for grant in sorted(grants, key=lambda grant: (grant.service_id or "", grant.role)):
        session.add(
            RoleRow(id=new_id(), account_id=account_id, service_id=grant.service_id, role=grant.role.value)
        )
    await session.flush()


async def set_person(
    session: AsyncSession,
    account_id: str,
    service_id: str,
    grants: Collection[Grant],
    details: StaffDetails,
    now: datetime,
    new_id: Callable[[], str],
) -> None:
    """Make or change the person as whom this account is in the service's classes; or let it in no more.
    `grants` are all that it has now.
    """
    if any(grant.service_id == service_id and grant.role in IN_CLASS for grant in grants):
        await be_in_class(session, account_id, service_id, grants, details, new_id)
    else:
        await revoke_links(session, account_id, service_id, now)


async def be_in_class(
    session: AsyncSession,
    account_id: str,
    service_id: str,
    grants: Collection[Grant],
    details: StaffDetails,
    new_id: Callable[[], str],
) -> None:
    """Make or change the person as whom an account is in the service's classes that leads or helps there."""
    leads = Grant(StaffRole.LEAD, service_id) in grants
    role = Role.PHYSIO if leads else Role.HELPER
    query = select(Person).where(Person.account_id == account_id, Person.service_id == service_id)
    person = await session.scalar(query)
    if person is not None:
        person.role = role
        return
    session.add(
        Person(
            id=new_id(),
            service_id=service_id,
            account_id=account_id,
            role=role,
            full_name=details.full_name,
            shown_name=details.shown_name,
            phone=details.phone,
        )
    )
    await session.flush()


async def people_of_account(session: AsyncSession, account_id: str) -> list[str]:
    """Return the ids of the people as whom an account is in classes."""
    return list(await session.scalars(select(Person.id).where(Person.account_id == account_id)))


async def revoke_links(session: AsyncSession, account_id: str, service_id: str | None, now: datetime) -> None:
    """End this account's ways into class, and with them the browsers that came by them."""
    people = select(Person.id).where(Person.account_id == account_id)
    if service_id is not None:
        people = people.where(Person.service_id == service_id)
    await session.execute(
        update(PersonalLink)
        .where(PersonalLink.person_id.in_(people), PersonalLink.revoked_at.is_(None))
        .values(revoked_at=now)
    )
