from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.address import WrongDatabaseAddress
from server.storage.database import Database, StorageFailed, StorageFault
from server.storage.tables import Person, Service
from tests.integration.storage.databases import migrated, url_in

Work = Callable[[AsyncSession], Awaitable[str]]


@pytest.fixture
def database(each_database: Database) -> Database:
    return each_database


@pytest.fixture
def commits() -> Iterator[list[object]]:
    """What was committed through SQLAlchemy, one entry a commit."""
    seen: list[object] = []
    note = seen.append
    event.listen(Engine, "commit", note)
    yield seen
    event.remove(Engine, "commit", note)


def adding(name: str) -> Work:
    async def work(session: AsyncSession) -> str:
        session.add(Service(id=name, name=name, phone="01632 960123"))
        return name

    return work


async def stored(database: Database) -> list[str]:
    async with database.reading() as session:
        return list(await session.scalars(select(Service.id).order_by(Service.id)))


class HeldWriter:
    """Keeps the writer busy with one work, so that others line up behind it."""

    def __init__(self, database: Database) -> None:
        self._let_go = asyncio.Event()
        self._began = asyncio.Event()
        self.task = asyncio.create_task(database.write(self._work))

    async def _work(self, session: AsyncSession) -> str:
        self._began.set()
        await self._let_go.wait()
        return "held"

    async def began(self) -> None:
        await self._began.wait()

    async def let_go(self) -> None:
        self._let_go.set()
        await self.task


async def line_up(database: Database, *works: Work) -> list[asyncio.Task[str]]:
    """Give the works to the writer while it is busy, so that they share the next batch."""
    held = HeldWriter(database)
    await held.began()
    tasks = [asyncio.create_task(database.write(work)) for work in works]
    await asyncio.sleep(0)
    await held.let_go()
    await asyncio.wait(tasks)
    return tasks


async def test_a_work_that_is_acknowledged_is_there_to_read(database: Database) -> None:
    assert await database.write(adding("riverside")) == "riverside"
    assert await stored(database) == ["riverside"]


async def test_works_that_wait_together_share_one_commit(database: Database, commits: list[object]) -> None:
    tasks = await line_up(database, *(adding(f"s{number}") for number in range(8)))
    assert [task.result() for task in tasks] == [f"s{number}" for number in range(8)]
    assert len(commits) == 2  # the held one, and one for all eight
    assert len(await stored(database)) == 8


async def test_a_work_that_fails_undoes_only_itself(database: Database) -> None:
    async def fails(session: AsyncSession) -> str:
        await adding("bad")(session)
        await session.flush()
        raise KeyError("my own")

    before, bad, after = await line_up(database, adding("a"), fails, adding("b"))
    assert (before.result(), after.result()) == ("a", "b")
    with pytest.raises(KeyError, match="my own"):
        bad.result()
    assert await stored(database) == ["a", "b"]


async def test_a_broken_rule_of_the_tables_is_raised_to_its_caller_only(database: Database) -> None:
    def orphan() -> Work:
        async def work(session: AsyncSession) -> str:
            session.add(
                Person(id="p", service_id="nowhere", role="patient", full_name="A", shown_name="A", phone="")
            )
            return "p"

        return work

    good, bad = await line_up(database, adding("a"), orphan())
    assert good.result() == "a"
    with pytest.raises(IntegrityError):
        bad.result()


async def test_a_commit_that_fails_fails_everyone_who_shared_it_and_nobody_else(database: Database) -> None:
    async def breaks_the_commit(session: AsyncSession) -> str:
        await session.execute(text("CREATE TEMPORARY TABLE parents (id INTEGER PRIMARY KEY)"))
        await session.execute(
            text(
                "CREATE TEMPORARY TABLE children"
                " (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)"
            )
        )
        await session.execute(text("INSERT INTO children VALUES (1)"))
        return "checked at the end only"

    tasks = await line_up(database, adding("a"), breaks_the_commit, adding("b"))
    for task in tasks:
        with pytest.raises(StorageFailed):
            task.result()
    assert await stored(database) == []
    await database.write(adding("later"))
    assert await stored(database) == ["later"]


@pytest.mark.parametrize("notices", [True, False])
async def test_a_transaction_that_the_database_gave_up_is_not_acknowledged_in_part(
    database: Database, notices: bool
) -> None:
    """After a full disk or an I/O error SQLite rolls back everything by itself."""

    async def gives_up(session: AsyncSession) -> str:
        connection = await session.connection()
        await connection.exec_driver_sql("ROLLBACK")
        if notices:
            raise OSError("disk full")
        return "not noticed"

    tasks = await line_up(database, adding("a"), gives_up, adding("b"))
    for task in tasks:
        assert isinstance(task.exception(), StorageFailed)
    assert await stored(database) == []
    await database.write(adding("later"))
    assert await stored(database) == ["later"]


