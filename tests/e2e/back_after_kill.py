"""A page whose web process is gone for a while, as a test sees it: its picture, and when it is back."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

import aiohttp
from playwright.async_api import Page, WebSocket

from tests.e2e.browser import until

READY_WITHIN_S = 120
ACKNOWLEDGED = re.compile(r"^43\d+\[")
"""Engine.IO message, Socket.IO acknowledgement; the first on a connection is that of `class:join`."""

WATCH = """
(slot) => {
  const pc = window.connections.findLast((one) => one.connectionState !== 'closed');
  const place = pc.getTransceivers().find((one) => pc.slotByMid[one.mid] === slot);
  const seen = { frames: -1, since: performance.now(), longest_ms: 0 };
  const look = async () => {
    for (const one of (await place.receiver.getStats()).values()) {
      if (one.type !== 'inbound-rtp') continue;
      const now = performance.now();
      seen.longest_ms = Math.max(seen.longest_ms, now - seen.since);
      if (one.framesDecoded > seen.frames) [seen.frames, seen.since] = [one.framesDecoded, now];
    }
  };
  window.watched = { seen, connections: window.connections.length, timer: setInterval(look, 100) };
}
"""

WATCHED = """
() => {
  const { seen, connections } = window.watched;
  const now = window.connections.findLast((one) => one.connectionState !== 'closed');
  return {
    frames: seen.frames, longest_ms: seen.longest_ms, state: now?.connectionState,
    made: window.connections.length - connections,
  };
}
"""


@dataclass(frozen=True)
class Picture:
    """What came of one slot's picture since it is watched."""

    frames: int
    """Decoded in all."""
    longest_ms: float
    """Without a new frame."""
    state: str
    """Of the peer connection."""
    made: int
    """Peer connections made since."""


async def watch(page: Page, slot: str) -> None:
    """From now on look at the picture of `slot`, ten times a second."""
    await page.evaluate(WATCH, slot)


async def watched(page: Page) -> Picture:
    """How it has been."""
    return Picture(**await page.evaluate(WATCHED))


class Returns:
    """When this page had joined again, by the loop's clock, each time its line was lost."""

    def __init__(self, page: Page) -> None:
        self.at_s: list[float] = []
        page.on("websocket", self._opened)

    def _opened(self, line: WebSocket) -> None:
        heard: list[float] = []

        def hear(frame: str | bytes) -> None:
            if not heard and isinstance(frame, str) and ACKNOWLEDGED.match(frame):
                heard.append(asyncio.get_running_loop().time())
                self.at_s.extend(heard)

        line.on("framereceived", hear)

    async def first_s(self, within_s: float) -> float:
        """Wait for the first return; when it was."""

        async def back() -> bool:
            return bool(self.at_s)

        await until(back, "the page to join again by itself", within_s)
        return self.at_s[0]


async def ready(base_url: str) -> float:
    """Wait until the web process says that it is ready; when that was, by the loop's clock."""
    async with aiohttp.ClientSession() as http:

        async def is_ready() -> bool:
            try:
                async with http.get(f"{base_url}/readyz") as answer:
                    return answer.status == 200
            except aiohttp.ClientError:
                return False

        await until(is_ready, "the web process to be ready again", READY_WITHIN_S, every_s=0.05)
    return asyncio.get_running_loop().time()
