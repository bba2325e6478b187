"""How loud a microphone is, from what its packets say (RFC 6464) or, where they do not, from their size.

A level here is in dBov: 0 is as loud as it gets, -127 is silence. Of two packets in a row the quieter counts,
so that a click is no voice; from there the level falls slowly, so that a pause between words is no silence.
"""

from __future__ import annotations

SILENCE_DB = -127.0
SPEECH_DB = -55.0
"""Quieter is not speech. A browser's noise suppression leaves a quiet room far below it."""
FALL_DB_PER_S = 15.0
"""Speech of -25 dBov counts as speech for 2 s after its end, as long as nobody louder needs the slot."""
_ABOVE_NOISE_DB = 9.0
_NOISE_RISES_DB_PER_S = 2.0
"""What goes on at one level for half a minute is a fan or a hum: speech falls to the noise between words."""
_LONGEST_DTX_S = 0.5
"""While nothing is sent for longer, as by who is muted, nothing is learned about her noise."""
_UNKNOWN_SPEECH_DB = -40.0
_COMFORT_BYTES = 12
"""Opus in DTX sends no more in silence (RFC 6716, section 2.1.9); a spoken frame has several times that."""


class Loudness:
    """One microphone's. Times are in seconds of any steady clock."""

    __slots__ = ("_at", "_before", "_level", "_noise")

    def __init__(self) -> None:
        self._level = self._before = self._noise = SILENCE_DB
        self._at = 0.0

    def hear(self, level: int | None, payload_bytes: int, now: float) -> None:
        """A packet came: `level` is RFC 6464's 0 (loudest) to 127 (silence), None where it says nothing."""
        if level is not None:
            loud = -float(level)
        else:
            loud = _UNKNOWN_SPEECH_DB if payload_bytes > _COMFORT_BYTES else SILENCE_DB
        passed = now - self._at
        self._noise = min(loud, self._noise + min(passed, _LONGEST_DTX_S) * _NOISE_RISES_DB_PER_S)
        self._level = max(min(loud, self._before), self._level - passed * FALL_DB_PER_S, SILENCE_DB)
        self._before, self._at = loud, now

    def standing(self, now: float) -> float:
        """The level with which she keeps or takes a slot at `now`; at most SILENCE_DB unless it is speech.

        Of those who are silent, the one who has been for longest stands lowest.
        """
        level = self._level - (now - self._at) * FALL_DB_PER_S
        return level if level >= max(SPEECH_DB, self._noise + _ABOVE_NOISE_DB) else level + SILENCE_DB
