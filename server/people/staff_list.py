"""The staff of the services that an administrator runs, as that administrator may see them.

Of an account that works for another service too, a service admin sees the e-mail address that somebody here
entered, the name under which it is in this service's classes, and its roles here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.staff import Grant, StaffRole
from server.storage.tables import Person, StaffAccount
from server.storage.tables import StaffRole as RoleRow


@dataclass(frozen=True, slots=True)
class Listed:
    """A member of staff in the list."""

    account_id: str
    email: str
    name: str
    """The full name, or the e-mail address where that is all that may be seen."""
    grants: tuple[Grant, ...]
    """Those that the administrator may see."""
    is_whole: bool
    """Whether all of the account may be seen."""
    is_disabled: bool = False
    is_set_up: bool = True
    """Whether a password and a second factor have been set; True where that may not be seen."""


async def staff_of(
    session: AsyncSession,
    scope: frozenset[str] | None,
    *,
    service_id: str | None = None,
    offset: int = 0,
    most: int | None = None,
) -> list[Listed]:
    """Return staff with a role in these services (None: all accounts), by e-mail address. 3 statements.

    `service_id` leaves those of one service; what may be seen of each stays the same.
    """
    query = select(StaffAccount).where(_works_for(scope)).order_by(StaffAccount.email).offset(offset)
    if service_id is not None:
        query = query.where(_works_for(frozenset({service_id})))
    accounts = (await session.scalars(query if most is None else query.limit(most))).all()
    return await _listed(session, scope, accounts)


async def one_of_staff(
    session: AsyncSession, scope: frozenset[str] | None, account_id: str
) -> tuple[StaffAccount, Listed] | None:
    """Return one of them, with all of the account: what of it may be shown, `Listed.is_whole` says."""
    query = select(StaffAccount).where(_works_for(scope), StaffAccount.id == account_id)
    account = await session.scalar(query)
    if account is None:
        return None
    return account, (await _listed(session, scope, [account]))[0]


def _works_for(scope: frozenset[str] | None) -> ColumnElement[bool]:
    if scope is None:
        return true()
    return StaffAccount.id.in_(select(RoleRow.account_id).where(RoleRow.service_id.in_(scope)))


async def _listed(
    session: AsyncSession, scope: frozenset[str] | None, accounts: Sequence[StaffAccount]
) -> list[Listed]:
    ids = [account.id for account in accounts]
    grants: defaultdict[str, list[Grant]] = defaultdict(list)
    for row in await session.scalars(select(RoleRow).where(RoleRow.account_id.in_(ids))):
        grants[row.account_id].append(Grant(StaffRole(row.role), row.service_id))
    people: defaultdict[str, dict[str, str]] = defaultdict(dict)
    query = select(Person.account_id, Person.service_id, Person.full_name).where(Person.account_id.in_(ids))
    for account_id, service_id, full_name in await session.execute(query):
        if account_id is not None:
            people[account_id][service_id] = full_name
    return [_one(scope, account, grants[account.id], people[account.id]) for account in accounts]


def _one(
    scope: frozenset[str] | None, account: StaffAccount, grants: Sequence[Grant], people: dict[str, str]
) -> Listed:
    places = {grant.service_id for grant in grants} | set(people)
    is_whole = scope is None or places <= scope
    seen = tuple(grant for grant in grants if scope is None or grant.service_id in scope)
    if is_whole:
        return Listed(
            account.id,
            account.email,
            account.full_name,
            seen,
            is_whole=True,
            is_disabled=account.disabled_at is not None,
            is_set_up=account.password_hash is not None and account.totp_secret is not None,
        )
    here = [name for service_id, name in people.items() if scope is not None and service_id in scope]
    return Listed(account.id, account.email, here[0] if here else account.email, seen, is_whole=False)
