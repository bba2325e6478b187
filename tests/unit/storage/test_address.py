from __future__ import annotations

from pathlib import Path

import pytest

from server.storage.address import WrongDatabaseAddress, is_postgresql, postgresql_url, sqlite_path


def test_a_sqlite_file_is_found_by_its_url() -> None:
    assert sqlite_path("sqlite+aiosqlite:////data/moveroom.sqlite3") == Path("/data/moveroom.sqlite3")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://moveroom:hunter2@db/moveroom",
        "sqlite+aiosqlite://",
        "sqlite+aiosqlite:///:memory:",
        "sqlite+aiosqlite:///file::memory:?cache=shared&uri=true",
        "not a url hunter2",
    ],
)
def test_any_other_database_is_refused_without_repeating_a_password(url: str) -> None:
    with pytest.raises(WrongDatabaseAddress) as refusal:
        sqlite_path(url)
    assert "sqlite+aiosqlite:///" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_odd_characters_in_the_name_of_the_file_are_kept() -> None:
    url = "sqlite+aiosqlite:////data/my 100% room/moveroom.sqlite3"
    assert sqlite_path(url) == Path("/data/my 100% room/moveroom.sqlite3")


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_a_postgresql_database_gets_the_driver_we_have(scheme: str) -> None:
    url = f"{scheme}://moveroom:hunter2@db:5433/classes?sslmode=require"
    assert is_postgresql(url)
    parsed = postgresql_url(url)
    assert parsed.drivername == "postgresql+psycopg"
    assert (parsed.host, parsed.port, parsed.database) == ("db", 5433, "classes")
    assert parsed.query == {"sslmode": "require"}


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://moveroom:hunter2@db/moveroom",
        "mysql://moveroom:hunter2@db/moveroom",
        "postgresql://moveroom:hunter2@db",
        "postgresql://moveroom:hunter2@db:port/moveroom",
    ],
)
def test_what_is_no_postgresql_database_for_us_is_refused_without_the_password(url: str) -> None:
    with pytest.raises(WrongDatabaseAddress) as refusal:
        postgresql_url(url)
    assert "postgresql+psycopg://" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)
