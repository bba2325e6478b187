"""Members of staff with accounts, signed in in browsers of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import ClientSession, DummyCookieJar
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.accounts import give_role, make_account
from server.people.staff import Grant, Profession, StaffRole
from server.people.staff_sessions import complete_session, start_half_session
from server.storage.tables import Person, Service, StaffAccount
from tests.integration.pages.world import Page, World
from tests.integration.storage.databases import numbered_ids


async def ask(
    world: World,
    method: str,
    path: str,
    headers: Mapping[str, str],
    *,
    asking: ClientSession | None = None,
    **request: Any,
) -> Page:
    """Ask with these headers alone: without the cookies of the world's own browser, and keeping none.

    `asking` has a jar that keeps none either; for those who ask often.
    """
    if asking is None:
        async with ClientSession(cookie_jar=DummyCookieJar()) as once:
            return await ask(world, method, path, headers, asking=once, **request)
    headers = {**headers, **request.pop("headers", {})}
    url = world.browser.make_url(path)
    async with asking.request(method, url, headers=headers, allow_redirects=False, **request) as answer:
        return await Page.read(answer)


@dataclass
class StaffBrowser:
    """A browser in which somebody has signed in."""

    world: World
    account_id: str
    session_id: str
    secret: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": f"mr_staff={self.secret}"}

    async def open(self, path: str, **request: Any) -> Page:
        return await ask(self.world, "GET", path, self.headers, **request)

    async def post(self, path: str, fields: Any = None, **request: Any) -> Page:
        return await ask(self.world, "POST", path, self.headers, data=fields or {}, **request)

    async def person_id(self, service_id: str) -> str:
        """As whom this one is in the classes of a service."""
        async with self.world.database.reading() as session:
            query = select(Person.id).where(
                Person.account_id == self.account_id, Person.service_id == service_id
            )
            return (await session.scalars(query)).one()


async def the_service(world: World) -> str:
    """The id of the demo's service."""
    async with world.database.reading() as session:
        return (await session.scalars(select(Service.id).where(Service.id != "another"))).one()


async def signed_in(
    world: World,
    role: StaffRole,
    service_id: str | None = None,
    *,
    email: str | None = None,
    name: str | None = None,
    at: datetime | None = None,
) -> StaffBrowser:
    """Somebody of this role (of the demo's service unless told), signed in just now."""
    now = at or world.clock()
    if service_id is None and not role.is_for_all:
        service_id = await the_service(world)
    email = email or f"{role.value}.{service_id or 'all'}@example.org"
    ids = numbered_ids(f"{email[:20]}-".replace("@", "-").replace(".", "-"))
    account_id, session_id, secret = ids(), ids(), f"secret-of-{email}"

    async def work(session: AsyncSession) -> None:
        account = await session.get(StaffAccount, account_id)
        if account is None:
            account = await make_account(
                session,
                email,
                name or f"{role.value.replace('_', ' ').title()} Example",
                now,
                account_id,
                profession=Profession.PHYSIOTHERAPIST,
            )
        await give_role(session, account, Grant(role, None if role.is_for_all else service_id), ids)
        start_half_session(session, account_id, now, secret, session_id)
        await session.flush()
        await complete_session(session, session_id, now, secret)

    await world.database.write(work)
    return StaffBrowser(world, account_id, session_id, secret)
