"""What can be wrong with the database itself, told apart once for both databases.

A driver's error is either about the database (full, locked, away: translated into `StorageFailed`) or about
what was asked of it (a broken rule of the tables, SQL that is wrong: left as it is, our bug or our caller's).
No message here holds a value of a row or an address.
"""

from __future__ import annotations

import errno
import sqlite3
from enum import StrEnum

import psycopg
from sqlalchemy import exc


class StorageFault(StrEnum):
    """Why the database could not do its part; decides the words a person reads and the count it falls in."""

    FULL = "full"
    """No room is left where the database keeps its files."""
    BUSY = "busy"
    """Locked by somebody else, or more is asked at once than it can do, for longer than we wait."""
    AWAY = "away"
    """It cannot be reached: server stopped, network cut, file or disk gone."""
    FAILED = "failed"
    """Anything else; most likely our bug."""


def fault_of_file(problem: OSError) -> StorageFault:
    """Return which fault it is that a file could not be read or written."""
    return StorageFault.FULL if problem.errno in (errno.ENOSPC, errno.EDQUOT) else StorageFault.FAILED


class Spell:
    """A time of trouble, and of which faults it was told already what led to them."""

    def __init__(self) -> None:
        self.told: set[StorageFault] = set()


class StorageFailed(Exception):
    """The database could not give or keep what it should: nothing that was to be written is stored.

    Our fault or the disk's, never the person's. Whoever holds a cache of the tables rebuilds it from them.
    """

    def __init__(self, message: str, fault: StorageFault = StorageFault.FAILED) -> None:
        super().__init__(message)
        self.fault = fault
        self.spell = Spell()

    def tell_whole(self) -> bool:
        """Whether a log should have the traceback: true once in a spell for each fault (`server.logs`)."""
        if self.fault in self.spell.told:
            return False
        self.spell.told.add(self.fault)
        return True


class TakenByAnother(StorageFailed):
    """Another Moveroom serves from this database."""

    def __init__(self) -> None:
        super().__init__("another Moveroom is running on this database", StorageFault.BUSY)


def fault_of(error: BaseException) -> StorageFault | None:
    """Say what is wrong with the database; None when the error is about something else."""
    if isinstance(error, StorageFailed):
        return error.fault
    if isinstance(error, exc.TimeoutError):  # no connection of the pool became free
        return StorageFault.BUSY
    if isinstance(error, exc.PendingRollbackError):  # the connection was lost under the transaction
        return StorageFault.AWAY
    if not isinstance(error, exc.DBAPIError):
        return None
    if isinstance(error.orig, sqlite3.Error):
        known = _of_sqlite(error.orig)
    elif isinstance(error.orig, psycopg.Error):
        known = _of_postgresql(error.orig)
    else:
        known = None
    if known is None and isinstance(error, _ABOUT_WHAT_WAS_ASKED):
        return None
    return known or (StorageFault.AWAY if error.connection_invalidated else StorageFault.FAILED)


def storage_failed(error: BaseException) -> StorageFailed | None:
    """Return the error as `StorageFailed`, to be raised from it; None when it is about something else."""
    fault = fault_of(error)
    return None if fault is None else StorageFailed(_WORDS[fault], fault)


def reason_of(error: BaseException) -> str:
    """Return what the driver or the operating system says, in one line, for whoever starts the server.

    Neither driver repeats a password or a value here (`server.storage.postgresql` sees to the latter).
    """
    said = error.orig if isinstance(error, exc.DBAPIError) and error.orig else error
    if isinstance(said, OSError):
        return said.strerror or type(said).__name__
    return " ".join(str(said).split()) or type(said).__name__


_ABOUT_WHAT_WAS_ASKED = (exc.IntegrityError, exc.DataError, exc.ProgrammingError, exc.NotSupportedError)

_WORDS = {
    StorageFault.FULL: "no room is left for the database",
    StorageFault.BUSY: "the database is locked or has too much to do",
    StorageFault.AWAY: "the database cannot be reached",
    StorageFault.FAILED: "the database failed",
}

_SQLITE = {
    sqlite3.SQLITE_FULL: StorageFault.FULL,
    sqlite3.SQLITE_IOERR_SHMSIZE: StorageFault.FULL,
    sqlite3.SQLITE_BUSY: StorageFault.BUSY,
    sqlite3.SQLITE_LOCKED: StorageFault.BUSY,
    sqlite3.SQLITE_CANTOPEN: StorageFault.AWAY,
    sqlite3.SQLITE_CORRUPT: StorageFault.AWAY,
    sqlite3.SQLITE_IOERR: StorageFault.AWAY,
    sqlite3.SQLITE_NOTADB: StorageFault.AWAY,
    sqlite3.SQLITE_PERM: StorageFault.AWAY,
    sqlite3.SQLITE_READONLY_DBMOVED: StorageFault.AWAY,
}
"""By extended or primary result code (sqlite.org/rescode.html)."""


def _of_sqlite(error: sqlite3.Error) -> StorageFault | None:
    code: int | None = getattr(error, "sqlite_errorcode", None)  # unset when Python itself refuses
    if code is None:
        return None
    return _SQLITE.get(code) or _SQLITE.get(code & 0xFF)


_SQLSTATES = {
    "53100": StorageFault.FULL,  # disk_full
    "53": StorageFault.BUSY,  # insufficient resources: memory, connections
    "55P03": StorageFault.BUSY,  # lock_not_available
    "57014": StorageFault.BUSY,  # query_canceled: statement_timeout
    "40": StorageFault.BUSY,  # transaction rollback: deadlock, serialization
    "08": StorageFault.AWAY,  # connection exception
    "57P": StorageFault.AWAY,  # shut down, crashed, starting
    "25P03": StorageFault.AWAY,  # idle_in_transaction_session_timeout
    "28": StorageFault.AWAY,  # not let in
    "3D": StorageFault.AWAY,  # no such database
    "58": StorageFault.AWAY,  # system error: input, output, files
}
"""By whole code, condition or class (PostgreSQL 15 documentation, appendix A)."""


def _of_postgresql(error: psycopg.Error) -> StorageFault | None:
    state = error.sqlstate
    if state is None:  # libpq's own: no connection, or it broke
        return StorageFault.AWAY if isinstance(error, psycopg.OperationalError) else None
    return _SQLSTATES.get(state) or _SQLSTATES.get(state[:3]) or _SQLSTATES.get(state[:2])
