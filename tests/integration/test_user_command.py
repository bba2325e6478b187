"""`moveroom user` as a process, beside a server that has the database open."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from server.people.account_keys import account_of_key
from server.people.staff import StaffRole
from server.storage import tables as t
from server.storage.database import Database
from tests.integration.storage.databases import migrated, url_in

ADMIN = ("--email", "Boss@Example.org", "--name", "Beth  Boss", "--role", "system_admin")
LEAD = ("--email", "hannah@example.org", "--name", "Hannah Price", "--role", "lead")


def moveroom(folder: Path, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server.cli", "user", *arguments],
        env={
            **os.environ,
            "MOVEROOM_DATA_DIR": str(folder),
            "MOVEROOM_DATABASE_URL": url,
            "MOVEROOM_PUBLIC_URL": "https://classes.example.org",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def key_in(printed: str) -> str:
    found = re.search(r"https://classes\.example\.org/staff/set-up/([A-Za-z0-9_-]{43})\n", printed)
    assert found is not None, printed
    return found[1]


@pytest.fixture
async def url(tmp_path: Path) -> str:
    """A migrated SQLite database."""
    async with migrated(tmp_path):
        return url_in(tmp_path)


async def whose(database: Database, key: str) -> str | None:
    async with database.reading() as session:
        account = await account_of_key(session, key, datetime.now(UTC))
    return account.email if account is not None else None


async def add_service(session) -> None:
    session.add(t.Service(id="riverside", name="Riverside", phone="01632 960123"))


async def test_the_first_admin_is_made_beside_a_running_server(
    each_database_url: str, tmp_path: Path
) -> None:
    server = await Database.open(each_database_url, alone=True)
    try:
        ended = moveroom(tmp_path, each_database_url, "add", *ADMIN)
        assert (ended.returncode, ended.stderr) == (0, "")
        key = key_in(ended.stdout)
        assert await whose(server, key) == "boss@example.org"
        again = moveroom(tmp_path, each_database_url, "add", *ADMIN)
        assert await whose(server, key_in(again.stdout)) == "boss@example.org"
        assert await whose(server, key) is None, "the newer address ends the older"
        async with server.reading() as session:
            account = (await session.scalars(select(t.StaffAccount))).one()
            roles = (await session.scalars(select(t.StaffRole.role))).all()
            noted = (await session.scalars(select(t.AuditEntry))).all()
        assert (account.full_name, account.shown_name) == ("Beth Boss", "Beth")
        assert roles == [StaffRole.SYSTEM_ADMIN]
        assert [(each.action, each.account_id) for each in noted] == [("add_staff", account.id)]
    finally:
        await server.close()


async def test_who_leads_is_a_person_of_the_service(url: str, tmp_path: Path) -> None:
    server = await Database.open(url)
    try:
        await server.write(add_service)
        ended = moveroom(tmp_path, url, "add", *LEAD, "--service", "Riverside")
        assert ended.returncode == 0
        async with server.reading() as session:
            person = (await session.scalars(select(t.Person))).one()
        assert (person.service_id, person.role, person.full_name) == ("riverside", "physio", "Hannah Price")
        twice = moveroom(tmp_path, url, "add", *LEAD[:4], "--role", "helper", "--service", "Riverside")
        assert twice.returncode == 0
        async with server.reading() as session:
            assert (await session.scalars(select(t.Person.role))).one() == "physio"
            assert len((await session.scalars(select(t.StaffRole))).all()) == 2
    finally:
        await server.close()


async def test_reset_signs_out_everywhere_and_asks_for_everything_anew(url: str, tmp_path: Path) -> None:
    server = await Database.open(url)
    try:
        moveroom(tmp_path, url, "add", *ADMIN)
        now = datetime.now(UTC)

        async def in_use(session) -> None:
            account = (await session.scalars(select(t.StaffAccount))).one()
            account.password_hash, account.totp_secret, account.failures = "hash", "sealed", 7
            session.add(
                t.StaffSession(
                    id="s",
                    account_id=account.id,
                    secret_hash="h",
                    created_at=now,
                    used_at=now,
                    expires_at=now,
                    second_factor_at=now,
                )
            )

        await server.write(in_use)
        has_one = moveroom(tmp_path, url, "add", *ADMIN)
        assert "has a password already" in has_one.stdout
        assert "/staff/set-up/" not in has_one.stdout
        ended = moveroom(tmp_path, url, "reset", "--email", "BOSS@example.org")
        assert await whose(server, key_in(ended.stdout)) == "boss@example.org"
        async with server.reading() as session:
            account = (await session.scalars(select(t.StaffAccount))).one()
            assert (account.password_hash, account.totp_secret, account.failures) == (None, None, 0)
            assert (await session.scalars(select(t.StaffSession))).all() == []
    finally:
        await server.close()


async def test_what_cannot_be_is_said_and_changes_nothing(tmp_path: Path, url: str) -> None:
    server = await Database.open(url)
    try:
        await server.write(add_service)
        for arguments, words in (
            (LEAD, "name it with --service (Riverside)"),
            ((*LEAD, "--service", "Riverview"), "No service is called 'Riverview', but: Riverside."),
            ((*ADMIN, "--service", "Riverside"), "leave --service out"),
            (("--email", "nobody", *ADMIN[2:]), "'nobody' is not an e-mail address"),
        ):
            ended = moveroom(tmp_path, url, "add", *arguments)
            assert ended.returncode == 2
            assert words in ended.stderr
        ended = moveroom(tmp_path, url, "reset", "--email", "x@example.org")
        assert ended.returncode == 2
        async with server.reading() as session:
            assert (await session.scalars(select(t.StaffAccount))).all() == []
    finally:
        await server.close()


def test_without_a_database_it_says_how_to_make_one(tmp_path: Path) -> None:
    ended = moveroom(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'none.sqlite3'}", "add", *ADMIN)
    assert ended.returncode == 2
    assert "moveroom migrate" in ended.stderr
