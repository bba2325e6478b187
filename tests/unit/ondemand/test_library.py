from __future__ import annotations

import asyncio
import os
import shutil
import time
from pathlib import Path

import pytest
import structlog

from server.ondemand import library as library_module
from server.ondemand.library import LOOK_AGAIN_AFTER_S, MAX_FOLDERS, Library
from tests.unit.ondemand.recordings import add_session


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Shelf:
    """A library whose clock is set by the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seconds = Seconds()
        self.library = Library(folder, monotonic_s=self.seconds)

    async def names(self) -> list[str]:
        """What is there when somebody asks a few seconds later."""
        self.seconds.now += LOOK_AGAIN_AFTER_S
        return list(await self.library.sessions())


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


async def test_sessions_come_in_the_order_of_their_names(shelf: Shelf) -> None:
    for name in ("calf-raises", "sit-to-stand", "ankle-circles"):
        add_session(shelf.folder, name)
    assert await shelf.names() == ["ankle-circles", "calf-raises", "sit-to-stand"]
    found = await shelf.library.find("calf-raises")
    assert found is not None
    assert found.duration_ms == 2_000
    assert await shelf.library.find("nothing") is None


async def test_a_folder_that_is_dropped_in_appears_and_one_that_is_taken_away_is_gone(shelf: Shelf) -> None:
    add_session(shelf.folder, "one")
    assert await shelf.names() == ["one"]
    add_session(shelf.folder, "two")
    assert list(await shelf.library.sessions()) == ["one"], "looked at again too soon"
    assert await shelf.names() == ["one", "two"]
    shutil.rmtree(shelf.folder / "one")
    assert await shelf.names() == ["two"]


async def test_a_broken_folder_is_left_out_with_its_reason_once_and_harms_no_other(shelf: Shelf) -> None:
    add_session(shelf.folder, "good")
    add_session(shelf.folder, "no-captions", captions="words.vtt")
    add_session(shelf.folder, "Bad Name")
    (shelf.folder / "empty").mkdir()
    with structlog.testing.capture_logs() as logs:
        assert await shelf.names() == ["good"]
        assert await shelf.names() == ["good"]
    told = {entry["session"]: entry["reason"] for entry in logs if entry["event"] == "session_left_out"}
    assert told == dict(shelf.library.left_out)
    assert sorted(told) == ["Bad Name", "empty", "no-captions"]
    assert len(logs) == 3
    assert shelf.library.failures == {"session_left_out": 3}
    assert "words.vtt" in told["no-captions"]


async def test_a_broken_folder_is_there_as_soon_as_it_is_mended(shelf: Shelf) -> None:
    folder = add_session(shelf.folder, "one", captions="words.vtt")
    assert await shelf.names() == []
    (folder / "captions.vtt").rename(folder / "words.vtt")
    assert await shelf.names() == ["one"]
    assert shelf.library.left_out == {}


async def test_files_hidden_folders_and_links_are_passed_over(shelf: Shelf, tmp_path_factory) -> None:
    (shelf.folder / "README.md").write_text("how to")
    add_session(shelf.folder, ".being-made")
    elsewhere = add_session(tmp_path_factory.mktemp("elsewhere"), "linked")
    (shelf.folder / "linked").symlink_to(elsewhere)
    assert await shelf.names() == []
    assert shelf.library.left_out == {}


async def test_what_did_not_change_is_not_read_again(shelf: Shelf, monkeypatch) -> None:
    add_session(shelf.folder, "one")
    add_session(shelf.folder, "broken", captions="words.vtt")
    read: list[str] = []
    whole = library_module.read_folder

    def noted(folder: Path):
        read.append(folder.name)
        return whole(folder)

    monkeypatch.setattr(library_module, "read_folder", noted)
    await shelf.names()
    assert sorted(read) == ["broken", "one"]
    await shelf.names()
    assert len(read) == 2
    os.utime(shelf.folder / "one" / "captions.vtt", ns=(5, 5))
    await shelf.names()
    assert read[2:] == ["one"]


async def test_many_who_ask_at_once_have_the_folders_looked_at_once(shelf: Shelf, monkeypatch) -> None:
    add_session(shelf.folder, "one")
    looks: list[Path] = []
    whole = library_module._look

    def noted(folder: Path, before):
        looks.append(folder)
        return whole(folder, before)

    monkeypatch.setattr(library_module, "_look", noted)
    every = await asyncio.gather(*(shelf.library.sessions() for _ in range(20)))
    assert all(list(each) == ["one"] for each in every)
    assert len(looks) == 1


async def test_recordings_that_are_not_there_are_an_empty_library(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "recordings")
    with structlog.testing.capture_logs() as logs:
        assert await shelf.names() == []
        assert await shelf.names() == []
    assert [entry["event"] for entry in logs] == ["recordings_not_there"]
    add_session(shelf.folder, "one")
    assert await shelf.names() == ["one"]


async def test_a_fault_of_ours_leaves_out_one_folder_only(shelf: Shelf, monkeypatch) -> None:
    add_session(shelf.folder, "one")
    add_session(shelf.folder, "two")
    whole = library_module.read_folder

    def breaks(folder: Path):
        if folder.name == "one":
            raise RuntimeError
        return whole(folder)

    monkeypatch.setattr(library_module, "read_folder", breaks)
    with structlog.testing.capture_logs():
        assert await shelf.names() == ["two"]
    assert shelf.library.left_out == {"one": "met a fault of ours: RuntimeError"}


async def test_10_000_folders_are_looked_at_cheaply(shelf: Shelf) -> None:
    for number in range(10_000):
        (shelf.folder / f"z{number:05}").mkdir()
    add_session(shelf.folder, "a-session")
    with structlog.testing.capture_logs() as logs:
        assert await shelf.names() == ["a-session"]
        began = time.process_time()
        assert await shelf.names() == ["a-session"]
        assert time.process_time() - began < 1
    assert len(shelf.library.left_out) == MAX_FOLDERS - 1
    assert logs[-1] == {
        "event": "sessions_too_many",
        "left_out": 9_001,
        "most": 1_000,
        "log_level": "warning",
    }
