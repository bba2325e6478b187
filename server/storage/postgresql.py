"""PostgreSQL as Moveroom uses it: one writer, readers that see one moment, and an answer within seconds.

Everything is set when a connection begins (libpq's `options`), so that no pooled connection can differ.
Values are hidden in error messages: `hide_parameters` for what we sent, and of what the server says only the
primary message (its DETAIL repeats the row).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from server.storage.address import postgresql_url
from server.storage.answering import AnsweringConnection
from server.storage.faults import TakenByAnother

READERS = 8
"""Connections that read at the same time."""

POOL_PATIENCE_S = 10.0
"""How long a reader waits for one of them."""

CONNECT_TIMEOUT_S = 5
STATEMENT_TIMEOUT_MS = 10_000
LOCK_TIMEOUT_MS = 5_000
"""How long we wait for somebody else's lock, also for that of another Moveroom."""
IDLE_TIMEOUT_MS = 60_000
"""After this long without a word inside a transaction the server ends it, and with it its locks."""
NETWORK_TIMEOUT_MS = 10_000
"""After this long without an answer from the network a connection counts as broken."""
MIGRATION_LOCK_TIMEOUT_MS = 120_000

_SERVING, _MIGRATING, _WRITING = range(0x4D6F7665726F6F6D, 0x4D6F7665726F6F70)
"""Keys of our advisory locks: held while a server serves, for a migration, for one writing transaction. They
count within one database."""


def writer_engine(url: str, *, alone: bool = False) -> AsyncEngine:
    """Return the engine of the single writer: one connection; a commit is on the disk when it returns.

    `alone`: each of its connections first takes the lock that only one Moveroom can have on a database, and
    keeps it while it lasts; when it cannot, connecting fails as busy.
    """
    settings = {
        "synchronous_commit": "on",
        "default_transaction_isolation": "read committed",
        "default_transaction_read_only": "off",
        "statement_timeout": STATEMENT_TIMEOUT_MS,
        "lock_timeout": LOCK_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": IDLE_TIMEOUT_MS,
    }
    engine = create_async_engine(postgresql_url(url), **_async_pool(1, url, settings))
    _keep_values_out_of_messages(engine.sync_engine)
    _replace_nul(engine.sync_engine)
    _write_in_turn(engine.sync_engine)
    if alone:
        _hold_alone(engine.sync_engine)
    return engine


def reader_engine(url: str) -> AsyncEngine:
    """Return the engine of the readers: each transaction sees one moment, and the server refuses writes."""
    settings = {
        "default_transaction_isolation": "repeatable read",
        "default_transaction_read_only": "on",
        "statement_timeout": STATEMENT_TIMEOUT_MS,
        "lock_timeout": LOCK_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": IDLE_TIMEOUT_MS,
    }
    engine = create_async_engine(postgresql_url(url), **_async_pool(READERS, url, settings))
    _keep_values_out_of_messages(engine.sync_engine)
    _replace_nul(engine.sync_engine)
    return engine


def migration_engine(url: str) -> Engine:
    """Return a blocking engine for migrations; a step may take as long as it needs."""
    settings = {"statement_timeout": 0, "lock_timeout": MIGRATION_LOCK_TIMEOUT_MS}
    engine = create_engine(postgresql_url(url), **_pool(1, url, settings))
    _keep_values_out_of_messages(engine)
    return engine


def take_turn_to_migrate(connection: Connection) -> None:
    """Wait for other processes that migrate the same database; the turn ends with the transaction."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})


def _async_pool(size: int, url: str, settings: Mapping[str, object]) -> dict[str, Any]:
    arguments = _pool(size, url, settings)
    arguments["connect_args"]["async_creator_fn"] = AnsweringConnection.connect
    return arguments


def _pool(size: int, url: str, settings: Mapping[str, object]) -> dict[str, Any]:
    """The arguments of an engine. `pool_pre_ping` replaces connections that a restart of the server broke."""
    return {
        "pool_size": size,
        "max_overflow": 0,
        "pool_timeout": POOL_PATIENCE_S,
        "pool_pre_ping": True,
        "hide_parameters": True,
        "connect_args": {
            "application_name": "moveroom",
            "connect_timeout": CONNECT_TIMEOUT_S,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": NETWORK_TIMEOUT_MS,
            "options": _options(postgresql_url(url), settings),
        },
    }


def _options(url: URL, settings: Mapping[str, object]) -> str:
    """Our settings for libpq, after those that the URL has of its own."""
    own = url.query.get("options", ())
    words = [own] if isinstance(own, str) else list(own)
    for name, value in settings.items():
        words.append(f"-c {name}={str(value).replace(' ', chr(92) + ' ')}")
    return " ".join(words)


def _write_in_turn(engine: Engine) -> None:
    """Let one process write at a time, as with SQLite's BEGIN IMMEDIATE: whoever reads first and writes later
    (a report that settles beside the server) rests on what is still true.

    With it the transaction begins when it is said to, so that it is known when it is lost.
    """

    @event.listens_for(engine, "begin")
    def take_turn(connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITING})")


def _hold_alone(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def hold(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection
        try:
            cursor = connection.cursor()
            cursor.execute("SELECT pg_advisory_lock(%s)", (_SERVING,))
            cursor.close()
            connection.commit()
        except psycopg.errors.LockNotAvailable as error:
            connection.close()
            raise TakenByAnother from error
        except BaseException:
            connection.close()
            raise


def _replace_nul(engine: Engine) -> None:
    """Let U+FFFD stand for U+0000, which PostgreSQL's text cannot hold and anybody can put in an address.

    So what holds one is found nowhere, as on SQLite, and is no error of ours.
    """

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def replace(
        _connection: Connection,
        _cursor: object,
        statement: str,
        values: Any,  # noqa: ANN401
        _context: object,
        _many: bool,
    ) -> tuple[str, Any]:
        return statement, _without_nul(values)


def _without_nul(value: Any) -> Any:  # noqa: ANN401 - whatever can be a parameter
    if isinstance(value, str):
        return value.replace("\0", "\ufffd") if "\0" in value else value
    if isinstance(value, Mapping):
        return {name: _without_nul(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_without_nul(each) for each in value)
    return value


def _keep_values_out_of_messages(engine: Engine) -> None:
    @event.listens_for(engine, "handle_error")
    def keep_out(context: ExceptionContext) -> None:
        said = context.original_exception
        if not isinstance(said, psycopg.Error) or said.sqlstate is None:
            return
        # Class 22, data exception, repeats the value in the primary message too.
        primary = "" if said.sqlstate.startswith("22") else said.diag.message_primary or ""
        said.args = (f"{said.sqlstate} {primary}".strip(),)
        if context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.args = (f"({type(said).__name__}) {said.args[0]}",)
