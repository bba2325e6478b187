"""Brings a database up to the tables of this version, at start and by `moveroom migrate`."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from server.errors import CannotStart
from server.storage.engines import broken_references, migrating
from server.storage.faults import reason_of


class MigrationFailed(CannotStart):
    """The database was left as it was; the message says why."""


def migrate(url: str) -> None:
    """Bring the database of `url` to the newest step, making the file of a SQLite database if need be.

    Blocks. Processes that start at once take turns; whoever comes later finds nothing left to do. All steps
    run in one transaction: either all of them are done or none is.
    """
    try:
        with migrating(url) as connection:
            _upgrade(connection)
    except (SQLAlchemyError, OSError) as error:
        raise MigrationFailed(f"the database was not migrated: {reason_of(error)}") from error


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
    if current == script.get_current_head():
        return
    if current is not None and current not in {step.revision for step in script.walk_revisions()}:
        raise MigrationFailed("the database was made by a newer version of Moveroom; install that one again")
    command.upgrade(config, "head")
    if broken_references(connection):
        raise MigrationFailed("a migration left rows that refer to nothing; nothing was changed")
