"""Whose voices are heard where there are more speakers than slots: the loudest, without flapping.

Each receiver has a few slots and a list of who may be heard in them. Where all fit, all are heard, always.
Else whoever speaks takes a free slot, and when there is none the slot of the quietest, if she is clearly
louder. Who has a slot keeps it through pauses, and until somebody needs it; a voice never changes its slot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import inf
from typing import Protocol

from server.errors import ProtocolError
from server.media.loudness import SILENCE_DB, Loudness
from server.media.spec import Notice, Route, VoiceChoice, VoicesNotice

CLEARLY_LOUDER_DB = 6.0
TOLD_EVERY_S = 0.2


class VoiceSlots:
    """One receiver's. `heard` says who is in which slot."""

    def __init__(self) -> None:
        self.slots: tuple[str, ...] = ()
        self.candidates: dict[str, float] = {}
        """Since when each may be heard."""
        self.heard: dict[str, str] = {}

    def choose(self, slots: Sequence[str], candidates: Sequence[str], now: float) -> None:
        """Choose among these from now on; who is none of them any more is not heard from this moment."""
        self.slots = tuple(slots)
        self.candidates = {voice: self.candidates.get(voice, now) for voice in candidates}
        self.heard = {
            slot: voice for slot, voice in self.heard.items() if slot in slots and voice in self.candidates
        }
        if len(self.candidates) <= len(slots):
            new = [voice for voice in self.candidates if voice not in self.heard.values()]
            free = [slot for slot in self.slots if slot not in self.heard]
            self.heard |= dict(zip(free, new, strict=False))

    def race(self, standings: Mapping[str, float], speaking: Sequence[str]) -> bool:
        """Let who speaks have slots; whether anything changed.

        `standings` are by voice (`Loudness.standing`); `speaking` are those that speak, loudest first.
        """
        heard, changed = self.heard, False
        if not self.slots:
            return False
        for voice in speaking:
            if voice in heard.values() or voice not in self.candidates:
                continue
            slot = next((slot for slot in self.slots if slot not in heard), None)
            if slot is None:
                slot = min(heard, key=lambda slot: standings[heard[slot]])
                if standings[voice] < standings[heard[slot]] + CLEARLY_LOUDER_DB:
                    break  # nor is anybody after her loud enough
            heard[slot] = voice
            changed = True
        return changed


class Speaker(Protocol):
    """What is wanted of a microphone's producer."""

    loudness: Loudness | None
    """Told of each packet; None while nobody chooses by it."""


class _Room:
    def __init__(self) -> None:
        self.loudness: dict[str, Loudness] = {}
        self.receivers: dict[str, VoiceSlots] = {}
        self.to_tell: set[str] = set()
        self.told_at = -inf


class Voices:
    """The choices of all rooms. The Sfu calls `tick`, and forwards what `heard` says."""

    def __init__(self, notify: Callable[[Notice], None]) -> None:
        """`notify` must not throw."""
        self._notify = notify
        self._rooms: dict[str, _Room] = {}

    def choose(self, name: str, choices: Sequence[VoiceChoice], now: float) -> None:
        """Choose voices in this room by these terms and no others."""
        if not choices:
            self._rooms.pop(name, None)
            return
        room = self._rooms.setdefault(name, _Room())
        before, room.receivers = room.receivers, {}
        for choice in choices:
            receiver = room.receivers[choice.to_peer] = before.get(choice.to_peer) or VoiceSlots()
            was_heard = receiver.heard
            receiver.choose(choice.slots, [each for each in choice.from_peers if each != choice.to_peer], now)
            if was_heard or receiver.heard:  # said again also unchanged: the web process may be another
                room.to_tell.add(choice.to_peer)
        candidates = dict.fromkeys(v for receiver in room.receivers.values() for v in receiver.candidates)
        room.loudness = {voice: room.loudness.get(voice) or Loudness() for voice in candidates}

    def listen(self, name: str, microphones: Iterable[tuple[str, Speaker]]) -> None:
        """These are the microphones in the room, by peer: hear those that somebody chooses among."""
        room = self._rooms.get(name)
        for peer, microphone in microphones:
            microphone.loudness = None if room is None else room.loudness.get(peer)

    def tick(self, now: float) -> dict[str, set[str]]:
        """Choose anew, and tell what has changed; by room, the receivers who now hear others."""
        changed: dict[str, set[str]] = {}
        for name, room in self._rooms.items():
            standings = {voice: loudness.standing(now) for voice, loudness in room.loudness.items()}
            speaking = [voice for voice, standing in standings.items() if standing > SILENCE_DB]
            if speaking:
                speaking.sort(key=standings.__getitem__, reverse=True)
                for peer, receiver in room.receivers.items():
                    if receiver.race(standings, speaking):
                        changed.setdefault(name, set()).add(peer)
                room.to_tell |= changed.get(name, set())
            if room.to_tell and now - room.told_at >= TOLD_EVERY_S:
                self._tell(name, room)
                room.told_at = now
        return changed

    def _tell(self, name: str, room: _Room) -> None:
        peers, room.to_tell = sorted(room.to_tell), set()
        for peer in peers:
            receiver = room.receivers.get(peer)
            if receiver is not None:
                self._notify(VoicesNotice(room=name, peer=peer, slots=dict(receiver.heard)))

    def heard(self, name: str) -> dict[tuple[str, str], tuple[Route, float]]:
        """What is to be forwarded now, by receiver and slot, and since when it may be heard there."""
        room = self._rooms.get(name)
        return {
            (peer, slot): (
                Route(to_peer=peer, slot=slot, from_peer=voice, source="microphone", priority=2),
                receiver.candidates[voice],
            )
            for peer, receiver in (room.receivers if room is not None else {}).items()
            for slot, voice in receiver.heard.items()
        }


def check_choices(routes: Iterable[Route], voices: Sequence[VoiceChoice]) -> None:
    """Refuse, as ProtocolError, slots that are filled twice."""
    named = [(route.to_peer, route.slot) for route in routes]
    named += [(choice.to_peer, slot) for choice in voices for slot in choice.slots]
    if len(set(named)) != len(named) or len({choice.to_peer for choice in voices}) != len(voices):
        raise ProtocolError("slot_taken", "one slot is filled twice")
