"""Putting the sample sessions into the folder of recordings: whole or not at all, by one maker at a time."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import structlog

from server.demo.samples.film import write_film
from server.demo.samples.pictures import Illustrator, picture_keys
from server.demo.samples.recipe import MARK, mark, to_make
from server.demo.samples.scripts import SAMPLES, Sample
from server.demo.samples.speech import SpeechFailed, Voice, spoken, toned
from server.demo.samples.timeline import Timeline
from server.demo.samples.webvtt import captions, chapters
from server.demo.service import SERVICE_NAME

log = structlog.get_logger(__name__)

AT_A_TIME = 1
"""Of two cores, one is left to the server and its class."""
LOCK = ".samples.lock"
MAKING, OLD = ".making-", ".old-"
"""Folders whose names begin with a dot are no sessions."""
POSTER_QUALITY = 88


def make_samples(
    recordings: Path, voice: Voice | None, *, samples: Sequence[Sample] = SAMPLES, at_a_time: int = AT_A_TIME
) -> list[str]:
    """Make the samples that are missing or outdated; returns their names.

    Waits while another process makes them. A process that is killed leaves folders behind that nobody lists;
    the next one removes them. `OSError` when the folder cannot be written.
    """
    recordings.mkdir(parents=True, exist_ok=True)
    with _alone(recordings), ThreadPoolExecutor(at_a_time) as pool:
        for left in [*recordings.glob(f"{MAKING}*"), *recordings.glob(f"{OLD}*")]:
            shutil.rmtree(left)
        wanted = to_make(recordings, tuple(sample.name for sample in samples), can_speak=voice is not None)
        making = [
            pool.submit(_make, recordings, sample, voice) for sample in samples if sample.name in wanted
        ]
        for each in making:
            each.result()
    return wanted


@contextmanager
def _alone(recordings: Path) -> Iterator[None]:
    """Hold the samples' lock, which the kernel lets go of however this process ends."""
    descriptor = os.open(recordings / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _make(recordings: Path, sample: Sample, voice: Voice | None) -> None:
    folder = recordings / f"{MAKING}{sample.name}"
    folder.mkdir()
    write_session(folder, sample, voice)
    place, old = recordings / sample.name, recordings / f"{OLD}{sample.name}"
    if place.exists():
        place.rename(old)
    folder.rename(place)
    shutil.rmtree(old, ignore_errors=True)
    log.info("sample_session_made", name=sample.name, spoken=voice is not None)


def write_session(folder: Path, sample: Sample, voice: Voice | None) -> None:
    """Write all files of a session into a folder."""
    timeline, illustrator = sample.timeline, Illustrator(sample)
    sound, says = _sound(timeline, voice)
    write_film(folder / "video.mp4", picture_keys(timeline), illustrator.picture, sound)
    illustrator.poster().save(folder / "poster.jpg", quality=POSTER_QUALITY, optimize=True)
    (folder / "captions.vtt").write_text(captions(timeline))
    (folder / "chapters.vtt").write_text(chapters(timeline))
    (folder / "session.json").write_text(json.dumps(manifest(sample), indent=2) + "\n")
    (folder / MARK).write_text(mark(spoken=says))


def manifest(sample: Sample) -> dict[str, object]:
    """Return what session.json says (recordings/README.md)."""
    level = {"level": sample.level} if sample.level else {}
    return {
        "title": sample.title,
        "summary": sample.summary,
        "video": "video.mp4",
        "captions": "captions.vtt",
        "chapters": "chapters.vtt",
        "poster": "poster.jpg",
        "language": "en-GB",
        "tags": list(sample.tags),
        **level,
        "week": sample.week,
        "audience": sample.audience if isinstance(sample.audience, str) else _programmes(sample.audience),
    }


def _programmes(titles: tuple[str, ...]) -> dict[str, object]:
    return {"service": SERVICE_NAME, "programmes": list(titles)}


def _sound(timeline: Timeline, voice: Voice | None) -> tuple[bytes, bool]:
    """Return the sound, and whether words are in it."""
    if voice is not None:
        try:
            return spoken(timeline, voice), True
        except SpeechFailed as problem:
            log.warning("sample_session_without_speech", why=str(problem))
    return toned(timeline), False
