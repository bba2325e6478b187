"""Sound for a browser's microphone that an encoder takes for speech."""

from __future__ import annotations

import math
import random
import struct
import wave
from pathlib import Path

SOUND_RATE_HZ, SOUND_S = 48_000, 2


def speak(file: Path) -> None:
    """Write some seconds of what an encoder takes for speech: pulses through two formants, hisses, pauses.

    Chromium's own fake microphone beeps now and then. Opus takes tones for music, for which it has no FEC.
    """
    chance, samples = random.Random(1), bytearray()
    syllable = SOUND_RATE_HZ // 5
    for _ in range(5 * SOUND_S):
        pitch_hz, resonators = chance.uniform(100, 180), [_Resonator(chance.uniform(300, 800), 80)]
        resonators.append(_Resonator(chance.uniform(1000, 2300), 120))
        phase = 0.0
        for at in range(syllable):
            part = at / syllable
            phase += pitch_hz * (1 + 0.1 * math.sin(6 * part)) / SOUND_RATE_HZ
            pulse, phase = (1.0, phase - 1) if phase >= 1 else (0.0, phase)
            breath = chance.gauss(0, 0.004 if part < 0.7 else 0.03 if part < 0.85 else 0.0005)
            loud = math.sin(math.pi * min(1.0, part / 0.7))
            value = sum(one.follow(pulse * loud + breath) for one in resonators)
            samples += struct.pack("<h", max(-32_000, min(32_000, int(value * 6000))))
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SOUND_RATE_HZ)
        out.writeframes(bytes(samples))


class _Resonator:
    """One formant: a two-pole filter."""

    def __init__(self, centre_hz: float, width_hz: float) -> None:
        radius = math.exp(-math.pi * width_hz / SOUND_RATE_HZ)
        self._first = 2 * radius * math.cos(2 * math.pi * centre_hz / SOUND_RATE_HZ)
        self._second = -radius * radius
        self._last = self._before = 0.0

    def follow(self, value: float) -> float:
        """The next sample."""
        made = value * 0.3 + self._first * self._last + self._second * self._before
        self._before, self._last = self._last, made
        return made
