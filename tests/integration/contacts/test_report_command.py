"""`moveroom report` as a process, beside a server that has the database open."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.contacts.log import ContactLog
from server.contacts.months import Month
from server.contacts.service_months import service_months
from server.storage import tables as t
from server.storage.database import Database, StorageFailed
from server.storage.faults import StorageFault
from tests.integration.contacts.clinic import RULES, seed_clinic
from tests.integration.contacts.test_report import held
from tests.integration.rooms.world import CLASS
from tests.integration.storage.databases import TUESDAY_10AM, numbered_ids


def moveroom(folder: Path, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server.cli", *arguments],
        env={**os.environ, "MOVEROOM_DATA_DIR": str(folder), "MOVEROOM_DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_the_report_is_printed_and_written_while_the_server_has_the_database(
    each_database_url: str, tmp_path: Path
) -> None:
    server = await Database.open(each_database_url, alone=True)
    try:
        await seed_clinic(server)
        await held(server, CLASS, TUESDAY_10AM, {"hannah": (0, 60), "margaret": (0, 60)})
        csv_file = tmp_path / "november.csv"
        ended = moveroom(tmp_path, each_database_url, "report", "2026-11", "--csv", str(csv_file))
        assert ended.returncode == 0
        assert ended.stderr.startswith(f"moveroom: {csv_file} has patient-level data")
        assert ended.stderr.count("\n") == 1
        assert "Riverside Physiotherapy, November 2026" in ended.stdout
        assert "Virtual contacts   1 (target 80)" in ended.stdout
        lines = csv_file.read_text().splitlines()
        assert len(lines) == 5
        assert csv_file.stat().st_mode & 0o777 == 0o600, "for this user only"
        again = moveroom(tmp_path, each_database_url, "report", "2026-11", "--csv", str(csv_file))
        assert again.stdout == ended.stdout
        assert csv_file.read_text().splitlines() == lines, "the same contacts with the same ids"
    finally:
        await server.close()


async def test_the_report_of_one_service_has_nothing_of_the_others(
    each_database_url: str, tmp_path: Path
) -> None:
    server = await Database.open(each_database_url)
    try:
        await seed_clinic(server)
        await server.write(another_service)
        await held(server, CLASS, TUESDAY_10AM, {"hannah": (0, 60), "margaret": (0, 60)})
    finally:
        await server.close()
    csv_file = tmp_path / "november.csv"
    arguments = ("report", "2026-11", "--csv", str(csv_file), "--service")
    ended = moveroom(tmp_path, each_database_url, *arguments, "Harbour Physiotherapy")
    assert ended.returncode == 0
    assert "Harbour Physiotherapy, November 2026" in ended.stdout
    assert "Riverside" not in ended.stdout
    assert len(csv_file.read_text().splitlines()) == 1
    csv_file.unlink()
    unknown = moveroom(tmp_path, each_database_url, *arguments, "Harbor")
    assert unknown.returncode == 2
    assert "Harbour Physiotherapy, Riverside Physiotherapy" in unknown.stderr
    assert not csv_file.exists()


async def another_service(session: Any) -> None:
    session.add(t.Service(id="service2", name="Harbour Physiotherapy", phone="01632 960200"))


async def test_a_database_that_cannot_be_written_is_reported_on_as_far_as_it_is_settled(
    each_database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await seed_clinic(each_database)
    await held(each_database, CLASS, TUESDAY_10AM, {"hannah": (0, 60), "margaret": (0, 60)})

    async def full(work: object) -> None:
        raise StorageFailed("no room", StorageFault.FULL)

    monkeypatch.setattr(each_database, "write", full)
    now = TUESDAY_10AM + timedelta(hours=2)
    (month,) = await service_months(
        each_database, ContactLog(RULES, numbered_ids()), Month(2026, 11), now=now
    )
    assert month.report.by_status == {"0": 4}
    assert "classes_not_settled" in capsys.readouterr().out


@pytest.mark.parametrize("month", ["2026-13", "November", "2026"])
def test_a_wrong_month_is_said_in_words(tmp_path: Path, month: str) -> None:
    ended = moveroom(tmp_path, "", "report", month)
    assert ended.returncode == 2
    assert "such as 2026-11" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_report_without_a_database_says_what_to_do(tmp_path: Path) -> None:
    ended = moveroom(tmp_path, "", "report", "2026-11")
    assert ended.returncode == 2
    assert "moveroom migrate" in ended.stderr


async def test_a_file_that_cannot_be_written_is_named(each_database_url: str, tmp_path: Path) -> None:
    nowhere = tmp_path / "no" / "such" / "folder.csv"
    ended = moveroom(tmp_path, each_database_url, "report", "2026-11", "--csv", str(nowhere))
    assert ended.returncode == 2
    assert str(nowhere) in ended.stderr
    assert "Traceback" not in ended.stderr
