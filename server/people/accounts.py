"""Staff accounts: made, found by their e-mail address, given roles.

What administrators do to accounts on their pages, within their services, is `people.staffing`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.people.staff import Grant, Profession, StaffRole
from server.people.staff_people import IN_CLASS, StaffDetails, add_roles, be_in_class
from server.people.staff_scope import grants_of
from server.storage.tables import Service, StaffAccount
from server.storage.tables import StaffRole as RoleRow


async def account_by_email(session: AsyncSession, email: str) -> StaffAccount | None:
    """Find an account, closed ones too, by its e-mail address in whatever case."""
    account: StaffAccount | None = await session.scalar(
        select(StaffAccount).where(StaffAccount.email == email.strip().lower())
    )
    return account


async def make_account(
    session: AsyncSession,
    email: str,
    full_name: str,
    now: datetime,
    account_id: str,
    *,
    shown_name: str | None = None,
    profession: Profession | None = None,
) -> StaffAccount:
    """Make an account without password and roles. Patients see `shown_name`, by default the first name."""
    account = StaffAccount(
        id=account_id,
        email=email.strip().lower(),
        full_name=full_name,
        shown_name=shown_name or full_name.split()[0],
        profession=profession.value if profession is not None else "",
        created_at=now,
    )
    session.add(account)
    await session.flush()
    return account


async def give_role(
    session: AsyncSession, account: StaffAccount, grant: Grant, new_id: Callable[[], str]
) -> bool:
    """Give an account a role; False when it had it. Whoever leads or helps becomes a person of the service.

    Raises `Refused` (no_profession) for a lead without one.
    """
    if grant.role is StaffRole.LEAD and not account.profession:
        raise Refused("no_profession", "Who leads a class has a profession: give it with --profession.")
    held = await grants_of(session, account.id)
    if grant in held:
        return False
    await add_roles(session, account.id, {grant}, new_id)
    if grant.service_id is not None and grant.role in IN_CLASS:
        details = StaffDetails(account.full_name, account.shown_name, account.phone)
        await be_in_class(session, account.id, grant.service_id, held | {grant}, details, new_id)
    return True


async def roles_in_words(session: AsyncSession, account_id: str) -> list[tuple[str, str | None]]:
    """Each role of an account with the name of its service, None for all services; for its own page."""
    rows = await session.execute(
        select(RoleRow.role, Service.name)
        .outerjoin(Service, Service.id == RoleRow.service_id)
        .where(RoleRow.account_id == account_id)
        .order_by(Service.name, RoleRow.role)
    )
    return [(StaffRole(role).value.replace("_", " "), name) for role, name in rows]
