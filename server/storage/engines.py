"""The engines for a database URL, of whichever of the two kinds it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiosqlite
import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from server.storage import postgresql, sqlite
from server.storage.address import is_postgresql
from server.storage.faults import StorageFailed


def writer_engine(url: str, *, alone: bool = False) -> AsyncEngine:
    """Return the engine of the single writer.

    `alone`: only one process can have such a one on a PostgreSQL database. For a SQLite file
    `server.storage.sole_server` sees to it.
    """
    return postgresql.writer_engine(url, alone=alone) if is_postgresql(url) else sqlite.writer_engine(url)


def reader_engine(url: str) -> AsyncEngine:
    """Return the engine of the readers, which see one moment and cannot write."""
    return postgresql.reader_engine(url) if is_postgresql(url) else sqlite.reader_engine(url)


def migration_engine(url: str) -> Engine:
    """Return a blocking engine for migrations."""
    return postgresql.migration_engine(url) if is_postgresql(url) else sqlite.migration_engine(url)


@contextmanager
def migrating(url: str) -> Iterator[Connection]:
    """Give a connection in a transaction in which nobody else migrates; commit it at the end.

    Waits for others' turn to end. Makes the file of a SQLite database, never a PostgreSQL database.
    """
    if is_postgresql(url):
        with _connected(url) as connection, connection.begin():
            postgresql.take_turn_to_migrate(connection)
            yield connection
    else:
        with sqlite.turn_to_migrate(url), _connected(url) as connection, connection.begin():
            yield connection


def broken_references(connection: Connection) -> bool:
    """Say whether rows refer to nothing; only SQLite lets a migration leave any."""
    if connection.dialect.name != "sqlite":
        return False
    return connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None


def refuse_a_lost_transaction(connection: AsyncConnection) -> None:
    """Raise `StorageFailed` when the database itself ended the writer's transaction, with all in it."""
    assert connection.sync_connection is not None
    driver = connection.sync_connection.connection.driver_connection
    if isinstance(driver, psycopg.AsyncConnection):
        under_way = driver.info.transaction_status is TransactionStatus.INTRANS
    else:
        assert isinstance(driver, aiosqlite.Connection)
        under_way = driver.in_transaction
    if not under_way:
        raise StorageFailed("the database gave the transaction up")


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = migration_engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
