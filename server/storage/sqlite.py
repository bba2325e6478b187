"""SQLite as Moveroom uses it: own transactions, write-ahead log, foreign keys, a file that must stay there.

The sqlite3 driver begins transactions by itself, late and not for every statement, which breaks savepoints
and transactional DDL. So its own control is switched off and SQLAlchemy emits BEGIN (SQLAlchemy 2.1
documentation, "SQLite: Enabling Non-Legacy SQLite Transactional Modes", hooks for all Python versions).
Values are hidden in error messages (hide_parameters): what people wrote and who they are stays out of logs.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from server.storage.address import sqlite_path
from server.storage.faults import StorageFailed, StorageFault, fault_of

BUSY_TIMEOUT_MS = 2_000
"""How long SQLite waits for another process (a report, a backup) to let go of its lock. People wait along,
and a write may have to wait for the one before it, too."""
MIGRATION_PATIENCE_MS = 10_000
"""The same while the tables are brought up to date; nobody is served yet."""

READERS = 4
"""Connections that read at the same time."""

POOL_PATIENCE_S = 10.0
"""How long a reader waits for one of them."""


def writer_engine(url: str) -> AsyncEngine:
    """Return the engine of the single writer: one connection, every transaction takes the write lock at once.

    `BEGIN IMMEDIATE`, because a transaction that reads first and writes later can fail with SQLITE_BUSY
    without waiting (sqlite.org/lang_transaction.html). synchronous=FULL: a commit is on the disk when it
    returns.
    """
    engine = create_async_engine(_url("sqlite+aiosqlite", url), hide_parameters=True, **_pool(1))
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}")
    _take_over_transactions(engine.sync_engine, "BEGIN IMMEDIATE", pragmas)
    _tell_the_first_error(engine.sync_engine)
    _stay_with_the_file(engine.sync_engine, sqlite_path(url))
    return engine


def reader_engine(url: str) -> AsyncEngine:
    """Return the engine of the readers: SQLite itself refuses a write on its connections (query_only)."""
    engine = create_async_engine(_url("sqlite+aiosqlite", url), hide_parameters=True, **_pool(READERS))
    pragmas = ("foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}", "query_only=ON")
    _take_over_transactions(engine.sync_engine, "BEGIN", pragmas)
    _stay_with_the_file(engine.sync_engine, sqlite_path(url))
    return engine


def migration_engine(url: str) -> Engine:
    """Return a blocking engine for migrations.

    Foreign keys are not enforced on it: SQLite changes a table by making it anew, and dropping the old one
    would take its children along. `server.storage.migrate` checks them afterwards.
    """
    engine = create_engine(_url("sqlite", url), hide_parameters=True, **_pool(1))
    pragmas = ("foreign_keys=OFF", "synchronous=FULL", f"busy_timeout={MIGRATION_PATIENCE_MS}")
    _take_over_transactions(engine, "BEGIN IMMEDIATE", pragmas)
    return engine


@contextmanager
def turn_to_migrate(url: str) -> Iterator[None]:
    """Wait for other processes that migrate the same file, by a lock beside it; make the file if need be."""
    path = sqlite_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(path.name + ".lock")
    lock.touch(mode=0o600)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        path.touch(mode=0o600)  # patients' names stand in it; SQLite gives its log files the same mode
        yield


def _url(driver: str, url: str) -> URL:
    return URL.create(driver, database=str(sqlite_path(url)))


def _pool(size: int) -> dict[str, Any]:
    return {"pool_size": size, "max_overflow": 0, "pool_timeout": POOL_PATIENCE_S}


def _take_over_transactions(engine: Engine, begin: str, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _tell_the_first_error(engine: Engine) -> None:
    """Let no error of tidying up hide why there is something to tidy.

    When the disk is full or fails, SQLite undoes the whole transaction by itself (sqlite.org/lang_transaction
    .html, "Response To Errors Within A Transaction"); going back to a savepoint then fails as unknown.
    """

    @event.listens_for(engine, "begin")
    def forget(connection: Connection) -> None:
        connection.info.pop("gave_up", None)

    @event.listens_for(engine, "handle_error")
    def tell(context: ExceptionContext) -> None:
        error = context.sqlalchemy_exception
        if context.connection is None or error is None:
            return
        if fault_of(error) in (StorageFault.FULL, StorageFault.AWAY):
            context.connection.info.setdefault("gave_up", error)
        elif "gave_up" in context.connection.info:
            raise context.connection.info["gave_up"]


def _stay_with_the_file(engine: Engine, path: Path) -> None:
    """Fail, instead of going on with a file that is no longer there under its name.

    SQLite keeps an open file even when it was removed or another was put in its place; what is written to
    it would be acknowledged and lost. Nor may connecting make a new, empty file.
    """

    def now() -> tuple[int, int]:
        try:
            there = os.stat(path)
        except OSError:
            raise StorageFailed("the database file is not there", StorageFault.AWAY) from None
        return there.st_dev, there.st_ino

    @event.listens_for(engine, "do_connect")
    def there_must_be_one(_dialect: object, record: Any, _args: object, _kwargs: object) -> None:  # noqa: ANN401
        record.info["file"] = now()

    @event.listens_for(engine, "begin")
    def the_same_as_opened(connection: Connection) -> None:
        try:
            if now() == connection.info["file"]:
                return
        except StorageFailed:
            connection.invalidate()
            raise
        connection.invalidate()
        raise StorageFailed("another file stands in the database's place", StorageFault.AWAY)
