"""SQLite engines as Moveroom uses them: own transactions, write-ahead log, foreign keys.

The sqlite3 driver begins transactions by itself, late and not for every statement, which breaks savepoints
and transactional DDL. So its own control is switched off and SQLAlchemy emits BEGIN (SQLAlchemy 2.1
documentation, "SQLite: Enabling Non-Legacy SQLite Transactional Modes", hooks for all Python versions).
Values are hidden in error messages (hide_parameters): what people wrote and who they are stays out of logs.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from server.storage.address import async_url, sync_url

BUSY_TIMEOUT_MS = 5_000
"""How long SQLite waits for another process (a migration, a backup) to let go of its lock."""

READERS = 4
"""Connections that read at the same time."""


def writer_engine(url: str) -> AsyncEngine:
    """Return the engine of the single writer: one connection, every transaction takes the write lock at once.

    `BEGIN IMMEDIATE`, because a transaction that reads first and writes later can fail with SQLITE_BUSY
    without waiting (sqlite.org/lang_transaction.html). synchronous=FULL: a commit is on the disk when it
    returns.
    """
    engine = create_async_engine(async_url(url), pool_size=1, max_overflow=0, hide_parameters=True)
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}")
    _take_over_transactions(engine.sync_engine, "BEGIN IMMEDIATE", pragmas)
    return engine


def reader_engine(url: str) -> AsyncEngine:
    """Return the engine of the readers: SQLite itself refuses a write on its connections (query_only)."""
    engine = create_async_engine(async_url(url), pool_size=READERS, max_overflow=0, hide_parameters=True)
    pragmas = ("foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}", "query_only=ON")
    _take_over_transactions(engine.sync_engine, "BEGIN", pragmas)
    return engine


def migration_engine(url: str) -> Engine:
    """Return a blocking engine for migrations.

    Foreign keys are not enforced on it: SQLite changes a table by making it anew, and dropping the old one
    would take its children along. `server.storage.migrate` checks them afterwards.
    """
    engine = create_engine(sync_url(url), pool_size=1, max_overflow=0, hide_parameters=True)
    pragmas = ("foreign_keys=OFF", "synchronous=FULL", f"busy_timeout={BUSY_TIMEOUT_MS}")
    _take_over_transactions(engine, "BEGIN IMMEDIATE", pragmas)
    return engine


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