async def test_a_caller_that_leaves_before_its_turn_writes_nothing(database: Database) -> None:
    held = HeldWriter(database)
    await held.began()
    leaving = asyncio.create_task(database.write(adding("gone")))
    await asyncio.sleep(0)
    leaving.cancel()
    await held.let_go()
    await database.write(adding("stays"))
    assert await stored(database) == ["stays"]


async def test_a_caller_that_leaves_during_its_turn_harms_nobody(database: Database) -> None:
    held = HeldWriter(database)
    await held.began()
    held.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await held.let_go()
    await database.write(adding("stays"))
    assert await stored(database) == ["stays"]


async def test_a_work_that_is_cancelled_from_inside_does_not_stop_the_writer(database: Database) -> None:
    async def cancelled(session: AsyncSession) -> str:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await database.write(cancelled)
    assert await database.write(adding("after")) == "after"


async def test_works_do_not_see_each_others_objects(database: Database) -> None:
    await database.write(adding("a"))

    async def changes_then_fails(session: AsyncSession) -> str:
        row = await session.get_one(Service, "a")
        row.name = "changed"
        raise KeyError

    async def looks(session: AsyncSession) -> str:
        return (await session.get_one(Service, "a")).name

    _, looked = await line_up(database, changes_then_fails, looks)
    assert looked.result() == "a"


async def test_a_reader_sees_one_moment(database: Database) -> None:
    async with database.reading() as session:
        assert (await session.scalars(select(Service.id))).all() == []
        await database.write(adding("new"))
        assert (await session.scalars(select(Service.id))).all() == []
    assert await stored(database) == ["new"]


async def test_a_reader_cannot_write(database: Database) -> None:
    async def sneak_in() -> None:
        async with database.reading() as session:
            await adding("sneaked in")(session)
            await session.commit()

    with pytest.raises(StorageFailed) as refusal:
        await sneak_in()
    assert refusal.value.fault is StorageFault.FAILED
    assert await stored(database) == []


async def test_an_error_of_the_database_does_not_tell_what_was_written(database: Database) -> None:
    await database.write(adding("Margaret Ellis"))
    with pytest.raises(IntegrityError) as error:
        await database.write(adding("Margaret Ellis"))
    assert "Margaret" not in str(error.value)


async def test_a_character_that_no_text_holds_is_found_nowhere_and_harms_nothing(database: Database) -> None:
    async with database.reading() as session:
        assert await session.get(Service, "river\0side") is None
    before, _, after = await line_up(database, adding("a"), adding("with \0 in it"), adding("b"))
    assert (before.result(), after.result()) == ("a", "b")
    assert {"a", "b"} <= set(await stored(database))


async def test_whoever_reads_first_and_writes_later_rests_on_what_is_still_true(
    each_database_url: str,
) -> None:
    """Two processes, such as a server and a report, that each write what is not there yet."""
    server, report = await Database.open(each_database_url), await Database.open(each_database_url)

    async def add_if_missing(session: AsyncSession) -> bool:
        missing = await session.get(Service, "riverside") is None
        if missing:
            await adding("riverside")(session)
        return missing

    both = [database.write(add_if_missing) for _ in range(3) for database in (server, report)]
    assert sorted(await asyncio.gather(*both)) == [False] * 5 + [True]
    await server.close()
    await report.close()


async def test_sqlite_keeps_foreign_keys_a_write_ahead_log_and_full_sync(tmp_path: Path) -> None:
    async def pragmas(session: AsyncSession) -> list[object]:
        names = ("foreign_keys", "journal_mode", "synchronous")
        return [await session.scalar(text(f"PRAGMA {name}")) for name in names]

    async with migrated(tmp_path) as database:
        assert await database.write(pragmas) == [1, "wal", 2]


async def test_postgresql_flushes_commits_and_its_readers_cannot_write(postgresql_url: str) -> None:
    names = ("synchronous_commit", "transaction_isolation", "transaction_read_only")

    async def settings(session: AsyncSession) -> list[object]:
        return [await session.scalar(text(f"SHOW {name}")) for name in names]

    database = await Database.open(postgresql_url)
    assert await database.write(settings) == ["on", "read committed", "off"]
    async with database.reading() as session:
        assert (await settings(session))[1:] == ["repeatable read", "on"]
    await database.close()


async def test_closing_finishes_what_waits_and_can_be_repeated(tmp_path: Path) -> None:
    async with migrated(tmp_path) as database:
        writing = [asyncio.create_task(database.write(adding(f"s{number}"))) for number in range(100)]
        await asyncio.sleep(0)
        await database.close()
        await database.close()
        assert len([task.result() for task in writing]) == 100
        with pytest.raises(StorageFailed):
            await database.write(adding("too late"))


async def test_a_missing_file_and_a_wrong_url_are_said(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="moveroom migrate"):
        await Database.open(url_in(tmp_path))
    assert os.listdir(tmp_path) == []
    with pytest.raises(WrongDatabaseAddress):
        await Database.open("mysql://db/moveroom")
