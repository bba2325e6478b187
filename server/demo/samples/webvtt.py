"""Captions and chapters of a timeline as WebVTT files (W3C WebVTT: The Web Video Text Tracks Format)."""

from __future__ import annotations

import textwrap
from itertools import pairwise

from server.demo.samples.timeline import Line, Timeline

LINE_LETTERS = 40
"""The most letters of one line of a caption; there are two lines at most."""
LINGER_MS = 900
"""How long a caption stays after it was said, unless the next one comes."""


def captions(timeline: Timeline) -> str:
    """Return all that is said, each sentence while it is said and a little after."""
    cues = [
        (line.start_ms, _shown_until(line, after), "\n".join(textwrap.wrap(line.words, LINE_LETTERS)))
        for line, after in pairwise([*timeline.lines, None])
        if line is not None
    ]
    return _file(cues)


def chapters(timeline: Timeline) -> str:
    """Return the titles of the parts, each from its start to the next one's."""
    starts = [*(chapter.start_ms for chapter in timeline.chapters), timeline.length_ms]
    titles = [chapter.title for chapter in timeline.chapters]
    return _file([(start, end, title) for (start, end), title in zip(pairwise(starts), titles, strict=True)])


def _shown_until(line: Line, after: Line | None) -> int:
    lingering = line.end_ms + LINGER_MS
    return lingering if after is None else min(lingering, after.start_ms)


def _file(cues: list[tuple[int, int, str]]) -> str:
    blocks = [
        f"{number}\n{_stamp(start)} --> {_stamp(end)}\n{words}"
        for number, (start, end, words) in enumerate(cues, start=1)
    ]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def _stamp(at_ms: int) -> str:
    seconds, ms = divmod(at_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{ms:03}"
