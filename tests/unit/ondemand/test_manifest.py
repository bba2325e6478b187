from __future__ import annotations

import json
import random

import pytest

from server.ondemand.manifest import MAX_BYTES, NotAManifest, ProgrammesOf, read_manifest
from tests.unit.ondemand.recordings import manifest


def read(**changes):
    return read_manifest(json.dumps(manifest(**changes)).encode())


def test_a_whole_manifest_is_read() -> None:
    found = read(audience={"service": "Riverside MSK groups", "programmes": ["Knee and hip group"]})
    assert (found.title, found.week, found.tags) == ("Sit to stand", 3, ("Knee", "Chair"))
    assert found.audience == ProgrammesOf(service="Riverside MSK groups", programmes=("Knee and hip group",))
    assert found.content_types == {
        "video.mp4": "video/mp4",
        "captions.vtt": "text/vtt; charset=utf-8",
        "chapters.vtt": "text/vtt; charset=utf-8",
        "poster.jpg": "image/jpeg",
    }


def test_only_a_title_a_summary_a_video_captions_a_language_and_an_audience_are_needed() -> None:
    found = read(chapters=None, poster=None, level=None, week=None, tags=None)
    assert (found.chapters, found.poster, found.level, found.week, found.tags) == (None, None, None, None, ())
    for name in ("title", "summary", "video", "captions", "language", "audience"):
        with pytest.raises(NotAManifest, match=name):
            read(**{name: None})


@pytest.mark.parametrize(
    "name",
    [
        "../video.mp4",
        "/etc/passwd.mp4",
        "a/b.mp4",
        "..mp4",
        ".hidden.mp4",
        "video.mp4\n",
        "video.mp4\x00",
        "vidéo.mp4",
        "video.exe",
        "video",
        "session.json",
        "x" * 100 + ".mp4",
        "",
        7,
    ],
)
def test_a_file_is_a_name_of_its_kind_within_the_folder(name: object) -> None:
    with pytest.raises(NotAManifest, match="video"):
        read(video=name)


@pytest.mark.parametrize(
    "changes",
    [
        {"titel": "x"},
        {"title": ""},
        {"title": "   "},
        {"title": "two\nlines"},
        {"title": "x" * 121},
        {"summary": "x" * 501},
        {"tags": ["x"] * 11},
        {"tags": [""]},
        {"tags": "Knee"},
        {"week": 0},
        {"week": "3"},
        {"week": 3.5},
        {"week": True},
        {"language": "English"},
        {"audience": "staff"},
        {"audience": []},
        {"audience": [""]},
        {"audience": {"everyone": True}},
        {"audience": {"service": "Riverside MSK groups"}},
        {"audience": {"programmes": ["Back group"]}},
        {"audience": {"service": "Riverside MSK groups", "programmes": []}},
        {"audience": [{"service": "Riverside MSK groups", "programmes": ["Back group"]}, "Knee group"]},
        {"captions": "captions.srt"},
        {"poster": "poster.svg"},
    ],
)
def test_what_is_not_of_the_form_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(NotAManifest):
        read(**changes)


def test_titles_without_their_service_are_refused_and_it_is_said_what_to_write() -> None:
    with pytest.raises(NotAManifest, match=r"audience: must be .*service.*programmes.*another service"):
        read(audience=["Knee and hip group"])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff\xfe",
        b"[" * 60_000,
        b'{"title":' * 7_000,
        b'{"title": "' + b"x" * MAX_BYTES + b'"}',
        b'{"week": ' + b"9" * 60_000 + b"}",
    ],
)
def test_hostile_content_is_refused(content: bytes) -> None:
    with pytest.raises(NotAManifest):
        read_manifest(content)


def test_20_000_broken_manifests_are_read_or_refused_and_nothing_else() -> None:
    whole = json.dumps(manifest()).encode()
    chance = random.Random(3)
    for _ in range(20_000):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(broken))
            broken[at : at + chance.randint(0, 6)] = chance.choice(
                [b"", b'"', b"{", b"0", b"\\", b"\xf0", b","]
            )
        try:
            found = read_manifest(bytes(broken))
        except NotAManifest:
            continue
        assert all("/" not in name for name in found.content_types)
