"""Folders of sessions, with a real video of a second or two in them."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import av

CAPTIONS = """WEBVTT

00:00.000 --> 00:01.000
Sit tall. Feet flat.

00:01.000 --> 00:02.000
Lean forward. <b>Nose</b> over toes.
"""
CHAPTERS = """WEBVTT

1
00:00.000 --> 00:01.000
Warm up

2
00:01.000 --> 00:02.000
Standard version
"""


def video(seconds: int = 2, container: str = "mp4") -> bytes:
    """A grey picture of that length, five frames a second; the same bytes each time."""
    return _encoded(seconds, container)


@cache  # by all its arguments: an encoder need not write the same bytes twice
def _encoded(seconds: int, container: str) -> bytes:
    written = io.BytesIO()
    with av.open(written, "w", format=container) as output:
        stream = output.add_stream("libx264" if container == "mp4" else "libvpx", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for number in range(5 * seconds):
            grey = av.VideoFrame(64, 36, "yuv420p")
            for plane in grey.planes:
                plane.update(bytes([128]) * plane.buffer_size)
            grey.pts = number
            output.mux(stream.encode(grey))
        output.mux(stream.encode(None))
    return written.getvalue()


def manifest(**changes: Any) -> dict[str, Any]:
    """A whole manifest; None takes a field away."""
    fields = {
        "title": "Sit to stand",
        "summary": "Strong legs for stairs and chairs.",
        "video": "video.mp4",
        "captions": "captions.vtt",
        "chapters": "chapters.vtt",
        "poster": "poster.jpg",
        "language": "en-GB",
        "tags": ["Knee", "Chair"],
        "level": "Easier version",
        "week": 3,
        "audience": "patients",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def add_session(recordings: Path, name: str = "sit-to-stand", *, seconds: int = 2, **changes: Any) -> Path:
    """Put a whole session into the recordings; `changes` are of its manifest."""
    folder = recordings / name
    folder.mkdir(parents=True)
    (folder / "video.mp4").write_bytes(video(seconds))
    (folder / "captions.vtt").write_text(CAPTIONS)
    (folder / "chapters.vtt").write_text(CHAPTERS)
    (folder / "poster.jpg").write_bytes(b"a picture")
    (folder / "session.json").write_text(json.dumps(manifest(**changes)))
    return folder
