"""What the media worker forwards in one class, kept up to what the policy says and to the peers there are."""

from __future__ import annotations

from collections.abc import Mapping

from server.media.spec import Route
from server.rooms.media_orders import MediaLink, MediaOrders
from server.rooms.policy import Forward, who_sees_whom
from server.rooms.state import RoomState


class Forwarding:
    """The routes of one class, as the worker was last told, and who is in whose slots."""

    def __init__(self, class_id: str, media: MediaLink, orders: MediaOrders) -> None:
        self._class_id = class_id
        self._media = media
        self._orders = orders
        self._told: tuple[tuple[Forward, ...], dict[str, str]] | None = None
        self._slots: dict[str, dict[str, str]] = {}

    def slots_for(self, person_id: str) -> dict[str, str]:
        """Return who is in this person's slots, by slot name."""
        return dict(self._slots.get(person_id, {}))

    def forget(self) -> None:
        """It is another worker, or the same after a while: tell it everything the next time."""
        self._told = None

    def update(self, state: RoomState, peers: Mapping[str, str]) -> list[str]:
        """Have the worker forward what the policy says; return in whose slots others are now.

        `peers` are the names of the peers, by person id.
        """
        everyone = who_sees_whom(state.people.values(), state.lead_id)
        if (everyone, peers) == self._told:
            return []
        self._told = (everyone, dict(peers))
        forwards = [each for each in everyone if each.sender in peers]
        # Before the worker said what it has, an empty table would cut what it still forwards.
        if self._media.hello is not None:
            self._orders.set_routes(self._class_id, tuple(_routes(forwards, peers)), ())
        slots: dict[str, dict[str, str]] = {}
        for each in forwards:
            slots.setdefault(each.receiver, {})[each.slot] = each.sender
        before, self._slots = self._slots, slots
        return sorted(one for one in before.keys() | slots.keys() if before.get(one) != slots.get(one))


def _routes(forwards: list[Forward], peers: Mapping[str, str]) -> list[Route]:
    return [
        Route(
            to_peer=peers[each.receiver],
            slot=each.slot,
            from_peer=peers[each.sender],
            source=each.source,
            layer=each.layer,
        )
        for each in forwards
        if each.receiver in peers
    ]
