"""A password is chosen with a one-time key: for a new account, and when it was forgotten."""

from __future__ import annotations

import re
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.account_keys import KeyFor, make_key, start_over
from server.people.second_factor import KEY_FILE
from server.storage.tables import AccountKey, Letter, StaffAccount
from tests.integration.pages.newcomer import (
    EMAIL,
    KEY,
    PASSWORD,
    Newcomer,
    error,
    field,
    letters,
    row,
)
from tests.integration.pages.world import Page, World


class TestSettingUp:
    async def test_an_account_is_set_up_with_its_key_and_signed_in(self, newcomer: Newcomer) -> None:
        page = await newcomer.world.open(f"/staff/set-up/{KEY}")
        assert EMAIL in page.text("main")
        chosen = await newcomer.choose_password()
        assert chosen.headers["Location"] == "/staff/sign-in/code"
        asked = await newcomer.world.open("/staff/sign-in/code")
        assert asked.headers["Location"] == "/staff/sign-in/second-factor"
        assert not await newcomer.is_in(), "the password alone opens nothing"
        shown = await newcomer.world.open("/staff/sign-in/second-factor")
        assert shown.all("img")[0]["src"].startswith("data:image/svg+xml")
        assert "img-src 'self' data:" in shown.headers["Content-Security-Policy"]
        newcomer.totp = shown.text("code").replace(" ", "")
        done = await newcomer.world.press_join(
            "/staff/sign-in/second-factor",
            data={"pending": field(shown, "pending"), "code": newcomer.code},
        )
        assert done.status == 303
        assert await newcomer.is_in()

    async def test_opening_the_address_of_a_key_changes_nothing(self, newcomer: Newcomer) -> None:
        before = await newcomer.world.rows()
        for _ in range(3):
            assert (await newcomer.world.open(f"/staff/set-up/{KEY}")).status == 200
        assert await newcomer.world.rows() == before
        assert (await newcomer.choose_password()).status == 303

    async def test_a_key_is_used_once(self, newcomer: Newcomer) -> None:
        await newcomer.choose_password()
        assert (await newcomer.world.open(f"/staff/set-up/{KEY}")).status == 410
        stored = (await row(newcomer.world)).password_hash
        assert (await newcomer.choose_password("another of four words")).status == 410
        assert (await row(newcomer.world)).password_hash == stored

    async def test_a_key_opens_nothing_after_its_time(self, newcomer: Newcomer) -> None:
        newcomer.world.clock.move(hours=24)
        assert (await newcomer.world.open(f"/staff/set-up/{KEY}")).status == 410
        assert (await newcomer.choose_password()).status == 410

    async def test_a_key_is_stored_hashed_and_a_newer_one_ends_it(self, newcomer: Newcomer) -> None:
        world = newcomer.world
        async with world.database.reading() as session:
            assert (await session.scalars(select(AccountKey.token_hash))).one() != KEY
        await world.database.write(lambda session: make_key(session, "priya", world.clock(), "n" * 43))
        assert (await newcomer.choose_password()).status == 410
        assert (await newcomer.choose_password(key="n" * 43)).status == 303

    @pytest.mark.parametrize("weak", ["short", "Password1234!", "priya.shah12", EMAIL, "x" * 129])
    async def test_a_password_that_others_would_guess_is_refused(self, newcomer: Newcomer, weak: str) -> None:
        page = await newcomer.choose_password(weak)
        assert page.status == 400
        assert error(page)
        assert page.text("title").startswith("Error: ")
        assert weak not in page.html.replace(EMAIL, "") or weak == EMAIL
        assert (await row(newcomer.world)).password_hash is None

    async def test_the_first_code_must_be_right_before_the_second_factor_is_kept(
        self, newcomer: Newcomer
    ) -> None:
        await newcomer.choose_password()
        page = await newcomer.world.open("/staff/sign-in/second-factor")
        fields = {"pending": field(page, "pending"), "code": "000000"}
        wrong = await newcomer.world.press_join("/staff/sign-in/second-factor", data=fields)
        assert wrong.status == 400
        assert wrong.text("code") == page.text("code"), "the app that has scanned it keeps its secret"
        assert (await row(newcomer.world)).totp_secret is None

    async def test_a_second_factor_shown_to_another_session_is_not_taken(self, newcomer: Newcomer) -> None:
        await newcomer.choose_password()
        pending = field(await newcomer.world.open("/staff/sign-in/second-factor"), "pending")
        now = newcomer.world.clock()
        sealed = newcomer.world.site.sign_in.second_factors.seal_pending("A" * 32, "not-this-one", now)
        assert sealed != pending
        code = pyotp.TOTP("A" * 32).at(now)
        page = await newcomer.world.press_join(
            "/staff/sign-in/second-factor", data={"pending": sealed, "code": code}
        )
        assert page.headers["Location"] == "/staff/sign-in/second-factor"
        assert (await row(newcomer.world)).totp_secret is None

    async def test_who_has_a_second_factor_cannot_set_up_another_with_the_password_alone(
        self, priya: Newcomer
    ) -> None:
        await priya.sign_out()
        priya.world.clock.move(seconds=30)
        await priya.give_password()
        page = await priya.world.open("/staff/sign-in/second-factor")
        assert page.headers["Location"] == "/staff/sign-in/code"

    async def test_nothing_secret_is_stored_as_it_is(self, priya: Newcomer, tmp_path: Path) -> None:
        stored = await row(priya.world)
        assert stored.password_hash is not None
        assert stored.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert priya.totp not in (stored.totp_secret or "")
        assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600


