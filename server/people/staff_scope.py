"""Which accounts and roles an administrator may change.

A service admin has the roles of the own services, and the whole of an account that works nowhere else; a
system admin has all. Raises `Refused` (not_yours, shared).
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.people.staff import Action, Grant, StaffMember, StaffRole
from server.storage.tables import Person, StaffAccount
from server.storage.tables import StaffRole as RoleRow


def is_within(member: StaffMember, grant: Grant) -> bool:
    """Return whether `member` may give this role, and take it away."""
    scope = member.services(Action.RUN_SERVICE)
    return scope is None or grant.service_id in scope


def check_scope(member: StaffMember, grants: Collection[Grant]) -> None:
    """Refuse roles that `member` may not give, and those that cannot be: a lead of all services."""
    for grant in grants:
        if grant.role.is_for_all != (grant.service_id is None) or not is_within(member, grant):
            raise _not_yours()


async def grants_of(session: AsyncSession, account_id: str) -> frozenset[Grant]:
    """Return an account's roles."""
    rows = await session.scalars(select(RoleRow).where(RoleRow.account_id == account_id))
    return frozenset(Grant(StaffRole(row.role), row.service_id) for row in rows)


async def the_account(session: AsyncSession, member: StaffMember, account_id: str) -> StaffAccount:
    """Return an account with a role that `member` may give or take."""
    account = await session.get(StaffAccount, account_id)
    if account is None:
        raise _not_yours()
    if member.services(Action.RUN_SERVICE) is None:
        return account
    if any(is_within(member, grant) for grant in await grants_of(session, account_id)):
        return account
    raise _not_yours()


async def is_whole(session: AsyncSession, member: StaffMember, account_id: str) -> bool:
    """Return whether all that the account is belongs to services that `member` runs."""
    scope = member.services(Action.RUN_SERVICE)
    if scope is None:
        return True
    if any(grant.service_id not in scope for grant in await grants_of(session, account_id)):
        return False
    places = await session.scalars(select(Person.service_id).where(Person.account_id == account_id))
    return set(places) <= scope


async def whole_account(session: AsyncSession, member: StaffMember, account_id: str) -> StaffAccount:
    """Return an account that belongs to `member`'s services alone."""
    account = await the_account(session, member, account_id)
    if not await is_whole(session, member, account_id):
        raise Refused(
            "shared", "This person works for another service too, so only a system administrator can do this."
        )
    return account


def _not_yours() -> Refused:
    return Refused(
        "not_yours", "You cannot see or change this with your account. Ask a system administrator."
    )
