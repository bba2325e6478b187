"""The picture since its last key frame, for whoever comes just after: she waits for no other, nor does the
presenter make one for each of a class that comes at once.

What came since is sent in one go, its frames dense in time, so that the browser shows the newest at once.
Only of pictures that everybody in the room sees anyway: it is up to a second and a half old.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.media.layer import Kept, Layer
from server.media.outlet import Outlet, Target

_MOST_S = 1.5
_MOST_BYTES = 48_000


def choose(layers: Sequence[Layer], most: int, now: float) -> tuple[Layer, list[Kept]] | None:
    """The highest of the layers up to rank `most` that has had a key frame of late, and all since then."""
    for layer in reversed(layers):
        if layer.is_video and layer.rank <= most and layer.flows(now):
            packets = _since_key(layer, now)
            if packets:
                return layer, packets
    return None


def _since_key(layer: Layer, now: float) -> list[Kept]:
    """All packets from the last key frame on, oldest first; none where one is missing or it is too much."""
    key = layer.key
    if key is None or now - key.at > _MOST_S or layer.octets - key.octets > _MOST_BYTES:
        return []
    numbers = range(key.number, layer.gaps.highest + 1)
    found = [kept for number in numbers if (kept := layer.kept(number & 0xFFFF)) is not None]
    return found if len(found) == len(numbers) else []


def dense(packets: Sequence[Kept], add_time: int) -> Mapping[int, int]:
    """By timestamp, what to add to each but the newest, so that all frames end where the newest is."""
    stamps = list(dict.fromkeys(kept[2] for kept in packets))
    newest = stamps[-1]
    return {
        stamp: newest + add_time - (len(stamps) - 1 - place) - stamp
        for place, stamp in enumerate(stamps[:-1])
    }


def send(
    packets: Sequence[Kept], early: Mapping[int, int], sender: Outlet, target: Target | None, now: float
) -> None:
    """Send them at once, with the timestamps that `early` (see `dense`) gives them."""
    if target is None:
        return
    for number, marker, timestamp, payload, descriptor, _ in packets:
        one = (*target[:2], early.get(timestamp, target[2]) & 0xFFFFFFFF, *target[3:])
        sender.send_each((one,), marker, number, timestamp, payload, descriptor, now)
