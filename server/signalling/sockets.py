"""The sockets that are connected to classes: a few of each person at most, and what each may ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from server.rooms.presence import Connection
from server.signalling.connection import SocketConnection
from server.signalling.rate import BURST_REPORTS, REPORTS_PER_S, TokenBucket

MOST_SOCKETS = 4
"""Of one person in one class. One is in class; others are pages that have not joined, or that are going."""


@dataclass(slots=True)
class _Person:
    requests: TokenBucket
    reports: TokenBucket
    sids: list[str] = field(default_factory=list)
    """Oldest first."""


class Sockets:
    """Who is connected, by socket and by person. What a person used up is remembered while it counts."""

    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        self._monotonic_s = monotonic_s
        self._connections: dict[str, SocketConnection] = {}
        self._people: dict[tuple[str, str], _Person] = {}

    def __iter__(self) -> Iterator[SocketConnection]:
        return iter(list(self._connections.values()))

    def __len__(self) -> int:
        return len(self._connections)

    def of(self, sid: str) -> SocketConnection | None:
        """Return the connection of this socket."""
        return self._connections.get(sid)

    def bucket(self, class_id: str, person_id: str, *, reports: bool = False) -> TokenBucket:
        """Return what this person may still ask of this class, or what her page may still report."""
        found = self._person(class_id, person_id)
        return found.reports if reports else found.requests

    def add(self, sid: str, connection: SocketConnection, in_class: Connection | None) -> None:
        """Take in a new socket. When the person has many, it takes the place of her oldest; not of the one
        by which she is `in_class`, which only another that joins replaces.
        """
        self._forget_the_rested()
        self._connections[sid] = connection
        person = self._person(connection.class_id, connection.person_id)
        person.sids.append(sid)
        if len(person.sids) > MOST_SOCKETS:
            oldest = next(each for each in person.sids if self._connections[each] is not in_class)
            person.sids.remove(oldest)
            self._connections[oldest].replaced()

    def remove(self, sid: str) -> SocketConnection | None:
        """The socket is gone; return its connection, once."""
        connection = self._connections.pop(sid, None)
        if connection is not None:
            sids = self._person(connection.class_id, connection.person_id).sids
            if sid in sids:
                sids.remove(sid)
        return connection

    def _forget_the_rested(self) -> None:
        for key, person in list(self._people.items()):
            if not person.sids and person.requests.is_full and person.reports.is_full:
                del self._people[key]

    def _person(self, class_id: str, person_id: str) -> _Person:
        found = self._people.get((class_id, person_id))
        if found is None:
            requests = TokenBucket(self._monotonic_s)
            reports = TokenBucket(self._monotonic_s, BURST_REPORTS, REPORTS_PER_S)
            found = self._people[class_id, person_id] = _Person(requests, reports)
        return found
