"""A patient who watches a session at home while the server is killed: stored is what was acknowledged."""

from __future__ import annotations

import asyncio
import json
import random
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

SESSION = "calf-raises"
SPEED = 1.8
RETRY_S = 0.05
MADE_WITHIN_S = 60.0


class Watcher:
    """Plays a session again and again, `SPEED` times as fast, and reports each stretch until it is kept."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        base_url: str,
        link_id: str,
        chance: random.Random,
        happened: Callable[[], None],
    ) -> None:
        self._http = http
        self._link_id = link_id
        self._since = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
        self._page = f"{base_url}/watch/{link_id}/{SESSION}"
        self._headers = {"Origin": base_url}
        self._chance = chance
        self._happened = happened
        self._playback = ""
        self._duration_ms = self._at_ms = 0
        self._began_s = 0.0
        self.watched_ms: list[int] = []
        """Of each viewing, what was acknowledged as watched."""
        self.counted = 0
        """How many viewings were said to count."""
        self.resent = 0

    async def open_page(self) -> None:
        """Open the player; the demo may still be making the session."""
        async with asyncio.timeout(MADE_WITHIN_S):
            while True:
                async with self._http.get(self._page) as page:
                    if page.status == 200:
                        html = await page.text()
                        break
                await asyncio.sleep(RETRY_S)
        found = re.search(r'id="player-config">(.*?)</script>', html, re.DOTALL)
        assert found is not None
        self._duration_ms = json.loads(found.group(1))["duration_ms"]
        self._play_from_the_beginning()

    def _play_from_the_beginning(self) -> None:
        self._playback = f"{self._chance.getrandbits(64):016x}"
        self._at_ms, self._began_s = 0, asyncio.get_running_loop().time()
        self.watched_ms.append(0)

    async def watch(self) -> None:
        """Report what has played since the last time, until that is acknowledged."""
        if self._at_ms >= self._duration_ms:
            self._play_from_the_beginning()
        played_ms = int((asyncio.get_running_loop().time() - self._began_s) * SPEED * 1000)
        to_ms = min(self._duration_ms, max(played_ms, self._at_ms + 1))
        report = {
            "playback": self._playback, "from_ms": self._at_ms, "to_ms": to_ms, "position_ms": to_ms
        }  # fmt: skip
        answer = await self._acknowledged(report)
        if not answer["ok"]:
            assert "outruns_clock" in str(answer), f"refused: {answer}, {report}, {self.watched_ms}"
            answer = {"watched_ms": self._at_ms, "kept_all": False, "counted": False}
        kept_ms = int(str(answer["watched_ms"]))
        assert self._at_ms <= kept_ms <= to_ms
        assert kept_ms == to_ms or not answer["kept_all"]
        self._began_s += (to_ms - kept_ms) / SPEED / 1000  # what was not paid for is watched again
        self._at_ms = self.watched_ms[-1] = kept_ms
        self.counted = len(self.watched_ms) - (not answer["counted"])

    async def _acknowledged(self, report: dict[str, object]) -> dict[str, object]:
        while True:
            self._happened()
            try:
                async with self._http.post(
                    f"{self._page}/watched", json=report, headers=self._headers
                ) as answer:
                    self._happened()
                    if answer.status not in (429, 503):
                        return await answer.json()
            except (aiohttp.ClientError, ConnectionError):
                pass
            self.resent += 1
            await asyncio.sleep(RETRY_S)

    def faults(self, database: Path) -> list[str]:
        """What of it is not, or otherwise, in the tables."""
        with closing(sqlite3.connect(database)) as tables:
            stored = tables.execute(
                "SELECT watched_ms, counted_at IS NOT NULL, "
                "(SELECT SUM(to_ms - from_ms) FROM watched_intervals WHERE viewing_id = viewings.id) "
                "FROM viewings JOIN personal_links USING (person_id) "
                "WHERE personal_links.id = ? AND session_name = ? AND started_at >= ? ORDER BY started_at",
                (self._link_id, SESSION, self._since),
            ).fetchall()
        expected = [each for each in self.watched_ms if each]
        faults = []
        if [row[0] for row in stored] != expected or [row[2] for row in stored] != expected:
            faults.append(f"somebody watched {expected}, stored are {stored}")
        if sum(row[1] for row in stored) != self.counted:
            faults.append(f"stored are {stored}, counted are {self.counted}")
        return faults
