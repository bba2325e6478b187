"""What can happen to a database, made to happen: each begins with the context and is over at its end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeAlias

import psycopg
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.address import sqlite_path
from server.storage.database import Database
from tests.integration.storage.postgresql_server import PostgreSQLServer

Mishap: TypeAlias = Callable[[Database, str], AbstractAsyncContextManager[None]]
"""Given the database and its URL."""

_HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


def _sql(statement: str) -> Callable[[AsyncSession], Awaitable[None]]:
    async def work(session: AsyncSession) -> None:
        await session.execute(text(statement))

    return work


@asynccontextmanager
async def sqlite_full(database: Database, url: str) -> AsyncIterator[None]:
    """SQLite may take no page more: the same result as from a full disk (SQLITE_FULL)."""
    await database.write(_sql("PRAGMA max_page_count = 1"))  # not below what it has
    yield
    await database.write(_sql("PRAGMA max_page_count = 1000000"))


@contextmanager
def held_by_another_process(file: Path) -> Iterator[None]:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdin
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    try:
        yield
    finally:
        holder.stdin.close()
        holder.wait(timeout=10)
        holder.stdout.close()


@asynccontextmanager
async def sqlite_locked(database: Database, url: str) -> AsyncIterator[None]:
    """Another process holds the file's lock."""
    with held_by_another_process(sqlite_path(url)):
        yield


@asynccontextmanager
async def sqlite_gone(database: Database, url: str) -> AsyncIterator[None]:
    """The folder is not there: a disk that is unmounted, a share that is cut off."""
    folder = sqlite_path(url).parent
    elsewhere = folder.rename(folder.with_name(folder.name + " elsewhere"))
    yield
    elsewhere.rename(folder)


class PostgreSQLMishaps:
    """Those of a server."""

    def __init__(self, server: PostgreSQLServer) -> None:
        self._server = server

    @asynccontextmanager
    async def stopped(self, database: Database, url: str) -> AsyncIterator[None]:
        """The server is stopped and started again."""
        self._server.stop()
        try:
            yield
        finally:
            self._server.start()

    @asynccontextmanager
    async def crashed(self, database: Database, url: str) -> AsyncIterator[None]:
        """The server ends without a word to anybody, and recovers when it is started again."""
        self._server.stop(at_once=True)
        try:
            yield
        finally:
            self._server.start()

    @asynccontextmanager
    async def locked(self, database: Database, url: str) -> AsyncIterator[None]:
        """Somebody holds the tables that people write to."""
        with psycopg.connect(self._server.connection_string(_name(url))) as other:
            other.execute("LOCK TABLE services, chat_messages IN EXCLUSIVE MODE")
            yield
            other.rollback()

    @asynccontextmanager
    async def full(self, database: Database, url: str) -> AsyncIterator[None]:
        """The server says what it says when its disk is full (53100)."""
        self._run(
            url,
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';"
            " END $$",
            "CREATE TRIGGER no_room BEFORE INSERT ON services EXECUTE FUNCTION no_room()",
            "CREATE TRIGGER no_room BEFORE INSERT ON chat_messages EXECUTE FUNCTION no_room()",
        )
        yield
        self._run(url, "DROP FUNCTION no_room CASCADE")

    def _run(self, url: str, *statements: str) -> None:
        for statement in statements:
            self._server.run(statement, _name(url))


def _name(url: str) -> str:
    name = make_url(url).database
    assert name
    return name
