from __future__ import annotations

import re
from itertools import pairwise

import pytest

from server.demo.samples.scripts import SAMPLES, Sample
from server.demo.samples.timeline import Part, Say, plan
from server.demo.samples.webvtt import captions, chapters

every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)

STAMP = r"(\d\d):(\d\d):(\d\d)\.(\d\d\d)"


def cues(file: str) -> list[tuple[int, int, list[str]]]:
    """Read WebVTT the slow way: from, to (milliseconds), lines."""
    head, *blocks = file.rstrip("\n").split("\n\n")
    assert head == "WEBVTT"
    found = []
    for block in blocks:
        _number, times, *words = block.split("\n")
        match = re.fullmatch(f"{STAMP} --> {STAMP}", times)
        assert match
        start, end = (
            ((int(h) * 60 + int(m)) * 60 + int(s)) * 1000 + int(ms)
            for h, m, s, ms in (match.groups()[:4], match.groups()[4:])
        )
        found.append((start, end, words))
    return found


@every_sample
def test_captions_say_all_that_is_spoken_and_nothing_else(sample: Sample) -> None:
    assert [" ".join(words) for _start, _end, words in cues(captions(sample.timeline))] == [
        line.words for line in sample.timeline.lines
    ]


@every_sample
def test_captions_are_there_while_the_words_are_spoken_and_never_overlap(sample: Sample) -> None:
    timeline = sample.timeline
    shown = cues(captions(timeline))
    for (start, end, _words), line in zip(shown, timeline.lines, strict=True):
        assert start == line.start_ms
        assert line.end_ms <= end <= timeline.length_ms
    assert all(end <= after for (_start, end, _words), (after, _end, _next) in pairwise(shown))


@every_sample
def test_captions_have_two_lines_of_forty_letters_at_most(sample: Sample) -> None:
    for _start, _end, words in cues(captions(sample.timeline)):
        assert 1 <= len(words) <= 2
        assert all(0 < len(line) <= 40 for line in words)


def test_a_long_sentence_goes_over_two_lines() -> None:
    timeline = plan(
        [Part("Warm up", "p", (Say("Put your hands on the back of the chair and stand up tall."),))]
    )
    ((_start, _end, words),) = cues(captions(timeline))
    assert words == ["Put your hands on the back of the chair", "and stand up tall."]


@every_sample
def test_chapters_follow_each_other_without_a_gap_to_the_end(sample: Sample) -> None:
    timeline = sample.timeline
    parts = cues(chapters(timeline))
    assert [words for _start, _end, words in parts] == [[each.title] for each in timeline.chapters]
    assert parts[0][0] == 0
    assert all(end == after for (_start, end, _words), (after, _end, _next) in pairwise(parts))
    assert parts[-1][1] == timeline.length_ms
