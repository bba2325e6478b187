from __future__ import annotations

from itertools import pairwise

import pytest

from server.demo.samples.scripts import SAMPLES, Sample
from server.demo.samples.timeline import FRAME_MS, Counted, Pace, Part, Say, SayWhile, plan, spoken_ms

every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)

PACE = Pace(400, 200, 400, 200)


def test_what_is_said_comes_one_after_the_other() -> None:
    timeline = plan([Part("Warm up", "p", (Say("Sit tall."), Say("Breathe.")))])
    first, second = timeline.lines
    assert first.end_ms - first.start_ms == spoken_ms("Sit tall.")
    assert second.start_ms > first.end_ms
    assert timeline.length_ms > second.end_ms


def test_each_number_is_said_as_its_repetition_begins() -> None:
    timeline = plan([Part("Count", "p", (Counted("lift", PACE, 3, "Up.", "Down."),))])
    assert [(stroke.number, stroke.of, stroke.turn) for stroke in timeline.strokes] == [
        (1, 3, 0),
        (2, 3, 1),
        (3, 3, 2),
    ]
    said = {line.words: line.start_ms for line in timeline.lines}
    assert [said["One. Up."], said["Two. Up."], said["Three."]] == [
        stroke.start_ms for stroke in timeline.strokes
    ]


def test_a_movement_goes_on_until_all_is_said() -> None:
    timeline = plan([Part("Warm up", "p", (SayWhile("rock", PACE, ("Rock forward and back.", "Gently.")),))])
    assert timeline.strokes[-1].end_ms >= timeline.lines[-1].end_ms
    assert timeline.strokes[-2].end_ms < timeline.lines[-1].end_ms + 1000
    assert all(stroke.number is None for stroke in timeline.strokes)


def test_a_movement_starts_at_rest_is_held_at_the_top_and_comes_back() -> None:
    assert [PACE.phase(at) for at in (0, 200, 400, 599, 800, 1000, 1199)] == [0, 0.5, 1, 1, 0.5, 0, 0]


def test_at_rest_there_is_no_repetition() -> None:
    timeline = plan([Part("Count", "p", (Say("Ready."), Counted("lift", PACE, 1, "Up.", "Down.")))])
    (stroke,) = timeline.strokes
    assert timeline.stroke_at(stroke.start_ms - 1) is None
    assert timeline.stroke_at(stroke.start_ms) is stroke
    assert timeline.stroke_at(stroke.end_ms - 1) is stroke
    assert timeline.stroke_at(stroke.end_ms) is None


@every_sample
def test_a_sample_lasts_about_a_minute_in_four_parts(sample: Sample) -> None:
    timeline = sample.timeline
    assert 55_000 < timeline.length_ms < 75_000
    assert [chapter.title for chapter in timeline.chapters] == [
        "Warm up",
        "Easier version",
        "Standard version",
        "Cool down",
    ]
    assert timeline.chapters[0].start_ms == 0


@every_sample
def test_nobody_speaks_over_herself(sample: Sample) -> None:
    for line, after in pairwise(sample.timeline.lines):
        assert line.end_ms <= after.start_ms, (line.words, after.words)
    assert sample.timeline.lines[-1].end_ms < sample.timeline.length_ms


@every_sample
def test_repetitions_do_not_overlap_and_begin_on_a_picture(sample: Sample) -> None:
    for stroke, after in pairwise(sample.timeline.strokes):
        assert stroke.end_ms <= after.start_ms
    assert all(
        stroke.start_ms % FRAME_MS == 0 == stroke.pace.up_ms % FRAME_MS for stroke in sample.timeline.strokes
    )


@every_sample
def test_every_number_that_is_seen_is_heard_at_the_same_moment(sample: Sample) -> None:
    timeline = sample.timeline
    words_at = {line.start_ms: line.words for line in timeline.lines}
    numbered = [stroke for stroke in timeline.strokes if stroke.number]
    assert len(numbered) >= 7
    spoken = ("One", "Two", "Three", "Four", "Five", "Six")
    for stroke in numbered:
        assert words_at[stroke.start_ms].startswith(f"{spoken[stroke.number - 1]}.")


@every_sample
def test_safety_comes_before_the_first_movement(sample: Sample) -> None:
    timeline = sample.timeline
    before = " ".join(line.words for line in timeline.lines if line.start_ms < timeline.strokes[0].start_ms)
    assert "Stop if it hurts or you feel dizzy." in before
    assert "steady chair against a wall" in before


@every_sample
def test_words_are_few_and_short(sample: Sample) -> None:
    for line in sample.timeline.lines:
        for sentence in line.words.split("."):
            words = sentence.split()
            assert len(words) <= 9, sentence
            assert max(map(len, words), default=0) <= 9, sentence
