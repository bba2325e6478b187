"""Wrong passwords and codes: each is counted, and too many are refused."""

from __future__ import annotations

from tests.integration.pages.newcomer import (
    PASSWORD,
    Newcomer,
    row,
)


class TestLockOut:
    async def test_five_wrong_passwords_lock_the_account_for_a_minute(self, priya: Newcomer) -> None:
        await priya.sign_out()
        for _ in range(5):
            assert (await priya.give_password("wrong " + PASSWORD)).status == 400
        refused = await priya.give_password()
        assert refused.status == 400, "the right one is refused too"
        priya.world.clock.move(seconds=59)
        assert (await priya.give_password()).status == 400
        priya.world.clock.move(seconds=1)
        assert (await priya.give_password()).status == 303

    async def test_each_failure_after_that_locks_it_for_longer(self, priya: Newcomer) -> None:
        await priya.sign_out()
        locks = []
        for _ in range(10):
            await priya.give_password("wrong " + PASSWORD)
            until = (await row(priya.world)).locked_until
            locks.append(0 if until is None else (until - priya.world.clock()).total_seconds() / 60)
            if until is not None:
                priya.world.clock.now = until
        assert locks == [0, 0, 0, 0, 1, 2, 4, 8, 15, 15]

    async def test_wrong_codes_count_too_and_the_right_password_takes_nothing_back(
        self, priya: Newcomer
    ) -> None:
        await priya.sign_out()
        for tries in range(5):
            priya.world.clock.move(seconds=30)
            await priya.give_password()
            page = await priya.give_code("000000")
            assert page.status == (400 if tries < 4 else 303)
        assert page.headers["Location"] == "/staff/sign-in"
        assert (await row(priya.world)).failures == 5
        assert (await priya.give_password()).status == 400

    async def test_the_right_code_takes_the_failures_back(self, priya: Newcomer) -> None:
        await priya.sign_out()
        for _ in range(4):
            await priya.give_password("wrong " + PASSWORD)
        await priya.sign_in()
        assert (await row(priya.world)).failures == 0

    async def test_many_tries_at_the_same_moment_are_all_counted(self, priya: Newcomer) -> None:
        import asyncio

        await priya.sign_out()
        wrong = [priya.give_password(f"wrong {number} {PASSWORD}") for number in range(8)]
        await asyncio.gather(*wrong)
        assert (await row(priya.world)).failures == 5, "those after the lock are refused unseen"
        assert (await priya.give_password()).status == 400

    async def test_too_many_passwords_from_one_address_are_refused_for_a_while(self, priya: Newcomer) -> None:
        await priya.sign_out()
        rates = priya.world.site.sign_in_rates.passwords
        while rates.take("127.0.0.1"):
            pass
        before = await priya.world.rows()
        page = await priya.give_password()
        assert page.status == 429
        assert await priya.world.rows() == before
        priya.world.clock.move(seconds=5)
        assert (await priya.give_password()).status == 303
        assert (await priya.give_password()).status == 429
