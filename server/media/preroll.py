"""What somebody said just before she was given a slot, so that her first syllable is not cut off."""

from __future__ import annotations

from server.media.layer import Kept, Layer
from server.media.outlet import Outlet, Target

PREROLL_S = 0.25
"""So far back, and no further: the browser plays a little faster until it has caught up."""
_MOST_PACKETS = 30


def before(layer: Layer, extended: int, timestamp: int, heard_since: float | None, now: float) -> list[Kept]:
    """The packets of `layer` just before this one, oldest first: none from before she may be heard.

    Lost ones are passed over; timestamps tell where silence was not sent (DTX) and the walk back ends. They
    are hers to choose, so that it ends, too, with what had come before she might be heard.
    """
    found: list[Kept] = []
    if heard_since is None:
        return found
    furthest = round(min(now - heard_since, PREROLL_S) * layer.clock_rate)
    for number in range(extended - 1, extended - 1 - _MOST_PACKETS, -1):
        kept = layer.kept(number & 0xFFFF)
        if kept is None:
            continue
        if kept[5] <= heard_since or (timestamp - kept[2]) & 0xFFFFFFFF >= furthest:
            break
        found.append(kept)
    found.reverse()
    return found


def send(packets: list[Kept], sender: Outlet, target: Target | None, now: float) -> None:
    """Send them at once; with the first, marked, a stretch of talk begins (RFC 3551, section 4.1)."""
    marker = 0x80
    targets = () if target is None else (target,)
    for number, _, timestamp, payload, _, _ in packets:
        sender.send_each(targets, marker, number, timestamp, payload, None, now)
        marker = 0
