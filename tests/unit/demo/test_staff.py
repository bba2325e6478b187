from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from server.demo import seed
from server.demo.staff import EMAIL, way_to_staff_pages
from server.people.account_keys import account_of_key
from server.people.staff import Action
from server.people.staff_sessions import member_of_session
from server.storage.database import Database
from server.storage.tables import StaffAccount, StaffSession
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, migrated

BASE = "https://demo.example.org"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with migrated(tmp_path) as opened:
        await seed(opened, SetClock(TUESDAY_10AM), b"s" * 32)
        yield opened


async def opens(database: Database, address: str, clock: SetClock) -> str | None:
    async with database.reading() as session:
        account = await account_of_key(session, address.removeprefix(f"{BASE}/staff/set-up/"), clock())
        return None if account is None else account.email


async def test_each_start_gives_a_new_key_until_a_password_is_chosen(database: Database) -> None:
    clock = SetClock(TUESDAY_10AM)
    first = await way_to_staff_pages(database, clock, BASE)
    clock.move(days=3)
    second = await way_to_staff_pages(database, clock, BASE)
    assert await opens(database, first, clock) is None
    assert await opens(database, second, clock) == EMAIL

    async def choose(session) -> None:
        account = (await session.scalars(select(StaffAccount))).one()
        account.password_hash, account.totp_secret = "hash", "secret"

    await database.write(choose)
    assert await way_to_staff_pages(database, clock, BASE) == f"{BASE}/staff"


async def test_the_lead_may_try_everything(database: Database) -> None:
    clock = SetClock(TUESDAY_10AM)
    await way_to_staff_pages(database, clock, BASE)

    async def sign_in(session) -> None:
        account = (await session.scalars(select(StaffAccount))).one()
        session.add(
            StaffSession(
                id="session",
                account_id=account.id,
                secret_hash="2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b",  # of "secret"
                created_at=clock(),
                used_at=clock(),
                expires_at=clock() + timedelta(hours=12),
                second_factor_at=clock(),
            )
        )

    await database.write(sign_in)
    async with database.reading() as session:
        member = await member_of_session(session, "secret", clock())
    assert member is not None
    assert all(member.may(action) for action in Action)
    assert list(member.people.values()), "and is the person who leads the class"
