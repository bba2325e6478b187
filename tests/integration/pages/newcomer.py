"""Somebody with a new account of staff, in the browser of the world."""

from __future__ import annotations

import pyotp
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.account_keys import make_key
from server.people.accounts import give_role, make_account
from server.people.staff import Grant, StaffRole
from server.people.staff_sessions import complete_session, start_half_session
from server.storage.tables import Letter, StaffAccount
from tests.integration.pages.staff import StaffBrowser
from tests.integration.pages.world import Page, World
from tests.integration.storage.databases import numbered_ids

EMAIL = "priya.shah@riverside.example"
PASSWORD = "lantern cabbage violin moss"
KEY = "k" * 43


class Newcomer:
    """Somebody with a new account, and the browser of the world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.totp = ""

    @property
    def code(self) -> str:
        return pyotp.TOTP(self.totp).at(self.world.clock())

    async def choose_password(self, password: str = PASSWORD, key: str = KEY) -> Page:
        return await self.world.press_join(f"/staff/set-up/{key}", data={"password": password})

    async def set_up(self) -> Page:
        await self.choose_password()
        page = await self.world.open("/staff/sign-in/second-factor")
        self.totp = page.text("code").replace(" ", "")
        fields = {"pending": field(page, "pending"), "code": self.code}
        return await self.world.press_join("/staff/sign-in/second-factor", data=fields)

    async def give_password(self, password: str = PASSWORD, email: str = EMAIL, **more: str) -> Page:
        fields = {"email": email, "password": password, **more}
        return await self.world.press_join("/staff/sign-in", data=fields)

    async def give_code(self, code: str | None = None, **more: str) -> Page:
        return await self.world.press_join("/staff/sign-in/code", data={"code": code or self.code, **more})

    async def sign_in(self) -> Page:
        """A new code each time: none is taken twice."""
        self.world.clock.move(seconds=30)
        assert (await self.give_password()).status == 303
        return await self.give_code()

    async def sign_out(self) -> Page:
        return await self.world.press_join("/staff/sign-out")

    async def is_in(self) -> bool:
        return (await self.world.open("/staff/account")).status == 200


def field(page: Page, name: str) -> str:
    return next(each["value"] or "" for each in page.all("input") if each.get("name") == name)


def error(page: Page) -> str:
    return " ".join(page.text("ul").split()) if "There is a problem" in page.html else ""


async def add_account(world: World, email: str = EMAIL) -> None:
    ids = numbered_ids("new-")

    async def work(session: AsyncSession) -> None:
        account = await make_account(session, email, "Priya Shah", world.clock(), "priya")
        await give_role(session, account, Grant(StaffRole.SYSTEM_ADMIN, None), ids)
        await make_key(session, account.id, world.clock(), KEY)

    await world.database.write(work)


async def row(world: World) -> StaffAccount:
    async with world.database.reading() as session:
        return await session.get_one(StaffAccount, "priya")


async def letters(world: World) -> list[Letter]:
    async with world.database.reading() as session:
        return list(await session.scalars(select(Letter).order_by(Letter.written_at, Letter.id)))


async def second_browser(priya: Newcomer) -> StaffBrowser:
    """The same account, signed in elsewhere."""
    world = priya.world

    async def work(session: AsyncSession) -> None:
        start_half_session(session, "priya", world.clock(), "elsewhere", "elsewhere-id")
        await session.flush()
        await complete_session(session, "elsewhere-id", world.clock(), "elsewhere")

    await world.database.write(work)
    return StaffBrowser(world, "priya", "elsewhere-id", "elsewhere")
