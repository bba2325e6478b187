"""Brings a database up to the tables of this version, at start and by `moveroom migrate`."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from server.errors import CannotStart
from server.storage.address import sqlite_path
from server.storage.engines import migration_engine


class MigrationFailed(CannotStart):
    """The database was left as it was; the message says why."""


def migrate(url: str) -> None:
    """Bring the database of `url` to the newest step, making the file when there is none.

    Blocks. Two processes that start at once take turns by a lock on a file beside the database; the second
    finds nothing left to do. All steps run in one transaction: either all of them are done or none is.
    """
    path = sqlite_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path.with_name(path.name + ".lock")):
        path.touch(mode=0o600)  # patients' names stand in it; SQLite gives its log files the same mode
        engine = migration_engine(url)
        try:
            with engine.connect() as connection:
                _upgrade(connection)
        finally:
            engine.dispose()


def migration_config(connection: Connection) -> Config:
    """Return Alembic's configuration without an ini file, so that an installed wheel can migrate."""
    config = Config()
    config.set_main_option("script_location", "server.storage:migrations")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    config = migration_config(connection)
    script = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    if current == script.get_current_head():
        return
    if current is not None and current not in {step.revision for step in script.walk_revisions()}:
        raise MigrationFailed("the database was made by a newer version of Moveroom; install that one again")
    with connection.begin():
        command.upgrade(config, "head")
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            raise MigrationFailed("a migration left rows that refer to nothing; nothing was changed")


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    lock.touch(mode=0o600)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
