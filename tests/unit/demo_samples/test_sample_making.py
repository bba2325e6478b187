from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import av
import pytest
from PIL import Image

from server.demo.samples import making, recipe
from server.demo.samples.background import LIFELINE, NAMES, samples_in_background
from server.demo.samples.making import make_samples, manifest, write_session
from server.demo.samples.recipe import MARK, State, state_of
from server.demo.samples.scripts import SAMPLES, Sample
from server.demo.samples.timeline import Counted, Pace, Part, Say

QUICK = dataclasses.replace(
    SAMPLES[0],
    name="quick",
    parts=(
        Part(
            "Count",
            "seated, arms crossed",
            (Say("Go."), Counted("stand", Pace(400, 200, 400, 200), 2, "Up.", "Down.")),
        ),
    ),
)
"""A few seconds instead of a minute."""


def said(_words: str) -> bytes:
    return b"\x10\x10" * 2000


def files(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def two() -> tuple[Sample, Sample]:
    return QUICK, dataclasses.replace(QUICK, name="other")


def test_a_session_is_a_film_that_every_browser_plays(tmp_path: Path) -> None:
    write_session(tmp_path, QUICK, said)
    length_s = QUICK.timeline.length_ms / 1000
    with av.open(str(tmp_path / "video.mp4")) as film:
        picture, sound = film.streams.video[0], film.streams.audio[0]
        assert (picture.codec_context.name, picture.format.name) == ("h264", "yuv420p")
        assert (picture.width, picture.height) == (640, 360)
        assert float(picture.duration * picture.time_base) == pytest.approx(length_s, abs=0.05)
        assert sound.codec_context.name == "aac"
        assert float(sound.duration * sound.time_base) == pytest.approx(length_s, abs=0.1)
        frames = list(film.decode(picture))
        keys = [frame.time for frame in frames if frame.key_frame]
    assert 20 < len(frames) <= QUICK.timeline.length_ms // 40
    assert keys[0] == 0
    assert max(after - before for before, after in zip(keys, [*keys[1:], length_s], strict=True)) <= 2.0
    boxes = (tmp_path / "video.mp4").read_bytes()
    assert boxes.index(b"moov") < boxes.index(b"mdat")


def test_the_picture_moves_with_the_count_and_shows_the_number(tmp_path: Path) -> None:
    write_session(tmp_path, QUICK, None)
    first, second = QUICK.timeline.strokes
    with av.open(str(tmp_path / "video.mp4")) as film:
        frames = [(round(frame.time * 1000), frame.to_image()) for frame in film.decode(video=0)]

    def shown(at_ms: int) -> Image.Image:
        return [image for begins_ms, image in frames if begins_ms <= at_ms][-1]

    def differs(a: int, b: int, box: tuple[int, int, int, int]) -> bool:
        one, other = (shown(at_ms).crop(box).convert("L").tobytes() for at_ms in (a, b))
        return max(abs(x - y) for x, y in zip(one, other, strict=True)) > 60

    number, figure = (32, 48, 164, 208), (200, 20, 420, 330)
    assert differs(first.start_ms, first.start_ms + 480, figure)
    assert not differs(first.start_ms, first.start_ms + 480, number)
    assert differs(first.start_ms + 480, second.start_ms + 480, number)
    assert not differs(first.start_ms + 480, second.start_ms + 480, figure)


def test_a_session_has_captions_chapters_and_a_poster(tmp_path: Path) -> None:
    write_session(tmp_path, QUICK, said)
    told = json.loads((tmp_path / "session.json").read_text())
    for named in ("captions", "chapters"):
        assert (tmp_path / told[named]).read_text().startswith("WEBVTT\n")
    with Image.open(tmp_path / told["poster"]) as poster:
        assert (poster.format, poster.size) == ("JPEG", (1280, 720))
    assert told["language"] == "en-GB"


def test_who_may_watch_each_sample() -> None:
    told = {sample.name: manifest(sample) for sample in SAMPLES}
    assert {name: each["audience"] for name, each in told.items()} == {
        "sit-to-stand": "everyone",
        "calf-raises": "patients",
        "seated-knee-lifts": {"service": "Riverside MSK groups", "programmes": ["Knee and hip group"]},
    }
    assert {each["week"] for each in told.values()} == {3}
    assert tuple(told) == NAMES


def test_samples_that_are_there_are_kept(tmp_path: Path, two: tuple[Sample, Sample]) -> None:
    assert make_samples(tmp_path, said, samples=two) == ["quick", "other"]
    before = files(tmp_path)
    assert make_samples(tmp_path, said, samples=two) == []
    assert files(tmp_path) == before


def test_one_that_is_missing_is_made_again_alone(tmp_path: Path, two: tuple[Sample, Sample]) -> None:
    make_samples(tmp_path, said, samples=two)
    (tmp_path / "quick").rename(tmp_path / ".gone")
    assert make_samples(tmp_path, said, samples=two) == ["quick"]
    assert state_of(tmp_path / "quick", can_speak=True) is State.MADE


def test_a_changed_recipe_makes_all_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_samples(tmp_path, said, samples=[QUICK])
    monkeypatch.setattr(recipe, "RECIPE", recipe.RECIPE + 1)
    assert make_samples(tmp_path, said, samples=[QUICK]) == ["quick"]
    assert json.loads((tmp_path / "quick" / MARK).read_text())["recipe"] == recipe.RECIPE


def test_as_soon_as_there_is_speech_the_silent_ones_are_made_anew(tmp_path: Path) -> None:
    make_samples(tmp_path, None, samples=[QUICK])
    assert make_samples(tmp_path, None, samples=[QUICK]) == []
    assert make_samples(tmp_path, said, samples=[QUICK]) == ["quick"]
    assert make_samples(tmp_path, None, samples=[QUICK]) == []


def test_a_folder_that_somebody_else_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "quick").mkdir()
    (tmp_path / "quick" / "session.json").write_text("{}")
    before = files(tmp_path)
    assert make_samples(tmp_path, said, samples=[QUICK]) == []
    assert {name: kept for name, kept in files(tmp_path).items() if name.startswith("quick")} == before


