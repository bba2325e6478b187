from __future__ import annotations

import errno
import hmac
import stat
from pathlib import Path

import pytest

from server.contacts.experience_secret import ExperienceSecrets
from server.contacts.months import Month
from server.storage.database import StorageFailed
from server.storage.faults import StorageFault

NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)


def file_of(folder: Path, month: Month) -> Path:
    return folder / f"experience-secret-{month}"


def test_a_token_is_a_keyed_hash_of_person_and_month(tmp_path: Path) -> None:
    token = ExperienceSecrets(tmp_path, lambda: b"s" * 32).token("margaret", NOVEMBER)
    assert token == hmac.new(b"s" * 32, b"margaret 2026-11", "sha256").hexdigest()


def test_two_people_and_two_months_have_tokens_of_their_own(tmp_path: Path) -> None:
    secrets = ExperienceSecrets(tmp_path)
    tokens = {secrets.token(who, month) for who in ("margaret", "dennis") for month in (NOVEMBER, DECEMBER)}
    assert len(tokens) == 4


def test_the_token_is_the_same_after_a_restart(tmp_path: Path) -> None:
    before = ExperienceSecrets(tmp_path).token("margaret", NOVEMBER)
    assert ExperienceSecrets(tmp_path).token("margaret", NOVEMBER) == before


def test_the_secret_is_random_and_for_the_servers_user_only(tmp_path: Path) -> None:
    one, another = tmp_path / "one", tmp_path / "another"
    for folder in (one, another):
        folder.mkdir()
        ExperienceSecrets(folder).token("margaret", NOVEMBER)
    assert file_of(one, NOVEMBER).read_bytes() != file_of(another, NOVEMBER).read_bytes()
    assert len(file_of(one, NOVEMBER).read_bytes()) == 32
    assert stat.S_IMODE(file_of(one, NOVEMBER).stat().st_mode) == 0o600
    assert [file.name for file in one.iterdir()] == ["experience-secret-2026-11"]


def test_the_secret_of_a_month_that_is_over_is_destroyed(tmp_path: Path) -> None:
    secrets = ExperienceSecrets(tmp_path)
    november = secrets.token("margaret", NOVEMBER)
    secrets.token("margaret", DECEMBER)
    assert [file.name for file in tmp_path.iterdir()] == ["experience-secret-2026-12"]
    assert ExperienceSecrets(tmp_path).token("margaret", NOVEMBER) != november


def test_a_secret_that_another_process_made_first_is_kept(tmp_path: Path) -> None:
    def beaten() -> bytes:
        file_of(tmp_path, NOVEMBER).write_bytes(b"first" * 8)
        return b"second" * 8

    token = ExperienceSecrets(tmp_path, beaten).token("margaret", NOVEMBER)
    assert file_of(tmp_path, NOVEMBER).read_bytes() == b"first" * 8
    assert token == ExperienceSecrets(tmp_path).token("margaret", NOVEMBER)


def test_a_secret_that_cannot_be_kept_is_a_fault_of_the_storage_and_no_known_secret(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed) as raised:
        ExperienceSecrets(tmp_path / "missing").token("margaret", NOVEMBER)
    assert raised.value.fault is StorageFault.FAILED


def test_a_full_disk_is_told_as_such_and_the_next_time_tries_again(tmp_path: Path) -> None:
    def full() -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device")

    secrets = ExperienceSecrets(tmp_path, full)
    with pytest.raises(StorageFailed) as raised:
        secrets.token("margaret", NOVEMBER)
    assert raised.value.fault is StorageFault.FULL
    assert not file_of(tmp_path, NOVEMBER).exists()
    assert ExperienceSecrets(tmp_path).token("margaret", NOVEMBER)
