"""What happens to a database is told apart, loses nothing that was acknowledged, and ends when it is over."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import make_url, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import CannotStart
from server.storage import answering, postgresql, sole_server, sqlite
from server.storage import database as storage_database
from server.storage.database import CannotOpen, Database, NothingToStandOn, StorageFailed, StorageFault
from server.storage.tables import Service
from tests.integration.storage import mishaps
from tests.integration.storage.databases import migrated, url_in
from tests.integration.storage.mishaps import Mishap, PostgreSQLMishaps
from tests.integration.storage.postgresql_server import PostgreSQLServer

SQLITE: list[tuple[Mishap, StorageFault]] = [
    (mishaps.sqlite_full, StorageFault.FULL),
    (mishaps.sqlite_locked, StorageFault.BUSY),
    (mishaps.sqlite_gone, StorageFault.AWAY),
]
POSTGRESQL = [
    ("stopped", StorageFault.AWAY),
    ("crashed", StorageFault.AWAY),
    ("locked", StorageFault.BUSY),
    ("full", StorageFault.FULL),
]


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 200)
    monkeypatch.setattr(postgresql, "LOCK_TIMEOUT_MS", 200)


def adding(name: str) -> Callable[[AsyncSession], Awaitable[str]]:
    async def work(session: AsyncSession) -> str:
        session.add(Service(id=name, name="Riverside" * 20, phone="01632 960123"))
        return name

    return work


async def kept(database: Database) -> set[str]:
    async with database.reading() as session:
        return await kept_in(session)


async def kept_in(session: AsyncSession) -> set[str]:
    return set(await session.scalars(select(Service.id)))


async def write_until_it_fails(database: Database) -> tuple[list[str], StorageFailed]:
    """Write in pairs; return what was acknowledged, and how the first failure was told."""
    acknowledged: list[str] = []
    for number in range(200):
        pair = (adding(f"a{number}"), adding(f"b{number}"))
        results = await asyncio.gather(*map(database.write, pair), return_exceptions=True)
        acknowledged += [each for each in results if isinstance(each, str)]
        for result in results:
            if isinstance(result, BaseException):
                assert isinstance(result, StorageFailed)
                return acknowledged, result
    raise AssertionError("nothing went wrong")


async def check(database: Database, url: str, mishap: Mishap, fault: StorageFault) -> None:
    acknowledged = [await database.write(adding("before"))]
    assert database.trouble.fault is None
    async with mishap(database, url):
        during, failed = await write_until_it_fails(database)
        assert failed.fault is fault
        assert "Riverside" not in f"{failed} {failed.__cause__}"
        assert database.trouble.fault is fault
        assert database.trouble.counts[f"write_{fault}"] >= 1
    acknowledged += [*during, await database.write(adding("after"))]
    assert database.trouble.fault is None
    assert await kept(database) == set(acknowledged)
    await database.close()
    again = await Database.open(url)
    assert await kept(again) == set(acknowledged)
    await again.close()


@pytest.mark.parametrize(("mishap", "fault"), SQLITE)
async def test_a_mishap_of_sqlite(tmp_path: Path, mishap: Mishap, fault: StorageFault) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    async with migrated(folder) as database:
        await check(database, url_in(folder), mishap, fault)


@pytest.mark.parametrize(("mishap", "fault"), POSTGRESQL)
async def test_a_mishap_of_postgresql(
    postgresql_server: PostgreSQLServer, postgresql_url: str, mishap: str, fault: StorageFault
) -> None:
    database = await Database.open(postgresql_url, alone=True)
    making: Mishap = getattr(PostgreSQLMishaps(postgresql_server), mishap)
    await check(database, postgresql_url, making, fault)


async def test_reading_from_a_database_that_is_away_says_so_and_works_when_it_is_back(
    postgresql_server: PostgreSQLServer, postgresql_url: str
) -> None:
    database = await Database.open(postgresql_url)
    assert await kept(database) == set()
    async with PostgreSQLMishaps(postgresql_server).stopped(database, postgresql_url):
        for _ in range(2):
            with pytest.raises(StorageFailed) as failed:
                await kept(database)
            assert failed.value.fault is StorageFault.AWAY
    assert await kept(database) == set()
    await database.close()


async def test_a_server_that_stops_while_a_work_is_under_way_acknowledges_nothing_of_its_batch(
    postgresql_server: PostgreSQLServer, postgresql_url: str
) -> None:
    database = await Database.open(postgresql_url)

    async def stop_it(session: AsyncSession) -> str:
        await adding("stopped on")(session)
        await session.flush()
        postgresql_server.stop()
        return "never"

    works = (adding("a"), stop_it, adding("b"))
    try:
        results = await asyncio.gather(*map(database.write, works), return_exceptions=True)
    finally:
        postgresql_server.start()
    assert [result.fault for result in results if isinstance(result, StorageFailed)] == ["away"] * 3
    assert await database.write(adding("after")) == "after"
    assert await kept(database) == {"after"}
    await database.close()


async def test_a_connection_that_never_answers_is_given_up(
    postgresql_server: PostgreSQLServer, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "ANSWER_TIMEOUT_S", 0.5)
    monkeypatch.setattr(postgresql, "LOCK_TIMEOUT_MS", 20_000)
    database = await Database.open(postgresql_url)
    with contextlib.ExitStack() as until_over:

        async def freezes(session: AsyncSession) -> str:
            await adding("never")(session)
            await session.flush()
            until_over.enter_context(postgresql_server.frozen(make_url(postgresql_url).database or ""))
            await adding("never, too")(session)
            return "never"

        failed = await asyncio.gather(database.write(freezes), return_exceptions=True)
        assert [each.fault for each in failed if isinstance(each, StorageFailed)] == ["away"]
        assert await kept(database) == set()
    assert await database.write(adding("after")) == "after"
    assert await kept(database) == {"after"}
    await database.close()


async def test_reading_from_a_file_that_is_gone_makes_no_new_one(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    async with migrated(folder) as database:
        async with mishaps.sqlite_gone(database, url_in(folder)):
            with pytest.raises(StorageFailed) as failed:
                await kept(database)
            assert failed.value.fault is StorageFault.AWAY
            assert not folder.exists()
        assert await kept(database) == set()


async def test_nothing_is_written_to_a_file_that_was_replaced(tmp_path: Path) -> None:
    async with migrated(tmp_path) as database:
        await database.write(adding("before"))
        file = tmp_path / "moveroom.sqlite3"
        file.rename(tmp_path / "old.sqlite3")
        async with migrated(tmp_path):  # another one, in its place
            pass
        with pytest.raises(StorageFailed) as failed:
            await database.write(adding("into the old one"))
        assert failed.value.fault is StorageFault.AWAY


WRITES_UNTIL_THE_LIMIT = """
import asyncio, resource, sys
from server.storage.database import Database, StorageFailed
from server.storage.tables import Service

