from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint

from server.storage.address import sqlite_path
from server.storage.engines import migration_engine
from server.storage.migrate import MigrationFailed, migrate
from server.storage.tables import Table
from tests.integration.storage.databases import url_in

REPOSITORY = Path(__file__).parents[3]


def test_the_migrated_tables_are_those_of_the_code(tmp_path: Path) -> None:
    migrate(url_in(tmp_path))
    engine = migration_engine(url_in(tmp_path))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []
    engine.dispose()


def test_the_checks_of_the_tables_are_migrated_too(tmp_path: Path) -> None:
    """Alembic does not compare check constraints."""
    migrate(url_in(tmp_path))
    with sqlite3.connect(sqlite_path(url_in(tmp_path))) as connection:
        made = " ".join(row[0] or "" for row in connection.execute("SELECT sql FROM sqlite_master"))
    checks = [
        constraint
        for table in Table.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    ]
    assert checks
    for check in checks:
        assert f"CONSTRAINT {check.name} CHECK ({check.sqltext})" in made


def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    migrate(url_in(tmp_path))
    path = sqlite_path(url_in(tmp_path))
    before = path.read_bytes()
    migrate(url_in(tmp_path))
    assert path.read_bytes() == before


def test_only_the_owner_may_read_the_database_file(tmp_path: Path) -> None:
    migrate(url_in(tmp_path / "new folder"))
    mode = stat.S_IMODE(sqlite_path(url_in(tmp_path / "new folder")).stat().st_mode)
    assert mode == 0o600


def test_processes_that_start_at_once_take_turns_from_any_folder(tmp_path: Path) -> None:
    code = f"from server.storage.migrate import migrate; migrate({url_in(tmp_path)!r})"
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    started = [
        subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, env=environment) for _ in range(3)
    ]
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0]


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    migrate(url_in(tmp_path))
    path = sqlite_path(url_in(tmp_path))
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(MigrationFailed, match="newer version"):
        migrate(url_in(tmp_path))


def test_steps_go_down_again(tmp_path: Path) -> None:
    from alembic import command

    from server.storage.migrate import migration_config

    migrate(url_in(tmp_path))
    engine = migration_engine(url_in(tmp_path))
    with engine.connect() as connection, connection.begin():
        command.downgrade(migration_config(connection), "base")
    with engine.connect() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars()
        assert set(tables) == {"alembic_version"}
    engine.dispose()
