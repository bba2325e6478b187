"""What the list of sessions shows. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from server.ondemand.folder import RecordedSession
from server.ondemand.views import Progress
from server.pages.watch_words import minutes, stopped, times


@dataclass(frozen=True, slots=True)
class Listed:
    """One session in the list."""

    name: str
    address: str
    poster: str | None
    title: str
    summary: str
    minutes_words: str
    tags: tuple[str, ...]
    level: str | None
    progress_percent: int
    times_watched: int
    times_words: str
    here_words: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A link that shows only the sessions of one tag."""

    name: str
    address: str
    chosen: bool


def library_page(
    sessions: Sequence[RecordedSession],
    progress: Mapping[str, Progress],
    *,
    week: int | None,
    asked_tag: str | None,
    list_address: str,
    now: datetime,
    zone: ZoneInfo,
) -> dict[str, Any]:
    """Return the values of library.jinja for somebody who may watch `sessions`.

    Those of this week of the course come first, under its heading. A tag chooses among all; one that no
    session has is as none.
    """

    def listed(chosen: Iterable[RecordedSession]) -> list[Listed]:
        return [_listed(each, progress.get(each.name), list_address, now, zone) for each in chosen]

    tags = sorted({tag for session in sessions for tag in session.manifest.tags}, key=str.casefold)
    tag = asked_tag if asked_tag in tags else None
    this_week = of_week(sessions, week)
    if tag is not None:
        others = [each for each in sessions if tag in each.manifest.tags]
    else:
        others = [each for each in sessions if each not in this_week]
    return {
        "heading": f"Your exercises for week {week}" if this_week else "Exercises to do at home",
        "week": week if this_week else None,
        "sessions": listed(this_week or others),
        "others": listed(others) if this_week else [],
        "tags": [Tag(name, f"{list_address}?{urlencode({'tag': name})}", name == tag) for name in tags],
        "tag": tag,
        "all_address": list_address,
    }


def of_week(sessions: Iterable[RecordedSession], week: int | None) -> list[RecordedSession]:
    """Return the sessions to do at home in that week of the course."""
    return [each for each in sessions if week is not None and each.manifest.week == week]


def _listed(
    session: RecordedSession, progress: Progress | None, list_address: str, now: datetime, zone: ZoneInfo
) -> Listed:
    manifest = session.manifest
    address = f"{list_address}/{session.name}"
    go_on_ms = progress.go_on_ms(session.duration_ms) if progress else 0
    watched = progress.times_watched if progress else 0
    return Listed(
        name=session.name,
        address=address,
        poster=f"{address}/{manifest.poster}" if manifest.poster else None,
        title=manifest.title,
        summary=manifest.summary,
        minutes_words=minutes(session.duration_ms),
        tags=manifest.tags,
        level=manifest.level,
        progress_percent=progress.percent(session.duration_ms) if progress else 0,
        times_watched=watched,
        times_words=times(watched),
        here_words=stopped(go_on_ms, progress.last_at, now, zone) if progress and go_on_ms else "",
    )
