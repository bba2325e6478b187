"""Files and folders of an installation: private, written whole, held by one server at a time."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from server.data_folder import held_alone, kept_secret, make_data_folder, make_way_for, write_whole
from server.errors import CannotStart


def test_the_folder_is_made_for_this_user_only(tmp_path: Path):
    folder = tmp_path / "a" / "b"
    make_data_folder(folder)
    make_data_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_file_in_the_folder_s_place_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(CannotStart, match="MOVEROOM_DATA_DIR"):
            make_data_folder(folder)


def test_a_second_server_on_the_folder_is_refused_until_the_first_has_ended(tmp_path: Path):
    with held_alone(tmp_path), pytest.raises(CannotStart, match="another Moveroom"), held_alone(tmp_path):
        pass
    with held_alone(tmp_path):
        pass


def test_links_of_an_earlier_start_are_removed_and_a_folder_that_is_missing_is_named(tmp_path: Path):
    links = tmp_path / "links.json"
    links.write_text("old")
    make_way_for(links)
    assert not links.exists()
    with pytest.raises(CannotStart, match="MOVEROOM_LINKS_JSON"):
        make_way_for(tmp_path / "nowhere" / "links.json")


def test_a_file_is_written_whole_and_for_this_user_only(tmp_path: Path):
    file = tmp_path / "links.json"
    write_whole(file, "first")
    write_whole(file, "second")
    assert file.read_text() == "second"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_secret_is_made_once_and_for_this_user_only(tmp_path: Path):
    file = tmp_path / "secret"
    assert kept_secret(file, lambda: b"first") == b"first"
    assert kept_secret(file, lambda: b"second") == b"first"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_secret_that_another_process_kept_first_is_everybodys(tmp_path: Path):
    file = tmp_path / "secret"

    def beaten() -> bytes:
        file.write_bytes(b"first")
        return b"second"

    assert kept_secret(file, beaten) == b"first"
    assert list(tmp_path.iterdir()) == [file]


def test_a_secret_that_cannot_be_kept_is_none(tmp_path: Path):
    with pytest.raises(OSError, match="No such file"):
        kept_secret(tmp_path / "nowhere" / "secret", lambda: b"secret")
