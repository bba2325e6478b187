from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from server.ondemand.folder import MAX_FILES, Chapter, LeftOut, open_within, read_folder, signature
from server.ondemand.webvtt import Cue
from tests.unit.ondemand.recordings import add_session, manifest, video


def test_a_folder_is_read_whole(tmp_path: Path) -> None:
    session = read_folder(add_session(tmp_path))
    assert (session.name, session.manifest.title, session.duration_ms) == (
        "sit-to-stand",
        "Sit to stand",
        2_000,
    )
    assert session.transcript == (
        Cue(0, 1_000, "Sit tall. Feet flat."),
        Cue(1_000, 2_000, "Lean forward. Nose over toes."),
    )
    assert session.chapters == (Chapter(0, "Warm up"), Chapter(1_000, "Standard version"))


def test_a_webm_will_do_as_well(tmp_path: Path) -> None:
    folder = add_session(tmp_path, video="video.webm")
    (folder / "video.webm").write_bytes(video(1, "webm"))
    session = read_folder(folder)
    assert session.content_types["video.webm"] == "video/webm"
    assert 800 <= session.duration_ms <= 1_000


@pytest.mark.parametrize("name", ["Sit to stand", "sit_to_stand", "a" * 81, "ärm", "open."])
def test_the_folders_name_must_fit_an_address(tmp_path: Path, name: str) -> None:
    with pytest.raises(LeftOut, match="name"):
        read_folder(add_session(tmp_path, name))


@pytest.mark.parametrize(
    "missing", ["session.json", "video.mp4", "captions.vtt", "chapters.vtt", "poster.jpg"]
)
def test_every_file_must_be_there(tmp_path: Path, missing: str) -> None:
    folder = add_session(tmp_path)
    (folder / missing).unlink()
    with pytest.raises(LeftOut, match=missing):
        read_folder(folder)


@pytest.mark.parametrize("name", ["session.json", "video.mp4", "captions.vtt", "poster.jpg"])
def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    folder = add_session(tmp_path / "recordings")
    (folder / name).rename(tmp_path / name)
    (folder / name).symlink_to(tmp_path / name)
    with pytest.raises(LeftOut, match=name):
        read_folder(folder)


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    folder = add_session(tmp_path / "elsewhere")
    linked = tmp_path / "linked"
    linked.symlink_to(folder)
    with pytest.raises(LeftOut):
        read_folder(linked)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "..", "", "a/b"])
def test_nothing_outside_the_folder_is_opened(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text("secret")
    folder = add_session(tmp_path)
    with pytest.raises(LeftOut):
        open_within(folder, name)


def test_a_pipe_in_the_place_of_a_file_holds_nobody_up(tmp_path: Path) -> None:
    folder = add_session(tmp_path)
    (folder / "captions.vtt").unlink()
    os.mkfifo(folder / "captions.vtt")
    with pytest.raises(LeftOut, match="not a file"):
        read_folder(folder)


def test_a_video_that_is_cut_off_is_left_out(tmp_path: Path) -> None:
    folder = add_session(tmp_path)
    (folder / "video.mp4").write_bytes(video()[:500])
    with pytest.raises(LeftOut, match="still being copied"):
        read_folder(folder)


@pytest.mark.parametrize("content", [b"", b"#EXTM3U\n#EXTINF:5,\n/etc/passwd\n", b"\0" * 100_000])
def test_what_is_no_video_is_left_out_and_nothing_else_opened_for_it(tmp_path: Path, content: bytes) -> None:
    folder = add_session(tmp_path)
    (folder / "video.mp4").write_bytes(content)
    with pytest.raises(LeftOut, match=r"video\.mp4"):
        read_folder(folder)


def test_a_webm_that_calls_itself_mp4_is_left_out(tmp_path: Path) -> None:
    folder = add_session(tmp_path)
    (folder / "video.mp4").write_bytes(video(1, "webm"))
    with pytest.raises(LeftOut):
        read_folder(folder)


def test_a_manifest_of_10_mb_is_refused_unread(tmp_path: Path) -> None:
    folder = add_session(tmp_path)
    (folder / "session.json").write_text(json.dumps(manifest(summary="x" * 10_000_000)))
    with pytest.raises(LeftOut, match="larger than 64 KiB"):
        read_folder(folder)


def test_captions_of_50_mb_are_refused_unread(tmp_path: Path) -> None:
    folder = add_session(tmp_path)
    os.truncate(folder / "captions.vtt", 50_000_000)
    with pytest.raises(LeftOut, match="larger than 512 KiB"):
        read_folder(folder)


def test_the_signature_changes_with_any_file_and_has_an_end(tmp_path: Path) -> None:
    folder = add_session(tmp_path)
    before = signature(folder)
    assert signature(folder) == before
    os.utime(folder / "captions.vtt", ns=(1, 1))
    assert signature(folder) != before
    for number in range(MAX_FILES):
        (folder / f"more{number}").touch()
    with pytest.raises(LeftOut, match="more than"):
        signature(folder)