def test_what_a_killed_maker_left_behind_is_cleared_away(tmp_path: Path) -> None:
    for left in (".making-quick", ".old-quick"):
        (tmp_path / left).mkdir()
        (tmp_path / left / "video.mp4").write_bytes(b"half")
    make_samples(tmp_path, said, samples=[QUICK])
    assert {path.name for path in tmp_path.iterdir()} == {"quick", ".samples.lock"}


def test_a_session_that_fails_leaves_nothing_that_looks_like_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "write_film", full)
    with pytest.raises(OSError, match="No space"):
        make_samples(tmp_path, said, samples=[QUICK])
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == []


async def test_two_that_start_at_once_make_each_sample_once(tmp_path: Path) -> None:
    made = await asyncio.gather(
        *(asyncio.to_thread(make_samples, tmp_path, said, samples=[QUICK]) for _ in range(2))
    )
    assert sorted(made) == [[], ["quick"]]
    assert state_of(tmp_path / "quick", can_speak=True) is State.MADE


def test_a_maker_that_is_killed_leaves_no_broken_session_and_the_next_one_finishes(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from tests.unit.demo_samples.test_sample_making import QUICK, make_samples, said, making\n"
        "real = making.write_film\n"
        "def stuck(*arguments):\n"
        "    real(*arguments); print('half', flush=True); sys.stdin.read()\n"
        "making.write_film = stuck\n"
        f"make_samples(Path({str(tmp_path)!r}), said, samples=[QUICK])\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as maker:
        assert maker.stdout is not None
        assert maker.stdout.readline() == "half\n"
        maker.send_signal(signal.SIGKILL)
    assert not (tmp_path / "quick").exists()
    assert make_samples(tmp_path, said, samples=[QUICK]) == ["quick"]
    assert not (tmp_path / ".making-quick").exists()


def test_the_demo_ends_the_maker_that_it_started(tmp_path: Path) -> None:
    with samples_in_background(tmp_path):
        (maker,) = children_that_make(tmp_path)
    assert not Path(f"/proc/{maker}").exists()


def test_when_all_samples_are_there_nothing_is_started(tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "session.json").write_text("{}")
        (tmp_path / name / MARK).write_text(recipe.mark(spoken=True))
    with samples_in_background(tmp_path):
        assert children_that_make(tmp_path) == []


def started_maker(recordings: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "server.demo.samples", LIFELINE, str(recordings)],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with started_maker(tmp_path / "file" / "recordings") as maker:
        assert maker.stderr is not None
        told = maker.stderr.read()
        assert maker.wait(30) == 1
    assert "The demo goes on without its sample sessions" in told
    assert "Traceback" not in told


def test_a_maker_ends_when_the_demo_is_gone_however_it_went(tmp_path: Path) -> None:
    with started_maker(tmp_path) as maker:
        assert maker.stdin is not None
        maker.stdin.close()
        assert maker.wait(30) == 0
    assert not (tmp_path / "seated-knee-lifts").exists()


def children_that_make(recordings: Path) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
            # The maker's own children look like it until they have become what they run.
            if os.fsencode(recordings) in words and parent == os.getpid():
                found.append(int(entry.name))
    return found
