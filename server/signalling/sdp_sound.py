"""How Opus is to be sent to us (RFC 7587, section 6.1): speech for patients, music too from staff."""

from __future__ import annotations

_ANY = "minptime=10;useinbandfec=1"
SPEECH = f"{_ANY};usedtx=1"
"""With forward error correction, and in silence (DTX) two packets a second in place of fifty."""
SPEECH_AND_MUSIC = f"{_ANY};maxaveragebitrate=32000"
"""Staff mix music for the exercises into their microphone's track. What takes quiet music for silence would
cut it, so there is no DTX. 32 kbit/s carry speech well and music to move to well enough; with twice that and
the packets' heads, one voice filled a line of 100 kbit/s."""
HEARD = _ANY
"""Of the slots: what we send is as the speakers sent it."""
