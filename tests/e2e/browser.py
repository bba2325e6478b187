"""A real Chromium with a fake camera and microphone, and what a test may ask of a page's media."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager

from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

expect.set_options(timeout=30_000)  # the machine may have other work

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    # Several pages share one headless browser: none of them may be throttled for being "behind".
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
]

REMEMBER_CONNECTIONS = """
(() => {
  const Real = window.RTCPeerConnection;
  window.connections = [];
  window.RTCPeerConnection = new Proxy(Real, {
    construct(target, given) {
      const made = new target(...given);
      made.slotByMid = {};
      made.addEventListener('track', (e) => { made.slotByMid[e.transceiver.mid] = e.streams.at(-1)?.id; });
      window.connections.push(made);
      return made;
    },
  });
})();
"""

READ_SLOTS = """
async () => {
  const pc = window.connections.findLast((one) => one.connectionState !== 'closed');
  const slots = {};
  if (!pc) return slots;
  for (const transceiver of pc.getTransceivers()) {
    const slot = pc.slotByMid[transceiver.mid];
    if (!slot) continue;
    const read = { bytes: 0, packets: 0, frames: 0, energy: 0, width: 0, lost: 0 };
    for (const one of (await transceiver.receiver.getStats()).values()) {
      if (one.type !== 'inbound-rtp') continue;
      read.bytes = one.bytesReceived ?? 0;
      read.packets = one.packetsReceived ?? 0;
      read.frames = one.framesDecoded ?? 0;
      read.energy = one.totalAudioEnergy ?? 0;
      read.width = one.frameWidth ?? 0;
      read.lost = one.packetsLost ?? 0;
    }
    slots[slot] = read;
  }
  return slots;
}
"""


@asynccontextmanager
async def chromium(*more_flags: str):
    """Debian's Chromium, headless. Fails (never skips) when it is missing."""
    path = shutil.which("chromium")
    assert path, "Chromium is missing: python scripts/browser.py says how to install it"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, headless=True, args=[*FLAGS, *more_flags]
        )
        try:
            yield browser
        finally:
            await browser.close()


async def new_person(browser: Browser, **options) -> BrowserContext:
    """A browser of one's own: a context that remembers its peer connections for `slots`."""
    context = await browser.new_context(**{"viewport": {"width": 1366, "height": 768}, **options})
    await context.grant_permissions(["camera", "microphone"])
    await context.add_init_script(REMEMBER_CONNECTIONS)
    return context


async def slots(page: Page) -> dict[str, dict[str, float]]:
    """What the page has received so far in each slot of its newest connection, by slot name.

    `bytes` tell whether there is a picture: padding, which tries the line out, counts among its `packets`
    even while the slot is empty.
    """
    return await page.evaluate(READ_SLOTS)


async def until(
    condition: Callable[[], Awaitable[object]], what: str, within_s: float = 30, every_s: float = 0.1
) -> None:
    """Wait until `condition` gives something true; fail with `what` was waited for, and what it gave last."""
    last: object = None
    try:
        async with asyncio.timeout(within_s):
            while True:
                last = await condition()
                if last:
                    return
                await asyncio.sleep(every_s)
    except TimeoutError:
        raise AssertionError(f"waited {within_s} s for: {what}; last saw {last!r}") from None


async def grows(page: Page, slot: str, what: str, within_s: float = 30) -> None:
    """Wait until the count `what` (frames, energy, bytes) of `slot` grows from where it is now."""
    start = (await slots(page)).get(slot, {}).get(what, 0)

    async def more() -> bool:
        return (await slots(page)).get(slot, {}).get(what, 0) > start

    await until(more, f"{what} of slot {slot} to grow from {start}", within_s)
