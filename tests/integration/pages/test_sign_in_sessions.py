"""A sign-in lasts until one signs out, does nothing, or it is over; its cookie."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import LOOKS_AGAIN
from server.people.staff_sessions import IDLE, LASTS
from server.storage.tables import StaffAccount, StaffSession
from tests.integration.pages.newcomer import (
    Newcomer,
    add_account,
)
from tests.integration.pages.staff import ask
from tests.integration.pages.world import World


class TestSessions:
    async def test_the_cookie_is_out_of_reach_of_scripts_and_ends_with_the_browser(
        self, priya: Newcomer
    ) -> None:
        cookie = (await priya.sign_in()).headers["Set-Cookie"]
        assert cookie.startswith("mr_staff=")
        assert {"HttpOnly", "Path=/", "SameSite=Lax"} == {part.strip() for part in cookie.split(";")[1:]}

    async def test_over_https_the_cookie_is_bound_to_the_host(self, secure: World) -> None:
        await add_account(secure)
        chosen = await Newcomer(secure).choose_password()
        cookie = chosen.headers["Set-Cookie"]
        assert cookie.startswith("__Host-mr_staff=")
        assert {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"} == {
            part.strip() for part in cookie.split(";")[1:]
        }
        assert "Domain" not in cookie

    async def test_after_half_an_hour_without_a_request_one_is_signed_out(self, priya: Newcomer) -> None:
        priya.world.clock.move(minutes=29)
        assert await priya.is_in()
        priya.world.clock.move(minutes=29)
        assert await priya.is_in(), "the last request put it off"
        priya.world.clock.move(minutes=30)
        assert not await priya.is_in()

    async def test_a_page_that_looks_again_by_itself_keeps_nobody_signed_in(self, priya: Newcomer) -> None:
        for _ in range(5):
            priya.world.clock.move(minutes=5)
            looked = await priya.world.open("/staff/account", headers={LOOKS_AGAIN: "yes"})
            assert looked.status == 200
        priya.world.clock.move(minutes=5)
        assert not await priya.is_in()

    async def test_after_twelve_hours_one_is_signed_out_whatever_one_does(self, priya: Newcomer) -> None:
        for _ in range(int(LASTS / timedelta(minutes=20)) - 1):
            priya.world.clock.move(minutes=20)
            assert await priya.is_in()
        priya.world.clock.move(minutes=20)
        assert not await priya.is_in()

    async def test_the_page_says_when(self, priya: Newcomer) -> None:
        page = await priya.world.open("/staff/account")
        assert "You will be signed out at 10:20am if you do nothing." in page.text("main")
        assert next(p for p in page.all("p") if p.get("id") == "idle")["data-seconds"] == str(
            int(IDLE.total_seconds())
        )

    async def test_staying_puts_the_end_off(self, priya: Newcomer) -> None:
        priya.world.clock.move(minutes=28)
        answer = await priya.world.press_join("/staff/stay")
        assert answer.html == '{"signed_out_in_s": 1800}'
        priya.world.clock.move(minutes=28)
        assert await priya.is_in()

    async def test_use_is_stored_once_a_minute_at_most(self, priya: Newcomer) -> None:
        async def used() -> object:
            async with priya.world.database.reading() as session:
                return (await session.scalars(select(StaffSession.used_at))).one()

        first = await used()
        priya.world.clock.move(seconds=59)
        await priya.is_in()
        assert await used() == first
        priya.world.clock.move(seconds=1)
        await priya.is_in()
        assert await used() == priya.world.clock()

    async def test_signing_out_ends_the_session_on_the_server(self, priya: Newcomer) -> None:
        cookie = (await priya.sign_in()).headers["Set-Cookie"].split(";")[0]
        out = await priya.sign_out()
        assert "mr_staff=" in out.headers["Set-Cookie"]
        assert "max-age=0" in out.headers["Set-Cookie"].lower()
        kept = await ask(priya.world, "GET", "/staff/account", {"Cookie": cookie})
        assert kept.status == 303

    async def test_the_code_must_follow_the_password_within_ten_minutes(self, priya: Newcomer) -> None:
        await priya.sign_out()
        await priya.give_password()
        priya.world.clock.move(minutes=10)
        assert (await priya.give_code()).headers["Location"] == "/staff/sign-in"

    async def test_a_closed_account_is_out_at_once(self, priya: Newcomer) -> None:
        async def close(session: AsyncSession) -> None:
            await session.execute(update(StaffAccount).values(disabled_at=priya.world.clock()))

        await priya.world.database.write(close)
        assert not await priya.is_in()

    async def test_only_the_hash_of_the_secret_is_stored(self, priya: Newcomer) -> None:
        secret = (await priya.sign_in()).headers["Set-Cookie"].split(";")[0].removeprefix("mr_staff=")
        assert len(secret) == 43, "256 random bits"
        async with priya.world.database.reading() as session:
            hashes = (await session.scalars(select(StaffSession.secret_hash))).all()
        assert secret not in hashes
        assert all(re.fullmatch("[0-9a-f]{64}", each) for each in hashes)

    async def test_another_site_can_neither_sign_in_nor_out(self, priya: Newcomer) -> None:
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        for path in ("/staff/sign-in", "/staff/sign-out", "/staff/account/password", "/staff/stay"):
            assert (await priya.world.press_join(path, headers=elsewhere)).status == 403
        assert await priya.is_in()
        old_browser = {"Origin": "https://evil.example"}
        assert (await priya.world.press_join("/staff/sign-out", headers=old_browser)).status == 403