class TestReset:
    @pytest.fixture
    async def priya(self, mailing: Newcomer) -> Newcomer:
        return mailing

    async def ask(self, world: World, email: str = EMAIL) -> Page:
        return await world.press_join("/staff/reset", data={"email": email})

    async def letters(self, world: World) -> list[Letter]:
        return [each for each in await letters(world) if each.kind == "staff_key"]

    async def test_a_letter_goes_to_the_accounts_own_address(self, priya: Newcomer) -> None:
        await priya.sign_out()
        page = await self.ask(priya.world, EMAIL.upper())
        assert page.headers["Location"] == "/staff/reset?sent=yes"
        (letter,) = await self.letters(priya.world)
        assert letter.to_address == EMAIL
        key = re.search(r"/staff/set-up/([A-Za-z0-9_-]{43})\n", letter.text)
        assert key is not None
        new = "moss violin cabbage lantern"
        assert (await priya.choose_password(new, key[1])).headers["Location"] == "/staff/sign-in/code"
        priya.world.clock.move(seconds=30)
        assert (await priya.give_code()).status == 303, "the code is still asked for, and the old one's app"
        assert await priya.is_in()
        await priya.sign_out()
        assert (await priya.give_password(PASSWORD)).status == 400
        assert (await priya.give_password(new)).status == 303

    async def test_the_page_says_the_same_for_an_address_without_account(self, priya: Newcomer) -> None:
        known = await self.ask(priya.world)
        unknown = await self.ask(priya.world, "nobody@riverside.example")
        assert (known.status, known.headers["Location"]) == (unknown.status, unknown.headers["Location"])
        assert len(await self.letters(priya.world)) == 1

    async def test_nobodys_mailbox_is_flooded(self, priya: Newcomer) -> None:
        world = priya.world
        world.clock.move(hours=2)
        for _ in range(6):
            assert (await self.ask(world)).status == 303
        assert len(await self.letters(world)) == 3
        world.clock.move(hours=1)
        await self.ask(world)
        assert len(await self.letters(world)) == 4

    async def test_a_key_that_was_asked_for_lasts_an_hour(self, priya: Newcomer) -> None:
        world = priya.world
        await world.database.write(
            lambda session: make_key(session, "priya", world.clock(), "r" * 43, KeyFor.RESET)
        )
        world.clock.move(minutes=60)
        assert (await world.open(f"/staff/set-up/{'r' * 43}")).status == 410

    async def test_a_new_password_ends_all_sessions(self, priya: Newcomer) -> None:
        world = priya.world
        await world.database.write(lambda session: make_key(session, "priya", world.clock(), "r" * 43))
        other = world.browser.session.cookie_jar.filter_cookies(world.browser.make_url("/"))["mr_staff"].value
        await priya.choose_password("moss violin cabbage lantern", "r" * 43)
        kept = await world.open("/staff/account", headers={"Cookie": f"mr_staff={other}"})
        assert kept.status == 303

    async def test_starting_over_forgets_password_and_second_factor(self, priya: Newcomer) -> None:
        world = priya.world

        async def work(session: AsyncSession) -> None:
            await start_over(session, await session.get_one(StaffAccount, "priya"), world.clock())

        await world.database.write(work)
        assert not await priya.is_in()
        assert (await priya.give_password()).status == 400
        stored = await row(world)
        assert (stored.password_hash, stored.totp_secret) == (None, None)

    async def test_too_many_from_one_address_are_refused(self, world: World) -> None:
        for _ in range(10):
            assert (await self.ask(world, "nobody@riverside.example")).status == 303
        assert (await self.ask(world)).status == 429
