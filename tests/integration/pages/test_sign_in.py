"""Staff sign in: password, then code; what is noted of it and what is not."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.tables import AuditEntry, StaffAccount
from tests.integration.pages.newcomer import (
    EMAIL,
    KEY,
    PASSWORD,
    Newcomer,
    error,
    field,
    row,
)
from tests.integration.pages.staff import ask
from tests.integration.pages.world import World


class TestSigningIn:
    async def test_password_and_code_open_the_page_that_was_asked_for(self, priya: Newcomer) -> None:
        await priya.sign_out()
        sent = await priya.world.open("/staff/account?done=ended")
        assert sent.headers["Location"] == "/staff/sign-in?next=/staff/account%3Fdone%3Dended"
        asked = await priya.world.open(sent.headers["Location"])
        priya.world.clock.move(seconds=30)
        after = await priya.give_password(next=field(asked, "next"))
        page = await priya.world.open(after.headers["Location"])
        done = await priya.give_code(next=field(page, "next"))
        assert done.headers["Location"] == "/staff/account?done=ended"
        assert await priya.is_in()

    async def test_the_secret_of_the_cookie_changes_with_the_code(self, priya: Newcomer) -> None:
        await priya.sign_out()
        priya.world.clock.move(seconds=30)
        half = (await priya.give_password()).headers["Set-Cookie"]
        whole = (await priya.give_code()).headers["Set-Cookie"]
        assert half.split(";")[0] != whole.split(";")[0]
        old = {"Cookie": half.split(";")[0]}
        await priya.sign_out()
        assert (await ask(priya.world, "GET", "/staff/account", old)).status == 303

    async def test_a_code_is_taken_once(self, priya: Newcomer) -> None:
        code = priya.code
        await priya.sign_out()
        await priya.give_password()
        page = await priya.give_code(code)
        assert page.status == 400
        assert not await priya.is_in()

    async def test_a_code_that_comes_again_is_in_the_audit(self, priya: Newcomer) -> None:
        code = priya.code
        await priya.sign_out()
        await priya.give_password()
        await priya.give_code(code)
        async with priya.world.database.reading() as session:
            actions = list(await session.scalars(select(AuditEntry.action)))
        assert actions.count("code_refused") == 1

    @pytest.mark.parametrize(
        ("seconds", "taken"), [(-90, False), (-30, True), (0, True), (29, True), (90, False)]
    )
    async def test_clocks_may_differ_by_one_step(self, priya: Newcomer, seconds: int, taken: bool) -> None:
        await priya.sign_out()
        priya.world.clock.move(minutes=10)
        await priya.give_password()
        code = pyotp.TOTP(priya.totp).at(priya.world.clock() + timedelta(seconds=seconds))
        page = await priya.give_code(code)
        assert (page.status == 303) is taken

    async def test_unknown_wrong_and_closed_are_answered_in_the_same_words(self, priya: Newcomer) -> None:
        await priya.sign_out()
        wrong = await priya.give_password("wrong " + PASSWORD)
        unknown = await priya.give_password(email="nobody@riverside.example")

        async def close(session: AsyncSession) -> None:
            await session.execute(update(StaffAccount).values(disabled_at=priya.world.clock()))

        await priya.world.database.write(close)
        closed = await priya.give_password()
        plain = [
            page.html.replace(EMAIL, "").replace("nobody@riverside.example", "")
            for page in (wrong, unknown, closed)
        ]
        nonces = [re.sub(r'nonce="[^"]+"', "", text) for text in plain]
        assert nonces[0] == nonces[1] == nonces[2]
        assert {page.status for page in (wrong, unknown, closed)} == {400}

    async def test_an_unknown_address_costs_the_same_work(
        self, priya: Newcomer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await priya.sign_out()
        checked: list[str] = []
        passwords = priya.world.site.sign_in.passwords
        right = passwords._matches
        monkeypatch.setattr(
            passwords, "_matches", lambda stored, given: checked.append(stored) or right(stored, given)
        )
        before = (await priya.world.rows())["audit"]
        await priya.give_password("wrong " + PASSWORD)
        await priya.give_password(email="nobody@riverside.example")
        assert [stored.split("$")[1:4] for stored in checked] == [checked[0].split("$")[1:4]] * 2
        assert (await priya.world.rows())["audit"] == before + 2, "one row is written for each"

    async def test_nobody_is_sent_to_another_site(self, priya: Newcomer) -> None:
        await priya.sign_out()
        for elsewhere in (
            "https://evil.example/staff",
            "//evil.example",
            "/\\evil.example",
            "/staff/\\evil",
            "/staffs",
            "javascript:alert(1)",
            "/staff\r\nSet-Cookie: x",
            "/staff/sign-out",
        ):
            asked = await priya.world.open("/staff/sign-in", params={"next": elsewhere})
            assert field(asked, "next") == ""
            priya.world.clock.move(seconds=30)
            after = await priya.give_password(next=elsewhere)
            assert after.headers["Location"] == "/staff/sign-in/code"
            done = await priya.give_code(next=elsewhere)
            assert done.headers["Location"].startswith("/staff/")
            assert "evil" not in done.headers["Location"]
            await priya.sign_out()

    async def test_empty_fields_are_named(self, world: World) -> None:
        page = await world.press_join("/staff/sign-in", data={"email": "", "password": ""})
        assert page.status == 400
        assert "Enter your email address" in error(page)
        assert "Enter your password" in error(page)

    async def test_a_password_is_hashed_anew_when_the_parameters_are_others(self, priya: Newcomer) -> None:
        from argon2 import PasswordHasher

        await priya.sign_out()
        weaker = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)

        async def weaken(session: AsyncSession) -> None:
            await session.execute(update(StaffAccount).values(password_hash=weaker))

        await priya.world.database.write(weaken)
        await priya.sign_in()
        assert "m=19456,t=2,p=1" in ((await row(priya.world)).password_hash or "")


async def test_what_happens_at_the_door_is_audited_without_names(priya: Newcomer) -> None:
    await priya.sign_out()
    await priya.give_password("wrong " + PASSWORD)
    await priya.sign_in()
    async with priya.world.database.reading() as session:
        entries = (await session.scalars(select(AuditEntry).order_by(AuditEntry.at))).all()
    actions = [entry.action for entry in entries if entry.account_id == "priya"]
    assert sorted(actions) == ["set_password", "set_up_second_factor", "sign_in", "sign_in_refused"]
    assert all(entry.detail is None for entry in entries)


async def test_no_secret_is_logged_and_none_leaves_in_a_referer(newcomer: Newcomer) -> None:
    with structlog.testing.capture_logs() as logs:
        page = await newcomer.world.open(f"/staff/set-up/{KEY}")
        await newcomer.set_up()
        await newcomer.world.open(f"/staff/set-up/{'x' * 200}")
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert page.headers["Cache-Control"] == "no-store"
    assert not any(address.get("href", "").startswith("http") for address in page.all("a"))
    told = str(logs)
    assert KEY not in told
    assert PASSWORD not in told
    assert EMAIL not in told
