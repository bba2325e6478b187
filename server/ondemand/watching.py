"""The log of viewings: what patients really watched, as a union of stretches, and when it became a view.

A player reports the stretch it has played since its last report, and where it is. Each report is one write
transaction; the answer is given when it is committed. Reporting again what is kept changes nothing, and the
union does not depend on the order of reports. Of a stretch longer than the clock pays for, as much is kept
from its beginning as is paid for. docs/ondemand.md has the rules in words.

| open viewing | report | becomes |
|---|---|---|
| none | without a stretch | nothing is stored |
| none | with a stretch | a new viewing |
| not counted | any | the same viewing |
| counted | a stretch from near the beginning, by a playback that has not played before | closed; a new one |
| counted | any other | the same viewing |
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.ids import Clock
from server.ondemand.counting import ViewRule, is_near_beginning
from server.ondemand.credit import MOST_SAVED, may_grow_ms, spent
from server.ondemand.pace import Pace
from server.ondemand.stretches import Joined, Stretch, beginning, join
from server.storage.database import Database
from server.storage.tables import Viewing, WatchedInterval

BEYOND_END_MS = 2_000
"""Browsers and the file's head may differ by so much about where the end is."""
MAX_PIECES = 1_000
"""Stretches of one viewing: more than any finger makes by jumping about."""
MAX_PLAYBACKS = 10_000


@dataclass(frozen=True, slots=True)
class Report:
    """What a player says. `from_ms` == `to_ms` says only where it is."""

    playback: str
    """Random key of one opened player page."""
    from_ms: int
    to_ms: int
    position_ms: int


@dataclass(frozen=True, slots=True)
class Watched:
    """What is stored after a report."""

    watched_ms: int
    counted: bool
    """Whether the viewing is an on-demand view (by now)."""
    kept_all: bool = True
    """False when the stretch was longer than can have been watched, and only its beginning is kept."""


@dataclass(frozen=True, slots=True)
class _Seen:
    paid_until: datetime
    """Up to when the clock has been spent on what was reported."""
    played: bool
    """Whether it has ever reported a stretch."""
    since: datetime
    """When it was first heard of."""


@dataclass(frozen=True, slots=True)
class _Stored:
    watched: Watched
    paid_until: datetime
    played: bool
    """Whether the report had a stretch, and anything of it could be taken."""
    outran: bool = False
    """Whether nothing of the stretch was paid for."""


