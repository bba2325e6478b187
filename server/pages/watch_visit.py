"""Whose page or file it is, and remembering that for a few seconds.

A player fetches a video in many small ranges, and asking the database for each who that is costs more than
sending the bytes. So for files, and for files only, the last answer holds for 5 s: that much later a
revoked link's files are gone too. Refusals are not remembered.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.ondemand.audience import Viewer
from server.pages.contact import ServiceLine
from server.people.links import hash_of

REMEMBERED = timedelta(seconds=5)
MAX_VISITS = 4_096


@dataclass(frozen=True, slots=True)
class Visit:
    """Whose page this is."""

    link_id: str
    viewer: Viewer | None
    """None for nobody's link."""
    service: ServiceLine

    @property
    def list_address(self) -> str:
        """The list of sessions; each session's page is below."""
        return f"/watch/{self.link_id}"


class RecentVisits:
    """The visits of the last seconds, by link and cookie."""

    def __init__(self) -> None:
        self._visits: OrderedDict[tuple[str, str], tuple[datetime, Visit]] = OrderedDict()

    def find(self, link_id: str, secret: str, now: datetime) -> Visit | None:
        """Return the visit of this cookie if it was verified within the last 5 s, on this clock."""
        at, visit = self._visits.get((link_id, hash_of(secret)), (None, None))
        return visit if at is not None and at <= now < at + REMEMBERED else None

    def remember(self, link_id: str, secret: str, now: datetime, visit: Visit) -> None:
        """Remember a visit that was verified just now."""
        key = (link_id, hash_of(secret))
        self._visits[key] = (now, visit)
        self._visits.move_to_end(key)
        if len(self._visits) > MAX_VISITS:
            self._visits.popitem(last=False)
