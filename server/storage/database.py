"""The database as the rest of the server sees it: sessions to read, and one writer that batches.

A commit costs a disk flush, and SQLite lets one transaction write at a time, so on either database all
writing goes through one task. It takes every work that waits, runs each in a savepoint of its own, and
commits them together.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from server.errors import CannotStart
from server.storage import sole_server
from server.storage.address import is_postgresql, sqlite_path
from server.storage.engines import reader_engine, refuse_a_lost_transaction, writer_engine
from server.storage.faults import (
    StorageFailed,
    StorageFault,
    TakenByAnother,
    fault_of,
    reason_of,
    storage_failed,
)
from server.storage.stored import Listeners, noted
from server.storage.trouble import Trouble

__all__ = ["CannotOpen", "Database", "NothingToStandOn", "StorageFailed", "StorageFault"]

T = TypeVar("T")

MAX_BATCH = 64
"""Works that may share one commit, so that none waits for an endless line of others."""

LOOK_EVERY_S = 5.0
"""How often a server that writes nothing sees to it that the database is still its own (the lock ends with
the connection, and so with a restart of PostgreSQL), and, after a write that failed, tries one."""


class CannotOpen(StorageFailed):
    """The database cannot be opened for the moment: locked, away, full. Trying again may help."""


class NothingToStandOn(CannotOpen, CannotStart):
    """Trying again would not help: it is not migrated, or another Moveroom's; the message says what to do."""


_NOT_MIGRATED = "there is no database yet; `moveroom migrate` makes it"


def _cannot_open(error: Exception) -> CannotOpen:
    fault, reason = fault_of(error), reason_of(error)
    if fault is None or "no such table" in reason:  # what PostgreSQL says of it is a ProgrammingError
        return NothingToStandOn(_NOT_MIGRATED)
    if isinstance(error, TakenByAnother):
        return NothingToStandOn(
            "another Moveroom is running on this database: stop it, or set another", fault
        )
    return CannotOpen(f"the database cannot be opened: {reason}", fault)


@dataclass(eq=False, frozen=True, slots=True)
class _Waiting:
    work: Callable[[AsyncSession], Awaitable[Any]]
    done: asyncio.Future[Any]

    def succeed(self, result: object) -> None:
        if not self.done.done():
            self.done.set_result(result)

    def fail(self, error: BaseException) -> None:
        if not self.done.done():
            self.done.set_exception(error)


