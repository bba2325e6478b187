from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, inspect, text

from server.storage.address import sqlite_path
from server.storage.engines import migration_engine
from server.storage.migrate import MigrationFailed, migrate, migration_config
from server.storage.tables import Table
from tests.integration.storage.databases import url_in

REPOSITORY = Path(__file__).parents[3]


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = migration_engine(url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_the_migrated_tables_are_those_of_the_code(each_empty_url: str) -> None:
    migrate(each_empty_url)
    with connected(each_empty_url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_the_checks_of_the_tables_are_migrated_too(each_empty_url: str) -> None:
    """Alembic does not compare check constraints."""
    migrate(each_empty_url)
    with connected(each_empty_url) as connection:
        looking = inspect(connection)
        made = {
            (name, check["name"])
            for name in looking.get_table_names()
            for check in looking.get_check_constraints(name)
        }
    checks = {
        (table.name, constraint.name)
        for table in Table.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    assert checks
    assert made == checks


def test_the_checks_say_what_those_of_the_code_say(tmp_path: Path) -> None:
    """PostgreSQL words them anew; SQLite keeps them as they were written."""
    migrate(url_in(tmp_path))
    with connected(url_in(tmp_path)) as connection:
        made = " ".join(connection.scalars(text("SELECT coalesce(sql, '') FROM sqlite_master")))
    for table in Table.metadata.tables.values():
        for check in table.constraints:
            if isinstance(check, CheckConstraint):
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


def test_processes_that_start_at_once_take_turns_from_any_folder(each_empty_url: str, tmp_path: Path) -> None:
    code = f"from server.storage.migrate import migrate; migrate({each_empty_url!r})"
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    started = [
        subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, env=environment) for _ in range(3)
    ]
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0]


def test_a_database_of_a_newer_version_is_left_alone(each_empty_url: str) -> None:
    migrate(each_empty_url)
    with connected(each_empty_url) as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(MigrationFailed, match="newer version"):
        migrate(each_empty_url)


def test_a_step_that_fails_leaves_the_database_as_it_was(each_empty_url: str) -> None:
    with connected(each_empty_url) as connection, connection.begin():
        connection.execute(text("CREATE TABLE viewings (of_somebody_else INTEGER)"))
    with pytest.raises(MigrationFailed, match="not migrated"):
        migrate(each_empty_url)
    with connected(each_empty_url) as connection:
        assert inspect(connection).get_table_names() == ["viewings"]


def test_a_database_that_is_not_there_is_said_without_its_password() -> None:
    with pytest.raises(MigrationFailed) as refusal:
        migrate("postgresql+psycopg://moveroom:hunter2@127.0.0.1:1/moveroom")
    assert "127.0.0.1" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    sqlite_path(url_in(tmp_path)).write_text("a letter" * 200)
    with pytest.raises(MigrationFailed, match="not a database"):
        migrate(url_in(tmp_path))


def test_steps_go_down_again(each_empty_url: str) -> None:
    migrate(each_empty_url)
    with connected(each_empty_url) as connection, connection.begin():
        command.downgrade(migration_config(connection), "base")
    with connected(each_empty_url) as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
