"""Files of sessions over HTTP, as players ask for them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.pages.world import World
from tests.unit.ondemand.recordings import add_session, video

NAME = "sit-to-stand"


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Watching:
    """Margaret's browser, and a session in the recordings."""

    def __init__(self, world: World, folder: Path, link_id: str) -> None:
        self.world, self.folder = world, folder
        self.address = f"/watch/{link_id}/{NAME}"

    async def get(self, file: str = "video.mp4", method: str = "GET", **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        address = f"{self.address}/{file}"
        async with self.world.browser.request(
            method, address, headers=named, allow_redirects=False
        ) as answer:
            return Answer(answer.status, answer.headers, await answer.read())


@pytest.fixture
async def watching(world: World, tmp_path: Path) -> Watching:
    folder = add_session(tmp_path / "recordings", NAME)
    return Watching(world, folder, await world.link_id(world.margaret))


async def test_the_whole_file_comes_with_all_that_a_browser_needs_to_keep_it(watching: Watching) -> None:
    answer = await watching.get()
    about = (watching.folder / "video.mp4").stat()
    assert answer.status == 200
    assert answer.body == video()
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Content-Length"] == str(about.st_size)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["ETag"] == f'"{about.st_mtime_ns:x}-{about.st_size:x}"'
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Last-Modified" in answer.headers
    assert "media-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("file", "content_type"),
    [
        ("captions.vtt", "text/vtt; charset=utf-8"),
        ("chapters.vtt", "text/vtt; charset=utf-8"),
        ("poster.jpg", "image/jpeg"),
    ],
)
async def test_each_file_has_its_type(watching: Watching, file: str, content_type: str) -> None:
    answer = await watching.get(file)
    assert (answer.status, answer.headers["Content-Type"]) == (200, content_type)
    assert answer.body == (watching.folder / file).read_bytes()


async def test_a_range_is_a_part(watching: Watching) -> None:
    answer = await watching.get(Range="bytes=100-199")
    assert answer.status == 206
    assert answer.body == video()[100:200]
    assert answer.headers["Content-Range"] == f"bytes 100-199/{len(video())}"
    assert answer.headers["Content-Length"] == "100"
    last = await watching.get(Range="bytes=-7")
    assert last.body == video()[-7:]


async def test_a_range_beyond_the_end_says_how_long_the_file_is(watching: Watching) -> None:
    answer = await watching.get(Range="bytes=99999999-")
    assert answer.status == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(video())}"
    assert answer.body == b""


async def test_several_ranges_are_answered_with_the_whole_file(watching: Watching) -> None:
    answer = await watching.get(Range="bytes=0-1,50-60")
    assert answer.status == 200
    assert answer.body == video()


async def test_a_file_that_changed_is_not_continued_with_the_bytes_of_another(watching: Watching) -> None:
    before = (await watching.get()).headers["ETag"]
    assert (await watching.get(Range="bytes=5-", If_Range=before)).status == 206
    (watching.folder / "video.mp4").write_bytes(video(1))
    answer = await watching.get(Range="bytes=5-", If_Range=before)
    assert answer.status == 200
    assert answer.body == video(1)


async def test_what_the_browser_still_has_is_not_sent_again(watching: Watching) -> None:
    first = await watching.get()
    by_tag = await watching.get(If_None_Match=first.headers["ETag"])
    by_date = await watching.get(If_Modified_Since=first.headers["Last-Modified"])
    assert [by_tag.status, by_date.status] == [304, 304]
    assert by_tag.headers["ETag"] == first.headers["ETag"]
    assert by_tag.headers["Cache-Control"] == "private, no-cache"
    assert by_tag.body == b""
    assert (await watching.get(If_Match='"another"')).status == 412


async def test_head_tells_the_same_without_the_file(watching: Watching) -> None:
    whole, head = await watching.get(), await watching.get(method="HEAD", Range="bytes=0-4")
    assert head.status == 200
    assert head.body == b""
    for name in ("Content-Length", "Content-Type", "ETag", "Last-Modified", "Accept-Ranges", "Cache-Control"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize(
    "file",
    [
        "session.json",
        "notes.txt",
        "video.mp4.bak",
        "..%2fsecret.mp4",
        "%2e%2e/%2e%2e/moveroom.sqlite3",
        "..",
        "watched",
        "VIDEO.MP4",
        "video.mp4%00",
    ],
)
async def test_only_files_that_the_manifest_names_are_there(watching: Watching, file: str) -> None:
    (watching.folder / "notes.txt").write_text("not for patients")
    (watching.folder / "video.mp4.bak").write_text("not for patients")
    (watching.folder.parent / "secret.mp4").write_text("secret")
    answer = await watching.get(file)
    assert answer.status in (404, 405)
    assert b"secret" not in answer.body
    assert b"not for patients" not in answer.body


async def test_a_file_that_became_a_link_after_it_was_listed_is_not_followed(watching: Watching) -> None:
    assert (await watching.get()).status == 200
    secret = watching.folder.parent / "secret.mp4"
    secret.write_text("secret")
    (watching.folder / "video.mp4").unlink()
    (watching.folder / "video.mp4").symlink_to(secret)
    answer = await watching.get()
    assert answer.status == 404
    assert b"secret" not in answer.body


async def test_no_file_stays_open(watching: Watching) -> None:
    await watching.get()
    before = len(os.listdir("/proc/self/fd"))
    for headers in ({}, {"Range": "bytes=5-9"}, {"Range": "bytes=999999-"}, {"If_None_Match": "*"}):
        for method in ("GET", "HEAD"):
            for _ in range(5):
                await watching.get(method=method, **headers)
    assert len(os.listdir("/proc/self/fd")) <= before