class Database:
    """Reading sessions, and `write`. Made by `open`, given back by `close`."""

    def __init__(self, reader: AsyncEngine, writer: AsyncEngine, *, holds: bool, lock: int | None) -> None:
        self.trouble = Trouble()
        """How it goes with writing."""
        self.listeners = Listeners()
        """Who is told what was committed."""
        self._reader = reader
        self._writer = writer
        self._holds = holds
        self._lock = lock
        self._line: asyncio.Queue[_Waiting | None] = asyncio.Queue()
        self._closing = False
        self._task = asyncio.create_task(self._write_for_ever(), name="storage-writer")

    @classmethod
    async def open(cls, url: str, *, alone: bool = False) -> Database:
        """Open the migrated database of `url`.

        `alone` is for the server itself: a second one on the same database is refused. Raises
        `WrongDatabaseAddress` for a third kind of database, `NothingToStandOn` when there is none that is
        migrated or another server has it, otherwise `CannotOpen`.
        """
        on_postgresql = is_postgresql(url)
        if not on_postgresql and not sqlite_path(url).is_file():
            raise NothingToStandOn(_NOT_MIGRATED)
        reader, writer, lock = reader_engine(url), writer_engine(url, alone=alone), None
        try:
            if alone and not on_postgresql:
                lock = await sole_server.hold(sqlite_path(url))
            async with writer.connect() as connection:
                await connection.execute(text("SELECT version_num FROM alembic_version"))
        except Exception as error:
            await writer.dispose()
            _let_go(lock)
            raise _cannot_open(error) from error
        return cls(reader, writer, holds=alone and on_postgresql, lock=lock)

    async def close(self) -> None:
        """Finish the works that wait, then let go of the file. Idempotent."""
        if not self._closing:
            self._closing = True
            self._line.put_nowait(None)
        await asyncio.wait([self._task])
        await self._reader.dispose()
        await self._writer.dispose()
        _let_go(self._lock)
        self._lock = None

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Give a session that sees one moment of the database and cannot write.

        `StorageFailed`, from within or on the way out, when the database is locked, away or full.
        """
        try:
            async with AsyncSession(self._reader, expire_on_commit=False, autoflush=False) as session:
                yield session
        except Exception as error:
            if failed := storage_failed(error):
                raise self.trouble.belongs(failed) from error
            raise

    async def write(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Run `work` in the writer's transaction; return its result once that is committed.

        What `work` raises undoes its own changes only and is raised here (as `StorageFailed` when it was the
        database's fault). If the commit fails, everyone who shared it gets `StorageFailed`. `work` must wait
        for nothing but its session: all writing waits for it. A caller that is cancelled before its work
        began writes nothing; after that the work is committed all the same.
        """
        if self._closing:
            raise StorageFailed("the database is closed")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._line.put_nowait(_Waiting(work, done))
        return await done

    async def _write_for_ever(self) -> None:
        last = False
        try:
            while not last:
                batch, last = await self._next_batch()
                if batch:
                    await self._commit_together(batch)
        finally:
            self._closing = True
            while not self._line.empty():
                if waiting := self._line.get_nowait():
                    waiting.fail(StorageFailed("the database is closed"))

    async def _next_batch(self) -> tuple[list[_Waiting], bool]:
        """Wait for the first work, take the others that stand behind it; True when it is the last batch."""
        batch: list[_Waiting] = []
        entry = await self._next_entry()
        while True:
            if entry is None:
                return batch, True
            if not entry.done.cancelled():
                batch.append(entry)
            if len(batch) == MAX_BATCH or self._line.empty():
                return batch, False
            entry = self._line.get_nowait()

    async def _next_entry(self) -> _Waiting | None:
        while True:
            try:
                async with asyncio.timeout(LOOK_EVERY_S if self._holds or self.trouble.fault else None):
                    return await self._line.get()
            except TimeoutError:
                await self._look()

    async def _look(self) -> None:
        """Take the database's lock again, should it be lost; write something, if nothing could be written."""
        if self.trouble.fault:
            trying = _Waiting(_write_something, asyncio.get_running_loop().create_future())
            await self._commit_together([trying])
            trying.done.exception()
            return
        try:
            async with self._writer.connect():
                pass
        except Exception as error:
            self.trouble.write_failed(fault_of(error) or StorageFault.FAILED)

    async def _commit_together(self, batch: list[_Waiting]) -> None:
        results: list[tuple[_Waiting, Any]] = []
        stored: set[str] = set()
        whole = True
        try:
            async with self._writer.connect() as connection, connection.begin():
                for waiting in batch:
                    try:
                        results.append((waiting, await _in_savepoint(connection, waiting.work, stored)))
                    except _WorkRaised as raised:
                        if isinstance(raised.error, StorageFailed):
                            whole = False
                            self.trouble.write_failed(self.trouble.belongs(raised.error).fault)
                        waiting.fail(raised.error)
        except Exception as error:
            self.trouble.write_failed(fault_of(error) or StorageFault.FAILED)
            for waiting in batch:
                failure = storage_failed(error) or StorageFailed("the database could not commit")
                failure.__cause__ = error
                waiting.fail(self.trouble.belongs(failure))
            return
        except BaseException as error:
            for waiting in batch:
                waiting.fail(error)
            raise
        if whole:
            self.trouble.write_succeeded()
        for waiting, result in results:
            waiting.succeed(result)
        self.listeners.tell(stored)


async def _write_something(session: AsyncSession) -> None:
    await session.execute(text("UPDATE alembic_version SET version_num = version_num"))


def _let_go(lock: int | None) -> None:
    if lock is not None:
        os.close(lock)


class _WorkRaised(Exception):
    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error


async def _in_savepoint(
    connection: AsyncConnection, work: Callable[[AsyncSession], Awaitable[Any]], stored: set[str]
) -> object:
    """Run one work on a session of its own, in a savepoint of the batch's transaction; what it noted goes
    into `stored`.

    SQLite undoes the whole transaction by itself after some errors (disk full, I/O), and a lost connection
    takes it along. Neither driver says so when it is told to commit, so it is asked after each work: then the
    whole batch fails with the first error, and nothing of it is stored.
    """
    session = AsyncSession(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
    try:
        try:
            result = await work(session)
            await session.commit()
        except (Exception, asyncio.CancelledError) as error:
            if (task := asyncio.current_task()) and task.cancelling():
                raise  # the writer itself is being stopped
            failed = storage_failed(error)
            try:
                await session.rollback()
                refuse_a_lost_transaction(connection)
            except Exception as lost:
                raise failed or lost from error
            if failed:
                failed.__cause__ = error
            raise _WorkRaised(failed or error) from error
        refuse_a_lost_transaction(connection)
        stored |= noted(session)
        return result
    finally:
        await session.close()
