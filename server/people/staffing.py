"""Who works for which service, and as what: accounts that an administrator adds, changes and closes.

| who | may |
|---|---|
| service admin | roles in the own services; all of an account that works for no other service |
| system admin | all accounts, and the roles for all services |

An account that works elsewhere too shows a service admin nothing but what was entered here: neither its name
nor its state, and only a system admin closes it or sends it a new key. Whoever leads or helps in a service is
a `Person` there, so that courses can name them; one who no longer does stays one, because past classes name
them, but comes into no class. At least one system admin always stays. Every change is noted in the audit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.people.account_keys import end_keys, start_over
from server.people.auditing import audit
from server.people.staff import Grant, StaffMember, StaffRole
from server.people.staff_people import StaffDetails, add_roles, revoke_links, set_person
from server.people.staff_scope import check_scope, grants_of, is_within, the_account, whole_account
from server.people.staff_sessions import end_all_sessions
from server.storage.tables import Person, StaffAccount
from server.storage.tables import StaffRole as RoleRow


@dataclass(frozen=True, slots=True)
class Added:
    """What became of adding somebody."""

    account_id: str
    is_new: bool
    """Whether there was no account by that e-mail address: then it needs a key to set a password."""


async def add_staff(
    session: AsyncSession,
    member: StaffMember,
    email: str,
    details: StaffDetails,
    grants: Collection[Grant],
    now: datetime,
    *,
    new_id: Callable[[], str],
) -> Added:
    """Make an account with these roles, or give them to the account that has this address already.

    Raises `Refused` (works_here, no_role, not_yours).
    """
    check_scope(member, grants)
    if not grants:
        raise Refused("no_role", "Select at least one role")
    account = await session.scalar(select(StaffAccount).where(StaffAccount.email == email))
    is_new = account is None
    if account is None:
        account = StaffAccount(id=new_id(), email=email, created_at=now, **_columns(details))
        session.add(account)
        await session.flush()
    held = await grants_of(session, account.id)
    if any(is_within(member, grant) for grant in held):
        raise Refused(
            "works_here", "This person is in your list of staff already. Change their roles on their page"
        )
    if not account.profession and details.profession is not None:
        account.profession = details.profession
    wanted = frozenset(grants)
    await add_roles(session, account.id, wanted, new_id)
    for service_id in sorted(_services(wanted)):
        await set_person(session, account.id, service_id, wanted, details, now, new_id)
    _note(session, member, "add_staff", account.id, wanted, now, new_id)
    return Added(account.id, is_new)


async def set_roles(
    session: AsyncSession,
    member: StaffMember,
    account_id: str,
    wanted: Collection[Grant],
    now: datetime,
    *,
    new_id: Callable[[], str],
) -> None:
    """Give an account these roles, of those that `member` may give, and take the others of them away.

    Raises `Refused` (last_system_admin, not_yours, no_profession).
    """
    check_scope(member, wanted)
    account = await the_account(session, member, account_id)
    if any(grant.role is StaffRole.LEAD for grant in wanted) and not account.profession:
        raise Refused("no_profession", "Enter their profession first: who leads a class has one")
    held = await grants_of(session, account_id)
    theirs = frozenset(grant for grant in held if is_within(member, grant))
    added, taken = frozenset(wanted) - theirs, theirs - frozenset(wanted)
    if any(grant.role is StaffRole.SYSTEM_ADMIN for grant in taken):
        await _check_not_last(session, account_id)
    for grant in taken:
        is_for = (
            RoleRow.service_id.is_(None)
            if grant.service_id is None
            else RoleRow.service_id == grant.service_id
        )
        await session.execute(
            delete(RoleRow).where(RoleRow.account_id == account_id, RoleRow.role == grant.role, is_for)
        )
    await add_roles(session, account_id, added, new_id)
    held_now = (held | added) - taken
    for service_id in sorted(_services(added | taken)):
        details = StaffDetails(account.full_name, account.shown_name, account.phone)
        await set_person(session, account_id, service_id, held_now, details, now, new_id)
    if added:
        _note(session, member, "give_roles", account_id, added, now, new_id)
    if taken:
        _note(session, member, "take_roles", account_id, taken, now, new_id)


async def change_details(
    session: AsyncSession,
    member: StaffMember,
    account_id: str,
    email: str,
    details: StaffDetails,
    now: datetime,
    *,
    new_id: Callable[[], str],
) -> None:
    """Change an account's address, name, phone and profession, also where courses name this person.

    A new address ends the keys that went to the old one.
    Raises `Refused` (email_taken, shared, no_profession).
    """
    account = await whole_account(session, member, account_id)
    taken = select(StaffAccount.id).where(StaffAccount.email == email, StaffAccount.id != account_id)
    if await session.scalar(taken) is not None:
        raise Refused("email_taken", "This email address cannot be used. Enter a different one")
    grants = await grants_of(session, account_id)
    if details.profession is None and any(grant.role is StaffRole.LEAD for grant in grants):
        raise Refused("no_profession", "Select a profession: who leads a class has one")
    if account.email != email:
        await end_keys(session, account_id, now)
    account.email = email
    for name, value in _columns(details).items():
        setattr(account, name, value)
    await session.execute(
        update(Person)
        .where(Person.account_id == account_id)
        .values(full_name=details.full_name, shown_name=details.shown_name, phone=details.phone)
    )
    _note(session, member, "change_staff", account_id, grants, now, new_id)


async def disable(
    session: AsyncSession,
    member: StaffMember,
    account_id: str,
    now: datetime,
    *,
    new_id: Callable[[], str],
) -> None:
    """Close an account: its sessions and keys end at once. Raises `Refused` (yourself, last_system_admin)."""
    account = await whole_account(session, member, account_id)
    if account_id == member.account_id:
        raise Refused("yourself", "You cannot close your own account. Ask another administrator to do it.")
    grants = await grants_of(session, account_id)
    if any(grant.role is StaffRole.SYSTEM_ADMIN for grant in grants):
        await _check_not_last(session, account_id)
    if account.disabled_at is not None:
        return
    account.disabled_at = now
    await end_all_sessions(session, account_id)
    await end_keys(session, account_id, now)
    await revoke_links(session, account_id, None, now)
    _note(session, member, "disable_staff", account_id, grants, now, new_id)


async def let_set_up(
    session: AsyncSession,
    member: StaffMember,
    account_id: str,
    now: datetime,
    *,
    new_id: Callable[[], str],
) -> StaffAccount:
    """Have somebody choose password and second factor (again); the caller makes and sends the key.

    One that was set up is signed out, of classes too, and forgets both. Raises `Refused` (yourself, closed).
    """
    account = await whole_account(session, member, account_id)
    if account_id == member.account_id:
        raise Refused("yourself", "You change your own password and second factor under Your account.")
    if account.disabled_at is not None:
        raise Refused("closed", "This account is closed. Open it again first.")
    action = "reset_staff" if account.password_hash is not None else "send_staff_key"
    await start_over(session, account, now)
    await revoke_links(session, account_id, None, now)
    grants = await grants_of(session, account_id)
    _note(session, member, action, account_id, grants, now, new_id)
    return account


async def enable(
    session: AsyncSession,
    member: StaffMember,
    account_id: str,
    now: datetime,
    *,
    new_id: Callable[[], str],
) -> None:
    """Open an account again: its holder signs in with the password and the codes of before."""
    account = await whole_account(session, member, account_id)
    if account.disabled_at is None:
        return
    account.disabled_at, account.failures, account.locked_until = None, 0, None
    grants = await grants_of(session, account_id)
    _note(session, member, "enable_staff", account_id, grants, now, new_id)


def _columns(details: StaffDetails) -> dict[str, str]:
    return {
        "full_name": details.full_name,
        "shown_name": details.shown_name,
        "phone": details.phone,
        "profession": details.profession.value if details.profession is not None else "",
    }


def _services(grants: Collection[Grant]) -> set[str]:
    return {grant.service_id for grant in grants if grant.service_id is not None}


async def _check_not_last(session: AsyncSession, account_id: str) -> None:
    """Refuse when no other open account is a system admin's."""
    others = (
        select(RoleRow.id)
        .join(StaffAccount, StaffAccount.id == RoleRow.account_id)
        .where(
            RoleRow.role == StaffRole.SYSTEM_ADMIN.value,
            RoleRow.account_id != account_id,
            StaffAccount.disabled_at.is_(None),
        )
    )
    if await session.scalar(others.limit(1)) is None:
        raise Refused(
            "last_system_admin",
            "This is the only system administrator. Make somebody else one first.",
        )


def _note(
    session: AsyncSession,
    member: StaffMember,
    action: str,
    account_id: str,
    grants: Collection[Grant],
    now: datetime,
    new_id: Callable[[], str],
) -> None:
    """Note it once for each service that it touches, so that its administrators find it there."""
    touched = {grant.service_id for grant in grants} or {None}
    for service_id in sorted(touched, key=lambda service_id: service_id or ""):
        roles = sorted(grant.role.value for grant in grants if grant.service_id == service_id)
        detail = {"account_id": account_id, "roles": roles}
        audit(session, member, action, now, new_id(), service_id=service_id, detail=detail)
