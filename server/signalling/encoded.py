"""An event with its view as it goes over the wire, encoded once for all who are told the same.

Two people are told the same when their views are equal, field by field; who is told anything else gets a
packet of its own. So nobody is ever sent what was made for somebody else to see.
"""

from __future__ import annotations

from server.signalling.kinds import View
from server.signalling.strict_server import event_packet


class Encoded:
    """What is sent to one socket, or to many. Nobody writes to it."""

    __slots__ = ("event", "packet", "view")

    def __init__(self, event: str, view: View) -> None:
        self.event = event
        self.view = view
        self.packet = event_packet(event, view.model_dump(mode="json"))


class EncodedOnce:
    """What is told at one moment; kept no longer."""

    def __init__(self) -> None:
        self._known: dict[str, list[Encoded]] = {}

    def of(self, event: str, view: View) -> Encoded:
        """Return it encoded: what is there already, if an equal view is."""
        known = self._known.setdefault(event, [])
        for each in known:
            if each.view == view:
                return each
        known.append(Encoded(event, view))
        return known[-1]
