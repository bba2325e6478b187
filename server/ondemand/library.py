"""The library: every folder of the recordings that is a session, read anew when something changed.

There is no task that watches: who asks has the folders looked at, at most every few seconds, in a thread.
A folder that cannot be used is left out, with its reason in the log once, and harms no other.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import structlog

from server.ondemand.folder import LeftOut, RecordedSession, Signature, read_folder, signature

log = structlog.get_logger()

LOOK_AGAIN_AFTER_S = 2.0
MAX_FOLDERS = 1_000
"""By name; the others are left out."""


@dataclass(frozen=True, slots=True)
class _Kept:
    signature: Signature
    found: RecordedSession | str
    """The session, or why it is none."""


@dataclass(frozen=True, slots=True)
class _Shelf:
    kept: Mapping[str, _Kept] = field(default_factory=dict)
    too_many: int = 0
    missing: str = ""


class Library:
    """The sessions below `folder`, by name. Use from one event loop."""

    def __init__(self, folder: Path, *, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._monotonic_s = monotonic_s
        self._shelf = _Shelf()
        self._looked_at_s: float | None = None
        self._looking = asyncio.Lock()
        self._sessions: Mapping[str, RecordedSession] = MappingProxyType({})
        self.failures: Counter[str] = Counter()
        """How often a folder was found to be none; for the metrics."""

    async def sessions(self) -> Mapping[str, RecordedSession]:
        """Return all sessions by name, in the order of their names, as they lie there now (or 2 s ago)."""
        if self._is_stale():
            async with self._looking:
                if self._is_stale():
                    self._take(await asyncio.to_thread(_look, self._folder, self._shelf))
                    self._looked_at_s = self._monotonic_s()
        return self._sessions

    async def find(self, name: str) -> RecordedSession | None:
        """Return the session of that name."""
        return (await self.sessions()).get(name)

    @property
    def left_out(self) -> Mapping[str, str]:
        """The folders that are no sessions, each with its reason, as last seen."""
        return {name: kept.found for name, kept in self._shelf.kept.items() if isinstance(kept.found, str)}

    def _is_stale(self) -> bool:
        return self._looked_at_s is None or self._monotonic_s() - self._looked_at_s >= LOOK_AGAIN_AFTER_S

    def _take(self, shelf: _Shelf) -> None:
        before, self._shelf = self._shelf, shelf
        for name, kept in shelf.kept.items():
            if isinstance(kept.found, str) and before.kept.get(name) is not kept:
                self.failures["session_left_out"] += 1
                log.warning("session_left_out", session=name, reason=kept.found)
        if shelf.too_many and shelf.too_many != before.too_many:
            log.warning("sessions_too_many", left_out=shelf.too_many, most=MAX_FOLDERS)
        if shelf.missing and shelf.missing != before.missing:
            log.warning("recordings_not_there", reason=shelf.missing)
        self._sessions = MappingProxyType(
            {name: kept.found for name, kept in shelf.kept.items() if isinstance(kept.found, RecordedSession)}
        )


def _look(folder: Path, before: _Shelf) -> _Shelf:
    """Look at every folder, read those that changed since `before`; pass over files and what is hidden."""
    names: list[str] = []
    try:
        with os.scandir(folder) as entries:
            names.extend(
                entry.name
                for entry in entries
                if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)
            )
    except OSError as problem:
        return _Shelf(missing=problem.strerror or "cannot be listed")
    names.sort()
    kept = {name: _look_at(folder / name, before.kept.get(name)) for name in names[:MAX_FOLDERS]}
    return _Shelf(kept, too_many=max(0, len(names) - MAX_FOLDERS))


def _look_at(folder: Path, before: _Kept | None) -> _Kept:
    now: Signature = ()
    try:
        now = signature(folder)
        if before is not None and before.signature == now:
            return before
        return _Kept(now, read_folder(folder))
    except LeftOut as reason:
        found = str(reason)
    except Exception as bug:
        log.exception("session_not_read", session=folder.name)
        found = f"met a fault of ours: {type(bug).__name__}"
    unchanged = before is not None and (before.signature, before.found) == (now, found)
    return before if before is not None and unchanged else _Kept(now, found)
