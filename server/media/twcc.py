"""Transport-wide congestion control feedback: we say when packets came, the browser draws the conclusions.

draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1. A packet reported as received must never
be asked for again: the browser forgets it and will not resend. So a number is noted only for packets that
the gap tracker of their layer has seen too, or that no gap tracker will ever miss.
"""

from __future__ import annotations

from struct import Struct

_TICKS_PER_S = 4000
_TICKS_PER_REFERENCE = 256
_MAX_STATUSES = 400
"""A message stays well under 1,500 bytes."""
_MAX_BEHIND = 1000
_RUN_MIN = 14
_RUN_MAX = 0x1FFF

_HEAD = Struct("!HHI")
_CHUNK = Struct("!H")
_LARGE = Struct("!h")


def read(body: bytes) -> list[tuple[int, float | None]]:
    """What a feedback body says: 16-bit numbers and when each arrived, in seconds of the browser's clock.

    None for those that had not arrived. Empty where the body contradicts itself. At most as many as one
    message of ours would tell of: a few bytes could name 65,535.
    """
    if len(body) < _HEAD.size:
        return []
    first, count, packed = _HEAD.unpack_from(body)
    if not 0 < count <= _MAX_STATUSES:
        return []
    symbols: list[int] = []
    at = _HEAD.size
    while len(symbols) < count:
        if at + 2 > len(body):
            return []
        (chunk,) = _CHUNK.unpack_from(body, at)
        at += 2
        if not chunk & 0x8000:
            symbols += [chunk >> 13 & 3] * min(chunk & _RUN_MAX, count - len(symbols))
            if not chunk & _RUN_MAX:
                return []
        elif chunk & 0x4000:
            symbols += [chunk >> shift & 3 for shift in range(12, -1, -2)]
        else:
            symbols += [chunk >> shift & 1 for shift in range(13, -1, -1)]
    ticks = (packed >> 8) * _TICKS_PER_REFERENCE
    found: list[tuple[int, float | None]] = []
    for place, symbol in enumerate(symbols[:count]):
        if symbol == 0:
            found.append(((first + place) & 0xFFFF, None))
            continue
        size = 1 if symbol == 1 else 2
        if symbol == 3 or at + size > len(body):
            return []
        ticks += body[at] if size == 1 else _LARGE.unpack_from(body, at)[0]
        at += size
        found.append(((first + place) & 0xFFFF, ticks / _TICKS_PER_S))
    return found


class ArrivalLog:
    """Notes arrivals by their transport-wide number and turns them into feedback bodies."""

    def __init__(self) -> None:
        self._arrivals: dict[int, int] = {}
        self._highest: int | None = None
        self._next: int | None = None
        self._messages = 0

    def note(self, number: int, now: float) -> None:
        """The packet with this 16-bit number arrived at `now`, in seconds of any steady clock."""
        highest = self._highest
        if highest is None:
            self._highest = extended = number + 0x10000
        else:
            extended = highest + ((number - highest + 0x8000) & 0xFFFF) - 0x8000
            if extended > highest:
                self._highest = extended
        self._arrivals.setdefault(extended, int(now * _TICKS_PER_S))

    def feedback(self) -> list[bytes]:
        """The bodies to send for what has arrived since the last call; empty for nothing new."""
        if not self._arrivals:
            return []
        arrivals, self._arrivals = self._arrivals, {}
        last = max(arrivals)
        first = min(arrivals)
        if self._next is not None:
            first = min(first, self._next)
        first = max(first, last - _MAX_BEHIND)
        self._next = last + 1
        bodies = []
        while first <= last:
            count = min(last - first + 1, _MAX_STATUSES)
            body = self._body(first, [arrivals.get(first + i) for i in range(count)])
            if body is not None:
                bodies.append(body)
            first += count
        return bodies

    def _body(self, first: int, arrivals: list[int | None]) -> bytes | None:
        known = [arrival for arrival in arrivals if arrival is not None]
        if not known:
            return None
        reference = known[0] // _TICKS_PER_REFERENCE
        before = reference * _TICKS_PER_REFERENCE
        symbols: list[int] = []
        deltas = bytearray()
        for arrival in arrivals:
            if arrival is None:
                symbols.append(0)
                continue
            delta = arrival - before
            if 0 <= delta <= 0xFF:
                symbols.append(1)
                deltas.append(delta)
            else:
                delta = max(-0x8000, min(0x7FFF, delta))
                symbols.append(2)
                deltas += _LARGE.pack(delta)
            before += delta
        head = _HEAD.pack(first & 0xFFFF, len(arrivals), (reference & 0xFFFFFF) << 8 | self._messages & 0xFF)
        self._messages += 1
        body = head + _chunks(symbols) + bytes(deltas)
        return body + bytes(-len(body) % 4)


def _chunks(symbols: list[int]) -> bytes:
    """Run-length chunks where a run is long, else vectors of seven two-bit symbols."""
    packed = bytearray()
    i = 0
    while i < len(symbols):
        symbol = symbols[i]
        run = 1
        while run < _RUN_MAX and i + run < len(symbols) and symbols[i + run] == symbol:
            run += 1
        if run >= _RUN_MIN:
            packed += _CHUNK.pack(symbol << 13 | run)
            i += run
            continue
        chunk = 0xC000
        for place, one in enumerate(symbols[i : i + 7]):
            chunk |= one << (12 - 2 * place)
        packed += _CHUNK.pack(chunk)
        i += 7
    return bytes(packed)
