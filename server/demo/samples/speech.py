"""The sound of a session: spoken by espeak-ng where it is installed, else soft tones that count.

Sound is 16 bit, one channel, `RATE_HZ` samples a second.
"""

from __future__ import annotations

import math
import shutil
import subprocess
from array import array
from collections.abc import Callable

from server.demo.samples.timeline import Timeline

RATE_HZ = 22050
"""What espeak-ng's voices have."""
WORDS_A_MINUTE = 135
SAMPLE_BYTES = 2
UP_HZ, DOWN_HZ = 523.25, 392.0
TONE_MS = 260
TONE_LOUDNESS = 0.16
SPEAKING_WITHIN_S = 20.0

Voice = Callable[[str], bytes]
"""Says words: returns their sound."""


class SpeechFailed(Exception):
    """The speech program is there, and did not give any sound."""


def installed_voice() -> Voice | None:
    """Return espeak-ng's British voice, or None where it is not installed."""
    program = shutil.which("espeak-ng")
    if program is None:
        return None

    def voice(words: str) -> bytes:
        command = [program, "-v", "en-gb", "-s", str(WORDS_A_MINUTE), "-z", "--stdout", words]
        try:
            done = subprocess.run(  # noqa: S603 - our own words, no shell
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SPEAKING_WITHIN_S, check=True
            )
        except (OSError, subprocess.SubprocessError) as problem:
            raise SpeechFailed(f"espeak-ng could not speak: {type(problem).__name__}") from problem
        return _samples_of(done.stdout)

    return voice


def spoken(timeline: Timeline, voice: Voice) -> bytes:
    """Return the whole sound of a session, each line from its place in the timeline on."""
    sound = bytearray(_bytes_in(timeline.length_ms))
    for line in timeline.lines:
        start = _bytes_in(line.start_ms)
        words = voice(line.words)[: _bytes_in(line.end_ms) - start]
        sound[start : start + len(words)] = words
    return bytes(sound)


def toned(timeline: Timeline) -> bytes:
    """Return the sound of a session without words: a tone up at each count, a lower one on the way back."""
    sound = bytearray(_bytes_in(timeline.length_ms))
    for stroke in timeline.strokes:
        if stroke.number is not None:
            back_ms = stroke.start_ms + stroke.pace.up_ms + stroke.pace.hold_ms
            for at_ms, pitch_hz in ((stroke.start_ms, UP_HZ), (back_ms, DOWN_HZ)):
                start = _bytes_in(at_ms)
                tone = _tone(pitch_hz)
                sound[start : start + len(tone)] = tone
    return bytes(sound)


def _bytes_in(length_ms: int) -> int:
    return length_ms * RATE_HZ // 1000 * SAMPLE_BYTES


def _samples_of(wave: bytes) -> bytes:
    """Return the samples of a RIFF file whose lengths were written before they were known."""
    at = 12
    while wave[:4] == b"RIFF" and at + 8 <= len(wave):
        name, length = wave[at : at + 4], int.from_bytes(wave[at + 4 : at + 8], "little")
        if name == b"data":
            samples = wave[at + 8 : at + 8 + length]
            return samples[: len(samples) // SAMPLE_BYTES * SAMPLE_BYTES]
        at += 8 + length
    raise SpeechFailed("espeak-ng gave no sound")


def _tone(pitch_hz: float) -> bytes:
    total = TONE_MS * RATE_HZ // 1000
    samples = array("h")
    for index in range(total):
        part = index / total
        loudness = TONE_LOUDNESS * math.sin(math.pi * part) ** 2 * (1 - 0.5 * part)
        samples.append(int(32767 * loudness * math.sin(math.tau * pitch_hz * index / RATE_HZ)))
    return samples.tobytes()
