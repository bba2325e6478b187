"""Databases for tests: a migrated SQLite file in the test's own folder, or a database on a real PostgreSQL.

A pytest plugin (`tests/conftest.py`). A test that asks for `each_database`, `each_database_url` (migrated, no
rows) or `each_empty_url` (nothing in it yet) runs on both kinds.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from server.storage.address import sqlite_path
from server.storage.database import Database
from server.storage.migrate import migrate
from tests.integration.storage.postgresql_server import PostgreSQLServer, running


class SetClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


TUESDAY_10AM = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def numbered_ids(prefix: str = "id") -> Callable[[], str]:
    """Ids that a test can foresee."""
    numbers = count(1)
    return lambda: f"{prefix}{next(numbers)}"


def url_in(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'moveroom.sqlite3'}"


@cache
def _migrated_file() -> bytes:
    """Migrated once for all tests of a run, then copied."""
    with TemporaryDirectory() as folder:
        migrate(url_in(Path(folder)))
        return sqlite_path(url_in(Path(folder))).read_bytes()


@asynccontextmanager
async def migrated(folder: Path) -> AsyncIterator[Database]:
    """A database with all tables and no rows."""
    sqlite_path(url_in(folder)).write_bytes(_migrated_file())
    database = await Database.open(url_in(folder))
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQLServer]:
    """One server for all tests of a run."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_template(postgresql_server: PostgreSQLServer) -> str:
    """A database with all tables and no rows, migrated once for all tests of a run, then copied."""
    name = postgresql_server.new_database()
    migrate(postgresql_server.url(name))
    return name


@pytest.fixture
def postgresql_url(postgresql_server: PostgreSQLServer, migrated_template: str) -> Iterator[str]:
    """A PostgreSQL database of the test's own, with all tables and no rows."""
    name = postgresql_server.new_database(like=migrated_template)
    yield postgresql_server.url(name)
    postgresql_server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with all tables and no rows, of each kind in turn."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    sqlite_path(url_in(tmp_path)).write_bytes(_migrated_file())
    return url_in(tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def each_empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables, of each kind in turn (of SQLite: without a file)."""
    if request.param == "sqlite":
        yield url_in(tmp_path)
        return
    server: PostgreSQLServer = request.getfixturevalue("postgresql_server")
    name = server.new_database()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
async def each_database(each_database_url: str) -> AsyncIterator[Database]:
    """A database with all tables and no rows, of each kind in turn."""
    database = await Database.open(each_database_url)
    yield database
    await database.close()
