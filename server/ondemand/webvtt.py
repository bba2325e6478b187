"""A strict reader of WebVTT (W3C, www.w3.org/TR/webvtt1): what captions and chapters files need, and no more.

Cue settings are passed over, comments, styles and regions left out, tags taken out of the text. A file that
breaks the form is refused whole: captions with a hole in them would be no captions to whom they matter.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

MAX_BYTES = 512 * 1024
MAX_CUES = 5_000
MAX_CUE_CHARACTERS = 1_000
MAX_MS = 24 * 60 * 60 * 1000

_TIME = r"(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t].*)?", re.ASCII)
_TAG = re.compile(r"<[^<>]*>")
_NOT_CUES = ("NOTE", "STYLE", "REGION")


class NotWebVtt(Exception):
    """The file is not WebVTT as needed here; the message says where and why, for who made it."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Words from `start_ms` to `end_ms`, without tags, on one line."""

    start_ms: int
    end_ms: int
    text: str


def read_webvtt(content: bytes) -> tuple[Cue, ...]:
    """Return the cues of a file in order; raises `NotWebVtt`, also for a file without any."""
    if len(content) > MAX_BYTES:
        raise NotWebVtt(f"is larger than {MAX_BYTES // 1024} KiB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotWebVtt("is not UTF-8") from None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise NotWebVtt("does not begin with WEBVTT")
    cues: list[Cue] = []
    for number, block in _blocks(lines):
        if (cue := _cue(number, block)) is not None:
            if cues and cue.start_ms < cues[-1].start_ms:
                raise NotWebVtt(f"line {number}: starts before the one above it")
            if len(cues) == MAX_CUES:
                raise NotWebVtt(f"has more than {MAX_CUES} cues")
            cues.append(cue)
    if not any(cue.text for cue in cues):
        raise NotWebVtt("has no words in it")
    return tuple(cues)


def _blocks(lines: list[str]) -> list[tuple[int, list[str]]]:
    """Return what stands between empty lines, each with the number of its first line; not the head."""
    blocks: list[tuple[int, list[str]]] = []
    begins = True
    for number, line in enumerate(lines, 1):
        if not line:
            begins = True
        elif begins:
            blocks.append((number, [line]))
            begins = False
        else:
            blocks[-1][1].append(line)
    return blocks[1:]


def _cue(number: int, block: list[str]) -> Cue | None:
    """Read one block; None for a comment, a style or a region."""
    if "-->" not in block[0]:
        if block[0].split(maxsplit=1)[:1] and block[0].split(maxsplit=1)[0] in _NOT_CUES:
            return None
        block = block[1:]  # the cue's identifier
    found = _TIMING.fullmatch(block[0].strip(" \t")) if block else None
    if found is None:
        raise NotWebVtt(f"line {number}: has no times such as 00:01.000 --> 00:04.000")
    start_ms, end_ms = _ms(*found.groups()[:4]), _ms(*found.groups()[4:])
    if not start_ms < end_ms <= MAX_MS:
        raise NotWebVtt(f"line {number}: ends before it starts, or too late")
    text = "\n".join(block[1:])
    if len(text) > MAX_CUE_CHARACTERS:
        raise NotWebVtt(f"line {number}: has more than {MAX_CUE_CHARACTERS} characters")
    if "-->" in text:
        raise NotWebVtt(f"line {number}: has --> within its words; is an empty line missing?")
    return Cue(start_ms, end_ms, " ".join(html.unescape(_TAG.sub("", text)).split()))


def _ms(hours: str | None, minutes: str, seconds: str, thousandths: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(thousandths)
