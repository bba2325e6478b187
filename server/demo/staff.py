"""The demo's account for the staff's pages: the lead's, who also runs the service and the installation."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.demo.courses import current_course
from server.ids import Clock, new_id, new_token
from server.people.account_keys import key_address, make_key
from server.people.accounts import account_by_email, give_role, make_account
from server.people.staff import Grant, Profession, StaffRole
from server.storage.database import Database
from server.storage.tables import Person

EMAIL = "hannah@riverside.example"
ROLES_IN_SERVICE = (StaffRole.LEAD, StaffRole.SERVICE_ADMIN)


async def way_to_staff_pages(
    database: Database,
    clock: Clock,
    base_url: str,
    *,
    id_source: Callable[[], str] = new_id,
    secret_source: Callable[[], str] = new_token,
) -> str:
    """Return the address at which the account's password is chosen, a new one at each start; once that is
    done, the address at which to sign in.
    """

    async def work(session: AsyncSession) -> str:
        now = clock()
        account = await account_by_email(session, EMAIL)
        if account is None:
            lead_id = (await current_course(session)).lead_id
            lead = (await session.scalars(select(Person).where(Person.id == lead_id))).one()
            account = await make_account(
                session, EMAIL, lead.full_name, now, id_source(), profession=Profession.PHYSIOTHERAPIST
            )
            lead.account_id = account.id
            await session.flush()
            for role in ROLES_IN_SERVICE:
                await give_role(session, account, Grant(role, lead.service_id), id_source)
            await give_role(session, account, Grant(StaffRole.SYSTEM_ADMIN, None), id_source)
        if account.password_hash is not None and account.totp_secret is not None:
            return f"{base_url}/staff"
        secret = secret_source()
        await make_key(session, account.id, now, secret)
        return key_address(base_url, secret)

    return await database.write(work)
