from __future__ import annotations

import sqlite3

import psycopg
import pytest
from sqlalchemy import exc

from server.storage.faults import StorageFailed, StorageFault, fault_of, storage_failed


def of_sqlite(code: int, kind: type[exc.DBAPIError] = exc.OperationalError) -> exc.DBAPIError:
    error = sqlite3.OperationalError("what SQLite says")
    error.sqlite_errorcode = code
    return kind("INSERT ...", {"name": "Margaret Ellis"}, error, hide_parameters=True)


def of_postgresql(state: str) -> exc.DBAPIError:
    error = psycopg.errors.lookup(state)("what PostgreSQL says")
    return exc.OperationalError("INSERT ...", {"name": "Margaret Ellis"}, error, hide_parameters=True)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (sqlite3.SQLITE_FULL, StorageFault.FULL),
        (sqlite3.SQLITE_IOERR_SHMSIZE, StorageFault.FULL),
        (sqlite3.SQLITE_BUSY, StorageFault.BUSY),
        (sqlite3.SQLITE_BUSY_RECOVERY, StorageFault.BUSY),
        (sqlite3.SQLITE_CANTOPEN, StorageFault.AWAY),
        (sqlite3.SQLITE_IOERR_FSYNC, StorageFault.AWAY),
        (sqlite3.SQLITE_ERROR, StorageFault.FAILED),
    ],
)
def test_what_sqlite_says_is_told_apart(code: int, fault: StorageFault) -> None:
    assert fault_of(of_sqlite(code)) is fault


@pytest.mark.parametrize(
    ("state", "fault"),
    [
        ("53100", StorageFault.FULL),
        ("53300", StorageFault.BUSY),
        ("55P03", StorageFault.BUSY),
        ("57014", StorageFault.BUSY),
        ("40P01", StorageFault.BUSY),
        ("57P01", StorageFault.AWAY),
        ("08006", StorageFault.AWAY),
        ("25006", StorageFault.FAILED),
    ],
)
def test_what_postgresql_says_is_told_apart(state: str, fault: StorageFault) -> None:
    assert fault_of(of_postgresql(state)) is fault


def test_a_connection_that_broke_is_away_and_a_full_pool_is_busy() -> None:
    broke = exc.OperationalError("SELECT 1", {}, psycopg.OperationalError("the connection is closed"))
    assert fault_of(broke) is StorageFault.AWAY
    assert fault_of(exc.TimeoutError("QueuePool limit")) is StorageFault.BUSY


def test_a_broken_rule_of_the_tables_and_our_own_bugs_are_no_fault_of_the_storage() -> None:
    assert fault_of(of_sqlite(sqlite3.SQLITE_CONSTRAINT_UNIQUE, exc.IntegrityError)) is None
    assert fault_of(exc.ProgrammingError("SELEC", {}, psycopg.errors.SyntaxError())) is None
    assert fault_of(KeyError("x")) is None
    assert storage_failed(KeyError("x")) is None


def test_the_message_repeats_no_value_and_a_failure_stays_itself() -> None:
    failed = storage_failed(of_sqlite(sqlite3.SQLITE_FULL))
    assert isinstance(failed, StorageFailed)
    assert "Margaret" not in f"{failed} {failed!r}"
    assert fault_of(failed) is StorageFault.FULL
