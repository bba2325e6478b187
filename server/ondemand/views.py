"""What the log of viewings says: the month's on-demand views, and how far a person has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.ondemand.counting import percent_of, where_to_go_on_ms
from server.storage.tables import Person, Viewing


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a person has come with one session."""

    watched_ms: int
    """Of the viewing that goes on."""
    position_ms: int
    last_at: datetime
    times_watched: int
    """How many of their viewings count as an on-demand view."""

    def percent(self, duration_ms: int) -> int:
        """Return how much was watched, in whole percent."""
        return percent_of(self.watched_ms, duration_ms)

    def go_on_ms(self, duration_ms: int) -> int:
        """Return where the player starts."""
        return where_to_go_on_ms(self.position_ms, self.watched_ms, duration_ms)


async def views_in(session: AsyncSession, service_id: str, start: datetime, end: datetime) -> int:
    """Return how many viewings by people of the service became on-demand views from `start` until `end`.

    Both aware; half-open.
    """
    query = (
        select(func.count())
        .select_from(Viewing)
        .join(Person, Person.id == Viewing.person_id)
        .where(Person.service_id == service_id, Viewing.counted_at >= start, Viewing.counted_at < end)
    )
    return await session.scalar(query) or 0


async def progress_of(session: AsyncSession, person_id: str) -> Mapping[str, Progress]:
    """Return a person's progress by the session's name."""
    counted = await session.execute(
        select(Viewing.session_name, func.count(Viewing.counted_at).label("times"))
        .where(Viewing.person_id == person_id)
        .group_by(Viewing.session_name)
    )
    times = {row.session_name: row.times for row in counted}
    going_on = await session.scalars(
        select(Viewing).where(Viewing.person_id == person_id, Viewing.closed_at.is_(None))
    )
    return {
        row.session_name: Progress(row.watched_ms, row.position_ms, row.last_at, times[row.session_name])
        for row in going_on
    }
