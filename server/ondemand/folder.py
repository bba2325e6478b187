"""One folder of the recordings: read, checked, and its files opened. Nothing outside it is ever reached.

Symbolic links are refused, whether they lead out of the folder or not: the recordings may lie on a share
that others can write to. A folder that cannot be used raises `LeftOut` with the reason.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from server.ondemand.manifest import MAX_BYTES as MAX_MANIFEST_BYTES
from server.ondemand.manifest import Manifest, NotAManifest, read_manifest
from server.ondemand.webvtt import MAX_BYTES as MAX_WEBVTT_BYTES
from server.ondemand.webvtt import Cue, NotWebVtt, read_webvtt

NAME = re.compile(r"[a-z0-9-]{1,80}", re.ASCII)
MANIFEST = "session.json"
MAX_FILES = 64
MAX_DURATION_MS = 4 * 60 * 60 * 1000
PROBE_PATIENCE_S = 10.0
_CONTAINERS = {"video/mp4": "mp4", "video/webm": "webm"}

Signature = tuple[tuple[str, int, int], ...]


class LeftOut(Exception):
    """This folder is no session; the message is the reason, for who put it there."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a session, as its chapters file names it."""

    start_ms: int
    title: str


@dataclass(frozen=True, slots=True)
class RecordedSession:
    """A session that can be watched."""

    name: str
    """Of its folder; stands in addresses and in the log of viewings."""
    folder: Path
    manifest: Manifest
    duration_ms: int
    chapters: tuple[Chapter, ...]
    transcript: tuple[Cue, ...]
    content_types: Mapping[str, str]
    """The files that may be served, each with its type."""


def signature(folder: Path) -> Signature:
    """Return name, time of change (ns) and size of all that lies in the folder; another means it changed.

    Cheap, whatever lies there. Raises `LeftOut` for too many files or a folder that cannot be listed.
    """
    found: list[tuple[str, int, int]] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if len(found) == MAX_FILES:
                    raise LeftOut(f"has more than {MAX_FILES} files")
                about = entry.stat(follow_symlinks=False)
                found.append((entry.name, about.st_mtime_ns, about.st_size))
    except OSError as problem:
        raise LeftOut(f"cannot be listed: {problem.strerror}") from None
    return tuple(sorted(found))


def read_folder(folder: Path) -> RecordedSession:
    """Read and check one folder; raises `LeftOut`. Blocks: files are read, the video's head is parsed."""
    if NAME.fullmatch(folder.name) is None:
        raise LeftOut("its name must be 1 to 80 of a-z, 0-9 and -")
    try:
        manifest = read_manifest(_content(folder, MANIFEST, MAX_MANIFEST_BYTES))
    except NotAManifest as wrong:
        raise LeftOut(f"{MANIFEST} {wrong}") from None
    types = manifest.content_types
    if manifest.poster is not None:
        open_within(folder, manifest.poster).close()
    duration_ms = _duration_ms(folder, manifest.video, types[manifest.video])
    transcript = _cues(folder, manifest.captions)
    chapters = _cues(folder, manifest.chapters) if manifest.chapters is not None else ()
    return RecordedSession(
        name=folder.name,
        folder=folder,
        manifest=manifest,
        duration_ms=duration_ms,
        chapters=tuple(Chapter(cue.start_ms, cue.text) for cue in chapters if cue.start_ms < duration_ms),
        transcript=tuple(cue for cue in transcript if cue.text),
        content_types=types,
    )


def open_within(folder: Path, name: str) -> BinaryIO:
    """Open a regular file of the folder for reading; raises `LeftOut` for anything else.

    Neither the folder nor the file may be a symbolic link at the moment of opening.
    """
    if "/" in name or name in ("", ".", ".."):
        raise LeftOut(f"{name!r} is no file name")
    try:
        inside = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            opened = open(os.open(name, flags, dir_fd=inside), "rb")  # noqa: SIM115 - given to the caller
        finally:
            os.close(inside)
    except OSError as problem:
        raise LeftOut(f"{name} cannot be opened: {problem.strerror}") from None
    if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
        opened.close()
        raise LeftOut(f"{name} is not a file")
    return opened


def _content(folder: Path, name: str, most: int) -> bytes:
    """Return a small file whole; one byte more than `most` is read at most, which its reader refuses."""
    with open_within(folder, name) as file:
        try:
            return file.read(most + 1)
        except OSError as problem:
            raise LeftOut(f"{name} cannot be read: {problem.strerror}") from None


def _cues(folder: Path, name: str) -> tuple[Cue, ...]:
    try:
        return read_webvtt(_content(folder, name, MAX_WEBVTT_BYTES))
    except NotWebVtt as wrong:
        raise LeftOut(f"{name} {wrong}") from None


def _duration_ms(folder: Path, name: str, content_type: str) -> int:
    """Read the video's length from its head.

    FFmpeg is given the opened file and the container's name, so that it neither guesses a playlist into it
    nor opens another file.
    """
    import av  # FFmpeg: for the first session that is looked at, not for the start
    from av.container import InputContainer
    from av.error import FFmpegError

    with open_within(folder, name) as file:
        try:
            with av.open(file, format=_CONTAINERS[content_type], timeout=PROBE_PATIENCE_S) as container:
                assert isinstance(container, InputContainer)
                if not container.streams.video:
                    raise LeftOut(f"{name} has no picture in it")
                duration_ms = round((container.duration or 0) * 1000 / av.time_base)
        except (FFmpegError, OSError, ValueError, EOFError):
            raise LeftOut(f"{name} is no video that can be read; is it still being copied?") from None
    if not 0 < duration_ms <= MAX_DURATION_MS:
        raise LeftOut(f"{name} must have a length of up to {MAX_DURATION_MS // 3_600_000} hours")
    return duration_ms