async def add(database, name):
    async def work(session):
        session.add(Service(id=name, name="x" * 190, phone=""))
    await database.write(work)
    print(name, flush=True)

async def main():
    database = await Database.open(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
    try:
        for number in range(5000):
            await add(database, f"s{number}")
    except StorageFailed:
        print("refused", flush=True)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await add(database, "after")
    await database.close()

asyncio.run(main())
"""


async def test_what_the_operating_system_refuses_to_write_is_not_acknowledged(tmp_path: Path) -> None:
    async with migrated(tmp_path):
        pass
    ended = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", WRITES_UNTIL_THE_LIMIT, url_in(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        timeout=60,
        check=True,
    )
    said = ended.stdout.split()
    assert len(said) > 2
    assert said[-2:] == ["refused", "after"]
    again = await Database.open(url_in(tmp_path))
    assert await kept(again) == set(said) - {"refused"}
    await again.close()


async def test_a_second_server_on_the_same_database_is_refused(
    each_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sole_server, "PATIENCE_S", 0.2)
    first = await Database.open(each_database_url, alone=True)
    with pytest.raises(NothingToStandOn, match="another Moveroom is running on this database"):
        await Database.open(each_database_url, alone=True)
    beside = await Database.open(each_database_url)  # a report, for instance
    assert await kept(beside) == set()
    await beside.close()
    await first.write(adding("still mine"))
    await first.close()
    monkeypatch.setattr(postgresql, "LOCK_TIMEOUT_MS", 20_000)
    second = await Database.open(each_database_url, alone=True)
    assert await kept(second) == {"still mine"}
    await second.close()


async def test_a_second_server_that_reaches_the_file_by_another_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sole_server, "PATIENCE_S", 0.2)
    (tmp_path / "state").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "state")
    async with migrated(tmp_path / "state"):
        first = await Database.open(url_in(tmp_path / "state"), alone=True)
        with pytest.raises(NothingToStandOn, match="another Moveroom is running"):
            await Database.open(url_in(tmp_path / "link"), alone=True)
        await first.close()


async def test_a_server_waits_for_one_that_is_just_ending(tmp_path: Path) -> None:
    async with migrated(tmp_path):
        first = await Database.open(url_in(tmp_path), alone=True)
        opening = asyncio.create_task(Database.open(url_in(tmp_path), alone=True))
        await asyncio.sleep(0)
        await first.close()
        await (await opening).close()


SERVES_UNTIL_KILLED = """
import asyncio, sys
from server.storage.database import Database

async def main():
    await Database.open(sys.argv[1], alone=True)
    print("serving", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_a_server_that_was_killed_is_in_nobody_s_way(tmp_path: Path) -> None:
    async with migrated(tmp_path):
        killed = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-c", SERVES_UNTIL_KILLED, url_in(tmp_path)),
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        )
        assert killed.stdout
        assert await asyncio.wait_for(killed.stdout.readline(), 20) == b"serving\n"
        killed.kill()
        await killed.wait()
        await (await Database.open(url_in(tmp_path), alone=True)).close()


async def test_a_lock_that_is_no_server_s_is_not_taken_for_another_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with migrated(tmp_path) as database, mishaps.sqlite_locked(database, url_in(tmp_path)):
        with pytest.raises(CannotOpen, match="cannot be opened: database is locked") as refusal:
            await Database.open(url_in(tmp_path), alone=True)
    assert refusal.value.fault is StorageFault.BUSY
    assert not isinstance(refusal.value, CannotStart)
    await (await Database.open(url_in(tmp_path), alone=True)).close()  # nothing of it is left behind


@pytest.mark.parametrize("mishap", [mishaps.sqlite_locked, mishaps.sqlite_gone])
async def test_a_server_to_which_nobody_writes_finds_out_itself_that_it_is_over(
    tmp_path: Path, mishap: Mishap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_database, "LOOK_EVERY_S", 0.05)
    folder = tmp_path / "state"
    folder.mkdir()
    async with migrated(folder) as database:
        async with mishap(database, url_in(folder)):
            with pytest.raises(StorageFailed):
                await database.write(adding("refused"))
            seen = database.trouble.counts.total()
            async with asyncio.timeout(5):
                while database.trouble.counts.total() < seen + 2:  # noqa: ASYNC110 - it tells nobody
                    await asyncio.sleep(0.01)
            assert database.trouble.fault is not None
        async with asyncio.timeout(5):
            while database.trouble.fault is not None:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)
        assert await kept(database) == set()