class WatchLog:
    """Takes reports. One for the web process; use from one event loop."""

    def __init__(
        self,
        database: Database,
        rule: ViewRule,
        *,
        clock: Clock,
        new_id: Callable[[], str],
        monotonic_s: Callable[[], float],
    ) -> None:
        self._database = database
        self._rule = rule
        self._clock = clock
        self._new_id = new_id
        self._pace = Pace(monotonic_s)
        self._playbacks: OrderedDict[tuple[str, str, str], _Seen] = OrderedDict()

    async def report(self, person_id: str, session_name: str, duration_ms: int, report: Report) -> Watched:
        """Store a report; return once it is committed.

        Raises `Refused` (too_fast, not_in_session, too_many_pieces); then nothing is stored. Raises it with
        outruns_clock when nothing of the stretch can have been watched; then only the position is.
        """
        if not self._pace.take(person_id):
            raise Refused("too_fast", "Too many reports. Wait a few seconds.")
        stretch, position_ms = _within(report, duration_ms)
        now = self._clock()
        key = (person_id, session_name, report.playback)

        async def work(session: AsyncSession) -> _Stored:
            return await self._store(session, key, duration_ms, stretch, position_ms, now)

        stored = await self._database.write(work)
        self._remember(key, stored, now)
        if stored.outran:
            raise Refused("outruns_clock", "We could not keep what you watched just now. Your place is safe.")
        return stored.watched

    async def _store(
        self,
        session: AsyncSession,
        key: tuple[str, str, str],
        duration_ms: int,
        stretch: Stretch | None,
        position_ms: int,
        now: datetime,
    ) -> _Stored:
        person_id, session_name, playback = key
        viewing = await session.scalar(
            select(Viewing).where(
                Viewing.person_id == person_id,
                Viewing.session_name == session_name,
                Viewing.closed_at.is_(None),
            )
        )
        paid_until = started_at = self._paid_until(key, viewing, now)
        if viewing is not None and self._begins_anew(viewing, key, stretch, duration_ms):
            started_at = max(started_at, viewing.last_at)
            viewing.closed_at = now
            await session.flush()
            viewing = None
        if viewing is None:
            if stretch is None:
                return _Stored(Watched(0, counted=False), paid_until, played=False)
            viewing = Viewing(
                id=self._new_id(),
                person_id=person_id,
                session_name=session_name,
                started_at=min(started_at, now),
                last_at=now,
                position_ms=0,
                watched_ms=0,
            )
            session.add(viewing)
            await session.flush()
        whole = stretch
        if stretch is not None:
            met = await _met(session, viewing.id, stretch)
            most_ms = may_grow_ms(paid_until, viewing.started_at, viewing.watched_ms, duration_ms, now)
            if join(met, stretch).growth_ms > most_ms:
                stretch = beginning(met, stretch, most_ms) if most_ms else None
        growth_ms = 0
        if stretch is not None:
            joined = join(met, stretch)
            growth_ms = joined.growth_ms
            await _keep(session, viewing.id, joined)
            viewing.watched_ms += growth_ms
            paid_until = spent(paid_until, growth_ms, now)
        if growth_ms or self._is_of_who_watches(viewing, key, stretch, now):
            if stretch is None or growth_ms or viewing.position_ms != position_ms:
                viewing.last_at = max(viewing.last_at, now)
            viewing.position_ms = position_ms
            viewing.playback = playback
        if viewing.counted_at is None and self._rule.counts(viewing.watched_ms, duration_ms):
            viewing.counted_at = now
        watched = Watched(viewing.watched_ms, viewing.counted_at is not None, kept_all=stretch == whole)
        return _Stored(
            watched, paid_until, played=stretch is not None, outran=stretch is None and whole is not None
        )

    def _paid_until(self, key: tuple[str, str, str], viewing: Viewing | None, now: datetime) -> datetime:
        """Up to when this playback has spent the clock; now, for one that never reported.

        Remembered here, and by the table's `last_at` for the last one, so that a restart of the server loses
        nobody's minutes.
        """
        seen = self._playbacks.get(key)
        if seen is not None:
            paid_until = seen.paid_until
        else:
            paid_until = viewing.last_at if viewing is not None and viewing.playback == key[2] else now
        return max(paid_until, now - MOST_SAVED)

    def _begins_anew(
        self, viewing: Viewing, key: tuple[str, str, str], stretch: Stretch | None, duration_ms: int
    ) -> bool:
        if viewing.counted_at is None or stretch is None or key[2] == viewing.playback:
            return False
        seen = self._playbacks.get(key)
        has_played = seen is not None and seen.played
        return not has_played and is_near_beginning(stretch.from_ms, duration_ms)

    def _is_of_who_watches(
        self, viewing: Viewing, key: tuple[str, str, str], stretch: Stretch | None, now: datetime
    ) -> bool:
        """Whether a report without new watching tells where the person is.

        So it is from the playback that watched last, and from one that was opened after that and plays what
        was watched before. Any other may have been kept by a device that was offline, and be old.
        """
        if viewing.playback == key[2]:
            return True
        seen = self._playbacks.get(key)
        return stretch is not None and (now if seen is None else seen.since) >= viewing.last_at

    def _remember(self, key: tuple[str, str, str], stored: _Stored, now: datetime) -> None:
        before = self._playbacks.get(key)
        self._playbacks[key] = _Seen(
            stored.paid_until,
            played=stored.played or (before is not None and before.played),
            since=before.since if before is not None else now,
        )
        self._playbacks.move_to_end(key)
        if len(self._playbacks) > MAX_PLAYBACKS:
            self._playbacks.popitem(last=False)


def _within(report: Report, duration_ms: int) -> tuple[Stretch | None, int]:
    """Return the stretch and the position, cut at the session's end."""
    latest = max(report.to_ms, report.position_ms)
    if not 0 <= report.from_ms <= report.to_ms or latest > duration_ms + BEYOND_END_MS:
        raise Refused("not_in_session", "That is not a part of this session. Open the page again.")
    begin, end = min(report.from_ms, duration_ms), min(report.to_ms, duration_ms)
    return Stretch(begin, end) if begin < end else None, min(report.position_ms, duration_ms)


async def _met(session: AsyncSession, viewing_id: str, stretch: Stretch) -> list[Stretch]:
    """Return the viewing's stretches that overlap or touch `stretch`."""
    rows = await session.execute(
        select(WatchedInterval.from_ms, WatchedInterval.to_ms).where(
            WatchedInterval.viewing_id == viewing_id,
            WatchedInterval.from_ms <= stretch.to_ms,
            WatchedInterval.to_ms >= stretch.from_ms,
        )
    )
    return [Stretch(from_ms, to_ms) for from_ms, to_ms in rows]


async def _keep(session: AsyncSession, viewing_id: str, joined: Joined) -> None:
    """Put the joined stretch in the place of those it replaces."""
    if not joined.changes:
        return
    if not joined.replaced:
        kept = await session.scalars(
            select(WatchedInterval.from_ms).where(WatchedInterval.viewing_id == viewing_id).limit(MAX_PIECES)
        )
        if len(kept.all()) == MAX_PIECES:
            raise Refused("too_many_pieces", "That was more jumping about than we can keep.")
    else:
        await session.execute(
            delete(WatchedInterval).where(
                WatchedInterval.viewing_id == viewing_id,
                WatchedInterval.from_ms.in_([stretch.from_ms for stretch in joined.replaced]),
            )
        )
    into = joined.into
    session.add(WatchedInterval(viewing_id=viewing_id, from_ms=into.from_ms, to_ms=into.to_ms))
