"""Databases for tests: a migrated SQLite file in the test's own folder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from server.storage.address import sqlite_path
from server.storage.database import Database
from server.storage.migrate import migrate


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
