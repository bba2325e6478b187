from __future__ import annotations

from pathlib import Path

import pytest

from server.storage.address import WrongDatabaseAddress, async_url, sqlite_path, sync_url


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


def test_both_drivers_get_the_same_file_even_with_odd_characters() -> None:
    url = "sqlite+aiosqlite:////data/my 100% room/moveroom.sqlite3"
    assert async_url(url).database == sync_url(url).database == "/data/my 100% room/moveroom.sqlite3"
