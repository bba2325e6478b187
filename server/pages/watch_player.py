"""What the page of one session shows. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from server.ondemand.folder import RecordedSession
from server.ondemand.views import Progress
from server.pages.watch_list import of_week
from server.pages.watch_words import minutes, place, resumed


def player_page(
    session: RecordedSession,
    offered: Sequence[RecordedSession],
    progress: Progress | None,
    *,
    list_address: str,
    is_logged: bool,
    service_phone: str,
    now: datetime,
    zone: ZoneInfo,
) -> dict[str, Any]:
    """Return the values of player.jinja. `offered` is all that this person may watch."""
    manifest = session.manifest
    address = f"{list_address}/{session.name}"
    position_ms = progress.go_on_ms(session.duration_ms) if progress else 0
    return {
        "session": {
            "title": manifest.title,
            "summary": manifest.summary,
            "minutes_words": minutes(session.duration_ms),
            "tags": manifest.tags,
            "level": manifest.level,
            "mime": session.content_types[manifest.video],
        },
        "config": {
            "title": manifest.title,
            "video": f"{address}/{manifest.video}",
            "poster": f"{address}/{manifest.poster}" if manifest.poster else None,
            "captions": f"{address}/{manifest.captions}",
            "language": manifest.language,
            "duration_ms": session.duration_ms,
            "chapters": [{"start_ms": each.start_ms, "title": each.title} for each in session.chapters],
            "position_ms": position_ms,
            "report": f"{address}/watched" if is_logged else None,
            "service_phone": service_phone,
            "next": _next(session, offered, list_address),
        },
        "chapters": [
            {"start_ms": each.start_ms, "time": place(each.start_ms), "title": each.title}
            for each in session.chapters
        ],
        "transcript": [
            {"start_ms": cue.start_ms, "time": place(cue.start_ms), "text": cue.text}
            for cue in session.transcript
        ],
        "resumed_words": resumed(progress.last_at, now, zone) if progress and position_ms else None,
        "number_of": _number_of(session, offered),
        "list_address": list_address,
    }


def _next(
    session: RecordedSession, offered: Sequence[RecordedSession], list_address: str
) -> dict[str, str] | None:
    """Return title and address of the one after it of the same week; None after the last."""
    same_week = [each for each in offered if each.manifest.week == session.manifest.week]
    names = [each.name for each in same_week]
    after = same_week[names.index(session.name) + 1 :]
    if not after:
        return None
    return {"title": after[0].manifest.title, "address": f"{list_address}/{after[0].name}"}


def _number_of(session: RecordedSession, offered: Sequence[RecordedSession]) -> str | None:
    """Return `Week 3 at home, 1 of 3`; None for a session that is of no week."""
    week = session.manifest.week
    if week is None:
        return None
    names = [each.name for each in of_week(offered, week)]
    return f"Week {week} at home, {names.index(session.name) + 1} of {len(names)}"