@pytest.mark.parametrize("reads", [True, False])
async def test_what_led_to_a_fault_is_told_once_until_a_write_succeeds(tmp_path: Path, reads: bool) -> None:
    folder = tmp_path / "state"
    folder.mkdir()

    async def failure(database: Database) -> StorageFailed:
        with pytest.raises(StorageFailed) as failed:
            await (kept(database) if reads else database.write(adding("refused")))
        return failed.value

    async with migrated(folder) as database:
        for _ in range(2):
            async with mishaps.sqlite_gone(database, url_in(folder)):
                assert [(await failure(database)).tell_whole() for _ in range(3)] == [True, False, False]
            await database.write(kept_in)


async def test_a_postgresql_that_cannot_be_reached_is_said_without_its_password() -> None:
    with pytest.raises(CannotOpen) as refusal:
        await Database.open("postgresql://moveroom:hunter2@127.0.0.1:1/moveroom", alone=True)
    assert refusal.value.fault is StorageFault.AWAY
    assert "cannot be opened" in str(refusal.value)
    assert "hunter2" not in f"{refusal.value} {refusal.value.__cause__}"


async def test_a_database_without_tables_is_said(each_empty_url: str) -> None:
    with pytest.raises(CannotOpen, match="moveroom migrate"):
        await Database.open(each_empty_url)


async def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "moveroom.sqlite3").write_text("a letter" * 1000)
    with pytest.raises(CannotOpen, match="cannot be opened: file is not a database"):
        await Database.open(url_in(tmp_path))
