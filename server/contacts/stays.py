"""How the log of one person's presence in one class goes on. Pure.

A stay is a stretch of presence in one place. What is known of it are moments at which the person was sure
to be there: events of the room, and a heartbeat every 5 s for as long as she is connected.

| the stay that goes on | what happens                           | it ends                | a new one begins |
|-----------------------|----------------------------------------|------------------------|------------------|
| none                  | she comes in, is admitted, comes back  |                        | then             |
| any                   | she is admitted, or has to wait again  | then                   | then             |
| in the same place     | she comes in, comes back, or is seen   | goes on until then     |                  |
| any                   | she leaves, or the class ends          | then                   |                  |
| any                   | her connection is lost                 | when she was last seen |                  |
| none, another place   | she is seen connected                  | then                   | then             |

When she has not been seen for more than 15 s, nobody was there to see her: the server had died, or could
not write. So whatever happens next, the stay ended when she was last seen, and a new one begins if she is
there again. The log heals itself, and each edge of it is wrong by 15 s at most.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from server.rooms.state import Place

UNSEEN_AT_MOST = timedelta(seconds=15)
"""For how long a person may go unseen and still count as present throughout: three heartbeats."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Presence of a person in a class's waiting room or in the class, without a gap. Times are aware."""

    place: Place
    started_at: datetime
    seen_until: datetime
    """The last moment at which the person was sure to be there; never before `started_at`."""
    ended_at: datetime | None = None
    """None while it goes on; never before `seen_until`."""

    @property
    def known_end(self) -> datetime:
        """When it ended, as far as is known: the last moment seen while it goes on."""
        return self.ended_at or self.seen_until


class Step(NamedTuple):
    """What became of a person's stays."""

    ended: Stay | None
    """The stay that went on, ended."""
    going_on: Stay | None
    """The stay that goes on from now: the same one seen until later, a new one, or none."""


def arrived(stay: Stay | None, place: Place, at: datetime) -> Step:
    """The room says that the person is in `place` from `at`: came in, was admitted, is back."""
    if stay is None:
        return Step(None, Stay(place, at, at))
    if stay.place is place and not is_stale(stay, at):
        return Step(None, replace(stay, seen_until=max(stay.seen_until, at)))
    return Step(_ended(stay, at), Stay(place, at, at))


def seen(stay: Stay | None, place: Place, at: datetime) -> Step:
    """The heartbeat found the person connected and in `place` at `at`.

    It may be told after a later event of the room was: then it is old news.
    """
    if stay is not None and at <= stay.seen_until:
        return Step(None, stay)
    return arrived(stay, place, at)


def left(stay: Stay | None, at: datetime) -> Step:
    """The person went, or the class ended, at `at`."""
    return Step(None if stay is None else _ended(stay, at), None)


def lost(stay: Stay | None) -> Step:
    """The connection to the person is lost: when, shows only in when she was last seen."""
    return Step(None if stay is None else replace(stay, ended_at=stay.seen_until), None)


def is_stale(stay: Stay, at: datetime) -> bool:
    """Whether the person has gone unseen for too long by `at` to have been there all the while."""
    return at - stay.seen_until > UNSEEN_AT_MOST


def _ended(stay: Stay, at: datetime) -> Stay:
    """End it at `at`, but not before she was last seen: a clock that is set back takes nothing away."""
    end = stay.seen_until if is_stale(stay, at) else max(at, stay.seen_until)
    return replace(stay, ended_at=end)
