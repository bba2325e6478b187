"""One's own account: password, second factor, and the browsers in which one is signed in."""

from __future__ import annotations

import pyotp

from server.people.staff import StaffRole
from tests.integration.pages.newcomer import (
    EMAIL,
    PASSWORD,
    Newcomer,
    field,
    letters,
    row,
    second_browser,
)
from tests.integration.pages.staff import signed_in


class TestOwnAccount:
    async def test_the_password_changes_for_who_knows_the_present_one(self, priya: Newcomer) -> None:
        other = await second_browser(priya)
        new = "moss violin cabbage lantern"
        fields = {"old": "wrong " + PASSWORD, "new": new}
        refused = await priya.world.press_join("/staff/account/password", data=fields)
        assert refused.status == 400
        assert (await row(priya.world)).failures == 1
        done = await priya.world.press_join("/staff/account/password", data={"old": PASSWORD, "new": new})
        assert done.headers["Location"] == "/staff/account?done=password"
        assert await priya.is_in(), "this browser stays signed in, under a new secret"
        assert (await other.open("/staff/account")).status == 303, "all others are out"

    async def test_a_new_second_factor_needs_the_password_and_its_first_code(self, priya: Newcomer) -> None:
        world = priya.world
        page = await world.open("/staff/account/second-factor")
        secret = page.text("code").replace(" ", "")
        fields = {"pending": field(page, "pending"), "code": pyotp.TOTP(secret).at(world.clock())}
        wrong = await world.press_join(
            "/staff/account/second-factor", data={**fields, "password": "wrong " + PASSWORD}
        )
        assert wrong.status == 400
        done = await world.press_join("/staff/account/second-factor", data={**fields, "password": PASSWORD})
        assert done.status == 303
        assert await priya.is_in()
        await priya.sign_out()
        world.clock.move(seconds=30)
        await priya.give_password()
        assert (await priya.give_code()).status == 400, "the old app's codes are worth nothing"
        priya.totp = secret
        assert (await priya.give_code()).status == 303

    async def test_each_change_is_told_by_email(self, mailing: Newcomer) -> None:
        world, new = mailing.world, "moss violin cabbage lantern"
        await world.press_join("/staff/account/password", data={"old": PASSWORD, "new": new})
        page = await world.open("/staff/account/second-factor")
        code = pyotp.TOTP(page.text("code").replace(" ", "")).at(world.clock())
        fields = {"pending": field(page, "pending"), "code": code, "password": new}
        assert (await world.press_join("/staff/account/second-factor", data=fields)).status == 303
        told = sorted(each.subject for each in await letters(world))
        assert told == [
            "Your Moveroom app for codes was changed",
            "Your Moveroom password was changed",
            "Your Moveroom password was changed",
        ]
        assert {each.to_address for each in await letters(world)} == {EMAIL}
        assert all(new not in each.text and PASSWORD not in each.text for each in await letters(world))

    async def test_where_no_email_is_sent_none_is_written(self, priya: Newcomer) -> None:
        asked = await priya.world.press_join("/staff/reset", data={"email": EMAIL})
        page = await priya.world.open(asked.headers["Location"])
        assert "Ask an administrator" in page.text("main")
        assert await letters(priya.world) == []

    async def test_own_browsers_are_listed_and_ended(self, priya: Newcomer) -> None:
        other = await second_browser(priya)
        page = await priya.world.open("/staff/account")
        assert "Another browser" in page.text("main")
        done = await priya.world.press_join(f"/staff/account/sessions/{other.session_id}/end")
        assert done.status == 303
        assert (await other.open("/staff/account")).status == 303
        assert await priya.is_in()

    async def test_nobody_ends_the_browsers_of_others(self, priya: Newcomer) -> None:
        other = await signed_in(priya.world, StaffRole.LEAD)
        await priya.world.press_join(f"/staff/account/sessions/{other.session_id}/end")
        await priya.world.press_join("/staff/account/end-others")
        assert (await other.open("/staff/account")).status == 200

    async def test_all_other_browsers_are_ended_together(self, priya: Newcomer) -> None:
        other = await second_browser(priya)
        await priya.world.press_join("/staff/account/end-others")
        assert (await other.open("/staff/account")).status == 303
        assert await priya.is_in()
