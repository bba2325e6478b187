from __future__ import annotations

import shutil
import subprocess
from itertools import pairwise

import pytest

from server.demo.samples import speech
from server.demo.samples.scripts import SAMPLES
from server.demo.samples.speech import RATE_HZ, SpeechFailed, installed_voice, spoken, toned
from server.demo.samples.timeline import Counted, Pace, Part, Say, plan

TIMELINE = plan(
    [Part("Count", "p", (Say("Ready."), Counted("lift", Pace(1200, 400, 1200, 400), 2, "Up.", "Down.")))]
)


def at(sound: bytes, at_ms: int, for_ms: int) -> bytes:
    start = at_ms * RATE_HZ // 1000 * 2
    return sound[start : start + for_ms * RATE_HZ // 1000 * 2]


def test_each_line_sounds_from_its_own_moment_on() -> None:
    sound = spoken(TIMELINE, lambda words: words.encode().ljust(1000, b".")[:1000])
    for line in TIMELINE.lines:
        assert at(sound, line.start_ms, 100).startswith(line.words.encode())
    assert len(sound) == TIMELINE.length_ms * RATE_HZ // 1000 * 2
    assert not any(at(sound, 0, TIMELINE.lines[0].start_ms))


def test_speech_that_is_too_slow_is_cut_off_before_the_next_line() -> None:
    sound = spoken(TIMELINE, lambda _words: b"\1" * 1_000_000)
    for line, after in pairwise(TIMELINE.lines):
        assert any(at(sound, line.end_ms - 5, 5))
        assert not any(at(sound, line.end_ms + 1, after.start_ms - line.end_ms - 2))


def test_without_speech_each_count_has_a_tone_up_and_one_on_the_way_back() -> None:
    sound = toned(TIMELINE)
    for stroke in TIMELINE.strokes:
        assert any(at(sound, stroke.start_ms, 200))
        assert not any(at(sound, stroke.start_ms + 400, 300))
        assert any(at(sound, stroke.start_ms + 1600, 200))
    assert not any(at(sound, 0, TIMELINE.strokes[0].start_ms))


def test_where_espeak_is_not_installed_there_is_no_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert installed_voice() is None


@pytest.mark.parametrize("output", [b"", b"RIFF", b"not sound at all", b"RIFF0000WAVEfmt \0\0\0\0"])
def test_a_voice_that_gives_no_sound_is_told(monkeypatch: pytest.MonkeyPatch, output: bytes) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: "/bin/espeak-ng")
    monkeypatch.setattr(
        speech.subprocess, "run", lambda *_a, **_k: subprocess.CompletedProcess([], 0, output, b"")
    )
    voice = installed_voice()
    assert voice is not None
    with pytest.raises(SpeechFailed):
        voice("One.")


def test_a_voice_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: "/bin/false")
    voice = installed_voice()
    assert voice is not None
    with pytest.raises(SpeechFailed, match="CalledProcessError"):
        voice("One.")


def test_the_installed_voice_needs_no_more_time_than_the_plan_gives_it() -> None:
    voice = installed_voice()
    if voice is None:  # tones are made instead, which the tests above cover
        return
    for sample in SAMPLES:
        for line in sample.timeline.lines:
            lasts_ms = len(voice(line.words)) / 2 / RATE_HZ * 1000
            assert 0 < lasts_ms <= line.end_ms - line.start_ms, line.words
