"""Which databases Moveroom can stand on, read from `MOVEROOM_DATABASE_URL`.

No message repeats the URL, which may hold a password.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from server.errors import CannotStart

FORMS = (
    "sqlite+aiosqlite:////absolute/path/moveroom.sqlite3"
    " or postgresql+psycopg://user:password@host:5432/moveroom"
)
_SQLITE = ("sqlite+aiosqlite", "sqlite")
_POSTGRESQL = ("postgresql+psycopg", "postgresql")


class WrongDatabaseAddress(CannotStart):
    """The database URL names a database that Moveroom cannot use; the message says which form it can."""


def is_postgresql(url: str) -> bool:
    """Say whether the URL is of a PostgreSQL database; SQLite otherwise, and an error for any third."""
    kind = _read(url).drivername
    if kind not in _SQLITE + _POSTGRESQL:
        raise WrongDatabaseAddress(f"databases of the kind {kind!r} are not supported; the form is {FORMS}")
    return kind in _POSTGRESQL


def sqlite_path(url: str) -> Path:
    """Return the file of a SQLite URL; refuse every other kind of database.

    Databases in memory are refused too: readers and the writer have connections of their own, so each would
    have a database of its own.
    """
    if is_postgresql(url):
        raise WrongDatabaseAddress("a PostgreSQL database is no file")
    parsed = _read(url)
    if not parsed.database or parsed.database == ":memory:" or parsed.query:
        raise WrongDatabaseAddress(f"a SQLite database must be a file; the form is {FORMS}")
    return Path(parsed.database)


def postgresql_url(url: str) -> URL:
    """Return a PostgreSQL URL with the driver we use (psycopg 3, for asyncio and without it)."""
    parsed = _read(url)
    if not is_postgresql(url) or not parsed.database:
        raise WrongDatabaseAddress(f"a PostgreSQL database needs a name; the form is {FORMS}")
    return parsed.set(drivername="postgresql+psycopg")


def _read(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise WrongDatabaseAddress(f"the database URL cannot be read; the form is {FORMS}") from None
