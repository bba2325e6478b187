"""The contact log as rooms, pages and commands use it: hears what happens in rooms, and settles classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from server.config import Settings
from server.contacts.presence import write_beat, write_moves
from server.contacts.rules import ContactRules
from server.contacts.settling import due_classes, settle_class
from server.rooms.events import ClassEnded, Event
from server.rooms.state import Place, RoomState

__all__ = ["ContactLog", "ContactRules", "rules_of"]

log = structlog.get_logger(__name__)


def rules_of(settings: Settings) -> ContactRules:
    """Return what the settings say of contacts."""
    return ContactRules(
        late_after=timedelta(minutes=settings.late_after_minutes),
        seen_after=timedelta(minutes=settings.seen_after_minutes),
        zone=settings.time_zone,
        talk_after=timedelta(minutes=settings.talk_after_minutes),
    )


class ContactLog:
    """Keeps presence and the ledger of care contacts; a `server.rooms.scribe.Scribe`.

    Knows no clock and holds nothing between two calls: the tables do.
    """

    def __init__(self, rules: ContactRules, new_id: Callable[[], str]) -> None:
        self.rules = rules
        self._new_id = new_id

    async def took_place(self, session: AsyncSession, state: RoomState, events: Sequence[Event]) -> None:
        """Write who is there from now on; settle the class when it has ended."""
        await write_moves(session, state.class_id, events, self._new_id)
        for event in events:
            if isinstance(event, ClassEnded):
                await self._settle_if_possible(session, state.class_id, event.at)

    async def still_here(
        self, session: AsyncSession, at: datetime, here: Mapping[str, Mapping[str, Place]]
    ) -> None:
        """Write that these people are connected at `at`."""
        await write_beat(session, at, here, self._new_id)

    async def settle(self, session: AsyncSession, class_id: str, now: datetime) -> None:
        """Write the care contacts of a class that is cancelled, ended or forgotten; no other is touched.

        In the caller's transaction. Idempotent: nobody ever has two contacts with one class.
        """
        await settle_class(session, class_id, rules=self.rules, now=now, new_id=self._new_id)

    async def settle_due(self, session: AsyncSession, now: datetime) -> int:
        """Settle every class that is due at `now`; return how many were settled.

        One that cannot be settled is logged and left for the next time; the others are settled all the same.
        """
        due = await due_classes(session, now)
        return sum([await self._settle_if_possible(session, class_id, now) for class_id in due])

    async def _settle_if_possible(self, session: AsyncSession, class_id: str, now: datetime) -> bool:
        """Settle in a savepoint: what goes wrong in the ledger keeps no class from ending, and is made good
        by the next `settle_due`.
        """
        try:
            async with session.begin_nested():
                await self.settle(session, class_id, now)
        except Exception:
            log.exception("class_not_settled", class_id=class_id)
            return False
        return True
