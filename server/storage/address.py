"""Which databases Moveroom can stand on, read from `MOVEROOM_DATABASE_URL`."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from server.errors import CannotStart

_FORM = "sqlite+aiosqlite:////absolute/path/moveroom.sqlite3"


class WrongDatabaseAddress(CannotStart):
    """The database URL names a database that Moveroom cannot use; the message says which form it can."""


def sqlite_path(url: str) -> Path:
    """Return the file of a SQLite URL; refuse every other kind of database.

    Databases in memory are refused too: readers and the writer have connections of their own, so each would
    have a database of its own. The message never repeats the URL, which could hold a password.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise WrongDatabaseAddress(f"the database URL cannot be read; the form is {_FORM}") from None
    if parsed.drivername not in ("sqlite+aiosqlite", "sqlite"):
        raise WrongDatabaseAddress(
            f"databases of the kind {parsed.drivername!r} are not supported yet; the form is {_FORM}"
        )
    if not parsed.database or parsed.database == ":memory:" or parsed.query:
        raise WrongDatabaseAddress(f"the database must be a file; the form is {_FORM}")
    return Path(parsed.database)


def async_url(url: str) -> URL:
    """Return the URL for the server's own engines (aiosqlite driver)."""
    return URL.create("sqlite+aiosqlite", database=str(sqlite_path(url)))


def sync_url(url: str) -> URL:
    """Return the URL for migrations (the sqlite3 module of Python)."""
    return URL.create("sqlite", database=str(sqlite_path(url)))
