"""The demo's second service: so that it is seen what services share, and what they keep to themselves."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncSession

from server.ids import Clock, new_id
from server.people.accounts import account_by_email, give_role, make_account
from server.people.staff import Grant, Profession, StaffRole
from server.storage.database import Database
from server.storage.tables import Programme, Service, Site

SERVICE_ID, NAME, PHONE = "demo-hillside", "Hillside physiotherapy", "01632 960567"
EMAIL, LEAD = "grace@hillside.example", "Grace Adeyemi"
SHARED_TITLE = "Shoulder group"


async def ensure_hillside(database: Database, clock: Clock, *, id_source: Callable[[], str] = new_id) -> None:
    """Put the service in where it never was: a site, somebody who leads, and a programme that it shares.

    Its lead chooses a password by a link that the first service's lead, who runs the installation, makes.
    """

    async def work(session: AsyncSession) -> None:
        if await session.get(Service, SERVICE_ID) is not None:
            return
        session.add(Service(id=SERVICE_ID, name=NAME, phone=PHONE, site_code="Z9Z02", team_code="DEMO-MSK-2"))
        await session.flush()
        session.add(Site(id=id_source(), service_id=SERVICE_ID, name="Hillside health centre", code="Z9Z02"))
        session.add(
            Programme(
                id=id_source(),
                service_id=SERVICE_ID,
                title=SHARED_TITLE,
                aims="To reach, lift and sleep with less pain.",
                is_shared=True,
                has_check_in=True,
                class_count=6,
                class_minutes=45,
                max_patients=10,
            )
        )
        if await account_by_email(session, EMAIL) is None:
            account = await make_account(
                session, EMAIL, LEAD, clock(), id_source(), profession=Profession.PHYSIOTHERAPIST
            )
            await session.flush()
            for role in (StaffRole.LEAD, StaffRole.SERVICE_ADMIN):
                await give_role(session, account, Grant(role, SERVICE_ID), id_source)

    await database.write(work)
